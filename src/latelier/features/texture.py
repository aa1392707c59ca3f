"""How the surface is made: small patterns, and how neighbouring greys go together.

Rotation-invariant uniform local binary patterns of eight neighbours at distance 1 (Ojala,
Pietikäinen and Mäenpää, 2002, equation 9), and four measures of the grey-level co-occurrence
matrix (Haralick, Shanmugam and Dinstein, 1973) at four distances, over the four directions.
"""

import numpy as np
from numpy.typing import NDArray

from latelier.features._contract import Measure
from latelier.features._plane import lightness

SAME_SIZE = False
STANDARDISE = True
BLIND = "Texture knows the surface close up, and nothing of colour or of what is drawn on it."

DISTANCES = (1, 2, 4, 8)  # px of 256; the thread and the small figure, not the composition
EQUAL = 1e-6  # L*; what is read between four equal pixels differs from them by rounding alone
LEVELS = 16  # greys; with more, most pairs of a picture of 256 px stand alone
_PATTERNS = (
    "a spot of light",
    *(f"an edge with {n} of 8 neighbours lighter" for n in range(1, 8)),
    "evenness or a spot of dark",
    "something ragged",
)
_BITS = np.arange(256)[:, None] >> np.arange(8) & 1
_KINDS = np.where((np.roll(_BITS, 1, axis=1) != _BITS).sum(axis=1) <= 2, _BITS.sum(axis=1), 9)
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
    shares = np.bincount(patterns(light).ravel(), minlength=10) / light.size
    levels = np.clip(light * (LEVELS / 100), 0, LEVELS - 1).astype(np.int64)
    pairs = [together(levels, d) for d in DISTANCES]
    return np.concatenate([shares, *(haralick(p) for p in pairs)])


def patterns(grey: NDArray[np.float64]) -> NDArray[np.int64]:
    """(h, w) the pattern of each pixel: how many of 8 neighbours are no darker, 9 where ragged.

    Neighbours lie on a circle of 1 px and are read between pixels; outside the picture is 0.
    """
    h, w = grey.shape
    padded, least = np.pad(grey, 2), grey - EQUAL
    code = np.zeros((h, w), np.uint8)
    for k in range(8):
        angle = 2 * np.pi * k / 8
        down, across = round(-np.sin(angle), 5), round(np.cos(angle), 5)
        code |= (_between(padded, down, across, h, w) >= least).view(np.uint8) << np.uint8(k)
    return _KINDS[code]


def together(levels: NDArray[np.int64], distance: int) -> NDArray[np.float64]:
    """(levels, levels) how often each pair of greys lies ``distance`` apart, all ways; sums to 1."""
    h, w = levels.shape
    counts = np.zeros(LEVELS * LEVELS)
    rows = levels * LEVELS
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
        pairs = np.bincount((first + second).ravel(), minlength=LEVELS * LEVELS)
        counts += pairs / max(pairs.sum(), 1)  # each direction counts the same
    square = counts.reshape(LEVELS, LEVELS)
    both = square + square.T
    return both / max(both.sum(), 1e-300)


def haralick(pairs: NDArray[np.float64]) -> NDArray[np.float64]:
    """(4,) contrast, homogeneity, energy and correlation of a matrix that sums to 1 or to 0."""
    i, j = np.indices(pairs.shape)
    apart = (i - j) ** 2
    mean = (i * pairs).sum()
    variance = ((i - mean) ** 2 * pairs).sum()
    joint = ((i - mean) * (j - mean) * pairs).sum()
    correlation = joint / variance if variance > 1e-12 else 1.0  # one grey tells itself
    return np.array(
        [
            (apart * pairs).sum(),
            (pairs / (1 + apart)).sum(),
            np.sqrt((pairs**2).sum()),
            np.clip(correlation, -1, 1),
        ]
    )


def _between(
    padded: NDArray[np.float64], down: float, across: float, h: int, w: int
) -> NDArray[np.float64]:
    """The picture moved by parts of a pixel, linearly between four; ``padded`` by 2 all round."""
    top, left = int(np.floor(down)), int(np.floor(across))
    low, right = down - top, across - left
    corner = padded[2 + top :, 2 + left :]
    if low == 0 and right == 0:
        return corner[:h, :w]
    upper = (1 - right) * corner[:h, :w] + right * corner[:h, 1 : w + 1]
    lower = (1 - right) * corner[1 : h + 1, :w] + right * corner[1 : h + 1, 1 : w + 1]
    return (1 - low) * upper + low * lower
