"""Edges: how many, which way they run, and how they fill the picture at every scale.

Gradients by Sobel's masks. The entropy of edge orientations is Redies, Brachmann and Wagemans'
first order (High entropy of edge orientations characterizes visual artworks, 2017), with their
24 orientations; the box-counting dimension is Mandelbrot's.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.features._contract import Measure
from latelier.features._plane import entropy, lightness

SAME_SIZE = False
STANDARDISE = True
BLIND = "Edges know where lightness changes, and nothing of the surfaces between."

ORIENTATIONS = 24
STRONG = 10.0  # L* per px; a drawn edge has 30 and more, a weave under even light below 5
BOXES = (2, 4, 8, 16, 32)  # px of 256

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
            cv2.Sobel(light, cv2.CV_64F, *axis, scale=1 / 8, borderType=cv2.BORDER_REFLECT),
            np.float64,
        )
        for axis in ((0, 1), (1, 0))
    )
    strength = np.hypot(down, across)
    edge = strength >= STRONG
    return np.array(
        [
            min(float(strength.mean()), 100.0),
            edge.mean(),
            orientation_entropy(down, across),
            dimension(edge),
            fields(edge).std(),
        ]
    )


def orientation_entropy(down: NDArray[np.float64], across: NDArray[np.float64]) -> float:
    """How evenly gradients point all ways, each counting by its strength; 0 where there are none."""
    strength = np.hypot(down, across)
    if strength.sum() <= 1e-6 * strength.size:
        return 0.0
    turn = np.arctan2(down, across) % np.pi
    # bins have their middles at the upright and the level, where so many edges are
    at = np.rint(turn / (np.pi / ORIENTATIONS)).astype(int) % ORIENTATIONS
    weights = np.bincount(at.ravel(), strength.ravel(), minlength=ORIENTATIONS)
    return entropy(weights / weights.sum())


def dimension(marks: NDArray[np.bool_]) -> float:
    """The box-counting dimension: how fast the number of boxes with a mark in them grows.

    The slope of log boxes against log 1 / size; 0 where there are no marks.
    """
    counts = [int(_boxes(marks, size).sum()) for size in BOXES]
    if counts[-1] == 0:
        return 0.0
    slope = np.polyfit(np.log(1 / np.array(BOXES)), np.log(counts), 1)[0]
    return float(np.clip(slope, 0, 2))


def fields(marks: NDArray[np.bool_], count: int = 8) -> NDArray[np.float64]:
    """(up to count², ) the share of marks in each field of an even lattice."""
    rows = [r for r in np.array_split(marks, count, axis=0) if r.size]
    parts = [p for r in rows for p in np.array_split(r, count, axis=1) if p.size]
    return np.array([part.mean() for part in parts])


def _boxes(marks: NDArray[np.bool_], size: int) -> NDArray[np.bool_]:
    h, w = marks.shape
    padded = np.pad(marks, ((0, -h % size), (0, -w % size)))
    down, across = padded.shape[0] // size, padded.shape[1] // size
    inside: NDArray[np.bool_] = np.any(padded.reshape(down, size, across, size), axis=(1, 3))
    return inside
