"""Lay images out as a map, alike ones near each other."""

import webbrowser

import click

from latelier.cli._shell import Shell, command


@command()
@click.argument("set_name", metavar="[SET]", default="all")
@click.option(
    "--method",
    default="pca",
    metavar="pca|tsne|umap",
    help="pca keeps distances as far as it can, tsne and umap keep neighbours; pca if left out.",
)
@click.option("--dims", type=int, default=2, metavar="2|3", help="Directions; 2 if left out.")
@click.option(
    "--features",
    default="pixels",
    metavar="NAME",
    help="What is compared: pixels, palette, ...; pixels if left out.",
)
@click.option("--open", "show", is_flag=True, help="Open the page in the browser.")
def map(shell: Shell, set_name: str, method: str, dims: int, features: str, show: bool) -> None:
    """Lay the images of SET out as a map, alike ones near each other.

    The map comes as PNG and SVG, as a table, and as a page to move about in that needs no network.
    """
    from latelier.steps.map import map as step

    project = shell.project()
    with shell.progress("Mapping") as on_progress:
        done = step(
            project, set_name, method=method, dims=dims, features=features, on_progress=on_progress
        )
    if show:
        webbrowser.open(done.page.as_uri())
    where = f"runs/{done.run}"
    lines = [f"{len(done.points)} images on a map by {method}: {where}/map.html", *done.notes]
    shell.done(done.to_json(), lines, then=f"latelier groups {set_name}")
