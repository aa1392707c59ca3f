"""Add pictures, or folders of pictures, to the project."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from latelier.cli._shell import Shell, command

if TYPE_CHECKING:
    from latelier.steps.add import Added

SHOWN = 12


@command()
@click.argument("places", metavar="PATH...", nargs=-1, required=True)
@click.option("--rights", default="", help="Of these pictures, such as 'CC BY 4.0'.")
@click.option("--credit", default="", help="Whom to name beside them, such as 'Photograph: ...'.")
@click.option("--link", is_flag=True, help="Make links to the originals instead of copies.")
@click.option("--truncated", is_flag=True, help="Take pictures that are cut short, with a mark.")
def add(
    shell: Shell, places: tuple[str, ...], rights: str, credit: str, link: bool, truncated: bool
) -> None:
    """Add pictures, or folders of pictures; subfolders become a tag.

    The originals are copied and never altered. What cannot be read is refused by name.
    """
    from latelier.steps.add import add

    project = shell.project()
    with shell.progress("Reading pictures") as report:
        added = add(
            project,
            *places,
            rights=rights,
            credit=credit,
            link=link,
            truncated=truncated,
            on_progress=report,
        )
    shell.done(added.to_json(), _said(added, places), then="latelier check")
    if added.refused and not (added.images or added.known or added.restored):
        raise SystemExit(1)


def _said(added: "Added", places: tuple[str, ...]) -> list[str]:
    known = len(added.known) + added.repeated
    here = f"; {known} {_were(known)} here already" if known else ""
    said = [f"Added {_count(len(added.images) + len(added.restored), 'picture')}{here}."]
    if back := len(added.restored):
        said.append(f"{back} of them {_were(back)} here before, and {_are(back)} back.")
    if frames := added.with_fact("frames"):
        said.append(
            f"Of {_count(len(frames), 'moving or many-paged file')} the first picture was taken: "
            f"{_some(frames)}"
        )
    if cut := added.with_fact("truncated"):
        said.append(f"{len(cut)} {_are(len(cut))} cut short, and marked so: {_some(cut)}")
    if aside := len(added.aside):
        said.append(f"{_count(aside, 'other file')} {_were(aside)} left aside as no picture.")
    if added.refused:
        said.append(f"{_count(len(added.refused), 'picture')} could not be read:")
        refused = added.refused[:SHOWN]
        said += [f"  {_as_typed(file, places)}: {reason}" for file, reason in refused]
        if len(added.refused) > SHOWN:
            said.append(f"  and {len(added.refused) - SHOWN} more, all named by: latelier check")
    return said


def _as_typed(file: str, places: tuple[str, ...]) -> str:
    """A file by the place that was named, as the person named it."""
    for place in places:
        path = Path(place).expanduser()
        for start in (path.absolute(), path.resolve()):
            if Path(file).is_relative_to(start):
                return str(Path(place) / Path(file).relative_to(start))
    return file


def _count(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _some(paths: list[str]) -> str:
    more = f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else ""
    return ", ".join(paths[:SHOWN]) + more
