"""How far the parts of a picture have the edges of the whole: the pyramid of oriented gradients.

Amirshahi, Koch, Denzler and Redies, PHOG analysis of self-similarity in aesthetic images (2012);
Braun, Amirshahi, Denzler and Redies, Statistical image properties of print advertisements, visual
artworks and images of architecture (2013), appendix: the strongest gradient of L*, a* and b*, 16
directions over the full turn, three levels of quarters.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from latelier.features._plane import median

BINS, LEVELS = 16, 3
NOTHING = 1e-8


def pyramid(lab: NDArray[np.floating]) -> tuple[float, float, float]:
    """Self-similarity (0 to 1), complexity (mean gradient) and anisotropy of (3, h, w) L*a*b*.

    Lightness counts in 255 steps, a* and b* in whole ones, as published.
    """
    if min(lab.shape[1:]) < 2**LEVELS:
        return 0.0, 0.0, 0.0
    steps = np.empty(lab.shape, np.int16)
    np.rint(lab[0] * np.float32(2.55), out=steps[0], casting="unsafe")
    np.floor(lab[1:] + np.float32(128), out=steps[1:], casting="unsafe")
    down, across = (_strongest(_gradient(steps, axis)) for axis in (1, 2))
    strength = np.sqrt(down**2 + across**2)
    # from 0 to 16 and once around: the last is the first
    way = np.rint((np.arctan2(down, across) + np.float32(np.pi)) * np.float32(BINS / (2 * np.pi)))
    finest = _cells(strength, way.astype(np.intp), 2**LEVELS)
    levels = [_joined(finest, 2**level) for level in range(LEVELS + 1)]
    shares = [_shares(cells) for cells in levels]
    whole, all_of = shares[0][0], levels[0].sum()
    alike = []
    for cells, share in zip(levels[1:], shares[1:], strict=True):
        sums = cells.sum(axis=1) * len(cells)  # as if the whole picture were so
        weaker, stronger = np.minimum(sums, all_of), np.maximum(sums, all_of)
        ratio = np.divide(weaker, stronger, out=np.zeros_like(sums), where=stronger > NOTHING)
        alike.append(median(np.minimum(share, whole).sum(axis=1) * ratio))
    total = sum(share.sum() for share in shares)
    uneven = float(shares[-1].std() / total) if total > NOTHING else 0.0
    return float(np.mean(alike)), float(strength.mean(dtype=np.float64)), uneven


def _gradient(steps: NDArray[np.int16], axis: int) -> NDArray[np.int16]:
    """(3, h, w) how far both neighbours differ; at the borders twice what the one differs by."""
    found = np.empty_like(steps)
    along, of = np.moveaxis(found, axis, 0), np.moveaxis(steps, axis, 0)
    np.subtract(of[2:], of[:-2], out=along[1:-1])
    for at, after, before in ((0, 1, 0), (-1, -1, -2)):
        along[at] = 2 * (of[after] - of[before])
    return found


def _strongest(gradients: NDArray[np.int16]) -> NDArray[np.float32]:
    """(h, w) half of what is farthest from 0 of three; of those equally far, of the first."""
    best = np.zeros(gradients.shape[1:], np.int16)
    for rank, each in zip((4, 2, 0), gradients, strict=True):  # told by the lowest bits
        np.maximum(best, (np.abs(each) << 3) + np.int16(rank) + (each < 0), out=best)
    far = (best >> 3) * (1 - 2 * (best & 1))
    return np.asarray(far * np.float32(0.5), np.float32)


def _cells(strength: NDArray[np.float32], way: NDArray[np.intp], count: int) -> NDArray[np.float64]:
    """(count, count, 16) the strength of each direction in each part, from 0 to 16 and around."""
    size = count * count * (BINS + 1)
    place = way + _parts(*strength.shape, count)
    sums = np.bincount(place.ravel(), strength.ravel(), minlength=size)
    cells = np.asarray(sums, np.float64).reshape(count, count, BINS + 1)
    cells[..., 0] += cells[..., BINS]
    return cells[..., :BINS]


@lru_cache(maxsize=8)
def _parts(h: int, w: int, count: int) -> NDArray[np.intp]:
    """(h, w) where the directions of each pixel's part begin."""
    down, across = (
        np.repeat(
            np.arange(count), np.diff(np.rint(np.arange(count + 1) * (side / count)).astype(int))
        )
        for side in (h, w)
    )
    return np.asarray((down[:, None] * count + across) * (BINS + 1), np.intp)


def _joined(finest: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """(count², 16) the same of larger parts; their borders are borders of the finest."""
    each = len(finest) // count
    return finest.reshape(count, each, count, each, BINS).sum(axis=(1, 3)).reshape(-1, BINS)


def _shares(cells: NDArray[np.float64]) -> NDArray[np.float64]:
    total = cells.sum(axis=1, keepdims=True)
    return np.divide(cells, total, out=np.zeros_like(cells), where=total > NOTHING)
