"""Every cell, alike pictures side by side; locked pictures stay and draw their like to them.

Linear assignment sorting: pictures are assigned anew to cells whose wish is the average of their
neighbourhood, while the neighbourhood shrinks. After Barthel, Hezel, Jung and Schall, "Improved
Evaluation and Generation of Grid Layouts using Distance Preservation Quality and Linear Assignment
Sorting" (Computer Graphics Forum 2023), begun from the two principal components instead of by lot.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter
from scipy.optimize import linear_sum_assignment

from latelier.layout._contract import Cell, Vectors, compact

CENTRED = True
VECTORS = True
SHRINK = 0.9  # of the neighbourhood from round to round; the paper's 0.93 to 0.97 is no better here
LOCKED_WEIGHT = 4.0  # how much stronger than another picture a locked one draws


def capacity(rows: int, cols: int) -> int:
    """Every cell."""
    return rows * cols


def cells(rows: int, cols: int, count: int) -> list[Cell]:
    """``count`` cells as a block."""
    return compact(rows, cols, count)


def arrange(
    cells: list[Cell],
    vectors: Vectors,
    anchors: list[tuple[Cell, Vectors]],
    rng: np.random.Generator,
) -> list[int]:
    """The picture for each cell, so that neighbours are alike; the same for the same vectors.

    Args:
        cells: the free cells.
        vectors: (n, d), one row a picture that has no place yet.
        anchors: locked cells and their vectors.
        rng: not used: equal pictures get equal places.
    """
    if len(cells) == 1:
        return [0]
    at = np.array(cells)
    every = np.array([*cells, *(c for c, _ in anchors)])
    square = (every - every.min(0)) / np.maximum(np.ptp(every, axis=0), 1)
    spread = _turned(_spread(np.vstack([vectors, *(v for _, v in anchors)])), square, len(at))
    order = _assigned(spread, square[: len(at)])
    rows, cols = (int(m) + 1 for m in every.max(axis=0))
    weights = np.zeros((rows, cols))
    weights[at[:, 0], at[:, 1]] = 1.0
    standing = np.zeros((rows, cols, vectors.shape[1]))
    for (row, col), vector in anchors:
        weights[row, col] = LOCKED_WEIGHT
        standing[row, col] = LOCKED_WEIGHT * vector
    radius = max(rows, cols) / 2
    while radius >= 1.0:
        standing[at[:, 0], at[:, 1]] = vectors[order]
        size = 2 * round(radius) + 1
        near = uniform_filter(standing, (size, size, 1), mode="constant")
        share = uniform_filter(weights, size, mode="constant")
        wished = near[at[:, 0], at[:, 1]] / share[at[:, 0], at[:, 1], None]
        order = _assigned(vectors, wished)
        radius *= SHRINK
    return [int(i) for i in order]


def _assigned(vectors: Vectors, wished: Vectors) -> NDArray[np.intp]:
    """For each row of ``wished`` the vector that it gets; the squared distances add to the least."""
    cost = (wished**2).sum(1)[:, None] - 2 * wished @ vectors.T + (vectors**2).sum(1)[None]
    return np.asarray(linear_sum_assignment(cost)[1])


def _spread(vectors: Vectors) -> Vectors:
    """The two principal components as even ranks in [0, 1], their signs fixed; (n, 2)."""
    centred = vectors - vectors.mean(axis=0)
    axes = np.linalg.svd(centred, full_matrices=False)[2][:2]
    largest = np.abs(axes).argmax(axis=1)[:, None]
    flat = centred @ (axes * np.sign(np.take_along_axis(axes, largest, axis=1))).T
    ranks = np.argsort(np.argsort(np.round(flat, 9), axis=0, kind="stable"), axis=0)
    even = ranks / max(len(vectors) - 1, 1)
    return even if even.shape[1] == 2 else np.repeat(even, 2, axis=1)


def _turned(spread: Vectors, square: Vectors, free: int) -> Vectors:
    """The turn or mirror image of the plane that brings the locked pictures nearest their cells."""
    turns = [
        np.abs(plane - np.array(mirror))
        for plane in (spread, spread[:, ::-1])
        for mirror in ((0, 0), (0, 1), (1, 0), (1, 1))
    ]
    away = [float(np.abs(turn[free:] - square[free:]).sum()) for turn in turns]
    return turns[int(np.argmin(away))][:free]
