"""The lattice that a picture repeats by: the two shortest steps at which it is most like itself.

The autocorrelation of the picture moved over itself, each step judged by the part that overlaps;
the steps are fitted to all peaks near their multiples, and reduced as Gauss reduced quadratic forms
(Disquisitiones arithmeticae, 1801).
"""

from functools import lru_cache
from itertools import product
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft

SHORTEST, LONGEST = 12, 110  # px of 256, of a step of the lattice; two must fit into the picture
LIKE = 0.35  # correlation below which nothing is said to repeat
AS_LIKE = 0.945  # of the best step's correlation, for another step to count as exact
Plane = NDArray[np.floating[Any]]
_REACH = LONGEST + 2
_AROUND = np.ones((5, 5), np.uint8)
_PEAK = np.arange(-3, 4)  # px around where a peak is awaited
_MULTIPLES = [  # of the two steps, half of them since the others mirror these
    np.array([m for m in product(range(-reach, reach + 1), repeat=2) if m > (0, 0)])
    for reach in (1, 2, 3)
]


def lattice(flat: Plane) -> tuple[Plane, float]:
    """(2, 2) the two shortest steps at which a picture is most like itself, and how like."""
    h, w = flat.shape
    reach = _REACH
    # no step wraps round, and half of the steps down hold all that are asked
    high, wide = (fft.next_fast_len(max(n, reach) + reach, real=True) for n in (h, w))
    found = fft.fft(fft.rfft(flat, wide, axis=1), high, axis=0)
    # the power is real, so that its transform back is the conjugate of that forth
    columns = fft.rfft(found.real**2 + found.imag**2, axis=0)[: reach + 1].conj() / high
    at = np.arange(-reach, reach + 1)
    below = fft.irfft(columns, wide, axis=1)[:, at]
    below[0, :reach] = below[0, :reach:-1]
    moved = np.concatenate([below[:0:-1, ::-1], below])  # a step up and left is one down and right
    alike = moved / _overlap(h, w)
    alike /= flat.var()
    middle = reach
    top = cv2.dilate(alike, _AROUND, borderType=cv2.BORDER_CONSTANT, borderValue=(np.inf,))
    y, x = np.nonzero((alike == top) & (alike > LIKE / 2))
    far = np.hypot(y - middle, x - middle)
    keep = (far >= SHORTEST) & (far <= LONGEST)
    if keep.sum() < 2:
        return np.zeros((2, 2)), 0.0
    y, x, far = y[keep], x[keep], far[keep]
    score = alike[y, x]
    exact = score >= AS_LIKE * score.max()
    y, x, far, score = y[exact], x[exact], far[exact], score[exact]
    order = np.argsort(far, kind="stable")
    first = order[0]
    a = np.array([y[first] - middle, x[first] - middle], float)
    for other in order[1:]:
        b = np.array([y[other] - middle, x[other] - middle], float)
        if abs(a[0] * b[1] - a[1] * b[0]) > 0.3 * np.hypot(*a) * np.hypot(*b):
            steps = _refined(alike, np.stack([a, b]), middle)
            return _reduced(steps), float(min(score[first], score[other]))
    return np.zeros((2, 2)), 0.0


@lru_cache(maxsize=8)
def _overlap(h: int, w: int) -> NDArray[np.float64]:
    """(225, 225) how many pixels of a picture still lie on it after each step."""
    far = np.abs(np.arange(-_REACH, _REACH + 1))
    return np.outer(np.maximum(h - far, 1), np.maximum(w - far, 1)).astype(np.float64)


def _refined(alike: Plane, steps: Plane, middle: int) -> Plane:
    """The steps that fit all peaks near their multiples best, each peak between pixels."""
    for multiples in _MULTIPLES:
        near = np.rint(multiples[:, :1] * steps[0] + multiples[:, 1:] * steps[1]).astype(np.intp)
        near += middle
        inside = ((near >= 4) & (near < len(alike) - 4)).all(axis=1)
        rows, (y, x) = multiples[inside], near[inside].T
        if not (rows[:1, 0] * rows[:, 1] != rows[:1, 1] * rows[:, 0]).any():
            continue  # all one way
        parts = alike[y[:, None, None] + _PEAK[:, None], x[:, None, None] + _PEAK]
        down, across = np.divmod(parts.reshape(len(rows), -1).argmax(axis=1), len(_PEAK))
        y, x = y + down - 3, x + across - 3
        at = alike[y, x]
        up = _between(alike[y - 1, x], at, alike[y + 1, x])
        right = _between(alike[y, x - 1], at, alike[y, x + 1])
        peaks = np.stack([y + up - middle, x + right - middle], axis=1)
        whole = rows.astype(np.float64)
        steps = np.linalg.solve(whole.T @ whole, whole.T @ peaks)
    return steps


def _between(before: Plane, at: Plane, after: Plane) -> Plane:
    """(n,) how far from the middle of three the top of a parabola through them lies."""
    bend = before - 2 * at + after
    off = np.divide(0.5 * (before - after), bend, out=np.zeros_like(bend), where=bend < 0)
    return np.clip(off, -0.5, 0.5)


def _reduced(steps: Plane) -> Plane:
    """The same lattice by its two shortest steps, at 60 to 90 degrees (Gauss's reduction)."""
    a, b = steps
    for _ in range(20):
        if a @ a > b @ b:
            a, b = b, a
        times = np.rint(a @ b / (a @ a))
        if times == 0:
            break
        b = b - times * a
    return np.stack([a, b if a @ b >= 0 else -b])
