"""Make a rough affine map between two pictures exact, from their pixels.

Gauss-Newton on the difference of detail, forward compositional (Baker and Matthews,
"Lucas-Kanade 20 years on", IJCV 2004), with Tukey's weights so that an overlay does not pull.
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.copies.pixels import (
    Map,
    Sight,
    affine,
    chained,
    in_colour,
    inside_of,
    inverse,
    mixes,
    reduced_for,
    resized,
    seen_as,
    warped,
)
from latelier.copies.windows import WINDOW, without_tone

ROUNDS = 4
STRETCHED = 1.07  # a smaller stretch is the rounding of a small picture's sides
UPRIGHT = 2.5  # degrees; a scan lies askew by 2
_STILL = np.eye(2, 3)
ENOUGH = 0.08  # pixels: a round that moves no corner further than this is the last


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
    most, least = stretches(m)
    if most < STRETCHED * least:
        kept = _turn(linear) * (most * least) ** 0.5
    else:
        rows, columns = (np.linalg.norm(linear, axis=a) for a in (1, 0))
        after = rows[:, None] * _turn(linear / rows[:, None])
        before = _turn(linear / columns) * columns
        nearer = np.linalg.norm(after - linear) < np.linalg.norm(before - linear)
        kept = after if nearer else before
    middle = np.array(about) / 2
    return affine(kept, linear @ middle + m[:, 2] - kept @ middle)


def stretch(m: Map) -> float:
    """How much longer one direction becomes than the other, 1 or more."""
    most, least = stretches(m)
    return most / max(least, 1e-9)


def stretches(m: Map) -> tuple[float, float]:
    """How many times as long the most and the least stretched direction become (singular values)."""
    (a, b), (c, d) = m[:, :2].tolist()
    even, odd = math.hypot(a + d, c - b), math.hypot(a - d, c + b)
    return (even + odd) / 2, abs(even - odd) / 2


def is_upright(m: Map) -> bool:
    """Whether a map turns by quarters of a turn alone, by ``UPRIGHT`` degrees more or less."""
    by = math.degrees(math.atan2(m[1, 0], m[0, 0])) % 90
    return min(by, 90 - by) < UPRIGHT


def _turn(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    """The nearest rotation, or rotation of the mirror image (the polar decomposition's)."""
    (a, b), (c, d) = linear.tolist()
    if a * d >= b * c:
        by = math.atan2(c - b, a + d)
        return np.array([[math.cos(by), -math.sin(by)], [math.sin(by), math.cos(by)]])
    by = math.atan2(c + b, a - d)
    return np.array([[math.cos(by), math.sin(by)], [math.sin(by), -math.cos(by)]])


def exact(
    first: Sight,
    second: Sight,
    m: Map,
    rounds: int = ROUNDS,
    where: NDArray[np.float32] | None = None,
    closely: bool = False,
) -> Map:
    """The affine map near ``m`` under which the detail of two pictures agrees best.

    Args:
        first: the one with the coarser pixels of the common part.
        second: the other.
        m: pixels of the first to pixels of the second, right to some pixels.
        rounds: how many steps at the most.
        where: (h, w) 0 or 1 on the first, what is to agree; all of it if left out.
        closely: at their full size, for a common part that is small; four times the work.
    """
    if closely:
        everything = np.ones(first.size[::-1], np.float32)
        return _exact(first, second, m, rounds, everything if where is None else where)
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
    wide, high = first.size
    x = np.arange(wide, dtype=np.float32)
    y = np.arange(high, dtype=np.float32)[:, None]
    size = np.array([[0, 0, 1], [wide, 0, 1], [0, high, 1], [wide, high, 1.0]])
    level, of_first, of_second = second, first.fine[..., 0], second.fine[..., 0]
    for done in range(rounds):
        sharp, on = reduced_for(second, m)
        if not done or sharp is not level:
            level = sharp
            a, b, inside = seen_as(first, level, on)
            colours = mixes(a, b, np.asarray(inside * (part > 0.5), np.float32))
            of_second, of_first = (
                in_colour(v, mix) for v, mix in zip((level.fine, first.fine), colours, strict=True)
            )
        inside = np.asarray(inside_of(first, level, on) * (part > 0.5), np.float32)
        step = _step(warped(of_second, on, first.size), of_first, inside, x, y)
        if step is None:
            return m
        m = chained(step, m)
        if np.abs(size @ (step - _STILL).T).max() < ENOUGH:
            break
    return m


def _median(values: NDArray[np.float32]) -> float:
    middle = len(values) // 2
    return float(np.partition(values, middle)[middle])


def _step(
    moved: NDArray[np.float32],
    fixed: NDArray[np.float32],
    inside: NDArray[np.float32],
    x: NDArray[np.float32],
    y: NDArray[np.float32],
) -> Map | None:
    """One step of Gauss-Newton, or None where there is nothing to hold on to."""
    use = inside > 0
    if np.count_nonzero(use) < 64:
        return None
    much = np.maximum(cv2.blur(inside, (WINDOW, WINDOW)), 1e-3)
    moved, fixed = (without_tone(v * inside, inside, much) for v in (moved, fixed))
    gx = cv2.Sobel(moved, cv2.CV_32F, 1, 0, scale=1 / 8)
    gy = cv2.Sobel(moved, cv2.CV_32F, 0, 1, scale=1 / 8)
    rest = fixed - moved
    spread = 4.7 * (_median(np.abs(rest[use][::3])) * 1.48 + 2.0)
    weight = inside * np.maximum(1 - (rest / spread) ** 2, 0) ** 2
    columns = np.empty((6, *moved.shape), np.float32)
    for row, v in enumerate((gx * x, gx * y, gx, gy * x, gy * y, gy)):
        columns[row] = v
    flat = columns.reshape(6, -1)
    weighted = flat * weight.reshape(-1)
    normal = weighted @ flat.T
    normal[np.diag_indices(6)] *= 1.001
    try:
        step = np.linalg.solve(normal.astype(np.float64), weighted @ rest.reshape(-1))
    except np.linalg.LinAlgError:
        return None
    if not np.all(np.isfinite(step)) or np.abs(step[[0, 1, 3, 4]]).max() > 0.3:
        return None
    return _STILL + step.reshape(2, 3)
