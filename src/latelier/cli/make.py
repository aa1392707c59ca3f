"""Make new images from a trained model."""

import click

from latelier.cli._shell import Shell, command
from latelier.wording import plural


@command()
@click.argument("n", type=click.IntRange(1))
@click.option("--run", metavar="RUN", help="Of the training; the newest if left out.")
@click.option("--seed", type=click.IntRange(0), help="Of the first image; else the next unused.")
@click.option(
    "--variety",
    type=click.FloatRange(0, 2),
    default=0.8,
    show_default=True,
    help="1 is all that was learnt; less is safer and more alike.",
)
@click.option("--snapshot", type=click.IntRange(0), help="An earlier step instead of the best.")
@click.option("--label", metavar="NAME", help="What to show, of a model that learnt labels.")
def make(
    shell: Shell,
    n: int,
    run: str | None,
    seed: int | None,
    variety: float,
    snapshot: int | None,
    label: str | None,
) -> None:
    """Make N images; each has a seed, and the same seed makes the same image again."""
    from latelier.steps.make import make

    project = shell.project()
    with shell.progress("Making images") as on_progress:
        made = make(
            project,
            n,
            run=run,
            seed=seed,
            variety=variety,
            snapshot=snapshot,
            label=label,
            on_progress=on_progress,
        )
    first, last = made.images[0], made.images[-1]
    folder = first.path.rpartition("/")[0]
    said = [
        f"Made {plural(len(made.images), 'image')} from {made.model_run}, "
        f"seeds {first.seed} to {last.seed}, in {folder}."
    ]
    if made.copies:
        said.append(f"{len(made.copies)} of them are nearly one of your originals; look at them:")
        said += [f"  latelier near {image.path}" for image in made.copies[:6]]
    if first.facts.get("map"):
        said.append(
            f"They are recombined from your originals; who lent what: runs/{made.run}/borrowed."
        )
    shell.done(
        made.to_json(),
        said,
        then=f"latelier groups {made.run}",
    )
