"""Honest small measures of a model in training: likeness, variety, copying, checkerboard.

Each is measured beside the originals themselves, so that it can be said in words: likeness to the
held-out originals as KID (Binkowski et al. 2018, arXiv 1801.01401), copying by distance to the
training originals as held-out ones have it (after Meehan et al. 2020, arXiv 2004.05675),
variety as mean pairwise distance.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latelier.train.eye import NAME, Eye, Features, colour

Copies = Callable[[NDArray[np.uint8]], NDArray[np.bool_]]  # which of (n, h, w, c) are copies


@dataclass(frozen=True)
class Measures:
    """What was measured on a handful of generated images.

    Args:
        kid: to the held-out originals; 0 is as like as other originals are. On three real
            collections halves of two pictures put together had 0.04 to 0.15, shuffled pixels
            1.6 to 13, blurred pictures 7.5 to 11, flat colour 14 to 18.
        variety: mean pairwise distance, originals = 1.
        copies: share of images that are nearly one training original.
        closeness: how near the images lie to training originals, held-out originals = 1; well
            below 1 with `copies` above 0 is learning by heart.
        checkerboard: power at the periods of 2, 4 and 8 px over that of their neighbours; lone
            spikes above some 3 are the grid of an upsampling.
        eye: which extractor saw.
    """

    kid: float
    variety: float
    copies: float
    closeness: float
    checkerboard: float
    eye: str = NAME

    def to_json(self) -> dict[str, Any]:
        """As JSON, to four digits."""
        return {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(self).items()}


class Judge:
    """Measures images against the same originals again and again.

    Args:
        training: (n, h, w, c) uint8, what the model learns from.
        held_out: the same of those it never sees; the training ones again where none are held out.
        copies: tells which pictures are nearly one training original.
    """

    def __init__(
        self, training: NDArray[np.uint8], held_out: NDArray[np.uint8], copies: Copies
    ) -> None:
        self.eye = Eye(training)
        self._training = self.eye.see(training)
        self._held = self.eye.see(held_out)
        self._copies = copies
        inside = distances(self._training, self._training)
        self._apart = float(inside[~np.eye(len(inside), dtype=bool)].mean()) or 1.0
        self._near = float(np.median(distances(self._held, self._training).min(1)))

    def measure(self, images: NDArray[np.uint8]) -> Measures:
        """Measure images (n, h, w, c) uint8, two at least."""
        seen = self.eye.see(images)
        apart = distances(seen, seen)
        near = distances(seen, self._training).min(1)
        return Measures(
            kid=kid(seen, self._held),
            variety=float(apart[~np.eye(len(apart), dtype=bool)].mean()) / self._apart,
            copies=float(self._copies(images).mean()),
            closeness=float(np.median(near)) / max(self._near, 1e-9),
            checkerboard=checkerboard(images),
        )


def kid(a: Features, b: Features) -> float:
    """Unbiased squared maximum mean discrepancy with the kernel (x.y + 1)^3, rows of length near 1."""
    aa, bb, ab = ((x @ y.T + 1) ** 3 for x, y in ((a, a), (b, b), (a, b)))
    n, m = len(a), len(b)
    inside = (aa.sum() - np.trace(aa)) / (n * (n - 1)) + (bb.sum() - np.trace(bb)) / (m * (m - 1))
    return float(inside - 2 * ab.mean())


def distances(a: Features, b: Features) -> Features:
    """Euclidean distances, (len(a), len(b))."""
    square = (a * a).sum(1)[:, None] + (b * b).sum(1)[None] - 2 * a @ b.T
    return np.sqrt(np.maximum(square, 0))


def checkerboard(images: NDArray[np.uint8]) -> float:
    """The largest power on a lattice of 2, 4 or 8 px over the median of its neighbours.

    What one grey level in 255 of noise would show is added to both, since nobody sees less.
    """
    grey = colour(images).mean(1).numpy().astype(np.float64)
    height, width = (side - side % 8 for side in grey.shape[1:])
    grey = grey[:, :height, :width]
    power = (np.abs(np.fft.fft2(grey - grey.mean((1, 2), keepdims=True))) ** 2).mean(0)
    power += height * width / 255**2
    worst = 0.0
    for period in (2, 4, 8):
        down, across = height // period, width // period
        for y, x in ((down, 0), (0, across), (down, across)):
            rows = np.arange(y - 2, y + 3) % height
            columns = np.arange(x - 2, x + 3) % width
            around = power[np.ix_(rows, columns)].copy()
            here = around[2, 2]
            around[2, 2] = np.nan
            worst = max(worst, float(here / np.nanmedian(around)))
    return worst
