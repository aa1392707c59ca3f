"""Show which originals an image is nearest to, and whether that is too near."""

import click

from latelier.cli._shell import Shell, command


@command()
@click.argument("image")
@click.option(
    "--count", type=click.IntRange(1, 20), default=5, show_default=True, help="How many to show."
)
def near(shell: Shell, image: str, count: int) -> None:
    """Show the originals nearest to IMAGE, and how near compared with originals to each other."""
    from latelier.steps.near import near

    project = shell.project()
    with shell.progress("Comparing") as on_progress:
        found = near(project, image, count=count, on_progress=on_progress)
    lines = [found.verdict]
    lines += [f"  {n.distance:.3f}  {n.image}" for n in found.neighbours]
    lines.append(f"Compared with {found.compared} pictures. Side by side: {found.shown}")
    shell.done(
        found.to_json(),
        lines,
        then=f"latelier mark reject {found.image}"
        if found.copy
        else f"latelier mark keep {found.image}",
    )
