"""The figures of a run of groups or of a map, each as PNG and SVG, drawn the same every time."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latelier.cluster import curves, plates, scatter
from latelier.cluster._style import Drawing
from latelier.cluster.clearness import Range
from latelier.cluster.geometry import Geometry, means
from latelier.cluster.kmeans import Grouping
from latelier.files import write_bytes
from latelier.images import png_bytes
from latelier.progress import Progress, silent
from latelier.steps._gather import Gathered


def put(folder: Path, name: str, drawing: Drawing) -> list[str]:
    """Write a drawing as ``name.png`` and ``name.svg``; the names of both."""
    write_bytes(folder / f"{name}.png", drawing.png)
    write_bytes(folder / f"{name}.svg", drawing.svg)
    return [f"{name}.png", f"{name}.svg"]


def group_figures(
    folder: Path,
    gathered: Gathered,
    found: Geometry,
    grouping: Grouping,
    scores: dict[int, float],
    *,
    inertias: dict[int, float],
    chance: dict[int, Range],
    share: float,
    on_progress: Progress = silent,
) -> list[str]:
    """Curves, maps, mean pictures and components of a grouping; the names of all files.

    Args:
        folder: of the run.
        gathered: the pictures and what was compared.
        found: their points.
        grouping: the groups taken.
        scores: silhouettes by the number of groups.
        inertias: what is left inside the groups, by their number.
        chance: silhouettes of pictures without groups.
        share: of the variance to mark on its curve.
        on_progress: told which figure is drawn.
    """
    k, labels = grouping.k, grouping.labels
    names: list[str] = []
    whole = found.total * (len(labels) - 1)  # the spread of all pictures around their mean
    on_progress(0, 4, "drawing the curves")
    names += put(folder, "silhouettes", curves.silhouettes(scores, k, chance))
    names += put(folder, "elbow", curves.elbow(inertias, whole, k))
    count = found.components_for(share)
    names += put(folder, "variance", curves.variance(found.shares, share, count))
    on_progress(1, 4, "drawing the map")
    points, said = at_least(found.points, 3), captions(found)
    named = [str(label) for label in labels]
    for name, drawn in (("map", scatter.flat), ("map-3d", scatter.deep)):
        shown = drawn(points, gathered.pictures, named, aspects=gathered.aspects, captions=said)
        names += put(folder, name, shown)
    on_progress(2, 4, "drawing the mean pictures")
    pictures = gathered.pictures
    shape = pictures.shape[1:3]
    flat = means(pictures.reshape(len(pictures), -1), labels, k)
    middles = np.rint(flat).astype(np.uint8).reshape(k, *shape, 3)
    names += put(folder, "means", plates.means(middles, grouping.sizes))
    for label, picture in enumerate(middles):
        names.append(f"means/{label}.png")
        write_bytes(folder / names[-1], png_bytes(picture))
    if gathered.whole:
        on_progress(3, 4, "drawing the components")
        names += put(folder, "components", plates.components(gathered.table, found, shape))
    return names


def captions(found: Geometry) -> list[str]:
    """What the first three directions of a map are, in words."""
    shares = [*found.shares[:3], 0.0, 0.0, 0.0][:3]
    return [
        f"component {i}, {100 * share:.0f} % of the variance" for i, share in enumerate(shares, 1)
    ]


def at_least(points: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """(n, count or more) the points, with directions in which nothing differs where there are few."""
    lacking = max(0, count - points.shape[1])
    return np.pad(points, ((0, 0), (0, lacking)))
