"""The image statistics that studies of beauty use: contrast, colour, balance, fractals, edges.

The set of the Aesthetics Toolbox (Redies, Bartho, Koßmann, Spehar, Hübner, Wagemans and
Hayn-Leichsenring, A toolbox for calculating objective image properties in aesthetics research,
2025), by definition: 42 of its 48 values in 41 numbers, since the contrast is the spread of
lightness. The other six (sparseness, variability, self-similarity and three symmetries by a network)
are read off the first layer of AlexNet and cannot be had without its weights.
Pictures above 512 px are brought to that first, smaller ones are taken as they are.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.features import _fractal, _oriented, _pyramid, _waves, _weight
from latelier.features._contract import Measure
from latelier.features._plane import Planes, counted, planes

SAME_SIZE = False
STANDARDISE = True
BLIND = "These statistics know how a picture is built as a whole, and nothing of what it shows."
SIDE = 512  # px, the longer side; of such pictures the values were published

_RGB = tuple(
    Measure(f"{colour}_{of}", "of 255", 0, 255, f"{says} of {colour} in sRGB.")
    for of, says in (("mean", "The mean"), ("spread", "The standard deviation"))
    for colour in ("red", "green", "blue")
)
MEASURES = (
    Measure("size", "px", 2, 2 * SIDE, "Width and height together."),
    Measure("aspect", "1", 0, SIDE, "Width over height."),
    Measure("contrast", "L*", 0, 50, "Standard deviation of lightness: RMS contrast."),
    Measure("lightness_entropy", "bit", 0, 8, "How evenly 256 lightnesses are used."),
    Measure("colour_entropy", "bit", 0, 8, "How evenly 256 hues are used; greys are red."),
    *_RGB,
    Measure("lightness_mean", "L*", 0, 100, "The mean lightness."),
    Measure("a_mean", "a*", -128, 128, "The mean from green (below 0) to red."),
    Measure("b_mean", "b*", -128, 128, "The mean from blue (below 0) to yellow."),
    Measure("a_spread", "a*", 0, 128, "How far green and red lie apart."),
    Measure("b_spread", "b*", 0, 128, "How far blue and yellow lie apart."),
    Measure("hue_mean", "turn", 0, 1, "The mean hue on the circle; red is 0, green a third."),
    Measure("hue_spread", "turn", 0, 2, "The circular standard deviation of hue."),
    Measure("saturation_mean", "1", 0, 1, "The mean saturation of HSV."),
    Measure("saturation_spread", "1", 0, 0.5, "Its standard deviation."),
    Measure("value_mean", "1", 0, 1, "The mean of the strongest of red, green and blue."),
    Measure("value_spread", "1", 0, 0.5, "Its standard deviation."),
    Measure("balance", "%", 0, 100, "Imbalance over four axes; 0 is perfect balance."),
    Measure(
        "middle_off", "%", 0, 150, "How far the middle of its weight lies off, of half a side."
    ),
    Measure("middle_left", "share", -0.5, 0.5, "How far left that middle lies; below 0, right."),
    Measure("middle_up", "share", -0.5, 0.5, "How far up that middle lies; below 0, down."),
    Measure("evenness", "%", 0, 100, "How evenly weight is spread over rows and columns."),
    Measure("mirrors", "%", 0, 100, "How much dark meets dark in the mirrors of the frame."),
    Measure("slope_redies", "1", -12, 6, "Fading of power with frequency, 30 to 256 cycles."),
    Measure("stray_redies", "1", 0, 20, "Variance of log power about that line: Fourier sigma."),
    Measure("slope_spehar", "1", -12, 6, "Fading of amplitude over all frequencies."),
    Measure("slope_isherwood", "1", -12, 6, "The same without frequencies that bend the line."),
    Measure("slope_mather", "1", -12, 6, "Fading of the amplitude of lightness, middle sizes."),
    Measure("dimension_border", "1", 0, 2, "How the border of light and dark fills the plane."),
    Measure("dimension_relief", "1", 0, 4, "How lightness as a height fills space; 2 is even."),
    Measure("self_similarity", "1", 0, 1, "How far its parts have the edges of the whole."),
    Measure("complexity", "1", 0, 500, "The mean gradient, L* counted in 255 steps."),
    Measure("anisotropy", "1", 0, 1, "How far some directions outweigh others in its parts."),
    Measure("edge_density", "1", 0, 5000, "The mean answer of the strongest of 24 Gabor filters."),
    Measure("edge_entropy_1", "bit", 0, 4.585, "How evenly its strongest edges run all ways."),
    Measure("edge_entropy_2", "bit", 0, 4.585, "How freely directions of two edges differ."),
)


def describe(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(41,) the numbers in the order of ``MEASURES``."""
    seen = planes(pixels, SIDE, enlarge=False)
    grey = seen.grey
    weight = _weight.heavy(grey)
    h, w = grey.shape
    slope, stray = _waves.redies(grey)
    found = np.array(
        [
            *(w + h, w / h),
            *_colours(seen),
            _weight.balance(weight),
            *_weight.middle(weight),
            _weight.evenness(weight),
            _weight.mirrored(grey),
            *(slope, stray),
            *_waves.spehar(grey),
            _waves.mather(seen.light),
            _fractal.border(grey),
            _fractal.relief(grey),
            *_pyramid.pyramid(seen.channels),
            *_oriented.edges(grey),
        ],
        np.float64,
    )
    return np.clip(found, [m.low for m in MEASURES], [m.high for m in MEASURES])


def _colours(seen: Planes) -> list[float]:
    """Entropies of lightness and hue, means and spreads of RGB, Lab and HSV, as in ``MEASURES``."""
    small, (middle, spread) = seen.small, seen.spread
    hsv = cv2.cvtColor(small.astype(np.float32) * np.float32(1 / 255), cv2.COLOR_RGB2HSV)
    hue = hsv[..., 0] * np.float32(1 / 360)
    angle = hsv[..., 0] * np.float32(np.pi / 180)
    turn = complex(np.cos(angle).mean(), np.sin(angle).mean())
    long = min(1.0, abs(turn))
    (rgb, rgb_spread), tone = (np.squeeze(cv2.meanStdDev(plane)) for plane in (small, hsv))
    saturation, value = tone.T[1:]
    return [
        spread[0],
        _bits(seen.light),
        _bits(hue),
        *(*rgb, *rgb_spread, *middle, *spread[1:]),
        float(np.angle(turn) / (2 * np.pi) % 1) if long > 1e-6 else 0.0,
        float(np.sqrt(-2 * np.log(max(long, 1e-12))) / (2 * np.pi)),
        *(saturation[0], saturation[1], value[0], value[1]),
    ]


def _bits(plane: NDArray[np.float32]) -> float:
    """Shannon's entropy of 256 steps from 0 to the largest value, in bits."""
    top = float(plane.max())
    if top <= 1e-3:
        return 0.0
    steps = np.rint(np.maximum(plane, 0) * np.float32(255 / top)).astype(np.uint8)
    share = counted(steps) / plane.size
    share = share[share > 0]
    return float(max(0.0, -(share * np.log2(share)).sum()))
