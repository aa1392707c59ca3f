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
from latelier.features._fourier import half_spectrum
from latelier.features._plane import line, planes

SAME_SIZE = False
STANDARDISE = True
BLIND = "The spectrum knows sizes and directions of what is drawn, and neither place nor colour."

COARSEST, FINEST = 4 / 256, 0.4  # cycles per px; coarser is the frame's own, finer is resampling's
BINS = 20  # of equal width in octaves between them
SHORTEST = 8  # px of 256, the shortest repeat looked for; a thread is shorter
LONGEST = 0.5  # of a side, the longest; beyond, too little of the picture is compared
_EDGES = np.geomspace(COARSEST, FINEST, BINS + 1)

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
    """What the spectra of all pictures of one size have in common; small, since sizes vary.

    Along a row of a spectrum frequencies grow, so that sums between two places of the row's running
    sum are sums over a bin or over a way that lines run.

    Args:
        down: (h, 1) cycles per px of each row.
        across: (w / 2 + 1,) of each column.
        bins: (h, BINS + 1) how many entries of each row lie below each edge between bins.
        counts: (BINS,) how many entries of the whole spectrum a bin has.
        ways: (h, 4) where in a row its lines begin to run across, aslant and upright, and the end.
    """

    down: NDArray[np.float64]
    across: NDArray[np.float64]
    bins: NDArray[np.intp]
    counts: NDArray[np.float64]
    ways: NDArray[np.intp]


