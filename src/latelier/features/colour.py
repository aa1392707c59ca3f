"""How light, colourful and mixed a picture is, in numbers.

In CIE L*a*b* (``_colour``); colourfulness after Hasler and Süsstrunk, Measuring colourfulness in
natural images (2003), equation 2.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.features._contract import Measure
from latelier.features._plane import counted, entropy, planes

SAME_SIZE = False
STANDARDISE = True
BLIND = "Colour statistics know how much of what, and nothing of where."

MEASURES = (
    Measure("lightness_mean", "L*", 0, 100, "How light the picture is on the whole."),
    Measure("lightness_spread", "L*", 0, 50, "How far light and dark lie apart: contrast."),
    Measure("lightness_low", "L*", 0, 100, "Its darks: a twentieth of it is darker."),
    Measure("lightness_high", "L*", 0, 100, "Its lights: a twentieth of it is lighter."),
    Measure("lightness_entropy", "1", 0, 1, "How evenly all lightnesses are used."),
    Measure("green_red_mean", "a*", -128, 128, "From green (below 0) to red on the whole."),
    Measure("green_red_spread", "a*", 0, 128, "How far green and red lie apart in it."),
    Measure("blue_yellow_mean", "b*", -128, 128, "From blue (below 0) to yellow on the whole."),
    Measure("blue_yellow_spread", "b*", 0, 128, "How far blue and yellow lie apart in it."),
    Measure("chroma_mean", "C*", 0, 150, "How strong its colours are on the whole; greys have 0."),
    Measure("chroma_spread", "C*", 0, 75, "How far strong and weak colours lie apart."),
    Measure("hue_entropy", "1", 0, 1, "How evenly all hues are used; 0 is a single one."),
    Measure(
        "colourfulness", "1", 0, 200, "Hasler's and Süsstrunk's measure of all colour at once."
    ),
)
_BINS = 32  # of lightness and of hue: a bin is then wider than the noise of a photograph

_OPPOSED = np.array([[1, -1, 0], [0.5, 0.5, -1]], np.float32)  # red to green, yellow to blue
Plane = NDArray[np.float32]


def describe(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(13,) the numbers in the order of ``MEASURES``."""
    seen = planes(pixels)
    light, red, yellow = seen.channels
    chroma = np.sqrt(red**2 + yellow**2)
    ordered = np.sort(light, axis=None)  # which takes a quarter of the time of np.percentile
    low, high = (_at(ordered, share) for share in (0.05, 0.95))
    used = counted(_bins(light * np.float32(0.01)).astype(np.uint8))[:_BINS] / light.size
    middle, spread = seen.spread
    return np.array(
        [
            max(middle[0], 0.0),
            spread[0],
            max(low, 0.0),
            max(high, 0.0),
            entropy(used),
            middle[1],
            spread[1],
            middle[2],
            spread[2],
            *(each.item() for each in cv2.meanStdDev(chroma)),
            _hue_entropy(red, yellow, chroma),
            colourfulness(seen.small),
        ]
    )


def _at(ordered: Plane, share: float) -> float:
    """The number below which lies such a share of (n,) ordered ones, linearly between two."""
    place = share * (len(ordered) - 1)
    below = int(place)
    one, other = ordered[below : below + 2][[0, -1]].tolist()
    return float(one + (other - one) * (place - below))


def colourfulness(pixels: NDArray[np.uint8]) -> float:
    """Hasler's and Süsstrunk's measure: 0 grey, 15 slightly, 45 quite, 82 highly colourful."""
    opposed = cv2.transform(pixels.astype(np.float32), _OPPOSED)
    middle, spread = cv2.meanStdDev(opposed)
    return float(np.hypot(*spread.ravel()) + 0.3 * np.hypot(*middle.ravel()))


def _hue_entropy(red: Plane, yellow: Plane, chroma: Plane) -> float:
    """Over the hues, each pixel counting by its chroma, since a grey has none."""
    total = float(chroma.sum(dtype=np.float64))
    if total <= 1e-3 * chroma.size:  # greys have 3e-5 by rounding
        return 0.0
    turn = np.arctan2(yellow, red) * np.float32(0.5 / np.pi) + np.float32(0.5)
    found = np.bincount(_bins(turn).astype(np.intp).ravel(), chroma.ravel(), minlength=_BINS)
    return entropy(found / total)


def _bins(shares: Plane) -> Plane:
    """Numbers in 0 to 1 by ``_BINS``; what is behind the point does not count."""
    return np.clip(shares * np.float32(_BINS), 0, _BINS - 1)
