"""How light, colourful and mixed a picture is, in numbers.

In CIE L*a*b* (``_colour``); colourfulness after Hasler and Süsstrunk, Measuring colourfulness in
natural images (2003), equation 2.
"""

import numpy as np
from numpy.typing import NDArray

from latelier.features._contract import Measure
from latelier.features._plane import entropy, planes

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


def describe(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(13,) the numbers in the order of ``MEASURES``."""
    seen = planes(pixels)
    light, red, yellow = (np.ascontiguousarray(x, np.float64) for x in seen.lab.reshape(-1, 3).T)
    chroma = np.hypot(red, yellow)
    low, high = np.percentile(light, [5, 95])
    used = np.bincount(_bins(light / 100), minlength=_BINS) / len(light)
    return np.array(
        [
            light.mean(),
            light.std(),
            max(low, 0.0),
            high,
            entropy(used),
            red.mean(),
            red.std(),
            yellow.mean(),
            yellow.std(),
            chroma.mean(),
            chroma.std(),
            _hue_entropy(red, yellow, chroma),
            colourfulness(seen.small),
        ]
    )


def colourfulness(pixels: NDArray[np.uint8]) -> float:
    """Hasler's and Süsstrunk's measure: 0 grey, 15 slightly, 45 quite, 82 highly colourful."""
    r, g, b = (np.ascontiguousarray(x, np.float64) for x in np.moveaxis(pixels, -1, 0))
    across, along = r - g, (r + g) / 2 - b
    spread = np.hypot(across.std(), along.std())
    return float(spread + 0.3 * np.hypot(across.mean(), along.mean()))


def _hue_entropy(
    red: NDArray[np.float64], yellow: NDArray[np.float64], chroma: NDArray[np.float64]
) -> float:
    """Over the hues, each pixel counting by its chroma, since a grey has none."""
    total = chroma.sum()
    if total <= 1e-3 * len(chroma):  # greys have 3e-5 by rounding
        return 0.0
    turn = np.arctan2(yellow, red) / (2 * np.pi) + 0.5
    return entropy(np.bincount(_bins(turn), chroma, minlength=_BINS) / total)


def _bins(shares: NDArray[np.float64]) -> NDArray[np.intp]:
    """Numbers in 0 to 1 as one of ``_BINS``."""
    return np.clip(shares * _BINS, 0, _BINS - 1).astype(np.intp)
