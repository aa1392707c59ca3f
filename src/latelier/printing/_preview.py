"""A small picture of a sheet, averaged while the sheet is painted, to look at on a screen."""

import numpy as np
from numpy.typing import NDArray

from latelier.images import Pixels

LONGEST = 1100  # pixels a side at the most; each is the mean of a whole square of the sheet


class Preview:
    """The mean of every square of a sheet, gathered band by band.

    Args:
        width: of the sheet in pixels.
        height: of the sheet in pixels.
    """

    def __init__(self, width: int, height: int) -> None:
        self._square = -(-max(width, height) // LONGEST)
        self._rows = 0
        size = (-(-height // self._square), -(-width // self._square), 3)
        self._sums = np.zeros(size, np.uint32)
        self._counts = np.zeros((size[0], 1, 1), np.uint32)
        edges = np.arange(0, width, self._square)
        self._edges = edges
        self._widths = np.diff(np.append(edges, width)).astype(np.uint32)

    def take(self, band: Pixels) -> Pixels:
        """Count the next band in, and hand it on."""
        across = np.add.reduceat(band, self._edges, axis=1, dtype=np.uint32)
        places = (np.arange(self._rows, self._rows + len(band))) // self._square
        np.add.at(self._sums, places, across)
        np.add.at(self._counts, places, 1)
        self._rows += len(band)
        return band

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """The small picture, (h, w, 3) uint8 sRGB."""
        areas = self._counts * self._widths[None, :, None]
        return ((self._sums + areas // 2) // areas).astype(np.uint8)
