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
    light, red, yellow = planes(pixels, SIDE).channels.reshape(3, -1)
    chroma = np.sqrt(red**2 + yellow**2)
    angle = np.degrees(np.arctan2(yellow, red))
    lights = _shared(light, list(LIGHTNESSES.values()))  # (3, pixels)
    grey, *strong = _shared(chroma, [GREY, MUTED, VIVID])  # (pixels,) each
    hues = _shared(angle, list(HUES.values()), period=360)  # (8, pixels)
    parts = [np.stack([light * grey, light * strong[0], light * strong[1]]) for light in lights]
    sums = [[part[0].sum(), *(part[1:] @ hues.T).ravel()] for part in parts]
    return np.sqrt(np.array(sums, np.float64).ravel() / light.size)


def _shared(
    values: NDArray[np.float32], centres: list[float], period: float = 0.0
) -> NDArray[np.float32]:
    """(len(centres), n) each value as shares of the two centres it lies between."""
    if period:
        values = values - np.float32(period) * np.floor(
            (values - np.float32(centres[0])) / np.float32(period)
        )
        edges = np.array([*centres, centres[0] + period], np.float32)
    else:
        edges = np.array(centres, np.float32)
    # how far it has come from each centre to the next
    way = (values - edges[:-1, None]) / np.diff(edges)[:, None]
    np.clip(way, 0, 1, out=way)
    if period:
        past = np.concatenate([1 - way[:1] + way[-1:], way[:-1] - way[1:]])
        return np.asarray(past, np.float32)
    return np.concatenate([1 - way[:1], way[:-1] - way[1:], way[-1:]])
