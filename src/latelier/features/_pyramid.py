"""How far the parts of a picture have the edges of the whole: the pyramid of oriented gradients.

Amirshahi, Koch, Denzler and Redies, PHOG analysis of self-similarity in aesthetic images (2012);
Braun, Amirshahi, Denzler and Redies, Statistical image properties of print advertisements, visual
artworks and images of architecture (2013), appendix: the strongest gradient of L*, a* and b*, 16
directions over the full turn, three levels of quarters.
"""

import numpy as np
from numpy.typing import NDArray

BINS, LEVELS = 16, 3
NOTHING = 1e-8


def pyramid(lab: NDArray[np.floating]) -> tuple[float, float, float]:
    """Self-similarity (0 to 1), complexity (mean gradient) and anisotropy of (h, w, 3) L*a*b*.

    Lightness counts in 255 steps, a* and b* in whole ones, as published.
    """
    if min(lab.shape[:2]) < 2**LEVELS:
        return 0.0, 0.0, 0.0
    steps = np.empty(lab.shape, np.float32)
    np.rint(lab[..., 0] * 2.55, out=steps[..., 0], casting="unsafe")
    np.floor(lab[..., 1:] + 128, out=steps[..., 1:], casting="unsafe")
    down, across = (_strongest(np.gradient(steps, axis=axis)) for axis in (0, 1))
    strength = np.hypot(down, across)
    turn = np.arctan2(down, across) + np.float32(np.pi)
    way = (turn * np.float32(BINS / (2 * np.pi)) + np.float32(0.5)).astype(np.intp) % BINS
    finest = _cells(strength, way, 2**LEVELS)
    levels = [_joined(finest, 2**level) for level in range(LEVELS + 1)]
    shares = [_shares(cells) for cells in levels]
    whole, all_of = shares[0][0], levels[0].sum()
    alike = []
    for cells, share in zip(levels[1:], shares[1:], strict=True):
        sums = cells.sum(axis=1) * len(cells)  # as if the whole picture were so
        weaker, stronger = np.minimum(sums, all_of), np.maximum(sums, all_of)
        ratio = np.divide(weaker, stronger, out=np.zeros_like(sums), where=stronger > NOTHING)
        alike.append(np.median(np.minimum(share, whole).sum(axis=1) * ratio))
    total = sum(share.sum() for share in shares)
    uneven = float(shares[-1].std() / total) if total > NOTHING else 0.0
    return float(np.mean(alike)), float(strength.mean()), uneven


def _strongest(gradients: NDArray[np.float32]) -> NDArray[np.float32]:
    """(h, w) of three channels the value that is farthest from 0."""
    best = gradients[..., 0]
    for channel in (1, 2):
        other = gradients[..., channel]
        best = np.where(np.abs(other) > np.abs(best), other, best)
    return best


def _cells(strength: NDArray[np.float32], way: NDArray[np.intp], count: int) -> NDArray[np.float64]:
    """(count, count, 16) the strength of each direction in each part."""
    down, across = (
        np.repeat(
            np.arange(count), np.diff(np.rint(np.arange(count + 1) * (side / count)).astype(int))
        )
        for side in strength.shape
    )
    place = way + (down * (count * BINS))[:, None] + (across * BINS)[None]
    sums = np.bincount(place.ravel(), strength.ravel(), minlength=count * count * BINS)
    return np.asarray(sums, np.float64).reshape(count, count, BINS)


def _joined(finest: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """(count², 16) the same of larger parts; their borders are borders of the finest."""
    each = len(finest) // count
    return finest.reshape(count, each, count, each, BINS).sum(axis=(1, 3)).reshape(-1, BINS)


def _shares(cells: NDArray[np.float64]) -> NDArray[np.float64]:
    total = cells.sum(axis=1, keepdims=True)
    return np.divide(cells, total, out=np.zeros_like(cells), where=total > NOTHING)
