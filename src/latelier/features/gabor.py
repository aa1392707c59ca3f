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
    window = np.outer(_hann(h), _hann(w))  # so that the borders make no stripes of their own
    power = np.abs(fft.rfft2(centred * window)) ** 2
    power[:, 1 : (w + 1) // 2] *= 2  # the half of the spectrum that is not held mirrors these
    total = power.sum()
    if centred.std() < 1e-6 or total <= 0:
        return np.zeros(len(MEASURES))
    energies = _filters(h, w) @ power.ravel()
    return np.asarray(energies / max(total, energies.sum()))


@lru_cache(maxsize=8)
def _filters(h: int, w: int) -> NDArray[np.float64]:
    """(24, h * (w // 2 + 1)) squares of the filters over the half spectrum."""
    down, across = np.meshgrid(fft.fftfreq(h), fft.rfftfreq(w), indexing="ij")
    frequency = np.maximum(np.hypot(down, across), 1e-9)
    runs = np.degrees(np.arctan2(across, down)) % 180  # stripes run square to their frequency
    rows = []
    for period in PERIODS:
        near = np.exp(-(np.log(frequency * period) ** 2) / (2 * np.log(1 / OCTAVE) ** 2))
        for angle in ANGLES:
            off = np.abs((runs - angle + 90) % 180 - 90)
            rows.append((near * np.exp(-(off**2) / (2 * TURN**2))) ** 2)
    filters = np.stack(rows).reshape(len(MEASURES), -1)
    filters[:, 0] = 0  # the mean has no direction
    return filters


def _hann(n: int) -> NDArray[np.float64]:
    return np.asarray(0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(n) + 0.5) / n))
