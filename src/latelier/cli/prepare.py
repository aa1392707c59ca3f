"""Make a dataset: pictures of one size, ready to learn from."""

import click

from latelier.cli._shell import Shell, command


@command()
@click.argument("name")
@click.option("--set", "of_set", metavar="SET", default="originals", help="Whose pictures.")
@click.option("--size", default="64", help="Pixels a side, 32 to 1024, or WIDTHxHEIGHT.")
@click.option("--fit", default="pad", help="pad, crop, or tiles: what of a picture is taken.")
@click.option("--tile", type=int, default=0, help="Height of a tile in pixels of the picture.")
@click.option("--ink", is_flag=True, help="True black and white, centred.")
@click.option("--centre", default="mass", help="Of ink drawings: mass or box.")
@click.option(
    "--threshold", type=int, help="Greys up to it are ink, 0 to 254; by itself if left out."
)
@click.option("--held-out", "share", type=float, default=0.1, help="Share kept to measure with.")
@click.option("--ground", default="", help="Colour behind the picture, such as '#ffffff'.")
@click.option("--seed", type=click.IntRange(0), help="Of the draw of what is held out.")
def prepare(
    shell: Shell,
    name: str,
    *,
    of_set: str,
    size: str,
    fit: str,
    tile: int,
    ink: bool,
    centre: str,
    threshold: int | None,
    share: float,
    ground: str,
    seed: int | None,
) -> None:
    """Make the dataset NAME: the pictures of a set at one size, a share of them held out."""
    from latelier.steps.prepare import ENOUGH, prepare

    project = shell.project()
    with shell.progress("Preparing") as report:
        made = prepare(
            project,
            name,
            set=of_set,
            size=int(size) if size.isdecimal() else size,
            fit=fit,
            tile=tile,
            ink=ink,
            centre=centre,
            threshold=threshold,
            share=share,
            ground=ground,
            seed=seed,
            on_progress=report,
        )
    count, held = len(made.dataset), len(made.dataset.held_out)
    said = [
        f"Made the dataset {name}: {count} pictures of {made.dataset.size} pixels, "
        f"{held or 'none'} of them held out to measure with."
    ]
    if made.enlarged:
        said.append(f"{made.enlarged} had to be made larger than they are, and will look soft.")
    if made.left_out:
        said.append(f"{len(made.left_out)} were left out:")
        said += [f"  {image}: {reason}" for image, reason in made.left_out[:12]]
    if held and not made.compared:
        said.append(
            "Near copies were not looked for, so some may be on both sides: latelier copies"
        )
    if count < ENOUGH:
        said.append(f"Training needs {ENOUGH}: add more pictures, or take --fit tiles.")
    shell.done(made.to_json(), said, then=f"latelier train {name}")
