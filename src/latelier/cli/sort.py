"""Put images out as one folder per group, mark or tag."""

import click

from latelier.cli._shell import Shell, command
from latelier.wording import plural


@command()
@click.argument("set_name", metavar="SET")
@click.option("--to", required=True, metavar="DIR", help="The folder, from the project folder.")
@click.option(
    "--by",
    default="group",
    metavar="group|mark|tag|fact:NAME",
    help="What makes a folder; group if left out.",
)
@click.option("--link", is_flag=True, help="Links to the images instead of copies.")
@click.option("--dry-run", is_flag=True, help="List every move and touch nothing.")
def sort(shell: Shell, set_name: str, to: str, by: str, link: bool, dry_run: bool) -> None:
    """Put the images of SET out as one folder per group, with a manifest.

    Nothing is overwritten that is not a copy made here before; latelier undo takes it all back.
    """
    from latelier.steps.sort import sort as step

    project = shell.project()
    with shell.progress("Sorting") as on_progress:
        done = step(
            project, set_name, to, by=by, link=link, dry_run=dry_run, on_progress=on_progress
        )
    lines = []
    if dry_run:
        lines = [f"{m.image.path} -> {done.to}/{m.file}  ({m.state})" for m in done.moves]
        lines += [f"{done.to}/{r} -> removed, an earlier copy" for r in done.removed]
    groups = ", ".join(f"{label}: {size}" for label, size in done.sizes.items())
    new = sum(m.state != "there" for m in done.moves)
    lines.append(
        f"{'Would sort' if dry_run else 'Sorted'} {plural(len(done.moves), 'image')} by {by} into {done.to} "
        f"({groups}); {new} written, {len(done.moves) - new} there already."
    )
    if done.removed and not dry_run:
        lines.append(f"{len(done.removed)} earlier copies belonged elsewhere now and were removed.")
    if done.without:
        lines.append(f"{plural(len(done.without), 'image')} without {by} left out.")
    renamed = sum(bool(m.note) for m in done.moves)
    if renamed:
        lines.append(f"{renamed} have another file name than the image; the manifest says why.")
    then = f"latelier sort {set_name} --to {to} --by {by}" if dry_run else "latelier undo"
    shell.done(done.to_json(), lines, then=then)
