"""How fast fine detail fades in a picture's Fourier spectrum, by the three published ways.

Redies, Hasenstein and Denzler, Fractal-like image statistics in visual art (2007): power, 30 to 256
cycles of a square of 1024 px, with the stray about the line (sigma). Spehar and Taylor, Fractals in
art and nature (2013), and Isherwood, Clifford, Schira, Roberts and Spehar, Nice and slow (2021):
amplitude, without the frequencies that bend the line (Cook's distance). Mather, Artistic adjustment
of image spectral slope (2014): lightness, a 25th to a half of the finest. A natural scene has about
-1 in amplitude and -2 in power.
"""

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft

from latelier.features._fourier import half_spectrum
from latelier.features._lanczos import enlarged
from latelier.features._plane import line

Plane = NDArray[Any]
SIDE, LOW, HIGH = 1024, 30, 256  # px and cycles of Redies
WIDE = 100  # frequencies that Spehar's amplitudes are averaged over
BAND = 128  # rows that are transformed together, which a cache can hold
COLUMNS = 64  # the same of columns
SMALL = 16  # px; a smaller picture has too few frequencies for a slope

_EDGES = np.floor(np.geomspace(LOW, HIGH, (HIGH - LOW + 1) // 2 + 1) + 1e-9).astype(int)
_MIDDLES = np.log10((_EDGES[:-1] + _EDGES[1:]) / 2)


def redies(grey: NDArray[np.uint8]) -> tuple[float, float]:
    """The slope of log power and the variance about it; 0 and 0 of an even picture."""
    if grey.min() == grey.max() or min(grey.shape) < SMALL:
        return 0.0, 0.0
    across = _across(grey)
    power = np.empty((HIGH + 1, HIGH + 1))
    for left in range(0, HIGH + 1, COLUMNS):
        columns = slice(left, left + COLUMNS)
        found = fft.fft(across[columns], axis=1, overwrite_x=True).view(np.float32)
        np.multiply(found, found, out=found)
        each = found[:, ::2] + found[:, 1::2]
        power[columns] = each[:, : HIGH + 1]
        power[columns, 1:] += each[:, : -HIGH - 1 : -1]  # as many cycles down as up
    ring, weight, count = _rings()
    power *= weight
    means = np.bincount(ring, power.ravel(), minlength=HIGH + 1)[: HIGH + 1] / count
    # frequencies are counted from 1 as published, so the n-th has n - 1 cycles
    n = np.arange(LOW, HIGH + 1)
    y = np.log10(np.maximum(means[n - 1], 1e-12))
    sums = np.concatenate([[0.0], np.cumsum(means[LOW - 1 : HIGH])])
    first, last = _EDGES[:-1] - LOW, _EDGES[1:] - LOW + 1
    binned = np.log10(np.maximum((sums[last] - sums[first]) / (last - first), 1e-12))
    slope, height = line(_MIDDLES, binned)
    return slope, float(np.var(slope * np.log10(n) + height - y))


def _across(grey: NDArray[np.uint8]) -> NDArray[np.complex64]:
    """(257, 1024) what a square of 1024 px has of 0 to 256 cycles across, column by column.

    The longer side is brought to that. The rest is the mean grey, which is taken off from all: it
    bears on no frequency that is asked, nor does where in the square the picture lies.
    """
    scale = SIDE / max(grey.shape)
    high, wide = (max(1, int(n * scale)) for n in grey.shape)
    mean = np.rint(grey.mean(keepdims=True)).ravel()
    large = enlarged(grey, (high, wide))
    found = np.empty((HIGH + 1, SIDE, 2), np.float32)
    found[0, :, 1] = 0  # a mean has no imaginary part
    found[:, high:] = 0
    # rows a little longer than a power of two do not all fall on one place of the cache
    held = np.empty((BAND, SIDE + 32), np.float32)[:, :SIDE]
    for top in range(0, high, BAND):
        band = large[top : top + BAND]
        rows = held[: len(band)]
        cv2.subtract(band, mean, rows[:, :wide], dtype=cv2.CV_32F)
        rows[:, wide:] = 0
        cv2.dft(rows, rows, flags=cv2.DFT_ROWS)
        # a row is packed as its mean, then real and imaginary parts in turn
        there = slice(top, top + len(band))
        found[0, there, 0] = rows[:, 0]
        pairs = rows[:, 1 : 2 * HIGH + 1].reshape(len(band), HIGH, 2)
        cv2.transpose(pairs, found[1:, there])
    return np.asarray(found.view(np.complex64)[..., 0])


@lru_cache(maxsize=1)
def _rings() -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """The cycles of each entry that is kept, how often it counts, and how many have so many cycles.

    Entries across count twice, for those of the half of the spectrum that is not held.
    """
    at = np.arange(HIGH + 1)
    ring = np.minimum(np.rint(np.hypot(at[:, None], at)).astype(np.intp), HIGH + 1).ravel()
    weight = np.where(at > 0, 2.0, 1.0)[:, None]
    times = weight * np.where(at > 0, 2.0, 1.0)
    return ring, weight, np.bincount(ring, times.ravel(), minlength=HIGH + 2)[: HIGH + 1]


def spehar(grey: NDArray[np.uint8]) -> tuple[float, float]:
    """The slope of log amplitude over all frequencies, and without those that bend the line."""
    if grey.min() == grey.max() or min(grey.shape) < SMALL:
        return 0.0, 0.0
    size, square = _amplitudes(grey), _even(grey)
    return _whole(size, *grey.shape), _unbent(
        size if square.shape == grey.shape else _amplitudes(square)
    )


def _amplitudes(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(h, w / 2 + 1) of all frequencies, the half that the others mirror."""
    return np.asarray(np.abs(half_spectrum(grey.astype(np.float32))), np.float32)


def _whole(size: NDArray[np.float32], h: int, w: int) -> float:
    ring, times, count = _wide(h, w)
    means = np.bincount(ring, size.ravel() * times, minlength=WIDE) / np.maximum(count, 1)
    at = (np.arange(WIDE) + 1) / WIDE * np.sqrt(0.5)
    keep = slice(WIDE * 2 // 100, None)  # without the coarsest two in a hundred
    return line(np.log(at[keep]), np.log(means[keep] + np.finfo(float).eps))[0]


@lru_cache(maxsize=8)
def _wide(h: int, w: int) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    across = np.arange(w // 2 + 1) / w
    radius = np.sqrt(np.fft.fftfreq(h)[:, None] ** 2 + across**2)
    largest = np.hypot(h // 2 / h, w // 2 / w)
    ring = np.rint(radius / largest * (WIDE - 1)).astype(np.int64).ravel()
    times = np.full(radius.shape, 2.0)
    times[:, 0] = 1
    if w % 2 == 0:
        times[:, -1] = 1
    return ring, times.ravel(), np.bincount(ring, times.ravel(), minlength=WIDE)


def _even(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A square with an even side: the picture itself, or the largest power of two in its middle."""
    h, w = grey.shape[0] // 2 * 2, grey.shape[1] // 2 * 2
    grey = grey[:h, :w]
    return grey if h == w else middle_of(grey)


def middle_of(plane: Plane) -> Plane:
    """The largest square in the middle whose side is a power of two."""
    h, w = plane.shape[:2]
    side = 2 ** int(np.log2(min(h, w)))
    top, left = h // 2 - side // 2, w // 2 - side // 2
    return plane[top : top + side, left : left + side]


def _unbent(size: NDArray[np.float32]) -> float:
    means = turned_mean(size)
    y = means[1:]
    x = np.arange(1, len(y) + 1, dtype=float)
    n, off = len(x), x - x.mean()
    lever = 1 / n + off**2 / (off**2).sum()
    rest = y - y.mean() - (off @ y) / (off**2).sum() * off
    spread = (rest**2).sum() / (n - 2)
    far = rest**2 / (2 * max(spread, 1e-300)) * lever / (1 - lever) ** 2  # Cook's distance
    keep = far <= 4 / n
    return line(np.log(x[keep]), np.log(np.maximum(y[keep], 1e-12)))[0]


def mather(light: Plane) -> float:
    """The slope of log amplitude of lightness in 256 steps; 0 of an even picture."""
    square = np.floor(np.clip(middle_of(light), 0, 100) / 100 * 255)
    side = len(square)
    if side < SMALL or square.min() == square.max():
        return 0.0
    power = turned_mean(np.abs(half_spectrum(np.float32(1 / 255) * square.astype(np.float32))) ** 2)
    first, last = round(side / 50), round(side / 4)
    n = np.arange(max(first - 1, 1), last)
    return line(np.log(n), np.log(np.maximum(power[n], 1e-12)))[0] / 2


def turned_mean(half: Plane) -> NDArray[np.float64]:
    """(n / 2 + 1,) the mean over all directions by whole cycles, of the half spectrum of a square."""
    ring, times, count = _turns(len(half))
    return (
        np.bincount(ring, half.ravel() * times, minlength=len(count))[: len(count) - 1]
        / (count[:-1])
    )


@lru_cache(maxsize=4)
def _turns(side: int) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    down = np.fft.fftfreq(side, 1 / side)[:, None]
    far = np.rint(np.hypot(down, np.arange(side // 2 + 1)[None])).astype(np.int64)
    ring = np.minimum(far, side // 2 + 1).ravel()
    times = np.full(far.shape, 2.0)
    times[:, 0] = times[:, -1] = 1
    return ring, times.ravel(), np.bincount(ring, times.ravel(), minlength=side // 2 + 2)
