"""Say what images are under a criterion: by hand, from a table, or from their folders."""

import sys
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
@click.option(
    "--ask", type=click.IntRange(1, 60), help="Show so many, and take answers by keyboard."
)
@click.option("--twice", is_flag=True, help="With --ask: pictures that have a label, unseen.")
def label(shell: Shell, criterion: str, images: tuple[str, ...], **ways: Any) -> None:
    """Say what images are under CRITERION (family, strokes, ...): one label each.

    IMAGE is a path, a file name or a number; set:NAME means every image of a set. A table has a
    column of pictures (image) and one of labels (label, or the criterion's name), and may have
    unsure and note. --ask draws a numbered sheet, the least sure first; answer with lines such as
    "1 4 7 round" or "2 square?" (unsure), "undo", and an empty line to end.
    """
    from latelier.steps.label import label as step

    ask, twice = ways.pop("ask"), ways.pop("twice")
    if ask:
        _ask(shell, criterion, ask, twice)
        return
    done = step(shell.project(), criterion, images, **ways)
    count = len(done.images)
    many = f"{count} image{'s' if count != 1 else ''}"
    now = ", ".join(f"{value} {n}" for value, n in done.counts.items()) or "none"
    lines = [f"{criterion}: {many} {'cleared' if ways['clear'] else 'labelled'}. Now: {now}."]
    if done.unmatched:
        shown = ", ".join(done.unmatched[:3]) + (" ..." if len(done.unmatched) > 3 else "")
        n = len(done.unmatched)
        rows = "1 row names" if n == 1 else f"{n} rows name"
        lines.append(f"{rows} no single picture of this project: {shown}")
    if done.gone:
        shown = ", ".join(done.gone[:3]) + (" ..." if len(done.gone) > 3 else "")
        have = "has" if len(done.gone) == 1 else "have"
        lines.append(
            f"{len(done.gone)} of {count} {have} no file any more: {shown}. Labels are kept; "
            "put them back, or see what else is gone with: latelier check"
        )
    lines.append("Take it back with: latelier undo")
    shell.done(done.to_json(), lines, then=f"latelier labels {criterion}")


def _ask(shell: Shell, criterion: str, count: int, twice: bool) -> None:
    """Show a sheet, and take lines of numbers and a label until an empty one."""
    from latelier.errors import LatelierError
    from latelier.steps.label import label as step
    from latelier.steps.to_label import to_label
    from latelier.steps.undo import undo as take_back

    project = shell.project()
    queue = to_label(project, criterion, count, twice=twice)
    if shell.as_json:
        shell.done(queue.to_json(), "")
        return
    shell.say(
        f"{len(queue.images)} pictures on {queue.sheet}. {queue.order}",
        'Answer with numbers and a label: "1 4 7 round", "2 square?" if unsure; "undo"; empty: end.',
    )
    answers: list[set[int]] = []  # a line each, so that undo takes back a line
    for line in sys.stdin:
        words = line.split()
        if not words:
            break
        try:
            if words == ["undo"]:
                shell.say(take_back(project).said)
                answers = answers[:-1]
                continue
            numbers = [int(w) for w in words if w.isdecimal()]
            name = " ".join(w for w in words[len(numbers) :])
            wrong = [n for n in numbers if not 1 <= n <= len(queue.images)]
            if (
                not numbers
                or not name
                or wrong
                or words[: len(numbers)] != [str(n) for n in numbers]
            ):
                shell.say(f"Numbers from 1 to {len(queue.images)}, then a label: 1 4 7 round")
                continue
            chosen = [queue.images[n - 1] for n in numbers]
            sure, name = not name.endswith("?"), name.rstrip("? ")
            done = step(project, criterion, chosen, name=name, unsure=not sure, again=twice)
            answers.append(set(numbers))
            what = "asked again" if twice else name if sure else f"{name}, unsure"
            counts = ", ".join(f"{label} {n}" for label, n in done.counts.items())
            shell.say(f"{len(chosen)} {what}. Now: {counts}.")
        except LatelierError as error:
            shell.say(str(error))
    shell.done(
        queue.to_json(),
        f"{len(set().union(*answers))} of {len(queue.images)} answered.",
        then=f"latelier labels {criterion}" if twice else f"latelier classify {criterion}",
    )
