"""How many edges there are and how freely their directions differ: entropies of first and second order.

Redies, Brachmann and Wagemans, High entropy of edge orientations characterizes visual artworks from
diverse cultural backgrounds (2017): 24 Gabor filters over the full turn on a picture of 120,000 px;
of the 10,000 strongest edges the entropy of their directions, and of how the directions of two
differ, by where one lies from the other at 20 to 240 px, on the mean.

There 100 million pairs are counted one by one. Here a lot of edges is drawn, each as often as it is
strong, and all their pairs are counted in rings of distance, with the entropy that so few pairs lack
made up for (Grassberger, Finite sample corrections to entropy and dimension estimates, 1988).
"""

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from PIL import Image
from scipy.special import digamma

PIXELS = 300 * 400
WAYS, TURNS = 24, 48  # directions of edges, and of one edge from another
STRONGEST = 10_000
LOT = 800  # edges drawn; against all pairs the entropy is off by .05 bits on the mean (10)
NEAR, FAR, RING = 20, 240, 10  # px
RINGS = (FAR - NEAR) // RING
SIZE = (RINGS + 1) * 3 * TURNS * 2 * WAYS
PERIOD, OCTAVES = 8, 4  # px of the filters, and their width
REACH = 7  # px; beyond, the filters are 0 in four digits


def edges(grey: NDArray[np.uint8]) -> tuple[float, float, float]:
    """Edge density, and the entropies of first and second order in bits (4.58 at the most)."""
    h, w = grey.shape
    scale = np.sqrt(PIXELS / (h * w))
    size = (max(1, int(w * scale)), max(1, int(h * scale)))
    large = Image.fromarray(grey).resize(size, Image.Resampling.LANCZOS)
    way, strength = answers(np.asarray(large, np.float32))
    density = float(strength.mean())
    flat = strength.ravel()
    count = min(STRONGEST, flat.size)
    top = np.argpartition(flat, flat.size - count)[flat.size - count :]
    top = top[flat[top] > 1e-3]
    if len(top) < 2:
        return density, 0.0, 0.0
    weight, ways = flat[top].astype(np.float64), way.ravel()[top].astype(np.intp)
    first = np.bincount(ways, weight, minlength=WAYS)
    y, x = np.divmod(top, strength.shape[1])
    share = first[first > 0] / first.sum()
    return density, float(-(share * np.log2(share)).sum()), second(y, x, ways, weight)


def answers(grey: NDArray[np.float32]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """(h, w) which of 24 filters answers most strongly, and how strongly.

    Half of the filters are the others turned round, and half of those the rest upside down; each is
    the sum of two that part into rows and columns, so 14 of these are asked.
    """
    at = np.arange(-REACH, REACH + 1, dtype=np.float32)
    wide = 2.0**OCTAVES
    sigma = PERIOD / np.pi * np.sqrt(np.log(2) / 2) * (wide + 1) / (wide - 1)
    bell = np.exp(-(at**2) / np.float32(2 * sigma**2))
    best = np.zeros(grey.shape, np.float32)
    way = np.zeros(grey.shape, np.uint8)
    for k in range(WAYS // 4 + 1):
        angle = 2 * np.pi * k / WAYS
        across, down = (np.float32(2 * np.pi / PERIOD * f(angle)) * at for f in (np.sin, np.cos))
        one = _filtered(grey, bell * np.sin(across), bell * np.cos(down))
        other = _filtered(grey, bell * np.cos(across), bell * np.sin(down))
        # the filter mirrored upside down has the same parts, one of them turned round
        for place, said in ((k, one + other), (WAYS // 2 - k, one - other)):
            size = np.abs(said)
            there = (said < 0).view(np.uint8) * np.uint8(WAYS // 2) + np.uint8(place)
            cv2.copyTo(there, cv2.compare(size, best, cv2.CMP_GT), way)
            cv2.max(size, best, best)
    return way, best


def _filtered(
    grey: NDArray[np.float32], across: NDArray[np.float32], down: NDArray[np.float32]
) -> NDArray[np.float32]:
    found = cv2.sepFilter2D(grey, cv2.CV_32F, across, down, borderType=cv2.BORDER_REFLECT)
    return np.asarray(found, np.float32)


def second(
    y: NDArray[np.intp], x: NDArray[np.intp], way: NDArray[np.intp], weight: NDArray[np.float64]
) -> float:
    """The mean entropy of how directions differ, over where an edge lies from another, in bits."""
    # evenly along the sums of strength, in an order by lot: each edge as often as it is strong
    order = np.random.default_rng(2017).permutation(len(weight))
    sums = np.cumsum(weight[order])
    lot = order[np.searchsorted(sums, (np.arange(LOT) + 0.5) / LOT * sums[-1])]
    y, x, way = (values[lot].astype(np.int32) for values in (y, x, way))
    table, middle = _places()
    down = np.clip(_others(y) - y, -middle, middle) + middle
    across = np.clip(_others(x) - x, -middle, middle) + middle
    where = table.take(down * np.int32(len(table)) + across)
    # directions are added up unfolded, and what is past a full turn is laid back afterwards
    step = (TURNS // WAYS) * 2 * WAYS - 1
    one, two = way, _others(way)
    there = np.bincount((where + (step * one + two)).ravel(), minlength=SIZE)
    back = np.bincount((where + (step * two + one + TURNS * WAYS)).ravel(), minlength=SIZE)
    cells = (there + back)[:SIZE].reshape(RINGS + 1, -1, TURNS, 2, WAYS)[:RINGS]
    return _mean_bits(cells.sum(axis=(1, 3)))


def _others(values: NDArray[Any]) -> NDArray[Any]:
    """(LOT / 2, LOT) row by row the values shifted by one more, so that each pair comes once."""
    return sliding_window_view(np.concatenate([values, values]), LOT)[1 : LOT // 2 + 1]


def _mean_bits(cells: NDArray[np.intp]) -> float:
    """The mean over rings of the mean over turns, of what was counted there at all."""
    sums = cells.sum(axis=2)
    inside = (cells * _digamma(int(cells.max()))[cells]).sum(axis=2) / np.maximum(sums, 1)
    bits = (np.log(np.maximum(sums, 1)) - inside) / np.log(2)
    held = (sums > 1).sum(axis=1)
    rings = (bits * (sums > 1)).sum(axis=1)[held > 0] / held[held > 0]
    return float(np.clip(rings.mean(), 0, np.log2(WAYS))) if len(rings) else 0.0


def _digamma(most: int) -> NDArray[np.float64]:
    """(most + 1,) of whole numbers; 0 of 0, which counts nothing."""
    return np.concatenate([[0.0], digamma(np.arange(1, most + 1))])


@lru_cache(maxsize=1)
def _places() -> tuple[NDArray[np.int32], int]:
    """The place of each step from one edge to another, by its ring and turn; the last if none."""
    reach = FAR + 1
    down, across = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    far = np.rint(np.hypot(down, across))
    turn = np.rint(np.arctan2(down, across) / (2 * np.pi) * TURNS).astype(np.intp) % TURNS
    ring = np.where((far >= NEAR) & (far < FAR), (far - NEAR) // RING, RINGS).astype(np.intp)
    return ((ring * 3 * TURNS + turn) * 2 * WAYS + WAYS).astype(np.int32), reach
