"""Train a model on a dataset, for as long as you say."""

import json
import os
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import click

from latelier.cli._shell import Shell, command
from latelier.cli._time import Minutes

if TYPE_CHECKING:
    from latelier.steps.open_project import Atelier

QUESTIONS = {  # asked once for a project, on a terminal: the question, and what may be answered
    "flips": (
        "May pictures be mirrored while learning? x: left and right, y: up and down, xy: both",
        ("none", "x", "y", "xy"),
        "x",
    ),
    "colours": (
        "Would the same in other colours be as good? kept: colour matters, free: it does not",
        ("kept", "free"),
        "kept",
    ),
    "repeats": (
        "Does each picture repeat, going on at one edge as it comes in at the other?",
        ("no", "yes"),
        "no",
    ),
}


@command()
@click.argument("name", required=False, default="")
@click.option("--model", default="auto", show_default=True, help="A model's name, or auto.")
@click.option("--for", "minutes", type=Minutes(), help="How long: 90s, 10m, 1.5h. Else 30m.")
@click.option("--steps", type=click.IntRange(1), help="Rounds instead of a time.")
@click.option("--resume", metavar="RUN", help="Go on with a run that was stopped.")
@click.option("--from", "start_from", metavar="RUN", help="Start from the weights of a run.")
@click.option("--seed", type=click.IntRange(0), help="Of everything random; else the project's.")
@click.option("--flips", help="Mirror pictures on x, y, xy or none. Colour x, ink none.")
@click.option("--batch", type=click.IntRange(1), help="Pictures a round.")
@click.option("--threads", type=click.IntRange(1), help="Of the processor; measured if left out.")
@click.option("--precision", help="float32 or bfloat16; measured if left out.")
@click.option("--extractor", metavar="NAME[:FILE]", help="Measure by another; classic else.")
@click.option("--shards", type=click.IntRange(1), help="See each round in parts: less memory.")
@click.option("--tensorboard", is_flag=True, help="Write a log for TensorBoard too.")
@click.option("--labels", metavar="CRITERION", help="Learn each picture under its label.")
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE", help="A model's setting.")
def train(shell: Shell, name: str, changes: tuple[str, ...], **words: Any) -> None:
    """Train a model on the dataset NAME, made with `latelier prepare NAME`.

    Ctrl-C saves and stops; --resume goes on.
    """
    if not name and not words["resume"]:
        raise click.UsageError("Say which dataset to train on, or which run to --resume.")
    if words["flips"] == "none":
        words["flips"] = ""
    settings = _settings(changes)

    from latelier.steps.train import train

    project = shell.project()
    if sys.stdin.isatty() and not (shell.as_json or words["resume"] or "WORLD_SIZE" in os.environ):
        _ask(shell, project)
    if os.environ.get("RANK", "0") != "0":  # started by torchrun: the first process speaks
        train(project, name, settings=settings or None, **words)
        _leave()
    with shell.progress("Training") as on_progress:
        trained = train(project, name, settings=settings or None, on_progress=on_progress, **words)
    learnt = (
        f"Run {trained.run}: {trained.images_seen:,} pictures seen in {trained.seconds:.0f} s; "
        f"the model is the snapshot of step {trained.best_snapshot}. "
        f"What it drew on the way: runs/{trained.run}/sheets"
    )
    first = f"Run {trained.run}. Some first images: runs/{trained.run}/sheets"
    shell.done(
        trained.to_json(),
        [*trained.said[:-1], trained.verdict, learnt if trained.images_seen else first],
        then=f"latelier make 36 --run {trained.run}",
    )
    if "WORLD_SIZE" in os.environ:
        _leave()


def _ask(shell: Shell, project: "Atelier") -> None:
    """Ask what nobody was asked yet of this collection, and keep the answers in latelier.toml."""
    asked = project.manner().unanswered
    if not asked:
        return
    shell.say("Before the first training, once (kept in latelier.toml, change it when you like):")
    for name in asked:
        question, choices, usual = QUESTIONS[name]
        answer = click.prompt(question, type=click.Choice(choices), default=usual)
        project.manner(**{name: answer})


def _leave() -> NoReturn:
    """End a process that torchrun started, at once: nothing is left to do.

    While Python takes such a process down, a thread of torch's own may still run and abort it
    (seen once in some twenty endings), and torchrun then calls the whole training failed.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _settings(changes: tuple[str, ...]) -> dict[str, Any]:
    """KEY=VALUE as JSON values, words as text."""
    told = {}
    for change in changes:
        key, equals, value = change.partition("=")
        if not equals:
            raise click.UsageError(f"{change!r} should look like width=32.")
        try:
            told[key.strip()] = json.loads(value)
        except ValueError:
            told[key.strip()] = value
    return told
