"""Maps of pictures: principal components at once, neighbour maps by t-SNE or UMAP where asked.

t-SNE after van der Maaten and Hinton (2008), by scikit-learn. UMAP after McInnes, Healy and
Melville (2018), by umap-learn, an optional package. Both keep neighbours together and give up
true distances; ``kept_neighbours`` says how well a map of any kind does at the first.
"""

import importlib
import warnings
from collections.abc import Callable

import numpy as np
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits

from latelier.cluster.geometry import Floats, Geometry, distances_of
from latelier.cluster.kmeans import SEED
from latelier.errors import MissingExtra, UnknownName

PERPLEXITY = 30.0  # t-SNE's own; a third of the pictures where they are few
NEIGHBOURS = 15  # UMAP's own


def pca(found: Geometry, dims: int) -> Floats:
    """(n, dims) the first principal components; zeros where there are fewer."""
    lacking = max(0, dims - found.points.shape[1])
    return np.pad(found.points[:, :dims], ((0, 0), (0, lacking)))


def tsne(found: Geometry, dims: int) -> Floats:
    """(n, dims) places that keep neighbours together, started from the principal components."""
    n = len(found.points)
    model = TSNE(
        dims,
        perplexity=min(PERPLEXITY, max(1.0, (n - 1) / 3)),
        init=_start(found, dims),
        learning_rate="auto",
        random_state=SEED,
    )
    with threadpool_limits(1):  # sums in another order would be another map
        places: Floats = model.fit_transform(found.points).astype(np.float64)
    return places


def umap(found: Geometry, dims: int) -> Floats:
    """(n, dims) places that keep neighbours together, started from the principal components.

    Raises:
        MissingExtra: umap-learn is not installed.
    """
    try:
        package = importlib.import_module("umap")
    except ModuleNotFoundError as error:
        raise MissingExtra(
            "The method umap needs the package umap-learn, which is not installed: "
            "pip install umap-learn (tsne and pca need nothing more)"
        ) from error
    model = package.UMAP(
        n_components=dims,
        n_neighbors=min(NEIGHBOURS, len(found.points) - 1),
        init=_start(found, dims) * 1e5,  # about 10 wide, as UMAP starts
        random_state=SEED,
        n_jobs=1,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of numba, about its own compiling
        return np.asarray(model.fit_transform(found.points), dtype=np.float64)


METHODS: dict[str, Callable[[Geometry, int], Floats]] = {"pca": pca, "tsne": tsne, "umap": umap}


def place(method: str, found: Geometry, dims: int) -> Floats:
    """(n, dims) the places of the points on a map.

    Raises:
        UnknownName: no method has that name.
        MissingExtra: it needs a package that is not installed.
    """
    if method not in METHODS:
        raise UnknownName("method", method, METHODS)
    return METHODS[method](found, dims)


def kept_neighbours(points: Floats, places: Floats, count: int = 10) -> float:
    """Of the pictures nearest to each on the map, the share that is among the nearest in truth.

    Args:
        points: (n, r) whose distances are true.
        places: (n, dims) on the map.
        count: how many nearest; cut to n - 2, beyond which nothing could differ.
    """
    n = len(points)
    count = min(count, n - 2)
    if count < 1:
        return 1.0
    kept = 0
    for (start, true), (_, seen) in zip(distances_of(points), distances_of(places), strict=True):
        rows = np.arange(len(true))
        for table in (true, seen):
            table[rows, start + rows] = np.inf  # nothing is its own neighbour
        near = [np.argpartition(t, count - 1, axis=1)[:, :count] for t in (true, seen)]
        marks = np.zeros_like(true, dtype=bool)
        marks[rows[:, None], near[0]] = True
        kept += int(marks[rows[:, None], near[1]].sum())
    return kept / (n * count)


def _start(found: Geometry, dims: int) -> Floats:
    """The principal components, scaled to a ten-thousandth as t-SNE's authors begin."""
    first = pca(found, dims)
    return (first / max(float(first[:, 0].std()), 1e-12) * 1e-4).astype(np.float32)
