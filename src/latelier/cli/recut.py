"""Correct the cutting of a page."""

import click

from latelier.cli._shell import Shell, command
from latelier.wording import plural


@command()
@click.argument("page")
@click.option("--merge", multiple=True, metavar="N,N", help="Drawings that are one, such as 3,4.")
@click.option("--split", multiple=True, metavar="N", help="A drawing that is several.")
@click.option("--drop", multiple=True, metavar="N", help="A drawing that is none, or several: 2,9.")
@click.option("--add", multiple=True, metavar="X,Y,W,H", help="A drawing that was missed.")
def recut(
    shell: Shell,
    page: str,
    merge: tuple[str, ...],
    split: tuple[str, ...],
    drop: tuple[str, ...],
    add: tuple[str, ...],
) -> None:
    """Correct PAGE: numbers are those on its overlay; the rest of the page stays as it is.

    Then cut all pages like it the same way: latelier cut PAGES --like PAGE
    """
    from latelier.errors import UsageError
    from latelier.steps.recut import recut

    try:
        boxes = [[float(v) for v in box.split(",")] for box in add]
    except ValueError:
        raise UsageError(f"--add {' '.join(add)}: a box is X,Y,WIDTH,HEIGHT in numbers") from None
    project = shell.project()
    with shell.progress("Correcting") as report:
        done = recut(
            project,
            page,
            merge=[group.split(",") for group in merge],
            split=[name for names in split for name in names.split(",")],
            drop=[name for names in drop for name in names.split(",")],
            add=boxes,
            on_progress=report,
        )
    shell.done(
        done.to_json(),
        [
            f"{done.page.name} has {plural(len(done.drawings), 'drawing')} now: {len(done.made)} made, "
            f"{len(done.hidden)} hidden. The numbers have changed; look at {done.told['overlay']}"
        ],
        then=f"latelier cut PAGES --like {done.page.path}",
    )
