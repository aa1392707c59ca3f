"""Which way edges run in each part of the picture: a histogram of oriented gradients.

Dalal and Triggs, Histograms of oriented gradients for human detection (2005): 9 ways, 4 x 4 cells,
one block, L2 with clipping; on numpy, since OpenCV 5 has none. Equal to scikit-image's.
"""

import numpy as np
from numpy.typing import NDArray

from latelier.features._contract import Measure
from latelier.features._plane import lightness

SAME_SIZE = False
STANDARDISE = True
BLIND = "Oriented gradients know which way edges run and roughly where, and nothing of colour."

SIDE = 128  # px; finer edges than two of 256 are texture
WAYS, CELLS = 9, 4
CLIP = 0.2  # of Dalal and Triggs, so that one strong edge does not silence the others
_ROWS, _COLUMNS = (
    ("top", "upper", "lower", "bottom"),
    ("left", "middle_left", "middle_right", "right"),
)
MEASURES = tuple(
    Measure(
        f"{row}_{column}_{round(20 * way)}",
        "1",
        0,
        1,
        f"How much edges run at {round(20 * way + 100) % 180}° in the {row} "
        f"{column.replace('_', ' ')} part.",
    )
    for row in _ROWS
    for column in _COLUMNS
    for way in range(WAYS)
)


def describe(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(144,) the numbers in the order of ``MEASURES``."""
    light = lightness(pixels, SIDE)
    cells = histograms(light).ravel()
    length = np.sqrt((cells**2).sum() + 1e-10)
    clipped = np.minimum(cells / length, CLIP)
    return np.asarray(clipped / np.sqrt((clipped**2).sum() + 1e-10))


def histograms(light: NDArray[np.floating]) -> NDArray[np.float64]:
    """(4, 4, 9) the mean strength of gradients a cell and a way; the sides' remainder is left out."""
    down, across = np.zeros_like(light), np.zeros_like(light)
    down[1:-1] = light[2:] - light[:-2]
    across[:, 1:-1] = light[:, 2:] - light[:, :-2]
    h, w = light.shape
    a, b = max(1, h // CELLS), max(1, w // CELLS)
    down, across = (each[: CELLS * a, : CELLS * b] for each in (down, across))
    turn = np.arctan2(down, across) * light.dtype.type(WAYS / np.pi)  # half a turn has all ways
    way = (np.floor(turn) + WAYS).astype(np.intp)
    row, column = np.arange(len(way)) // a, np.arange(way.shape[1]) // b
    place = way + (row[:, None] * CELLS + column[None]) * (2 * WAYS + 1)
    sums = np.bincount(
        place.ravel(), np.hypot(down, across).ravel(), minlength=CELLS**2 * (2 * WAYS + 1)
    ).reshape(CELLS, CELLS, 2 * WAYS + 1)
    found = sums[..., :WAYS] + sums[..., WAYS:-1]
    found[..., 0] += sums[..., -1]
    return np.asarray(found / (a * b))
