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
from scipy.special import digamma

from latelier.features._lanczos import resized

PIXELS = 300 * 400
WAYS, TURNS = 24, 48  # directions of edges, and of one edge from another
STRONGEST = 10_000
FAINT = 1e-3  # an answer that is rounding
PARTS = 4  # in which pairs are counted: what a cache can hold
LOT = 800  # edges drawn; against all pairs the entropy is off by .05 bits on the mean (10)
NEAR, FAR, RING = 20, 240, 10  # px
RINGS = (FAR - NEAR) // RING
SIZE = (RINGS + 1) * 2 * TURNS * WAYS  # a turn may be past a full turn
PERIOD, OCTAVES = 8, 4  # px of the filters, and their width
REACH = 7  # px; beyond, the filters are 0 in four digits


def edges(grey: NDArray[np.uint8]) -> tuple[float, float, float]:
    """Edge density, and the entropies of first and second order in bits (4.58 at the most)."""
    h, w = grey.shape
    scale = np.sqrt(PIXELS / (h * w))
    size = (max(1, int(h * scale)), max(1, int(w * scale)))
    parts, strength = answers(resized(grey, size).astype(np.float32))
    density = float(strength.mean(dtype=np.float64))
    flat = strength.ravel()
    top = strongest(flat)
    if len(top) < 2:
        return density, 0.0, 0.0
    ways, weight = directions(parts, top), flat[top].astype(np.float64)
    first = np.bincount(ways, weight, minlength=WAYS)
    share = first[first > 0] / first.sum()
    return density, float(-(share * np.log2(share)).sum()), second(top, size, ways, weight)


def strongest(strength: NDArray[np.float32]) -> NDArray[np.intp]:
    """The places of the 10,000 strongest edges in order; of those as strong as the last, the first."""
    count = min(STRONGEST, strength.size)
    least = np.partition(strength, strength.size - count)[strength.size - count]
    if least <= FAINT:
        return np.flatnonzero(strength > FAINT)
    top = np.flatnonzero(strength >= least)
    if len(top) > count:
        top = np.delete(top, np.flatnonzero(strength[top] == least)[count - len(top) :])
    return top


