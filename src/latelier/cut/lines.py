"""Straight lines on an upright page: runs of ink, joined across their gaps, carried to their corners."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from latelier.cut.ink import Mask

PIECE = 7  # pixels of the half-size page: the shortest piece of a broken line that still counts
SHORTEST = 14  # pixels of the half-size page; shorter runs are as often handwriting
STEEPEST = 0.15  # rise of a run over its length
THICKEST = 9  # pixels of the half-size page; what is thicker is a filled form, not a line
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Runs:
    """Straight pieces that run along x: piece i is y = height[i] + slope[i] * x.

    Args:
        start: (n,) first x.
        end: (n,) last x.
        height: (n,) y at x = 0.
        slope: (n,) dy / dx.
        chain: (n,) pieces of one broken line share a number.
    """

    start: Floats
    end: Floats
    height: Floats
    slope: Floats
    chain: NDArray[np.int64]

    def at(self, x: Floats | float, which: NDArray[np.int64] | slice = slice(None)) -> Floats:
        """The y of pieces at x."""
        return np.asarray(self.height[which] + self.slope[which] * x)


@dataclass(frozen=True)
class Strokes:
    """Where thin ink runs straight on for a while; filled forms are left out.

    Args:
        level: (h, w) uint8 0 or 255, along x, a pixel higher on both sides than the ink.
        upright: (h, w) along y, a pixel wider.
    """

    level: Mask
    upright: Mask

    def of(self, mask: Mask) -> Mask:
        """The ink of a mask that is in them."""
        return np.asarray(cv2.bitwise_and(cv2.bitwise_or(self.level, self.upright), mask), np.uint8)

    def longer(self, shortest: int) -> "Strokes":
        """What of them runs straight on for so many pixels at least."""
        return Strokes(
            np.asarray(cv2.morphologyEx(self.level, cv2.MORPH_OPEN, _bar(shortest, 1)), np.uint8),
            np.asarray(cv2.morphologyEx(self.upright, cv2.MORPH_OPEN, _bar(1, shortest)), np.uint8),
        )


def _bar(width: int, height: int) -> Mask:
    return np.ones((height, width), np.uint8)


def find_strokes(mask: Mask) -> Strokes:
    """The straight strokes of a mask, ``PIECE`` pixels and longer."""
    thin = cv2.subtract(mask, cv2.morphologyEx(mask, cv2.MORPH_OPEN, _bar(THICKEST, THICKEST)))
    level, upright = cv2.dilate(thin, _bar(1, 3)), cv2.dilate(thin, _bar(3, 1))
    return Strokes(np.asarray(level, np.uint8), np.asarray(upright, np.uint8)).longer(PIECE)


def find_runs(level: Mask, shortest: int = SHORTEST) -> Runs:
    """The runs along x in level strokes; hand it the transposed mask of those along y."""
    outlines, _ = cv2.findContours(level, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not outlines:
        none = np.zeros(0)
        return Runs(none, none, none, none, np.zeros(0, np.int64))
    # both edges of a run vote, so the line through them is the middle of the run
    points = np.concatenate([o.reshape(-1, 2) for o in outlines]).astype(np.float64)
    length = np.array([len(o) for o in outlines])
    first = np.concatenate([[0], np.cumsum(length)[:-1]])
    which = np.repeat(np.arange(len(outlines)), length)
    mean = np.add.reduceat(points, first) / length[:, None]
    away = points - mean[which]
    slope = np.add.reduceat(away[:, 0] * away[:, 1], first)
    slope /= np.maximum(np.add.reduceat(away[:, 0] ** 2, first), 1)
    start, end = np.minimum.reduceat(points[:, 0], first), np.maximum.reduceat(points[:, 0], first)
    off = np.add.reduceat(np.abs(away[:, 1] - slope[which] * away[:, 0]), first) / length
    good = (np.abs(slope) < STEEPEST) & (end - start + 1 >= shortest) & (off <= THICKEST / 2)
    pieces = Runs(
        start[good],
        end[good],
        (mean[:, 1] - slope * mean[:, 0])[good],
        slope[good],
        np.arange(int(good.sum())),
    )
    return _chained(pieces)


def _chained(runs: Runs) -> Runs:
    """Give pieces that follow one another on one line, across a gap, the same number."""
    n = len(runs.start)
    if n < 2:
        return runs
    order = np.argsort(runs.start)
    start, end = runs.start[order], runs.end[order]
    height, slope = runs.height[order], runs.slope[order]
    long = end - start
    # only pieces whose ends lie about as high can follow one another: a seventh of all pairs
    most = np.maximum(8, 0.5 * (long + long.max()))
    i, j = _about_as_high(
        height + slope * end, height + slope * start, 2 + (0.04 + STEEPEST) * most
    )
    gap = start[j] - end[i]
    near = (gap > -4) & (gap <= np.maximum(8, 0.5 * (long[i] + long[j]))) & (i < j)
    i, j, gap = i[near], j[near], gap[near]
    middle = (end[i] + start[j]) / 2
    off = np.abs(height[i] + slope[i] * middle - height[j] - slope[j] * middle)
    ok = off <= 2.0 + 0.04 * np.maximum(gap, 0)
    i, j = i[ok], j[ok]
    _, chain = connected_components(coo_matrix((np.ones(len(i)), (i, j)), (n, n)), directed=False)
    return Runs(start, end, height, slope, chain.astype(np.int64))


def _about_as_high(
    one: Floats, other: Floats, within: Floats
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All pairs of heights that differ by ``within`` or less, which is given for each of ``one``."""
    order = np.argsort(other)
    first = np.searchsorted(other[order], one - within)
    count = np.searchsorted(other[order], one + within, side="right") - first
    i = np.repeat(np.arange(len(one)), count)
    nth = np.arange(len(i)) - np.repeat(np.cumsum(count) - count, count)
    return i, order[first[i] + nth]


