"""Add pictures, or folders of pictures, to the project."""

import click

from latelier.cli._shell import Shell, command

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
    said = [f"Added {_pictures(len(added.images) + len(added.restored))}."]
    if added.known:
        said[0] = f"{said[0][:-1]}; {len(added.known)} {_were(len(added.known))} here already."
    if frames := added.with_fact("frames"):
        said.append(f"The first picture was taken of each of {len(frames)} moving or paged files.")
    if cut := added.with_fact("truncated"):
        said.append(f"{len(cut)} of them {_were(len(cut))} cut short: {', '.join(cut[:SHOWN])}")
    if added.aside:
        said.append(f"{len(added.aside)} other files are no pictures and were left where they are.")
    if added.refused:
        said.append(f"{_pictures(len(added.refused))} could not be read:")
        said += [f"  {file}: {reason}" for file, reason in added.refused[:SHOWN]]
        if len(added.refused) > SHOWN:
            said.append(f"  and {len(added.refused) - SHOWN} more: latelier check")
    shell.done(added.to_json(), said, then="latelier check")
    if added.refused and not (added.images or added.known or added.restored):
        raise SystemExit(1)


def _pictures(count: int) -> str:
    return f"{count} picture{'' if count == 1 else 's'}"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
