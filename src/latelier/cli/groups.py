"""Bring images into groups by likeness, and say how clear the groups are."""

import click

from latelier.cli._shell import Shell, command


@command()
@click.argument("set_name", metavar="[SET]", default="all")
@click.option("--k", default="auto", metavar="auto|N", help="How many groups; auto: the clearest.")
@click.option(
    "--features",
    default="pixels",
    metavar="NAME",
    help="What is compared: pixels, palette, ...; pixels if left out.",
)
@click.option("--look", is_flag=True, help="Only look: leave the groups of the images as they are.")
def groups(shell: Shell, set_name: str, k: str, features: str, look: bool) -> None:
    """Bring the images of SET into groups by likeness, and say how clear the groups are.

    Afterwards group:3 is a set, and latelier sort and sheet can go by group. The curves for 2 to
    19 groups, the maps and each group's mean picture lie in the folder of the run.
    """
    from latelier.steps.groups import groups as step

    project = shell.project()
    with shell.progress("Grouping") as on_progress:
        done = step(
            project, set_name, k=k, features=features, decide=not look, on_progress=on_progress
        )
    sizes = ", ".join(f"{label}: {size}" for label, size in enumerate(done.sizes))
    lines = [f"{len(done.labels)} images in {done.k} groups ({sizes}).", *done.clearness.sentences]
    lines.append(f"{done.components_70} principal components hold 70 % of the variance.")
    lines += done.notes
    if done.cleared:
        lines.append(
            f"{done.cleared} images outside {set_name!r} lost the group of an earlier grouping; "
            "latelier undo brings it back."
        )
    lines.append(f"Table, curves, map and mean pictures: runs/{done.run}")
    then = (
        f"latelier sort {set_name} --to out/groups" if not look else f"latelier groups {set_name}"
    )
    shell.done(done.to_json(), lines, then=then)
