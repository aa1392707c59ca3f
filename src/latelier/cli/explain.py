"""Say why an image is said to be what it is."""

import click

from latelier.cli._shell import Shell, command


@command()
@click.argument("image")
@click.argument("criterion", required=False)
@click.option("--map", "heat", default="occlusion", help="occlusion, rise, gradcam, or none.")
@click.option("--run", metavar="RUN", help="A certain run of classify; the newest if left out.")
def explain(shell: Shell, image: str, criterion: str | None, heat: str, run: str | None) -> None:
    """Say why IMAGE is said to be what it is: pictures like it, what spoke for and against, where.

    Of a picture that was labelled, only the head speaks that had not seen it.
    """
    from latelier.steps.explain import explain as step

    project = shell.project()
    with shell.progress("Explaining") as on_progress:
        done = step(project, image, criterion, heat=heat, run=run, on_progress=on_progress)
    lines = [*done.sentences, f"The plate and all numbers: runs/{done.run}"]
    then = f"latelier labels {done.criterion}"  # what a person said stands until they look again
    if not done.given:
        then = f"latelier label {done.criterion} {done.image} --as {done.said}"
        if done.probability < 0.5:
            then = f"latelier label {done.criterion} --ask 12"
    shell.done(done.to_json(), lines, then=then)
