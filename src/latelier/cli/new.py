"""Start a new project folder."""

import click

from latelier.cli._shell import Shell, command


@command()
@click.argument("folder", metavar="DIR")
@click.option("--title", default="", help="Of the collection; the folder's name if left out.")
def new(shell: Shell, folder: str, title: str) -> None:
    """Start a new project folder at DIR."""
    from latelier.steps.open_project import new_project

    project = new_project(folder, title)
    shell.done(
        {"project": str(project.root)},
        f"Made a project in {folder}. Its settings are in latelier.toml, to be changed by hand.",
        then=f"latelier -C {folder} add PHOTOS",
    )
