"""What an extractor is: a file in this room that turns pictures into rows of numbers to be compared.

An extractor file has, besides a first docstring line that says how it sees::

    NAME = "classic-1"     # with its version; stands beside every number it gave
    FILE = ""              # what file it needs, in a few words; empty where it needs none
    LEARNS = False         # True: what it sees depends on the originals
    CLOSE, NEAR = 0.2, 1.0 # KID below which images are like other originals, and above which
                           # they are far; None where that was never measured

    def parts(originals, file, seed): ...
        # -> a function from pictures (n, h, w, c) uint8 to a list of (n, d) float64, parts that
        #    weigh the same; `file` is a Path or None

One that averages maps may show them besides, so that it can be seen where on a picture it looks::

    def maps(originals, file, seed): ...
        # -> a function from pictures to (n, c, h, w) maps and a number: of a picture's row, the
        #    numbers from there on are the means of its c maps

Numbers by different extractors are never compared. ``tests/contracts/test_extractors.py`` holds
every file here to this, and to fakes: copies must be found near, held-out originals must be like,
noise must be furthest.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

LONGEST = 2.0  # squared length that no row exceeds
FARTHEST = 5.0  # standard deviations of the originals that a number can lie off

Pictures = NDArray[np.uint8]  # (n, h, w, c)
Features = NDArray[np.float64]  # (n, d)
Parts = Callable[[Pictures], list[Features]]
Maps = Callable[[Pictures], tuple[NDArray[np.float64], int]]


class Extractor:
    """Sees pictures as rows of numbers whose parts weigh the same among the originals.

    Args:
        name: with its version.
        parts: what is seen.
        originals: (n, h, w, c) uint8 that it is fitted on; a few hundred are plenty.
    """

    def __init__(self, name: str, parts: Parts, originals: Pictures) -> None:
        self.name, self._parts = name, parts
        seen = self._all(originals)
        self._mean = [p.mean(0) for p in seen]
        self._spread = [p.std(0) + 0.05 * p.std() + 1e-6 for p in seen]

    def see(self, pixels: Pictures) -> Features:
        """Features (n, d) of pictures; among originals a row's length is near 1."""
        rows = []
        seen = self._all(pixels)
        for part, mean, spread in zip(seen, self._mean, self._spread, strict=True):
            apart = (part - mean) / spread
            apart /= np.sqrt(1 + (apart / FARTHEST) ** 2)  # no single number outweighs the rest
            rows.append(apart / np.sqrt(part.shape[1] * len(seen)))
        row = np.concatenate(rows, axis=1)
        return row / np.sqrt(1 + (row**2).sum(1, keepdims=True) / LONGEST)

    def _all(self, pixels: Pictures) -> list[Features]:
        blocks = [self._parts(pixels[i : i + 256]) for i in range(0, len(pixels), 256)]
        return [np.concatenate(part) for part in zip(*blocks, strict=True)]
