"""Say what images are under a criterion: by hand, from a table, or from their folders."""

from typing import Any

import click

from latelier.cli._shell import Shell, command


@command()
@click.argument("criterion")
@click.argument("images", nargs=-1, metavar="[IMAGE...]")
@click.option("--as", "name", metavar="NAME", help="The label that these images get.")
@click.option("--unsure", is_flag=True, help="With --as: there were doubts.")
@click.option("--note", default="", help="With --as: a word on why.")
@click.option("--clear", is_flag=True, help="Take the labels of these images away.")
@click.option("--again", is_flag=True, help="A second answer; the first one stays.")
@click.option("--from", "table", metavar="TABLE.csv", help="Labels from a table.")
@click.option("--from-folders", "folders", is_flag=True, help="The label is the folder's name.")
@click.option(
    "--level", type=click.IntRange(1), default=1, help="With --from-folders: 1 is the outermost."
)
def label(shell: Shell, criterion: str, images: tuple[str, ...], **ways: Any) -> None:
    """Say what images are under CRITERION (family, strokes, ...): one label each.

    IMAGE is a path, a file name or a number; set:NAME means every image of a set. A table has a
    column of pictures (image) and one of labels (label, or the criterion's name), and may have
    unsure and note.
    """
    from latelier.steps.label import label as step

    done = step(shell.project(), criterion, images, **ways)
    count = len(done.images)
    many = f"{count} image{'s' if count != 1 else ''}"
    now = ", ".join(f"{value} {n}" for value, n in done.counts.items()) or "none"
    lines = [f"{criterion}: {many} {'cleared' if ways['clear'] else 'labelled'}. Now: {now}."]
    if done.unmatched:
        shown = ", ".join(done.unmatched[:3]) + (" ..." if len(done.unmatched) > 3 else "")
        lines.append(f"{len(done.unmatched)} rows name no single picture of this project: {shown}")
    lines.append("Take it back with: latelier undo")
    shell.done(done.to_json(), lines, then=f"latelier labels {criterion}")
