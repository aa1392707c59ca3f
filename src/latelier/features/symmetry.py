"""Which turns and mirrors leave the picture as it is, and where its weight lies.

Each symmetry is the correlation (Pearson's) of the lightness with itself mirrored or turned.
Weight is what stands out from the edge's own lightness; its middle and reach are the first two
moments, in units of half a side.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latelier.features._contract import Measure
from latelier.features._plane import SIDE, lightness, median

SAME_SIZE = False
STANDARDISE = True
BLIND = "Symmetry and balance know how lightness lies about the middle, and nothing of colour."

MEASURES = (
    Measure("mirror_left_right", "1", -1, 1, "How far left and right mirror each other."),
    Measure("mirror_top_bottom", "1", -1, 1, "How far top and bottom mirror each other."),
    Measure("half_turn", "1", -1, 1, "How far half a turn leaves it as it is."),
    Measure("quarter_turn", "1", -1, 1, "How far a quarter turn does, as if it were square."),
    Measure("mirror_diagonal", "1", -1, 1, "How far it mirrors along the falling diagonal."),
    Measure("weight_across", "half side", -1, 1, "Where its weight lies: -1 left, 1 right."),
    Measure("weight_down", "half side", -1, 1, "Where its weight lies: -1 top, 1 bottom."),
    Measure("weight_reach", "half side", 0, 1.5, "How far its weight reaches from its middle."),
    Measure("filled", "share", 0, 1, "How much of it stands out from its edge."),
)
Plane = NDArray[Any]
STANDS_OUT = 10.0  # L*: four steps that an eye just tells apart in textured surfaces


def describe(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(9,) the numbers in the order of ``MEASURES``."""
    light = lightness(pixels)
    square = _square(light)
    weight = np.abs(light - median(_edge(light)))
    return np.array(
        [
            *same(light, *(cv2.flip(light, axis) for axis in (1, 0, -1))),
            *same(square, cv2.rotate(square, cv2.ROTATE_90_CLOCKWISE), cv2.transpose(square)),
            *balance(weight),
            float((weight > STANDS_OUT).mean()),
        ]
    )


def same(one: Plane, *turned: Plane) -> list[float]:
    """The correlations of a picture with the same, mirrored or turned; 1 of one even surface."""
    off = one - one.mean()
    size = float(np.vdot(off, off))
    if size <= 1e-6 * one.size:
        return [1.0] * len(turned)
    mean = one.mean()
    return [float(np.clip(np.vdot(off, other - mean) / size, -1, 1)) for other in turned]


def balance(weight: Plane) -> NDArray[np.float64]:
    """(3,) the middle of the weight across and down, and how far it reaches around it."""
    h, w = weight.shape
    total = weight.sum()
    if total <= 1e-6 * weight.size:
        return np.zeros(3)
    across = (np.arange(w) + 0.5) / w * 2 - 1
    down = (np.arange(h) + 0.5) / h * 2 - 1
    columns, rows = weight.sum(axis=0) / total, weight.sum(axis=1) / total
    x, y = float(across @ columns), float(down @ rows)
    reach = np.sqrt((across - x) ** 2 @ columns + (down - y) ** 2 @ rows)
    return np.array([x, y, reach])


def _edge(light: Plane) -> Plane:
    return np.concatenate([light[0], light[-1], light[:, 0], light[:, -1]])


def _square(light: Plane) -> Plane:
    if light.shape[0] == light.shape[1]:
        return light
    picture = Image.fromarray(light.astype(np.float32))
    return np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BILINEAR), np.float32)
