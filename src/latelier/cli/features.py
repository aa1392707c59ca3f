"""Measure images: colour, texture and more, as a table."""

import click

from latelier.cli._shell import Shell, command


@command()
@click.argument("set_name", metavar="[SET]", default="all")
@click.option(
    "--names",
    default="",
    metavar="NAME,...",
    help="Families of numbers: colour, texture, ...; all if left out.",
)
@click.option("--parquet", is_flag=True, help="Write the table as Parquet too; needs pyarrow.")
def features(shell: Shell, set_name: str, names: str, parquet: bool) -> None:
    """Measure every image of SET, and put the numbers into a table.

    A second table says of each number its unit, its range and what it means. Afterwards
    fact:eyes=2 is a set, and latelier sort SET --by fact:eyes makes a folder for each number.
    """
    from latelier.steps.features import features as step

    wanted = [name.strip() for name in names.split(",") if name.strip()]
    project = shell.project()
    with shell.progress("Measuring") as on_progress:
        done = step(
            project, set_name, names=wanted or None, parquet=parquet, on_progress=on_progress
        )
    families = ", ".join(done.features)
    lines = [
        f"{len(done.columns)} numbers ({families}) of {len(done.values)} images: "
        f"runs/{done.run}/features.csv",
        f"What each means: runs/{done.run}/measures.csv",
    ]
    if parquet:
        lines.append(f"As Parquet: runs/{done.run}/features.parquet")
    shell.done(
        done.to_json(), lines, then=f"latelier groups {set_name} --features {done.features[0]}"
    )