def answers(grey: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(7, 2, h, w) the parts of what filters answer at angles up to a quarter turn; the strongest.

    Of 24 filters half are the others turned round, and half of those the rest upside down; each is
    the sum or the difference of two that part into rows and columns, so 14 of these are asked, and
    the stronger of sum and difference is as strong as both together.
    """
    best = np.zeros(grey.shape, np.float32)
    one, other = np.empty_like(grey), np.empty_like(grey)
    parts = np.empty((WAYS // 4 + 1, 2, *grey.shape), np.float32)
    for pair, filters in zip(parts, _filters(), strict=True):
        strong = []
        for part, size, filter_ in zip(pair, (one, other), filters, strict=True):
            if filter_ is None:
                part[:] = 0
                continue
            cv2.sepFilter2D(grey, cv2.CV_32F, *filter_, part, borderType=cv2.BORDER_REFLECT)
            strong.append(np.abs(part, out=size))
        cv2.max(best, strong[0] if len(strong) == 1 else cv2.add(one, other, one), best)
    return parts, best


@lru_cache(maxsize=1)
def _filters() -> list[tuple[tuple[Any, Any] | None, ...]]:
    """(7, 2) rows and columns of the filters at angles up to a quarter turn; None of those that are 0."""
    at = np.arange(-REACH, REACH + 1, dtype=np.float32)
    wide = 2.0**OCTAVES
    sigma = PERIOD / np.pi * np.sqrt(np.log(2) / 2) * (wide + 1) / (wide - 1)
    bell = np.exp(-(at**2) / np.float32(2 * sigma**2))
    found = []
    for angle in 2 * np.pi * np.arange(WAYS // 4 + 1) / WAYS:
        across, down = (np.float32(2 * np.pi / PERIOD * f(angle)) * at for f in (np.sin, np.cos))
        pair = ((np.sin(across), np.cos(down)), (np.cos(across), np.sin(down)))
        found.append(
            tuple(  # of upright and level one is 0
                (bell * row, bell * column)
                if min(np.abs(row).max(), np.abs(column).max()) >= 1e-6
                else None
                for row, column in pair
            )
        )
    return found


def directions(parts: NDArray[np.float32], at: NDArray[np.intp]) -> NDArray[np.intp]:
    """(n,) which of 24 filters answers most strongly at each of the places, counted row by row."""
    there = np.take(parts.reshape(len(parts) * 2, -1), at, axis=1).reshape(len(parts), 2, -1)
    one, other = there[:, 0], there[:, 1]
    sizes = np.abs(one)
    sizes += np.abs(other)
    angle, most = np.zeros(len(at), np.intp), sizes[0]
    for n, size in enumerate(sizes[1:], 1):  # which takes a third of the time of argmax
        angle[size > most] = n
        most = np.maximum(most, size)
    one, other = one[angle, np.arange(len(at))], other[angle, np.arange(len(at))]
    # where they differ in sign it is the difference: the filter upside down, which is half a turn
    # less its angle; and what is answered below 0 is the filter turned round
    apart = one * other < 0
    said = np.where(apart, one - other, one + other)
    found = np.where(apart, WAYS // 2 - angle, angle) + (said < 0) * (WAYS // 2)
    return np.asarray(found % WAYS, np.intp)


def second(
    at: NDArray[np.intp],
    size: tuple[int, int],
    way: NDArray[np.intp],
    weight: NDArray[np.float64],
) -> float:
    """The mean entropy of how directions differ, over where an edge lies from another, in bits.

    Args:
        at: (n,) the edges' places, counted row by row, in order.
        size: height and width of the picture.
        way: (n,) their directions.
        weight: (n,) how strong they are.
    """
    # evenly along the sums of strength, in an order by lot: each edge as often as it is strong
    order = _by_lot(len(weight))
    sums = np.cumsum(weight[order])
    lot = order[np.searchsorted(sums, (np.arange(LOT) + 0.5) / LOT * sums[-1])]
    high, wide = size
    # one table for all pictures but very wide ones
    table, stride = (_places(), 1024) if wide <= 512 else (_places(high, 2 * wide), 2 * wide)
    lot = np.sort(lot)  # from top to bottom: steps then lie near in the table
    y, x = np.divmod(at[lot], wide)
    place, way = y * stride + x, way[lot].astype(np.uint16)
    others, ways = _others(place + len(table) // 2), _others(way)
    # a step from one edge to another is a ring and a turn; the turn is laid back by the one edge's
    # direction, and made whole once all are counted
    back = way * np.uint16(WAYS * TURNS // WAYS)
    there = np.zeros(SIZE, np.intp)
    where = np.empty((LOT // 2 // PARTS, LOT), np.intp)
    cells, differ, around = np.empty((3, *where.shape), np.uint16)
    for first in range(0, LOT // 2, len(where)):
        rows = slice(first, first + len(where))
        np.subtract(others[rows], place, out=where)
        # a step further up or down than the table goes is clipped to its ends, which are none
        table.take(where, mode="clip", out=cells)
        cells += back
        np.subtract(ways[rows], way, out=differ)  # below 0 it is large, and a turn more is not
        cells += np.minimum(differ, np.add(differ, np.uint16(WAYS), out=around), out=differ)
        there += np.bincount(cells.ravel(), minlength=SIZE)
    cells = there.reshape(RINGS + 1, 2, TURNS, WAYS)[:RINGS].sum(axis=1)
    return _mean_bits(cells + cells.reshape(RINGS, -1)[:, _seen_back()])


@lru_cache(maxsize=4)
def _by_lot(count: int) -> NDArray[np.intp]:
    """(count,) the same order each time."""
    return np.random.default_rng(2017).permutation(count)


@lru_cache(maxsize=1)
def _seen_back() -> NDArray[np.intp]:
    """(48, 24) the same pairs seen from the other edge, among the cells of a ring.

    The step is then turned round, and the turn is laid back by the other's direction: by as much
    more as they differ.
    """
    turn, differ = np.arange(TURNS)[:, None], np.arange(WAYS)[None]
    turned = (turn + TURNS // 2 + TURNS // WAYS * differ) % TURNS
    return np.asarray(turned * WAYS + -differ % WAYS, np.intp)


def _others(values: NDArray[Any]) -> NDArray[Any]:
    """(LOT / 2, LOT) row by row the values shifted by one more, so that each pair comes once."""
    return sliding_window_view(np.concatenate([values, values]), LOT)[1 : LOT // 2 + 1]


def _mean_bits(cells: NDArray[np.intp]) -> float:
    """The mean over rings of the mean over turns, of what was counted there at all."""
    sums = cells.sum(axis=2)
    inside = (cells * _digamma(int(cells.max()).bit_length())[cells]).sum(axis=2)
    inside /= np.maximum(sums, 1)
    bits = (np.log(np.maximum(sums, 1)) - inside) / np.log(2)
    held = (sums > 1).sum(axis=1)
    rings = (bits * (sums > 1)).sum(axis=1)[held > 0] / held[held > 0]
    return float(np.clip(rings.mean(), 0, np.log2(WAYS))) if len(rings) else 0.0


@lru_cache(maxsize=8)
def _digamma(bits: int) -> NDArray[np.float64]:
    """(2 ** bits,) of whole numbers; 0 of 0, which counts nothing."""
    return np.concatenate([[0.0], digamma(np.arange(1, 1 << bits))])


@lru_cache(maxsize=2)
def _places(reach: int = FAR + 1, stride: int = 1024) -> NDArray[np.uint16]:
    """((2 ``reach`` + 1) * stride,) where the cells of each step's ring and turn begin, row by row.

    The step to itself lies in the middle, half a stride into its row.
    """
    down, across = np.mgrid[-reach : reach + 1, -stride // 2 : stride // 2]
    far = np.rint(np.hypot(down, across))
    turn = np.rint(np.arctan2(down, across) / (2 * np.pi) * TURNS).astype(np.intp) % TURNS
    inside = (far >= NEAR) & (far < FAR)
    cells = np.where(inside, (far - NEAR) // RING * 2 * TURNS + turn, RINGS * 2 * TURNS)
    return (cells * WAYS).astype(np.uint16).ravel()
