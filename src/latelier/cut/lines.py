"""Straight lines on an upright page: runs of ink, joined across their gaps, carried to their corners."""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from latelier.cut.ink import Mask

SHORTEST = 14  # pixels of the half-size page; shorter runs are as often handwriting
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


def find_runs(mask: Mask, shortest: int = SHORTEST) -> Runs:
    """The straight runs along x in a mask; hand it the transposed mask for those along y."""
    tall = cv2.dilate(mask, np.ones((3, 1), np.uint8))
    blobs = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((THICKEST, 1), np.uint8))
    blobs = cv2.morphologyEx(blobs, cv2.MORPH_OPEN, np.ones((1, THICKEST), np.uint8))
    tall[blobs > 0] = 0
    runs = cv2.morphologyEx(tall, cv2.MORPH_OPEN, np.ones((1, shortest), np.uint8))
    outlines, _ = cv2.findContours(runs, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
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
    good = (np.abs(slope) < 0.15) & (end - start + 1 >= shortest) & (off <= THICKEST / 2)
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
    gap = start[None, :] - end[:, None]
    long = (end - start)[:, None] + (end - start)[None, :]
    near = (gap > -4) & (gap <= np.maximum(8, 0.5 * long)) & (np.arange(n)[:, None] < np.arange(n))
    i, j = np.nonzero(near)
    middle = (end[i] + start[j]) / 2
    off = np.abs(height[i] + slope[i] * middle - height[j] - slope[j] * middle)
    ok = off <= 2.0 + 0.04 * np.maximum(gap[i, j], 0)
    i, j = i[ok], j[ok]
    _, chain = connected_components(coo_matrix((np.ones(len(i)), (i, j)), (n, n)), directed=False)
    return Runs(start, end, height, slope, chain.astype(np.int64))


def paint_bridges(on: Mask, runs: Runs, across: Runs, *, turned: bool) -> None:
    """Draw what is missing of broken lines: their gaps, and their ways to the lines they meet.

    Args:
        on: the mask to draw on, changed in place.
        runs: along x (along y where ``turned``).
        across: the runs of the other direction, in their own, transposed coordinates.
        turned: whether ``runs`` were found in the transposed mask.
    """
    bridges = [*_gaps(runs), *_corners(runs, across)]
    for x0, y0, x1, y1 in bridges:
        a, b = (round(x0), round(y0)), (round(x1), round(y1))
        cv2.line(on, a[::-1] if turned else a, b[::-1] if turned else b, 255, 1, cv2.LINE_4)


def _gaps(runs: Runs) -> list[tuple[float, float, float, float]]:
    """The missing pieces inside each broken line."""
    order = np.lexsort((runs.start, runs.chain))
    bridges = []
    for i, j in pairwise(order):
        if runs.chain[i] == runs.chain[j] and runs.start[j] > runs.end[i]:
            x0, x1 = float(runs.end[i]), float(runs.start[j])
            bridges.append(
                (
                    x0,
                    float(runs.height[i] + runs.slope[i] * x0),
                    x1,
                    float(runs.height[j] + runs.slope[j] * x1),
                )
            )
    return bridges


def _corners(runs: Runs, across: Runs) -> list[tuple[float, float, float, float]]:
    """From each end of a line to the nearest line that it would meet within a short way."""
    if not len(runs.start) or not len(across.start):
        return []
    chains = ends_of(runs)
    other = ends_of(across)
    n = len(chains.start)
    x = np.concatenate([chains.start, chains.end])
    sign = np.repeat([-1.0, 1.0], n)
    height, slope = np.tile(chains.height, 2), np.tile(chains.slope, 2)
    reach = np.tile(0.3 * (chains.end - chains.start) + 6, 2)
    y = height + slope * x
    there = other.height + other.slope * y[:, None]  # x of each crossing line at each end
    away = (there - x[:, None]) * sign[:, None]
    spare = 0.35 * (other.end - other.start) + 6
    meets = (away > -5) & (away <= reach[:, None])
    meets &= (y[:, None] >= other.start - spare) & (y[:, None] <= other.end + spare)
    nearest = np.argmin(np.where(meets, np.abs(away), np.inf), 1)
    k = np.nonzero(meets[np.arange(2 * n), nearest])[0]
    x2 = there[k, nearest[k]]
    ends = np.stack([x[k], y[k], x2, height[k] + slope[k] * x2], 1)
    return [(float(a), float(b), float(c), float(d)) for a, b, c, d in ends]


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
