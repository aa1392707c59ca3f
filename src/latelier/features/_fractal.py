"""How a picture fills the plane, and how its lightness fills space: two dimensions between whole ones.

Of the border between light and dark: Spehar, Clifford, Newell and Taylor, Universal aesthetic of
fractals (2003). Of grey as a height over the plane: Mather, Visual image statistics in the history
of Western art (2018), by the differential counting of boxes of Sarkar and Chaudhuri (1992).
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latelier.features._plane import line
from latelier.features._waves import middle_of

LEAST = 7  # boxes a side that are still counted


def border(grey: NDArray[np.uint8]) -> float:
    """The dimension of the border of what is darker than the mean: 1 a line, 2 everywhere; or 0."""
    side = min(grey.shape)
    if grey.shape != (side, side):
        grey = np.asarray(Image.fromarray(grey).resize((side, side)))
    marks = grey < grey.mean()
    sides, counts = [], []
    while len(marks) >= LEAST:
        sides.append(len(marks))
        counts.append(np.count_nonzero(marks))
        n = len(marks) // 2
        upper, lower = marks[: 2 * n : 2, : 2 * n], marks[1 : 2 * n : 2, : 2 * n]
        some, all_ = upper | lower, upper & lower
        # boxes that hold both
        marks = (some[:, ::2] | some[:, 1::2]) & ~(all_[:, ::2] & all_[:, 1::2])
    x, y = np.array(sides[1:], float), np.array(counts[1:], float)
    if len(x) < 2 or (y == 0).any():
        return 0.0
    return line(np.log2(x), np.log2(y))[0]


def relief(grey: NDArray[np.uint8]) -> float:
    """The dimension of grey as a height: 2 even, 3 noise; 2 of a picture too small to be counted."""
    square = middle_of(grey)
    side = len(square)
    smallest = 2 ** int(np.ceil(np.log2(side ** (1 / 3)))) if side > 1 else 1
    largest = smallest
    while largest > 1 and np.ceil(side / largest + 1) <= np.ceil(side / (largest - 1)):
        largest += 1
    boxes = np.arange(smallest, largest + 1, 2)
    if len(boxes) < 2 or side <= boxes[-1]:
        return 2.0
    counts = []
    for box in boxes:
        down = np.arange(0, side - box - 1, box)
        across = np.arange(0, side - box, box - 1)
        rows = square[: len(down) * box].reshape(len(down), box, side)
        columns = across + np.arange(box)[:, None]
        most, least = (f(f(rows, axis=1)[:, columns], axis=1) for f in (np.max, np.min))
        apart = most - least
        counts.append(np.maximum(np.ceil(apart / (box / side)), 1).sum())
    return line(np.log(1 / boxes), np.log(counts))[0]
