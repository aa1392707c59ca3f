"""How coarse and fine share the picture, which way its lines run, and what repeats.

The radial slope of the power spectrum and how far the spectrum strays from a straight line, as
in Redies, Hasenstein and Denzler, Fractal-like image statistics in visual art (2007); directions
and repeats from the same spectrum, the latter by way of the autocorrelation (Wiener-Khinchin).
"""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft

from latelier.features._contract import Measure
from latelier.features._plane import lightness, line

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


@dataclass(frozen=True)
class _Ground:
    """What the spectra of all pictures of one size have in common.

    Args:
        window: (h, w) Hann's.
        bins: (h * (w / 2 + 1),) of each entry the bin of its frequency; ``BINS`` is none.
        counts: (BINS,) how many entries of the whole spectrum a bin has.
        ways: (6, h * (w / 2 + 1)) of each entry its squared frequency, once in the row of the way
            its lines run, and once each in the last two, by the double angle's cosine and sine.
    """

    window: NDArray[np.float32]
    bins: NDArray[np.intp]
    counts: NDArray[np.float64]
    ways: NDArray[np.float32]


def describe(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(10,) the numbers in the order of ``MEASURES``."""
    light = lightness(pixels)
    light = light - light.mean()
    if light.std() < 1e-5 or min(light.shape) < 2 * SHORTEST:
        return np.zeros(len(MEASURES))
    power = spectrum(light)
    width = light.shape[1]
    slope, stray = fading(power, width)
    return np.array([slope, stray, *running(power, width), *repeats(light)])


def spectrum(light: NDArray[np.floating]) -> NDArray[np.float32]:
    """(h, w / 2 + 1) power under a Hann window; entries that stand for two count twice.

    The half that is not held mirrors this one.
    """
    h, w = light.shape
    window = _ground(h, w).window
    # the mean under the window goes, or it would spill into the coarsest sizes
    middle = np.vdot(light, window) / window.sum()
    found = fft.rfft2((light.astype(np.float32) - np.float32(middle)) * window)
    power = np.asarray(found.real**2 + found.imag**2, np.float32)
    power[:, 1 : (w + 1) // 2] *= 2
    return power


@lru_cache(maxsize=8)
def _ground(h: int, w: int) -> _Ground:
    window = np.hanning(h + 2)[1:-1, None] * np.hanning(w + 2)[None, 1:-1]
    fy, fx = fft.fftfreq(h)[:, None], fft.rfftfreq(w)[None]
    square = fy**2 + fx**2
    edges = np.geomspace(COARSEST, FINEST, BINS + 1)
    at = np.searchsorted(edges, np.hypot(fy, fx).ravel(), side="right") - 1
    bins = np.where((at >= 0) & (at < BINS), at, BINS)
    twice = np.broadcast_to(np.where((fx > 0) & (fx < 0.5), 2.0, 1.0), square.shape).ravel()
    counts = np.bincount(bins, twice, minlength=BINS + 1)[:BINS].astype(np.float64)
    # waves run across a line: what runs across has its waves going down
    turn = np.arctan2(-fy, fx) + np.pi / 2
    sector = np.rint(turn / (np.pi / 4)).astype(int) % 4  # 0 across, 1 rising, 2 upright, 3 falling
    inside = np.where((square >= COARSEST**2) & (square <= FINEST**2), square, 0)
    double = (inside * np.cos(2 * turn), inside * np.sin(2 * turn))
    ways = np.stack([*(inside * (sector == k) for k in range(4)), *double]).reshape(6, -1)
    return _Ground(window.astype(np.float32), bins, counts, ways.astype(np.float32))


def fading(power: NDArray[np.float32], width: int) -> tuple[float, float]:
    """The slope of log power against log frequency, and the spread around that line.

    Args:
        power: as ``spectrum`` gives it.
        width: px, of the picture.
    """
    ground = _ground(len(power), width)
    sums = np.bincount(ground.bins, power.ravel(), minlength=BINS + 1)[:BINS]
    filled = (ground.counts > 0) & (sums > 0)
    if filled.sum() < 3:
        return 0.0, 0.0
    edges = np.geomspace(COARSEST, FINEST, BINS + 1)
    x = np.log10(np.sqrt(edges[1:] * edges[:-1])[filled])
    y = np.log10(sums[filled] / ground.counts[filled])
    slope, height = line(x, y)
    stray = float(np.sqrt(np.mean((y - slope * x - height) ** 2)))
    return float(np.clip(slope, -12, 6)), min(stray, 6.0)


def running(power: NDArray[np.float32], width: int) -> NDArray[np.float64]:
    """(5,) the shares of four directions of lines, and how far all run one way.

    Each entry counts by power times squared frequency, which is the power of the gradient, so
    that fine lines count like coarse ones.
    """
    found = (_ground(len(power), width).ways @ power.ravel()).astype(np.float64)
    total = found[:4].sum()
    if total <= 0:
        return np.zeros(5)
    return np.array([*found[:4] / total, min(1.0, np.hypot(*found[4:]) / total)])


def repeats(light: NDArray[np.floating]) -> NDArray[np.float64]:
    """(3,) how exactly the best repeat repeats, and the steps across and down to it.

    The autocorrelation of the picture moved over itself, each step judged by the part that
    overlaps; the best one that is a peak among its neighbours.
    """
    h, w = light.shape
    down, across = int(h * LONGEST), int(w * LONGEST)
    shape = (fft.next_fast_len(h + down + 1), fft.next_fast_len(w + across + 1, real=True))
    wide = fft.rfft2(light.astype(np.float32), shape)  # so wide that no step wraps round
    moved = fft.irfft2(wide.real**2 + wide.imag**2, shape)
    # rows 0 ... down; columns -across ... across: the other half is the same turned round
    part = np.concatenate([moved[: down + 1, -across:], moved[: down + 1, : across + 1]], axis=1)
    far, shares = _steps(h, w)
    alike = part * (shares / moved[0, 0])
    # on the first row, steps straight across, there is no row above: its mirror is below
    peak = (alike >= cv2.dilate(alike, np.ones((3, 3), np.uint8))) & (far >= SHORTEST)
    peak[-1] = peak[:, 0] = peak[:, -1] = False
    y, x = np.nonzero(peak)
    if not len(y):
        return np.zeros(3)
    # among repeats about as exact as the best, the nearest: twice the step repeats as well
    near = np.where(alike[y, x] >= alike[y, x].max() - np.float32(0.05), far[y, x], np.inf)
    first = int(near.argmin())
    step_y, step_x = int(y[first]), abs(int(x[first]) - across)
    return np.array([np.clip(alike[y[first], x[first]], 0, 1), step_x / w, step_y / h])


@lru_cache(maxsize=8)
def _steps(h: int, w: int) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """How far each step goes, and how many times what overlaps goes into the picture."""
    down, across = int(h * LONGEST), int(w * LONGEST)
    steps_y, steps_x = np.arange(down + 1)[:, None], np.arange(-across, across + 1)[None]
    overlap = (h - steps_y) * (w - np.abs(steps_x)) / (h * w)
    return np.hypot(steps_y, steps_x), (1 / overlap).astype(np.float32)
