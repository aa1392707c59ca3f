"""Learn the labels of a criterion, and say how well, and what the other images are."""

from typing import Any

import click

from latelier.cli._shell import Shell, command
from latelier.wording import plural


@command()
@click.argument("criterion")
@click.argument("set_name", metavar="[SET]", default="all")
@click.option(
    "--features",
    default="",
    metavar="NAME,...",
    help="Families of numbers, or encoders: self, mobilenet:FILE, onnx:FILE; left out: families that suit.",
)
@click.option(
    "--head", default="auto", help="lda, logistic, svm, forest, trees, gp; auto is a jury."
)
@click.option("--calibrate", default="temperature", help="temperature, isotonic or venn-abers.")
@click.option("--score", default="lac", help="Of the sets of labels: lac, aps or raps.")
@click.option("--promise", default=0.9, help="How often a set is to hold the true label.")
@click.option("--per-label", is_flag=True, help="Keep the promise for each label.")
@click.option("--unsure", is_flag=True, help="Learn from unsure labels too.")
@click.option("--random", is_flag=True, help="Show beside it how much a random split flatters.")
def classify(shell: Shell, criterion: str, set_name: str, features: str, **how: Any) -> None:
    """Learn the labels of CRITERION, and say what the images of SET are.

    What it is worth is measured on pictures held out: copies and drawings of one page are never
    on both sides.
    """
    from latelier.steps.classify import classify as step

    wanted = [name.strip() for name in features.split(",") if name.strip()]
    project = shell.project()
    with shell.progress("Reading") as on_progress:
        done = step(
            project,
            criterion,
            set_name=set_name,
            features=wanted or None,
            on_progress=on_progress,
            **how,
        )
    lines = list(done.sentences)
    if done.others:
        far = sum(guess.stranger for guess in done.others.values())
        one = len(done.others) == 1
        lines.append(
            f"It said of {plural(len(done.others), 'other image')} what {'it is' if one else 'they are'}"
            + (
                f"; {far} {'is' if far == 1 else 'are'} unlike anything you labelled."
                if far
                else "."
            )
        )
    lines.append(f"Report, plate and table: runs/{done.run}")
    first = next(iter(done.others or done.labelled))
    shell.done(done.to_json(), lines, then=f"latelier explain {first} {criterion}")
