"""Free forms: pieces of ink gathered into drawings by how near they lie and how they are arranged.

Single linkage over the true gaps between pieces (the border distances of their Voronoi regions).
Where to stop joining is read off the page: the widest jump between the gaps inside drawings and
those between them, in widths of the pen; and where drawings stand in a lattice, its cells decide.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from latelier.cut import rows
from latelier.cut.binding import at_foot, holes
from latelier.cut.ink import Mask, pen_width

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
PEN = 1.25  # pixels of the smaller page: gaps count in widths of the pen
DUST = 0.6  # of the pen's width squared; a dot set with the pen has .78


@dataclass(frozen=True)
class Pieces:
    """Connected ink on the page as stored; what lies inside a piece's outline is part of it.

    Args:
        bounds: (n, 4) left, top, right, bottom in pixels, right and bottom excluded.
        area: (n,) of the outline, in pixels.
        stroke: width of the pen in pixels.
        dust: how many specks were left out.
        corners: (m, 2) int32, the corners of all their outlines, one after the other.
        count: (n,) how many of them each has.
    """

    bounds: Floats
    area: Floats
    stroke: float
    dust: int
    corners: NDArray[np.int32]
    count: Ints

    def only(self, which: NDArray[np.bool_]) -> "Pieces":
        """Some of them."""
        corners = self.corners[np.repeat(which, self.count)]
        return Pieces(
            self.bounds[which], self.area[which], self.stroke, self.dust, corners, self.count[which]
        )


def find_pieces(mask: Mask) -> Pieces:
    """The pieces of ink of a mask, without dust."""
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not outlines:
        return Pieces(
            *(np.zeros((0, 4)), np.zeros(0), 1.0, 0),
            *(np.zeros((0, 2), np.int32), np.zeros(0, np.int64)),
        )
    corners = np.concatenate(outlines).reshape(-1, 2)
    count = np.array([len(o) for o in outlines])
    first = np.cumsum(count) - count
    bounds = np.concatenate(
        [np.minimum.reduceat(corners, first), np.maximum.reduceat(corners, first) + 1], 1
    ).astype(np.float64)
    step = np.abs(np.diff(corners, axis=0, append=0)).max(1)  # pixels from each corner to the next
    last = first + count - 1
    step[last] = np.abs(corners[last] - corners[first]).max(1)
    length = np.add.reduceat(step, first)
    area = np.array([cv2.contourArea(o) for o in outlines]) + np.maximum(length, 1) / 2 + 1
    stroke = pen_width(mask)
    side = (bounds[:, 2:] - bounds[:, :2]).max(1)
    alone = (area < max(DUST * stroke**2, 3)) | (side < 0.7 * stroke)
    return Pieces(bounds, area, stroke, int(alone.sum()), corners, count).only(~alone)


def gaps_between(pieces: Pieces, shape: tuple[int, int]) -> tuple[Ints, Ints, Floats]:
    """Neighbouring pieces and the gap between them, in pixels of the page.

    Looked at on a page so much smaller that the pen is about ``PEN`` pixels wide there.
    """
    shrink = max(2, int(pieces.stroke / PEN))
    h, w = shape[0] // shrink + 1, shape[1] // shrink + 1
    seeds = np.zeros((h, w), np.int32)
    for k, outline in enumerate(np.split(pieces.corners // shrink, np.cumsum(pieces.count)[:-1])):
        cv2.fillPoly(seeds, [outline], k + 1)
    free = (seeds == 0).astype(np.uint8)
    away, label = cv2.distanceTransformWithLabels(
        free, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    dots = np.flatnonzero(seeds > 0)
    owner = np.zeros(int(label.max()) + 1, np.int32)
    owner[label.ravel()[dots]] = seeds.ravel()[dots]
    owned, away = owner[label], away.ravel()
    right = np.flatnonzero(owned[:, :-1] != owned[:, 1:])
    down = np.flatnonzero(owned[:-1] != owned[1:])
    here = np.concatenate([right + right // (w - 1), down])
    there = np.concatenate([here[: len(right)] + 1, down + w])
    a, b = owned.ravel()[here].astype(np.int64) - 1, owned.ravel()[there].astype(np.int64) - 1
    i, j = np.minimum(a, b), np.maximum(a, b)
    n = len(pieces.count)
    # one number for a pair and its gap in sixteenths of a pixel: sorted, the least gap comes first
    key = (i * n + j << 20) + ((away[here] + away[there]) * 16).astype(np.int64)
    key.sort()
    pair, gap = key >> 20, (key & (1 << 20) - 1) / 16
    first = np.diff(pair, prepend=-1) > 0
    return pair[first] // n, pair[first] % n, gap[first] * shrink


def joined_below(n: int, edges: tuple[Ints, Ints, Floats], reach: float) -> Ints:
    """The group of each piece when all gaps up to ``reach`` are joined."""
    near = edges[2] <= reach
    graph = coo_matrix((np.ones(int(near.sum())), (edges[0][near], edges[1][near])), (n, n))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def natural_reach(n: int, edges: tuple[Ints, Ints, Floats], stroke: float) -> tuple[float, float]:
    """The gap at which to stop joining, and how clear the page is about it, 0 to 1.

    Of the gaps that must be crossed to join everything (the minimum spanning tree) the widest
    jump between neighbours in size counts, the more the nearer it is to four to five widths of the pen.
    """
    usual = 4.5 * stroke
    if n < 2:
        return usual, 0.0
    tree = minimum_spanning_tree(coo_matrix((edges[2] + 0.5, (edges[0], edges[1])), (n, n)))
    steps = np.sort(tree.data)
    steps = np.concatenate([[0.7 * stroke], steps[steps > 0.7 * stroke]])
    above = len(steps) - np.arange(1, len(steps))  # gaps that stay open when we stop after k
    jump = np.log(steps[1:] / steps[:-1])
    middle = np.sqrt(steps[1:] * steps[:-1])
    doubt = np.exp(-0.5 * (np.log(middle / usual) / 0.75) ** 2)
    worth = jump * doubt * (above >= max(1, 0.12 * len(steps)))
    if not len(worth) or worth.max() <= 0:
        return usual, 0.0
    best = int(np.argmax(worth))
    return float(middle[best]), float(min(1.0, jump[best] / 0.7))


@dataclass(frozen=True)
class Gathered:
    """Pieces gathered into drawings.

    Args:
        bounds: (n, 4) left, top, right, bottom of the ink, in pixels of the page.
        corners: (n, 4, 2) of the same ink framed parallel to the page's rows.
        confidence: (n,) 0 to 1.
        crowded: (n,) whether another drawing's ink lies within the bounds.
        ink: (n,) share of the bounds that its outlines fill.
        stroke: width of the pen in pixels.
        dust: specks left out.
        clear: how plainly the page tells drawings apart, 0 to 1.
        angle: by how many degrees the page runs uphill.
        holes: of a binding, left out.
        at_foot: whether they run along the foot of the page.
        frames: (n, 4) left, top, right, bottom of the same ink on the page made level.
    """

    bounds: Floats
    corners: Floats
    confidence: Floats
    crowded: NDArray[np.bool_]
    ink: Floats
    stroke: float
    dust: int
    clear: float
    angle: float
    holes: int
    at_foot: bool
    frames: Floats


def gather(mask: Mask, angle: float, reach: float = 1.0, sure: bool = True) -> Gathered:
    """Gather the ink of a page into drawings.

    Args:
        mask: (h, w) uint8.
        angle: by how many degrees the page runs uphill.
        reach: joins over gaps this many times wider than the page suggests.
        sure: whether the angle is known; else the rows and columns of drawings improve it.
    """
    pieces = find_pieces(mask)
    bound = holes(pieces.bounds, mask.shape, angle)
    foot = at_foot(pieces.bounds[bound], mask.shape)
    pieces = pieces.only(~bound)
    n = len(pieces.area)
    none = np.zeros(0)
    if not n:
        empty = np.zeros((0, 4)), np.zeros((0, 4, 2)), none, none > 0, none
        told = pieces.stroke, pieces.dust, 0.0, angle, int(bound.sum()), foot
        return Gathered(*empty, *told, empty[0])
    edges = gaps_between(pieces, mask.shape)
    limit, clear = natural_reach(n, edges, pieces.stroke)
    limit *= reach
    group = joined_below(n, edges, limit)
    count = int(group.max()) + 1
    bounds = spans(pieces.bounds, group, count)
    frames, corners = _framed(pieces, group, count, angle)
    for _ in range(0 if sure else 2):  # once more on the page made level
        more = rows.lean(frames)
        if abs(more) > 0.005:
            angle += more
            frames, corners = _framed(pieces, group, count, angle)
    inner, outer = _margins(n, edges, group, count)
    tight = 1 / (1 + (inner / limit) ** 4)
    apart = 1 / (1 + (limit / np.maximum(outer, 1e-6)) ** 4)
    filled = np.bincount(group, pieces.area, count) / np.maximum(
        (bounds[:, 2:] - bounds[:, :2]).prod(1), 1
    )
    return Gathered(
        bounds,
        corners,
        np.sqrt(tight * apart),
        _crowded(pieces.bounds, group, bounds),
        np.minimum(filled, 1.0),
        pieces.stroke,
        pieces.dust,
        clear,
        angle,
        int(bound.sum()),
        foot,
        frames,
    )


def spans(bounds: Floats, group: Ints, count: int) -> Floats:
    """The bounds (count, 4) of groups of bounds (n, 4); each group has one at least."""
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(count))
    low = np.minimum.reduceat(bounds[order, :2], starts)
    high = np.maximum.reduceat(bounds[order, 2:], starts)
    return np.concatenate([low, high], 1)


def _framed(pieces: Pieces, group: Ints, count: int, angle: float) -> tuple[Floats, Floats]:
    """Each group's frame, its sides parallel to rows that run uphill by ``angle``.

    Returns:
        (count, 4) left, top, right, bottom on the page made level; its corners (count, 4, 2) on
        the page as stored.
    """
    points = pieces.corners + 0.5
    which = np.repeat(group, pieces.count)
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    turn = np.array([[c, s], [-s, c]])  # level: x right along the rows, y down
    level = points @ turn
    box = spans(np.concatenate([level, level], 1), which, count) + np.array([-0.5, -0.5, 0.5, 0.5])
    corners = np.stack([box[:, [0, 1]], box[:, [2, 1]], box[:, [2, 3]], box[:, [0, 3]]], 1)
    return box, corners @ turn.T


def _margins(
    n: int, edges: tuple[Ints, Ints, Floats], group: Ints, count: int
) -> tuple[Floats, Floats]:
    """The widest gap inside each group (on its spanning tree) and the narrowest to another."""
    i, j, gap = edges
    same = group[i] == group[j]
    tree = minimum_spanning_tree(coo_matrix((gap[same] + 0.5, (i[same], j[same])), (n, n))).tocoo()
    inner, outer = np.zeros(count), np.full(count, np.inf)
    np.maximum.at(inner, group[tree.row], tree.data)
    for side in (i, j):
        np.minimum.at(outer, group[side[~same]], gap[~same])
    return inner, outer


def _crowded(pieces: Floats, group: Ints, bounds: Floats) -> NDArray[np.bool_]:
    """Whether the middle of a foreign piece lies within a group's bounds."""
    middle = (pieces[:, :2] + pieces[:, 2:]) / 2
    inside = (middle[None] > bounds[:, None, :2]).all(-1) & (
        middle[None] < bounds[:, None, 2:]
    ).all(-1)
    return np.asarray((inside & (group[None] != np.arange(len(bounds))[:, None])).any(1))
