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
from latelier.features._plane import lightness

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
    light = lightness(pixels)
    h, w = light.shape
    centred = light - light.mean()
    windowed = centred * _hann(h)[:, None] * _hann(w)  # or the borders make stripes of their own
    found = fft.rfft2(windowed)
    power = found.real**2 + found.imag**2
    power[:, 1 : (w + 1) // 2] *= 2  # the half of the spectrum that is not held mirrors these
    total = float(power.sum(dtype=np.float64))
    if centred.std() < 1e-5 or total <= 0:
        return np.zeros(len(MEASURES))
    periods, angles = _filters(h, w)
    energies = ((periods * power.ravel()) @ angles.T).astype(np.float64).ravel()
    return np.asarray(energies / max(total, energies.sum()))


@lru_cache(maxsize=8)
def _filters(h: int, w: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(4, h * (w // 2 + 1)) and (6, the same): squares of the filters' two factors."""
    down, across = fft.fftfreq(h)[:, None], fft.rfftfreq(w)[None]
    frequency = np.maximum(np.hypot(down, across), 1e-9)
    octaves = np.log(frequency.ravel()).astype(np.float32) / np.float32(np.log(1 / OCTAVE))
    middles = np.log(1 / np.array(PERIODS, np.float32)) / np.float32(np.log(1 / OCTAVE))
    periods = np.exp(-((octaves - middles[:, None]) ** 2))
    periods[:, 0] = 0  # the mean has no direction
    runs = np.degrees(np.arctan2(across, down)).ravel().astype(np.float32)  # square to the wave
    off = np.stack([runs - angle + np.float32(90) for angle in ANGLES])
    off = np.abs(off - np.float32(180) * np.floor(off / np.float32(180)) - np.float32(90))
    return periods, np.exp(-(off**2) / np.float32(TURN**2))


@lru_cache(maxsize=32)
def _hann(n: int) -> NDArray[np.float32]:
    return np.asarray(0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(n) + 0.5) / n), np.float32)
