"""Make a rough affine map between two pictures exact, from their pixels.

Gauss-Newton on the difference of detail, forward compositional (Baker and Matthews,
"Lucas-Kanade 20 years on", IJCV 2004), with Tukey's weights so that an overlay does not pull.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.copies.pixels import (
    Map,
    Sight,
    chained,
    inverse,
    mixes,
    resized,
    seen_as,
    without_tone,
)

ROUNDS = 6
STRETCHED = 1.07  # a smaller stretch is the rounding of a small picture's sides
ENOUGH = 0.04  # pixels: a round that moves no corner further than this is the last


def usual(m: Map, about: tuple[int, int]) -> Map:
    """The nearest map that people make: turned, mirrored, sized, and stretched along an edge only.

    Drawings of one simple sign by two hands can be laid on each other by skewing one; nobody skews a
    picture. A stretch goes along the edges of one of the two pictures (a picture resized to a
    square, before or after it was turned).

    Args:
        m: any affine map of pixels to pixels.
        about: width and height of the picture it starts from; its middle keeps its place.
    """
    linear = m[:, :2]
    u, sizes, vt = np.linalg.svd(linear)
    if sizes[0] < STRETCHED * sizes[1]:
        kept = (u @ vt) * np.sqrt(sizes[0] * sizes[1])
    else:
        rows, columns = (np.linalg.norm(linear, axis=a) for a in (1, 0))
        after = rows[:, None] * _turn(linear / rows[:, None])
        before = _turn(linear / columns) * columns
        nearer = np.linalg.norm(after - linear) < np.linalg.norm(before - linear)
        kept = after if nearer else before
    middle = np.array(about) / 2
    return np.c_[kept, linear @ middle + m[:, 2] - kept @ middle]


def stretch(m: Map) -> float:
    """How much longer one direction becomes than the other, 1 or more."""
    sizes = np.linalg.svd(m[:, :2], compute_uv=False)
    return float(sizes[0] / max(sizes[1], 1e-9))


def _turn(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    u, _, vt = np.linalg.svd(linear)
    return np.asarray(u @ vt)


def exact(
    first: Sight,
    second: Sight,
    m: Map,
    rounds: int = ROUNDS,
    where: NDArray[np.float32] | None = None,
) -> Map:
    """The affine map near ``m`` under which the detail of two pictures agrees best.

    Args:
        first: the one with the coarser pixels of the common part.
        second: the other.
        m: pixels of the first to pixels of the second, right to some pixels.
        rounds: how many steps at the most.
        where: (h, w) 0 or 1 on the first, what is to agree; all of it if left out.
    """
    small, other = first.smaller.smaller, second.smaller.smaller  # half the size: right to 0.1 px
    half, twice = (
        resized(small.size[0] / first.size[0]),
        resized(second.size[0] / other.size[0]),
    )
    back, on = inverse(half), inverse(twice)
    part = cv2.resize(where, small.size) if where is not None else np.float32(1)
    found = _exact(small, other, chained(chained(back, m), on), rounds, np.asarray(part))
    return chained(chained(half, found), twice)


def _exact(first: Sight, second: Sight, m: Map, rounds: int, part: NDArray[np.float32]) -> Map:
    x, y = np.meshgrid(*(np.arange(n, dtype=np.float32) for n in first.size))
    size = np.array([[0, 0, 1], [first.size[0], 0, 1], [0, first.size[1], 1], [*first.size, 1.0]])
    colours = None
    for _ in range(rounds):
        a, b, inside = seen_as(first, second, m)
        inside = np.asarray(inside * (part > 0.5), np.float32)
        if colours is None:
            colours = mixes(a, b, inside)
        moved, fixed = (
            without_tone((v @ mix) * inside, inside) for v, mix in zip((a, b), colours, strict=True)
        )
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
