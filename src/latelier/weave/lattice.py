"""The lattice by which a cloth repeats: how far across, how far down, and how far each row is moved.

The two shortest displacements under which the drawing is like itself, found as peaks of its
normalised autocorrelation (Wiener and Khinchin by FFT; each displacement is judged on what overlaps).
One of them runs straight across, as a loom and a printing block do.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

LEAST = 0.3  # correlation under both displacements, their sum and their difference
GOOD = 0.85  # of the best correlation: the smallest such lattice is taken, not a multiple of it
FALLS = 0.75  # of that: what is as like on the way is a stripe, and repeats one way only
SHORT = 0.1  # of a side: what repeats oftener is grain
LONG = 0.6  # of a side: beyond that too little overlaps


@dataclass(frozen=True)
class Lattice:
    """How a drawing repeats.

    Args:
        down: from row to row of the repeat, as a share of the height; 0 where none was found.
        across: from one repeat to the next in a row, as a share of the width.
        drop: how far each row is moved against the one above, as a share of the width.
        score: the correlation that holds under all of them.
    """

    down: float = 0.0
    across: float = 0.0
    drop: float = 0.0
    score: float = 0.0


def lattice_of(drawn: NDArray) -> Lattice:
    """The lattice of a drawing (h, w), its slow light taken off."""
    height, width = drawn.shape
    alike = _alike(drawn, round(LONG * height), round(LONG * width))
    middle = alike.shape[1] // 2
    peaks = (alike == ndimage.maximum_filter(alike, 3)) & (alike >= LEAST)
    peaks[-1] = peaks[:, 0] = peaks[:, -1] = False
    row = alike[0, middle:]
    straight = (row[1:-1] >= row[:-2]) & (row[1:-1] >= row[2:]) & (row[1:-1] >= LEAST)
    acrosses = [x for x in (np.nonzero(straight)[0] + 1).tolist() if x >= max(3, SHORT * width)]
    downs = [(y, x - middle) for y, x in np.argwhere(peaks).tolist() if y >= max(3, SHORT * height)]
    found = []
    for w in acrosses:
        for y, x in downs:
            ends = [(0, w), *((y, v) for v in (x - w, x, x + w) if abs(v) < middle)]
            score = min(float(alike[a, b + middle]) for a, b in ends)
            if score >= LEAST and all(_between(alike, *end) < FALLS * score for end in ends):
                found.append((score, y, w, x % w))
    if not found:
        return Lattice()
    best = max(found)[0]
    score, y, w, drop = min(
        (f for f in found if f[0] >= GOOD * best), key=lambda f: (f[1] * f[2], f)
    )
    drop = 0 if min(drop, w - drop) <= 1 else drop
    return Lattice(y / height, w / width, drop / width, score)


def _between(alike: NDArray, down: int, across: int) -> float:
    """The least correlation on the straight way to a displacement."""
    middle = alike.shape[1] // 2
    way = np.linspace(0, 1, 1 + max(down, abs(across)))
    return float(
        alike[np.rint(way * down).astype(int), np.rint(way * across).astype(int) + middle].min()
    )


def _alike(drawn: NDArray, down: int, across: int) -> NDArray:
    """Correlation with itself moved by 0 to ``down`` rows and -``across`` to ``across`` columns."""
    size = (2 * drawn.shape[0], 2 * drawn.shape[1])
    waves = [np.fft.rfft2(part, s=size) for part in (np.ones_like(drawn), drawn, drawn * drawn)]
    rows, columns = np.arange(down + 1), np.arange(-across, across + 1) % size[1]

    def together(a: int, b: int) -> NDArray:
        return np.fft.irfft2(waves[a] * np.conj(waves[b]), s=size)[np.ix_(rows, columns)]

    count = np.maximum(together(0, 0), 1)
    here, there = together(1, 0), together(0, 1)
    vary = [together(2, 0) - here**2 / count, together(0, 2) - there**2 / count]
    size_of = np.sqrt(np.maximum(vary[0], 1e-6) * np.maximum(vary[1], 1e-6))
    return (together(1, 1) - here * there / count) / size_of
