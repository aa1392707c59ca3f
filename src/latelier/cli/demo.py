"""Draw a small collection and do everything with it, offline, in some minutes."""

import click

from latelier.cli._shell import Shell, command


@command()
@click.argument("folder", metavar="[DIR]", default="latelier-demo")
def demo(shell: Shell, folder: str) -> None:
    """Draw a small collection of woven cloths and do everything with it, in the new folder DIR.

    Needs no pictures, no network and no graphics card. A second time it does only what is not
    there yet.
    """
    from latelier.cli._chain import told
    from latelier.steps._project_in import project_in

    project = project_in(folder, "Cloths drawn by Latelier")
    from latelier.steps.demo import demo  # torch: not before there is something to do

    with shell.progress("Working") as on_progress:
        ran = demo(project, say=shell.say, on_progress=on_progress)
    told(shell, ran, folder, "latelier run PHOTOS --into my-project, the same on your own pictures")