def paint_bridges(on: Mask, runs: Runs, across: Runs, *, turned: bool) -> None:
    """Draw what is missing of broken lines: their gaps, and their ways to the lines they meet.

    Args:
        on: the mask to draw on, changed in place.
        runs: along x (along y where ``turned``).
        across: the runs of the other direction, in their own, transposed coordinates.
        turned: whether ``runs`` were found in the transposed mask.
    """
    bridges = np.rint(np.concatenate([_gaps(runs), _corners(runs, across)])).astype(np.int32)
    ends = bridges.reshape(-1, 2, 2)
    cv2.polylines(on, list(ends[..., ::-1] if turned else ends), False, 255, 1, cv2.LINE_4)


def _gaps(runs: Runs) -> Floats:
    """The missing pieces inside each broken line, (n, 4) from x, y to x, y."""
    order = np.lexsort((runs.start, runs.chain))
    i, j = order[:-1], order[1:]
    gap = (runs.chain[i] == runs.chain[j]) & (runs.start[j] > runs.end[i])
    i, j = i[gap], j[gap]
    x0, x1 = runs.end[i], runs.start[j]
    return np.stack([x0, runs.at(x0, i), x1, runs.at(x1, j)], 1)


def _corners(runs: Runs, across: Runs) -> Floats:
    """From each end of a line to the nearest line that it would meet within a short way, (n, 4)."""
    if not len(runs.start) or not len(across.start):
        return np.zeros((0, 4))
    chains = ends_of(runs)
    other = ends_of(across)
    n = len(chains.start)
    x = np.concatenate([chains.start, chains.end])
    sign = np.repeat([-1.0, 1.0], n)
    height, slope = np.tile(chains.height, 2), np.tile(chains.slope, 2)
    reach = np.tile(0.3 * (chains.end - chains.start) + 6, 2)
    y = height + slope * x
    long = other.end - other.start
    i, k = _about_as_high((other.start + other.end) / 2, y, 0.85 * long + 6)
    there = other.height[i] + other.slope[i] * y[k]  # x of each crossing line at each end
    away = (there - x[k]) * sign[k]
    meets = (away > -5) & (away <= reach[k])
    k, there, away = k[meets], there[meets], np.abs(away[meets])
    order = np.lexsort((away, k))
    nearest = order[np.diff(k[order], prepend=-1) > 0]
    k, there = k[nearest], there[nearest]
    return np.stack([x[k], y[k], there, height[k] + slope[k] * there], 1)


def ends_of(runs: Runs) -> Runs:
    """Each broken line as one piece from its first to its last end."""
    count = int(runs.chain.max()) + 1 if len(runs.chain) else 0
    start, end = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(start, runs.chain, runs.start)
    np.maximum.at(end, runs.chain, runs.end)
    weight = runs.end - runs.start + 1
    middle = (runs.start + runs.end) / 2
    y = runs.height + runs.slope * middle
    total = np.bincount(runs.chain, weight, count)
    mx = np.bincount(runs.chain, weight * middle, count) / total
    my = np.bincount(runs.chain, weight * y, count) / total
    dx, dy = middle - mx[runs.chain], y - my[runs.chain]
    spread = np.bincount(runs.chain, weight * (dx * dx + weight**2 / 12), count)
    slope = (
        np.bincount(runs.chain, weight * (dx * dy + runs.slope * weight**2 / 12), count) / spread
    )
    return Runs(start, end, my - slope * mx, slope, np.arange(count))
