"""How the surface is made: small patterns, and how neighbouring greys go together.

Rotation-invariant uniform local binary patterns of eight neighbours at distance 1 (Ojala,
Pietikäinen and Mäenpää, 2002, equation 9), and four measures of the grey-level co-occurrence
matrix (Haralick, Shanmugam and Dinstein, 1973) at four distances, over the four directions.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.features._contract import Measure
from latelier.features._plane import counted, lightness

SAME_SIZE = False
STANDARDISE = True
BLIND = "Texture knows the surface close up, and nothing of colour or of what is drawn on it."


def _beside(down: float, across: float) -> NDArray[np.float64]:
    """(3, 3) the weights that move a picture by up to a pixel, linearly between four."""
    weights = np.zeros((3, 3))
    top, left = int(np.floor(down)), int(np.floor(across))
    low, right = down - top, across - left
    weights[1 + top : 3 + top, 1 + left : 3 + left] = np.outer((1 - low, low), (1 - right, right))[
        : 2 - top, : 2 - left
    ]
    return weights


_NEIGHBOURS = [
    _beside(round(-np.sin(angle), 5), round(np.cos(angle), 5))
    for angle in 2 * np.pi * np.arange(8) / 8
]
DISTANCES = (1, 2, 4, 8)  # px of 256; the thread and the small figure, not the composition
EQUAL = 2e-5  # L*; what is read between four equal pixels differs from them by rounding alone
LEVELS = 16  # greys; with more, most pairs of a picture of 256 px stand alone
_PATTERNS = (
    "a spot of light",
    *(f"an edge with {n} of 8 neighbours lighter" for n in range(1, 8)),
    "evenness or a spot of dark",
    "something ragged",
)
_BITS = np.arange(256)[:, None] >> np.arange(8) & 1
_KINDS = np.where((np.roll(_BITS, 1, axis=1) != _BITS).sum(axis=1) <= 2, _BITS.sum(axis=1), 9)
_APART = np.subtract.outer(np.arange(LEVELS), np.arange(LEVELS)) ** 2
Plane = NDArray[Any]
MEASURES = (
    *(
        Measure(f"pattern_{i}", "share", 0, 1, f"How much of it is {words}.")
        for i, words in enumerate(_PATTERNS)
    ),
    *(
        measure
        for d in DISTANCES
        for measure in (
            Measure(
                f"contrast_{d}",
                "levels²",
                0,
                (LEVELS - 1) ** 2,
                f"How much greys {d} px apart differ.",
            ),
            Measure(
                f"homogeneity_{d}", "1", 0, 1, f"How often greys {d} px apart are nearly the same."
            ),
            Measure(f"energy_{d}", "1", 0, 1, f"How few pairs of greys {d} px apart there are."),
            Measure(
                f"correlation_{d}", "1", -1, 1, f"How far a grey tells the grey {d} px beside it."
            ),
        )
    ),
)


def describe(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(26,) the numbers in the order of ``MEASURES``."""
    light = lightness(pixels)
    shares = np.zeros(len(_PATTERNS))
    np.add.at(shares, _KINDS, counted(codes(light)) / light.size)
    levels = np.clip(light * np.float32(LEVELS / 100), 0, LEVELS - 1).astype(np.uint8)
    pairs = [together(levels, d) for d in DISTANCES]
    return np.concatenate([shares, *(haralick(p) for p in pairs)])


def patterns(grey: Plane) -> NDArray[np.int64]:
    """(h, w) the pattern of each pixel: how many of 8 neighbours are no darker, 9 where ragged."""
    return _KINDS[codes(grey)]


def codes(grey: Plane) -> NDArray[np.uint8]:
    """(h, w) a bit for each of 8 neighbours: whether it is no darker.

    Neighbours lie on a circle of 1 px and are read between pixels; outside the picture is 0.
    """
    least = grey - grey.dtype.type(EQUAL)
    found = np.zeros(grey.shape, np.uint8)
    bit = np.empty_like(found)
    for k, weights in enumerate(_NEIGHBOURS):
        near = cv2.filter2D(grey, -1, weights, borderType=cv2.BORDER_CONSTANT)
        cv2.compare(near, least, cv2.CMP_GE, bit)
        bit &= np.uint8(1 << k)
        found |= bit
    return found


def together(levels: NDArray[np.uint8], distance: int) -> NDArray[np.float64]:
    """(levels, levels) how often each pair of greys lies ``distance`` apart, all ways; sums to 1."""
    h, w = levels.shape
    counts = np.zeros(LEVELS * LEVELS)
    rows = levels * np.uint8(LEVELS)
    diagonal = round(distance / np.sqrt(2))
    for down, across in (
        (0, distance),
        (diagonal, diagonal),
        (distance, 0),
        (diagonal, -diagonal),
    ):
        if down >= h or abs(across) >= w:
            continue
        left, right = max(0, -across), w - max(0, across)
        first = rows[: h - down, left:right]
        second = levels[down:, left + across : right + across]
        counts += counted(first + second) / first.size  # each direction counts the same
    square = counts.reshape(LEVELS, LEVELS)
    both = square + square.T
    return both / max(both.sum(), 1e-300)


def haralick(pairs: NDArray[np.float64]) -> NDArray[np.float64]:
    """(4,) contrast, homogeneity, energy and correlation of a matrix that sums to 1 or to 0."""
    off = np.arange(len(pairs)) - pairs.sum(axis=0) @ np.arange(len(pairs))  # alike both ways
    variance = float(pairs.sum(axis=0) @ off**2)
    joint = float(off @ pairs @ off)
    correlation = joint / variance if variance > 1e-12 else 1.0  # one grey tells itself
    return np.array(
        [
            (_APART * pairs).sum(),
            (pairs / (1 + _APART)).sum(),
            np.sqrt((pairs**2).sum()),
            min(max(correlation, -1.0), 1.0),
        ]
    )
