"""How much repeats how finely and which way: Gabor energies, from one Fourier transform.

Filters that are Gaussian in log frequency and in angle (Field, Relations between the statistics of
natural images and the response properties of cortical cells, 1987). The mean energy of a filtered
picture is, by Parseval, the sum over the spectrum of its power times the filter's square, so no
picture is ever filtered: 24 energies take the time of one transform.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from latelier.features._contract import Measure
from latelier.features._fourier import half_spectrum
from latelier.features._plane import planes

SAME_SIZE = False
STANDARDISE = True
BLIND = "Gabor energies know how fine a pattern is and which way it runs, and nothing of where."

PERIODS = (4, 8, 16, 32)  # px of 256, an octave each; 4 is a thread, 32 a figure of a motif
ANGLES = (0, 30, 60, 90, 120, 150)  # degrees that the stripes run at; 90 stands upright
OCTAVE = 0.55  # of frequency over its middle, the filter's width: neighbours meet at half height
TURN = 15.0  # degrees, the width in angle: neighbours meet at .6 of their height
MEASURES = tuple(
    Measure(
        f"every_{period}_at_{angle}",
        "share",
        0,
        1,
        f"How much of the contrast repeats about every {period} px in stripes at {angle}°.",
    )
    for period in PERIODS
    for angle in ANGLES
)


def describe(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(24,) the numbers in the order of ``MEASURES``; together 1 at most, 0 of an even picture."""
    seen = planes(pixels)
    centred = seen.off
    h, w = centred.shape
    windowed = centred * _hann(h)[:, None] * _hann(w)  # or the borders make stripes of their own
    found = half_spectrum(windowed)
    power = found.real**2 + found.imag**2
    power[:, 1 : (w + 1) // 2] *= 2  # the half of the spectrum that is not held mirrors these
    total = float(power.sum(dtype=np.float64))
    if seen.even or total <= 0:
        return np.zeros(len(MEASURES))
    periods, angles = _filters(h, w)
    energies = ((periods * power.ravel()) @ angles.T).astype(np.float64).ravel()
    return np.asarray(energies / max(total, energies.sum()))


@lru_cache(maxsize=8)
def _filters(h: int, w: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(4, h * (w // 2 + 1)) and (6, the same): squares of the filters' two factors."""
    # rows below the middle mirror those above: the same periods, and the angles the other way
    down = (np.arange(h // 2 + 1, dtype=np.float32) / np.float32(h))[:, None]
    across = fft.rfftfreq(w).astype(np.float32)[None]
    square = down**2 + across**2
    square[0, 0] = 1  # the mean has no direction, and goes below
    octaves = np.log(square) * np.float32(0.5 / np.log(1 / OCTAVE))
    middles = np.log(1 / np.array(PERIODS)) / np.log(1 / OCTAVE)
    periods = np.exp(-((octaves - middles.astype(np.float32)[:, None, None]) ** 2))
    periods[:, 0, 0] = 0
    runs = np.arctan2(across, down) * np.float32(180 / np.pi)  # square to the wave; 0 to 90
    angles = np.empty((len(ANGLES), *square.shape), np.float32)
    for angle, part in zip(ANGLES, angles, strict=True):
        off = runs - np.float32(angle if angle <= 90 else angle - 180)
        np.minimum(np.abs(off), np.float32(180) - np.abs(off), out=part)
    angles = np.exp(angles**2 * np.float32(-1 / TURN**2))
    back = angles[[-n % len(ANGLES) for n in range(len(ANGLES))]]
    above = (h + 1) // 2  # rows of frequencies that are 0 or more
    full = (
        np.concatenate([one[:, :above], other[:, h // 2 : 0 : -1]], axis=1)
        for one, other in ((periods, periods), (angles, back))
    )
    one, other = (each.reshape(len(each), -1) for each in full)
    return one, other


@lru_cache(maxsize=32)
def _hann(n: int) -> NDArray[np.float32]:
    return np.asarray(0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(n) + 0.5) / n), np.float32)
