"""Edges: how many, which way they run, and how they fill the picture at every scale.

Gradients by Sobel's masks. The entropy of edge orientations is Redies, Brachmann and Wagemans'
first order (High entropy of edge orientations characterizes visual artworks, 2017), with their
24 orientations; the box-counting dimension is Mandelbrot's.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.features._contract import Measure
from latelier.features._plane import entropy, lightness, line

SAME_SIZE = False
STANDARDISE = True
BLIND = "Edges know where lightness changes, and nothing of the surfaces between."

ORIENTATIONS = 24
STRONG = 10.0  # L* per px; a drawn edge has 30 and more, a weave under even light below 5
BOXES = (2, 4, 8, 16, 32)  # px of 256
Plane = NDArray[Any]

MEASURES = (
    Measure("strength", "L*/px", 0, 100, "How strongly lightness changes on the whole."),
    Measure("density", "share", 0, 1, "How much of the picture is edge."),
    Measure("orientation_entropy", "1", 0, 1, "How evenly edges run all ways; 0 is one way only."),
    Measure("dimension", "1", 0, 2, "How edges fill the plane: 1 a line, 2 all of it."),
    Measure("density_spread", "share", 0, 0.5, "How unevenly edges are spread over 8 x 8 fields."),
)


def describe(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(5,) the numbers in the order of ``MEASURES``."""
    light = lightness(pixels)
    down, across = (  # an eighth, so that a slope of 1 L* per px gives 1
        np.asarray(
            cv2.Sobel(light, cv2.CV_32F, *axis, scale=1 / 8, borderType=cv2.BORDER_REFLECT),
            np.float32,
        )
        for axis in ((0, 1), (1, 0))
    )
    strength = np.sqrt(down**2 + across**2)
    edge = strength >= STRONG
    return np.array(
        [
            min(float(strength.mean(dtype=np.float64)), 100.0),
            edge.mean(),
            orientation_entropy(down, across, strength),
            dimension(edge),
            fields(edge).std(),
        ]
    )


def orientation_entropy(down: Plane, across: Plane, strength: Plane) -> float:
    """How evenly gradients point all ways, each counting by its strength; 0 where there are none."""
    total = float(strength.sum(dtype=np.float64))
    if total <= 1e-6 * strength.size:
        return 0.0
    # bins have their middles at the upright and the level, where so many edges are
    turn = np.arctan2(down, across).ravel() * down.dtype.type(ORIENTATIONS / np.pi)
    at = np.rint(turn).astype(np.intp) + ORIENTATIONS
    found = np.bincount(at, strength.ravel(), minlength=2 * ORIENTATIONS + 1)
    weights = found[:ORIENTATIONS] + found[ORIENTATIONS:-1]  # half a turn on, it is the same
    weights[0] += found[-1]
    return entropy(weights / total)


def dimension(marks: NDArray[np.bool_]) -> float:
    """The box-counting dimension: how fast the number of boxes with a mark in them grows.

    The slope of log boxes against log 1 / size; 0 where there are no marks.
    """
    h, w = marks.shape
    boxes = np.zeros((h + -h % BOXES[-1], w + -w % BOXES[-1]), bool)
    boxes[:h, :w] = marks
    counts = []
    for _ in BOXES:  # each twice as wide as those before
        boxes = boxes[::2] | boxes[1::2]
        boxes = boxes.view(np.uint16) > 0  # two beside each other
        counts.append(np.count_nonzero(boxes))
    if counts[-1] == 0:
        return 0.0
    return float(np.clip(line(np.log(1 / np.array(BOXES)), np.log(counts))[0], 0, 2))


def fields(marks: NDArray[np.bool_], count: int = 8) -> NDArray[np.float64]:
    """(up to count, up to count) the share of marks in each field of an even lattice."""
    found, sizes = marks.astype(np.float64), []
    for axis, side in enumerate(marks.shape):
        n = min(count, side)
        begin = np.arange(n) * (side // n) + np.minimum(np.arange(n), side % n)  # larger ones first
        found = np.add.reduceat(found, begin, axis=axis)
        sizes.append(np.diff(begin, append=side))
    return np.asarray(found / np.outer(*sizes))
