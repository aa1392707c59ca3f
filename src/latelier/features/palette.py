"""Which colours a picture has and how much of each, wherever they stand.

A histogram over CIE L*a*b* in the words people use: three lightnesses, grey or eight hues,
muted or vivid. Every pixel is shared out between neighbouring bins, so a hair's breadth of
difference in colour never moves a picture. Square roots are taken, so that the distance of two
pictures is that of Hellinger and small areas of colour count.
"""

import numpy as np
from numpy.typing import NDArray

from latelier.features._contract import Measure
from latelier.features._plane import planes

SAME_SIZE = False
STANDARDISE = False
BLIND = "The palette knows colours and their amounts, and nothing of shape or weave."

SIDE = 128  # px, the longer side; shrinking blends fine threads: on batiks of 500 px it moves a
#             palette by 0.15 of the usual distance of two pictures (at 256: 0.05, at 64: 0.27)
LIGHTNESSES = {"dark": 20.0, "middle": 50.0, "light": 80.0}  # L* where each is wholly itself
HUES = {  # degrees in the plane of a* and b* where each is wholly itself, by the colours of sRGB
    "rose": 5.0,
    "red": 36.0,
    "orange": 66.0,
    "yellow": 96.0,
    "green": 140.0,
    "teal": 200.0,
    "blue": 285.0,
    "violet": 325.0,
}
GREY, MUTED, VIVID = 5.0, 20.0, 50.0  # chroma where each is wholly itself; threads of dyed wool
#                                       in photographs lie between 20 and 60

MEASURES = tuple(
    Measure(
        name.replace(" ", "_"), "√share", 0.0, 1.0, f"Square root of the share of {name} colours."
    )
    for light in LIGHTNESSES
    for name in (
        f"{light} grey",
        *(f"{light} {strength} {hue}" for strength in ("muted", "vivid") for hue in HUES),
    )
)


def describe(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(51,) the square root of each colour's share of the picture."""
    colours = planes(pixels, SIDE).lab.reshape(-1, 3).astype(np.float64)
    chroma = np.hypot(colours[:, 1], colours[:, 2])
    angle = np.degrees(np.arctan2(colours[:, 2], colours[:, 1]))
    lights = _shared(colours[:, 0], list(LIGHTNESSES.values()))  # (pixels, 3)
    strengths = _shared(chroma, [GREY, MUTED, VIVID])  # (pixels, 3)
    hues = _shared(angle, list(HUES.values()), period=360)  # (pixels, 8)
    kinds = np.concatenate(
        [strengths[:, :1], strengths[:, 1:2] * hues, strengths[:, 2:] * hues], axis=1
    )
    return np.sqrt((lights.T @ kinds / len(colours)).reshape(-1))


def _shared(
    values: NDArray[np.float64], centres: list[float], period: float = 0.0
) -> NDArray[np.float64]:
    """(n, len(centres)) each value as shares of the two centres it lies between."""
    count = len(centres)
    if period:
        values = (values - centres[0]) % period + centres[0]
        edges = np.array([*centres, centres[0] + period])
    else:
        edges = np.array(centres)
        values = np.clip(values, edges[0], edges[-1])
    below = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)
    above = (values - edges[below]) / np.diff(edges)[below]
    rows = np.arange(len(values))
    shares = np.zeros((len(values), count))
    shares[rows, below] = 1 - above
    shares[rows, (below + 1) % count] += above
    return shares
