"""Mark images: keep, reject, favourite, or clear."""

import click

from latelier.cli._shell import Shell, command


@command()
@click.argument("mark", metavar="keep|reject|favourite|clear")
@click.argument("images", nargs=-1, required=True, metavar="IMAGE...")
def mark(shell: Shell, mark: str, images: tuple[str, ...]) -> None:
    """Mark images: keep, reject, favourite, or clear the mark again.

    IMAGE is a path, a file name or a number; set:NAME means every image of a set.
    """
    from latelier.steps.mark import mark as step

    marked = step(shell.project(), mark, images)
    count = len(marked.images)
    shell.done(
        marked.to_json(),
        f"{mark}: {count} image{'s' if count != 1 else ''}. Take it back with: latelier undo",
        then="latelier sheet kept --size 11x11in -o out/kept.pdf",
    )
