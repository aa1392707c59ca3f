"""The grid hypothesis: boxes that stand in rows and columns tell where the others must be."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SHARE = 0.75  # of the boxes that must stand on one lattice for it to be believed


@dataclass(frozen=True)
class Lattice:
    """A lattice that may lean and widen as a page in perspective does.

    Args:
        index: (n, 2) column and row of each box, counted from 0.
        fits: (n,) whether it stands where its column and row say.
        coefficients: (4 or 6, 2) of x and y over 1, i, j, ij, ii, jj.
        shape: columns and rows.
    """

    index: Ints
    fits: NDArray[np.bool_]
    coefficients: Floats
    shape: tuple[int, int]

    def place(self, index: Ints) -> Floats:
        """Where boxes (n, 2) of columns and rows stand, (n, 2) x and y."""
        return _terms(index, len(self.coefficients)) @ self.coefficients


def _terms(index: Ints, count: int) -> Floats:
    i, j = index[:, 0].astype(np.float64), index[:, 1].astype(np.float64)
    return np.stack([np.ones_like(i), i, j, i * j, i * i, j * j][:count], 1)


def find_lattice(places: Floats, width: float, height: float) -> Lattice | None:
    """Number boxes of one size by column and row, or None where they stand otherwise.

    Args:
        places: (n, 2) x and y of the same corner of each.
        width: of a box.
        height: of a box.
    """
    if len(places) < 6:
        return None
    index = _numbered(places, width, height)
    if index is None:
        return None
    keep = index[:, 0] >= 0
    if keep.mean() < SHARE:
        return None
    index -= np.where(keep[:, None], index, np.iinfo(np.int64).max).min(0)
    size = np.array([width, height])
    coefficients = np.zeros((4, 2))
    for turn in range(4):
        count = 6 if turn > 1 and keep.sum() >= 20 and np.ptp(index[keep], axis=0).min() >= 2 else 4
        terms = _terms(index[keep], count)
        coefficients, _, rank, _ = np.linalg.lstsq(terms, places[keep], rcond=None)
        if len(terms) < 6 or rank < count:
            return None
        off = np.abs(_terms(index, count) @ coefficients - places) / size
        keep = (off.max(1) < (0.2, 0.14, 0.1, 0.1)[turn]) & (index[:, 0] >= 0)
    if keep.mean() < SHARE:
        return None
    shape = index[keep].max(0) + 1
    return Lattice(index, keep, coefficients, (int(shape[0]), int(shape[1])))


def _numbered(places: Floats, width: float, height: float) -> Ints | None:
    """Column and row of each box, walking from neighbour to neighbour; -1 where unreached."""
    x, y = places.T
    dx, dy = x[None] - x[:, None], y[None] - y[:, None]
    right = np.where(
        (dx > 0.85 * width) & (dx < 2.2 * width) & (np.abs(dy) < 0.3 * height), dx, np.inf
    )
    below = np.where(
        (dy > 0.85 * height) & (dy < 2.2 * height) & (np.abs(dx) < 0.3 * width), dy, np.inf
    )
    to_right, to_below = np.argmin(right, 1), np.argmin(below, 1)
    has_right, has_below = np.isfinite(right.min(1)), np.isfinite(below.min(1))
    if not has_right.any() or not has_below.any():
        return None
    pitch_x = float(np.median(right.min(1)[has_right]))
    pitch_y = float(np.median(below.min(1)[has_below]))
    has_right &= np.abs(right.min(1) - pitch_x) < 0.2 * pitch_x
    has_below &= np.abs(below.min(1) - pitch_y) < 0.2 * pitch_y
    links: list[list[tuple[int, int, int]]] = [[] for _ in places]
    for k in range(len(places)):
        if has_right[k]:
            links[k].append((int(to_right[k]), 1, 0))
            links[int(to_right[k])].append((k, -1, 0))
        if has_below[k]:
            links[k].append((int(to_below[k]), 0, 1))
            links[int(to_below[k])].append((k, 0, -1))
    best = np.full((len(places), 2), -1, np.int64)
    seen = np.zeros(len(places), bool)
    largest = 0
    for start in range(len(places)):
        if seen[start]:
            continue
        number = {start: (10_000, 10_000)}
        queue = [start]
        for k in queue:
            seen[k] = True
            for other, di, dj in links[k]:
                if other not in number:
                    number[other] = (number[k][0] + di, number[k][1] + dj)
                    queue.append(other)
        if len(number) > largest:
            largest = len(number)
            best[:] = -1
            best[list(number)] = list(number.values())
    return best
