"""How far the parts of a picture have the edges of the whole: the pyramid of oriented gradients.

Amirshahi, Koch, Denzler and Redies, PHOG analysis of self-similarity in aesthetic images (2012);
Braun, Amirshahi, Denzler and Redies, Statistical image properties of print advertisements, visual
artworks and images of architecture (2013), appendix: the strongest gradient of L*, a* and b*, 16
directions over the full turn, three levels of quarters.
"""

from collections.abc import Sequence

import cv2
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
    steps = np.empty((3, *lab.shape[:2]), np.float32)
    np.rint(lab[..., 0] * np.float32(2.55), out=steps[0], casting="unsafe")
    for channel in (1, 2):
        np.floor(lab[..., channel] + np.float32(128), out=steps[channel], casting="unsafe")
    down, across = (_strongest([_gradient(s, axis) for s in steps]) for axis in (0, 1))
    strength = np.sqrt(down**2 + across**2)
    # from 0 to 16 and once around: the last is the first
    way = np.rint((np.arctan2(down, across) + np.float32(np.pi)) * np.float32(BINS / (2 * np.pi)))
    way = np.where(way == BINS, 0, way).astype(np.intp)
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
    return float(np.mean(alike)), float(strength.mean(dtype=np.float64)), uneven


def _gradient(plane: NDArray[np.float32], axis: int) -> NDArray[np.float32]:
    """(h, w) half of how far both neighbours differ; at the borders what the one differs by."""
    order = (0, 1) if axis == 0 else (1, 0)
    found = np.asarray(
        cv2.Sobel(plane, cv2.CV_32F, *order, ksize=1, scale=0.5, borderType=cv2.BORDER_REPLICATE),
        np.float32,
    )
    along = found if axis == 0 else found.T
    along[0] *= 2
    along[-1] *= 2
    return found


def _strongest(gradients: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """(h, w) of several the value that is farthest from 0."""
    best = gradients[0]
    for other in gradients[1:]:
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
