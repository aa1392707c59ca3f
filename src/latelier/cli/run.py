"""Do everything with a folder of pictures: new images, groups, canvases, report."""

import click

from latelier.cli._shell import Shell, command
from latelier.cli._time import Minutes


@command()
@click.argument("folder", metavar="FOLDER")
@click.option("--into", metavar="DIR", required=True, help="The project folder; made if missing.")
@click.option(
    "--for",
    "minutes",
    type=Minutes(),
    default="10m",
    show_default=True,
    help="For learning and making: 90s, 10m, 1.5h.",
)
@click.option(
    "--train/--no-train",
    default=True,
    help="Make new images; otherwise group and print the pictures themselves.",
)
@click.option("--model", default="auto", show_default=True, help="A model's name, or auto.")
@click.option("--groups", type=click.IntRange(2), help="How many; else the clearest of 4 to 9.")
@click.option("--images", type=click.IntRange(1), help="How many to make; else as time allows.")
@click.option("--rights", default="", help="Of the pictures, such as 'CC BY 4.0'.")
@click.option("--credit", default="", help="Whom to name beside them, such as 'Photograph: ...'.")
@click.option("--truncated", is_flag=True, help="Take pictures that are cut short, with a mark.")
@click.option("--title", default="", help="Of the collection; the folder's name if left out.")
def run(
    shell: Shell,
    folder: str,
    into: str,
    *,
    minutes: float,
    train: bool,
    model: str,
    groups: int | None,
    images: int | None,
    rights: str,
    credit: str,
    truncated: bool,
    title: str,
) -> None:
    """Do everything with the pictures in FOLDER, in the project DIR, and write a report.

    Takes them in, finds copies, makes new images in their manner, groups them by likeness, sorts
    them into folders, lays canvases ready to be printed. Stop it when you like: the same command
    goes on from there.
    """
    from latelier.cli._chain import told
    from latelier.steps._project_in import project_in

    project = project_in(into, title or folder, folder)
    from latelier.steps.run import run  # torch: not before there is something to do

    with shell.progress("Working") as on_progress:
        ran = run(
            project,
            folder,
            minutes=minutes,
            train=train,
            model=model,
            groups=groups,
            images=images,
            rights=rights,
            credit=credit,
            truncated=truncated,
            say=shell.say,
            on_progress=on_progress,
        )
    told(shell, ran, into)
