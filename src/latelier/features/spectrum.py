"""How coarse and fine share the picture, which way its lines run, and what repeats.

The radial slope of the power spectrum and how far the spectrum strays from a straight line, as
in Redies, Hasenstein and Denzler, Fractal-like image statistics in visual art (2007); directions
and repeats from the same spectrum, the latter by way of the autocorrelation (Wiener-Khinchin).
"""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft

from latelier.features._contract import Measure
from latelier.features._plane import lightness

SAME_SIZE = False
STANDARDISE = True
BLIND = "The spectrum knows sizes and directions of what is drawn, and neither place nor colour."

COARSEST, FINEST = 4 / 256, 0.4  # cycles per px; coarser is the frame's own, finer is resampling's
BINS = 20  # of equal width in octaves between them
SHORTEST = 8  # px of 256, the shortest repeat looked for; a thread is shorter
LONGEST = 0.5  # of a side, the longest; beyond, too little of the picture is compared

MEASURES = (
    Measure("slope", "1", -12, 6, "How fast fine detail fades: 0 noise, about -2 a natural scene."),
    Measure("stray", "1", 0, 6, "How far sizes are used unevenly, against an even fading."),
    Measure("lines_across", "share", 0, 1, "How much runs across."),
    Measure("lines_rising", "share", 0, 1, "How much rises to the right."),
    Measure("lines_upright", "share", 0, 1, "How much stands upright."),
    Measure("lines_falling", "share", 0, 1, "How much falls to the right."),
    Measure("directedness", "1", 0, 1, "How far all runs one way; 0 is all ways alike."),
    Measure("repeat", "1", 0, 1, "How exactly something repeats; 1 is a perfect tiling."),
    Measure("repeat_across", "share", 0, 0.5, "The nearest exact repeat across, of the width."),
    Measure("repeat_down", "share", 0, 0.5, "The nearest exact repeat down, of the height."),
)


def describe(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(10,) the numbers in the order of ``MEASURES``."""
    light = lightness(pixels)
    light = light - light.mean()
    if light.std() < 1e-6 or min(light.shape) < 2 * SHORTEST:
        return np.zeros(len(MEASURES))
    power, fy, fx = spectrum(light)
    slope, stray = fading(power, fy, fx)
    return np.array([slope, stray, *running(power, fy, fx), *repeats(light)])


def spectrum(
    light: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """(h, w / 2 + 1) power under a Hann window, and the cycles per px down and across of each entry.

    The half that is not held mirrors this one, so entries that stand for two count twice.
    """
    h, w = light.shape
    window, fy, fx = _ground(h, w)
    # the mean under the window goes, or it would spill into the coarsest sizes
    calm = (light - (light * window).sum() / window.sum()) * window
    power = np.abs(fft.rfft2(calm)) ** 2
    power[:, 1 : (w + 1) // 2] *= 2
    return power, fy, fx


@lru_cache(maxsize=4)
def _ground(h: int, w: int) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    window = np.hanning(h + 2)[1:-1, None] * np.hanning(w + 2)[None, 1:-1]
    fy, fx = np.meshgrid(fft.fftfreq(h), fft.rfftfreq(w), indexing="ij")
    return window, fy, fx


def fading(
    power: NDArray[np.float64], fy: NDArray[np.float64], fx: NDArray[np.float64]
) -> tuple[float, float]:
    """The slope of log power against log frequency, and the spread around that line."""
    edges = np.geomspace(COARSEST, FINEST, BINS + 1)
    far = np.hypot(fy, fx)
    at = np.searchsorted(edges, far.ravel(), side="right") - 1
    at = np.where((at >= 0) & (at < BINS), at, BINS)
    twice = np.where((fx > 0) & (fx < 0.5), 2.0, 1.0).ravel()
    counts = np.bincount(at, twice, minlength=BINS + 1)[:BINS]
    sums = np.bincount(at, power.ravel(), minlength=BINS + 1)[:BINS]
    filled = (counts > 0) & (sums > 0)
    if filled.sum() < 3:
        return 0.0, 0.0
    x = np.log10(np.sqrt(edges[1:] * edges[:-1])[filled])
    y = np.log10(sums[filled] / counts[filled])
    slope, height = np.polyfit(x, y, 1)
    stray = float(np.sqrt(np.mean((y - slope * x - height) ** 2)))
    return float(np.clip(slope, -12, 6)), min(stray, 6.0)


def running(
    power: NDArray[np.float64], fy: NDArray[np.float64], fx: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(5,) the shares of four directions of lines, and how far all run one way.

    Each entry counts by power times squared frequency, which is the power of the gradient, so
    that fine lines count like coarse ones.
    """
    square = fy**2 + fx**2
    inside = (square >= COARSEST**2) & (square <= FINEST**2)
    weight = (power * square)[inside]
    total = weight.sum()
    if total <= 0:
        return np.zeros(5)
    # waves run across a line: what runs across has its waves going down
    turn = np.arctan2(-fy[inside], fx[inside]) + np.pi / 2
    sector = np.rint(turn / (np.pi / 4)).astype(int) % 4  # 0 across, 1 rising, 2 upright, 3 falling
    shares = np.bincount(sector, weight, minlength=4) / total
    one_way = np.hypot((weight * np.cos(2 * turn)).sum(), (weight * np.sin(2 * turn)).sum()) / total
    return np.array([*shares, one_way])


def repeats(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """(3,) how exactly the best repeat repeats, and the steps across and down to it.

    The autocorrelation of the picture moved over itself, each step judged by the part that
    overlaps; the best one that is a peak among its neighbours.
    """
    h, w = light.shape
    wide = fft.rfft2(light.astype(np.float32), (2 * h, 2 * w))
    moved = fft.irfft2(wide.real**2 + wide.imag**2, (2 * h, 2 * w))
    down, across = int(h * LONGEST), int(w * LONGEST)
    # rows 0 ... down; columns -across ... across: the other half is the same turned round
    part = np.concatenate([moved[: down + 1, -across:], moved[: down + 1, : across + 1]], axis=1)
    steps_y, steps_x = np.arange(down + 1)[:, None], np.arange(-across, across + 1)[None]
    overlap = (h - steps_y) * (w - np.abs(steps_x)) / (h * w)
    alike = (part / overlap / moved[0, 0]).astype(np.float32)
    far = np.hypot(steps_y, steps_x)
    # on the first row, steps straight across, there is no row above: its mirror is below
    peak = (alike >= cv2.dilate(alike, np.ones((3, 3), np.uint8))) & (far >= SHORTEST)
    peak[-1] = peak[:, 0] = peak[:, -1] = False
    if not peak.any():
        return np.zeros(3)
    best = alike[peak].max()
    # among repeats about as exact as the best, the nearest: twice the step repeats as well
    near = np.where(peak & (alike >= best - 0.05), far, np.inf)
    y, x = np.unravel_index(int(np.argmin(near)), near.shape)
    step_y, step_x = int(y), abs(int(x) - across)
    return np.array([np.clip(alike[y, x], 0, 1), step_x / w, step_y / h])