def describe(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(10,) the numbers in the order of ``MEASURES``."""
    seen = planes(pixels)
    light = seen.off
    if seen.even or min(light.shape) < 2 * SHORTEST:
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
    down, across = (np.hanning(n + 2)[1:-1].astype(np.float32) for n in (h, w))
    # the mean under the window goes, or it would spill into the coarsest sizes
    middle = down @ light @ across / (down.sum() * across.sum())
    found = half_spectrum((light.astype(np.float32) - np.float32(middle)) * down[:, None] * across)
    power = np.asarray(found.real**2 + found.imag**2, np.float32)
    power[:, 1 : (w + 1) // 2] *= 2
    return power


@lru_cache(maxsize=64)
def _ground(h: int, w: int) -> _Ground:
    down, across = fft.fftfreq(h)[:, None], fft.rfftfreq(w)

    def below(frequency: NDArray[np.float64]) -> NDArray[np.intp]:
        """How many entries of each row are less than that across."""
        return np.clip(np.ceil(frequency * w), 0, len(across)).astype(np.intp)

    bins = below(np.sqrt(np.maximum(_EDGES**2 - down**2, 0)))
    bins[np.abs(down) >= _EDGES] = 0
    twice = np.where((across > 0) & (across < 0.5), 2.0, 1.0)
    counts = np.diff(np.concatenate([[0.0], np.cumsum(twice)])[bins], axis=1).sum(axis=0)
    # waves run across a line: what runs across has its waves going down
    turns = below(np.abs(down) * np.tan(np.pi * np.array([1 / 8, 3 / 8])))
    first, last = bins[:, :1], bins[:, -1:].copy()
    reach = np.floor(w * np.sqrt(np.maximum(FINEST**2 - down**2, 0))).astype(np.intp) + 1
    np.copyto(last, reach, where=np.abs(down) <= FINEST)  # the finest itself still counts
    ways = np.clip(np.concatenate([first, turns, last], axis=1), first, last)
    return _Ground(down, across, bins, counts, ways)


def _running_sums(power: NDArray[np.floating]) -> NDArray[np.float64]:
    """(h, n + 1) of each row, how much lies before each entry and before its end."""
    sums = np.zeros((len(power), power.shape[1] + 1))
    np.cumsum(power, axis=1, out=sums[:, 1:])
    return sums


def _between(sums: NDArray[np.float64], places: NDArray[np.intp]) -> NDArray[np.float64]:
    """(h, n - 1) how much lies between each two neighbours of (h, n) places."""
    return np.diff(np.take_along_axis(sums, places, axis=1), axis=1)


def fading(power: NDArray[np.float32], width: int) -> tuple[float, float]:
    """The slope of log power against log frequency, and the spread around that line.

    Args:
        power: as ``spectrum`` gives it.
        width: px, of the picture.
    """
    ground = _ground(len(power), width)
    sums = _between(_running_sums(power), ground.bins).sum(axis=0)
    filled = (ground.counts > 0) & (sums > 0)
    if filled.sum() < 3:
        return 0.0, 0.0
    x = np.log10(np.sqrt(_EDGES[1:] * _EDGES[:-1])[filled])
    y = np.log10(sums[filled] / ground.counts[filled])
    slope, height = line(x, y)
    stray = float(np.sqrt(np.mean((y - slope * x - height) ** 2)))
    return float(np.clip(slope, -12, 6)), min(stray, 6.0)


def running(power: NDArray[np.float32], width: int) -> NDArray[np.float64]:
    """(5,) the shares of four directions of lines, and how far all run one way.

    Each entry counts by power times squared frequency, which is the power of the gradient, so
    that fine lines count like coarse ones.
    """
    ground = _ground(len(power), width)
    across = power * ground.across.astype(np.float32)
    plain, mixed, twice = (
        _between(_running_sums(part), ground.ways)
        for part in (power, across, across * ground.across.astype(np.float32))
    )
    # of (fx, fy) the squared length, and by the double angle its cosine and sine
    down = ground.down
    held = down**2 * plain + twice
    level, aslant, upright = held.T
    ways = np.array(
        [level.sum(), aslant[down[:, 0] > 0].sum(), upright.sum(), aslant[down[:, 0] < 0].sum()]
    )
    total = ways.sum()
    if total <= 0:
        return np.zeros(5)
    double = (down**2 * plain - twice).sum(), 2 * (down * mixed).sum()
    return np.array([*ways / total, min(1.0, np.hypot(*double) / total)])


def repeats(light: NDArray[np.floating]) -> NDArray[np.float64]:
    """(3,) how exactly the best repeat repeats, and the steps across and down to it.

    The autocorrelation of the picture moved over itself, each step judged by the part that
    overlaps; the best one that is a peak among its neighbours.
    """
    h, w = light.shape
    down, across = int(h * LONGEST), int(w * LONGEST)
    high, wide = fft.next_fast_len(h + down + 1), fft.next_fast_len(w + across + 1, real=True)
    # so high and wide that no step wraps round; rows that hold nothing, or are not asked, are left
    found = fft.fft(fft.rfft(light.astype(np.float32), wide, axis=1), high, axis=0)
    # the power is real, so that its transform back is the conjugate of that forth
    columns = fft.rfft(found.real**2 + found.imag**2, axis=0)[: down + 1].conj()
    moved = fft.irfft(columns, wide, axis=1)
    # columns -across ... across: the other half is the same turned round
    part = np.concatenate([moved[:, -across:], moved[:, : across + 1]], axis=1)
    # each step is judged by the part that overlaps
    rows, steps = np.arange(down + 1), np.arange(-across, across + 1)
    shares = (h / (h - rows)).astype(np.float32), (w / (w - np.abs(steps))).astype(np.float32)
    alike = part * (shares[0] / moved[0, 0])[:, None] * shares[1]
    # on the first row, steps straight across, there is no row above: its mirror is below
    peak = alike >= cv2.dilate(alike, np.ones((3, 3), np.uint8))
    peak[-1] = peak[:, 0] = peak[:, -1] = False
    y, x = np.nonzero(peak)
    far = np.hypot(y, x - across)
    y, x, far = (each[far >= SHORTEST] for each in (y, x, far))
    if not len(y):
        return np.zeros(3)
    # among repeats about as exact as the best, the nearest: twice the step repeats as well
    near = np.where(alike[y, x] >= alike[y, x].max() - np.float32(0.05), far, np.inf)
    first = int(near.argmin())
    step_y, step_x = int(y[first]), abs(int(x[first]) - across)
    return np.array([np.clip(alike[y[first], x[first]], 0, 1), step_x / w, step_y / h])
