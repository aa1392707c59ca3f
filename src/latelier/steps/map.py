"""A map of a set: pictures as points, alike ones near each other, as files and as a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latelier import registry
from latelier.cluster import embed, scatter
from latelier.cluster.geometry import Geometry, geometry
from latelier.cluster.page import page
from latelier.errors import TooFew, UnknownName, UsageError
from latelier.files import write_csv, write_text
from latelier.progress import Progress, silent
from latelier.project import Image, Project
from latelier.steps._figures import put
from latelier.steps._gather import EXACT, Gathered, asked_for, enough, gather, plain
from latelier.steps.groups import COMPONENTS

AXES = ("x", "y", "z")
NEAREST = 10  # pictures, by which a map is held to the truth


@dataclass(frozen=True)
class Map:
    """A map of images.

    Args:
        run: the run's folder name.
        folder: of the run.
        method: pca, tsne or umap.
        dims: 2 or 3.
        features: what was compared.
        points: image path to its place.
        shares: the share of the variance of each direction; empty unless the method is pca.
        kept: of the ten images nearest to one on the map, the share that is so in truth.
        notes: sentences on how the map is to be read.
        figures: files of the run, from its folder.
    """

    run: str
    folder: Path
    method: str
    dims: int
    features: str
    points: dict[str, list[float]]
    shares: list[float]
    kept: float
    notes: list[str]
    figures: list[str]

    @property
    def page(self) -> Path:
        """The page that opens in a browser."""
        return self.folder / "map.html"

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it and ``result.json`` keeps it."""
        kept = {k: v for k, v in vars(self).items() if k != "folder"}
        return {**kept, "page": f"runs/{self.run}/map.html"}


def map(
    project: Project,
    set_name: str | Sequence[str] = "all",
    *,
    method: str = "pca",
    dims: int = 2,
    features: str = "pixels",
    groups: Sequence[str] | None = None,
    on_progress: Progress = silent,
) -> Map:
    """Lay the images of a set out as a map, alike ones near each other.

    Afterwards a run holds the map as PNG and SVG with the pictures as points, as a table, and as
    one HTML file to move about in. Images that have a group get its colour and name.

    Args:
        project: whose images.
        set_name: a set, or image paths.
        method: pca, tsne or umap.
        dims: 2 or 3.
        features: what is compared: a feature by name.
        groups: the name of each image's group, or "" for none; as decided if left out.
        on_progress: told what is being done.

    Raises:
        UnknownName: no set, image, feature or method has that name.
        UsageError: dims is neither 2 nor 3.
        TooFew: the set has fewer than 3 images, or all are equal.
        MissingExtra: the method needs a package that is not installed.
    """
    if method not in embed.METHODS:
        raise UnknownName("method", method, embed.METHODS)
    if dims not in (2, 3):
        raise UsageError(f"A map has 2 or 3 dimensions, not {dims}.")
    name, images = asked_for(project, set_name)
    gathered, found = _compared(project, name, images, features, on_progress)
    on_progress(0, None, f"laying out by {method}")
    places = embed.place(method, found, dims)
    decided = project.journal.values("group")
    named = [decided.get(i.id, "") for i in images] if groups is None else list(groups)
    settings = {"set_name": plain(set_name), "method": method, "dims": dims, "features": features}
    run = project.runs.start("map", settings, suffix=f"{method}-{features}", inputs=images)
    kept = embed.kept_neighbours(found.points, places, NEAREST)
    said = [_read_as(method, found, places.shape, kept), gathered.said]
    result = Map(
        run=run.name,
        folder=run.folder,
        method=method,
        dims=dims,
        features=features,
        points={i.path: [float(v) for v in p] for i, p in zip(images, places, strict=True)},
        shares=[float(s) for s in found.shares[:dims]] if method == "pca" else [],
        kept=kept,
        notes=[note for note in (*said, registry.load("features", features).BLIND) if note],
        figures=["map.png", "map.svg"],
    )
    _write(result, gathered, places, named, project.config.title or project.root.name)
    run.finish({**result.to_json(), "replay": {"set_name": list(result.points), "groups": named}})
    return result


def _compared(
    project: Project, name: str, images: list[Image], features: str, on_progress: Progress
) -> tuple[Gathered, Geometry]:
    """The pictures read, checked and compared."""
    feature = registry.load("features", features)
    enough(images, name, 3, "a map")
    gathered = gather(project, images, feature, on_progress=on_progress)
    if gathered.distinct < 2:
        raise TooFew(
            f"All {len(images)} images in {name!r} are equal to the last pixel, so they have one "
            "place; take a set with different images."
        )
    return gathered, geometry(
        gathered.table,
        standardise=feature.STANDARDISE,
        keep=COMPONENTS if len(images) > EXACT else None,
        on_progress=on_progress,
    )


def _write(
    made: Map,
    gathered: Gathered,
    places: NDArray[np.float64],
    named: Sequence[str],
    title: str,
) -> None:
    """The map as drawing, page and table; each place beside the image that has it."""
    draw = scatter.flat if made.dims == 2 else scatter.deep
    words = [
        f"component {i}, {100 * s:.0f} % of the variance" for i, s in enumerate(made.shares, 1)
    ]
    words += [""] * (made.dims - len(words))
    shown = draw(places, gathered.pictures, named, aspects=gathered.aspects, captions=words)
    put(made.folder, "map", shown)
    paths = [image.path for image in gathered.images]
    html = page(
        places,
        gathered.pictures,
        paths,
        title=title,
        said=made.notes[0],
        aspects=gathered.aspects,
        groups=named,
    )
    write_text(made.page, html)
    rows = ((path, *made.points[path]) for path in paths)
    write_csv(made.folder / "map.csv", ("image", *AXES[: made.dims]), rows)


def _read_as(method: str, found: Geometry, shape: tuple[int, ...], kept: float) -> str:
    """How the map is to be read, in two sentences."""
    if method == "pca":
        share = 100 * float(found.shares[: shape[1]].sum())
        seen = f"This map shows {share:.0f} % of all differences"
    else:
        seen = "Neighbours belong together; how far apart heaps lie, or how large, means nothing"
    near = min(NEAREST, shape[0] - 2)
    if near < 2:
        return f"{seen}."
    return f"{seen}. Of the {near} pictures nearest to one here, {near * kept:.1f} are so in truth."
