"""Write one page that shows the whole project."""

import click

from latelier.cli._shell import Shell, command
from latelier.wording import weight


@command()
@click.option(
    "-o",
    "--output",
    "to",
    metavar="FILE",
    default="out/report.html",
    show_default=True,
    help="Where to write the page.",
)
def report(shell: Shell, to: str) -> None:
    """Write one self-contained HTML page: pictures, training, groups, canvases, credits, commands."""
    from latelier.steps.report import report

    with shell.progress("Writing the report") as on_progress:
        done = report(shell.project(), to, on_progress=on_progress)
    said = [f"Wrote {done.file}, {weight(done.bytes)}; it needs no network and no other file."]
    if done.missing:
        names = ", ".join(done.missing[:3])
        said.append(
            f"{len(done.missing)} pictures could not be shown, their files are gone: {names}"
        )
    shell.done(done.to_json(), said, then=f"open {done.file} in a browser")
