"""Make a rough affine map between two pictures exact, from their pixels.

Gauss-Newton on the difference of detail, forward compositional (Baker and Matthews,
"Lucas-Kanade 20 years on", IJCV 2004), with Tukey's weights so that an overlay does not pull.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.copies.pixels import Map, Sight, chained, one_colour, seen_as

ROUNDS = 6
ENOUGH = 0.02  # pixels: a round that moves no corner further than this is the last


def half(m: Map) -> Map:
    """The same map between the two pictures at half their size."""
    return np.c_[m[:, :2], m[:, 2] / 2]


def whole(m: Map) -> Map:
    """The same map between the two pictures at twice their size."""
    return np.c_[m[:, :2], m[:, 2] * 2]


def exact(first: Sight, second: Sight, m: Map, rounds: int = ROUNDS) -> Map:
    """The affine map near ``m`` under which the detail of two pictures agrees best.

    Args:
        first: the one with the coarser pixels of the common part.
        second: the other.
        m: pixels of the first to pixels of the second, right to some pixels.
        rounds: how many steps at the most.
    """
    x, y = np.meshgrid(*(np.arange(n, dtype=np.float32) for n in first.size))
    size = np.array([[0, 0, 1], [first.size[0], 0, 1], [0, first.size[1], 1], [*first.size, 1.0]])
    for _ in range(rounds):
        a, b, inside = seen_as(first, second, m)
        moved, fixed = one_colour(a, b, inside)
        step = _step(moved, fixed, inside, x, y)
        if step is None:
            return m
        m = chained(step, m)
        if np.abs(size @ (step - np.eye(2, 3)).T).max() < ENOUGH:
            break
    return m


def _step(
    moved: NDArray[np.float32],
    fixed: NDArray[np.float32],
    inside: NDArray[np.float32],
    x: NDArray[np.float32],
    y: NDArray[np.float32],
) -> Map | None:
    """One step of Gauss-Newton, or None where there is nothing to hold on to."""
    gx = cv2.Sobel(moved, cv2.CV_32F, 1, 0, scale=1 / 8)
    gy = cv2.Sobel(moved, cv2.CV_32F, 0, 1, scale=1 / 8)
    rest = fixed - moved
    use = inside > 0
    if np.count_nonzero(use) < 64:
        return None
    spread = 4.7 * (np.median(np.abs(rest[use])) * 1.48 + 2.0)
    weight = inside * np.maximum(1 - (rest / spread) ** 2, 0) ** 2
    columns = np.stack([gx * x, gx * y, gx, gy * x, gy * y, gy], axis=-1).reshape(-1, 6)
    weighted = columns * weight.reshape(-1, 1)
    normal = columns.T @ weighted
    normal[np.diag_indices(6)] *= 1.001
    try:
        step = np.linalg.solve(normal.astype(np.float64), weighted.T @ rest.reshape(-1))
    except np.linalg.LinAlgError:
        return None
    if not np.all(np.isfinite(step)) or np.abs(step[[0, 1, 3, 4]]).max() > 0.3:
        return None
    return np.eye(2, 3) + step.reshape(2, 3)
