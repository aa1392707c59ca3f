"""The skeleton of a form as strokes that end, meet and cross.

Thinning by T. Zhang and C. Suen (1984). What the thinning of a thick stroke adds is taken off again
by the thickness itself: a branch no longer than the disc it grows from is a corner of the stroke,
and junctions nearer than their discs reach are one crossing.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.morphology import skeletonize

Mask = NDArray[np.bool_]  # (h, w)
CORNER = 1.5  # of the radius where it grows: the skeleton of a square corner is 1.41 long
POINTED = (
    0.5  # of the usual radius: into a corner a stroke grows thin, into its round end it does not
)
SURE = 0.8  # of the radius: so short a branch is none, whatever it looks like
DOT = 2.0  # of its radius: ink less than twice as long as wide is a dot, without ends
TOUCHING = 1.15  # of two radii together: strokes that cross at 60 degrees or more are one crossing
KNOT = 4  # pixels: a loop of no more is the thinning's own
NEAR = 16  # pixels: so near the ground is looked for step by step, which takes half of the time
SMALL = 1 << 17  # pixels of a picture, of whose distances a cache holds several; or it takes more
UNKNOWN = 1 << 15  # of a squared distance; larger than any that is looked for
ROUNDS = 4  # of taking corners off
_AROUND = np.array([(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)])


@dataclass(frozen=True)
class Skeleton:
    """How the strokes of a form run.

    Args:
        ends: where a stroke ends.
        branches: where three or more meet.
        width: the usual width of a stroke in pixels.
    """

    ends: int
    branches: int
    width: float


@dataclass(frozen=True)
class _Pieces:
    """The runs of a skeleton between ends and junctions, one after the other.

    Args:
        at: (n,) their pixels, counted row by row.
        starts: (k + 1,) where each run begins in them, and where the last ends.
        junctions: (k, 2) the clusters at both ends of each, 0 for none.
        thinnest: (k,) the least distance from the ground along each.
        thickest: (k,) the largest.
        fewest: (k,) the fewest neighbours that a pixel of each has.
        reach: (clusters + 1,) how far the ink reaches around each cluster.
        usual: the median distance of the whole skeleton from the ground.
    """

    at: NDArray[np.intp]
    starts: NDArray[np.intp]
    junctions: NDArray[np.int32]
    thinnest: NDArray[np.float32]
    thickest: NDArray[np.float32]
    fewest: NDArray[np.uint8]
    reach: NDArray[np.float32]
    usual: float

    def corners(self) -> NDArray[np.bool_]:
        """(k,) whether a run that ends freely is no longer than the disc it grows from."""
        first, last = self.junctions.T
        reach, length = self.reach[first], np.diff(self.starts)
        short = length <= SURE * reach + 1
        pointed = (length <= CORNER * reach + 1) & (self.thinnest <= POINTED * self.usual)
        return np.asarray((first > 0) & (last == 0) & (short | pointed))


def skeleton_of(ink: Mask) -> Skeleton:
    """How the strokes of a form run.

    Args:
        ink: (h, w) bool.
    """
    ink = ink[_filled(ink, 1), _filled(ink, 0)]
    padded = np.zeros((ink.shape[0] + 4, ink.shape[1] + 4), bool)
    padded[2:-2, 2:-2] = ink
    line = np.ascontiguousarray(skeletonize(padded), bool)
    away = _away(padded, line)
    for _ in range(ROUNDS):
        pieces = _taken_apart(line, away)
        corners = pieces.corners()
        if not corners.any():
            break
        line.ravel()[pieces.at[np.repeat(corners, np.diff(pieces.starts))]] = False
        line = np.ascontiguousarray(skeletonize(line), bool)
    else:
        pieces = _taken_apart(line, away)
    arms = _arms(pieces)
    ends, branches = _ends(pieces) + int((arms == 1).sum()), int((arms >= 3).sum())
    return Skeleton(ends, branches, 2 * pieces.usual)


def _filled(ink: Mask, axis: int) -> slice:
    """The rows (across axis 1) or columns from the first with ink to the last."""
    some = np.asarray(ink.any(axis=axis))
    return slice(int(some.argmax()), len(some) - int(some[::-1].argmax()))


def _away(ink: Mask, line: Mask) -> NDArray[np.float32]:
    """(h, w) how far the pixels of a line lie from the ground; elsewhere that or more.

    Strokes are thin: in a small picture the ground is looked for nearby first.

    Args:
        ink: (h, w) bool, its border of two pixels ground.
        line: (h, w) bool, within the ink.
    """
    reach = int(1.2 * ink.sum() / max(1, int(line.sum()))) + 2
    if reach <= NEAR and ink.size <= SMALL:
        squares = _squares(ink, reach)
        if int(squares[line].max(initial=0)) <= reach**2:
            return np.sqrt(squares, dtype=np.float32)
    found = cv2.distanceTransform(ink.view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(found, np.float32)


def _squares(ink: Mask, reach: int) -> NDArray[np.uint16]:
    """(h, w) the squared distance from the ground where that is ``reach`` pixels at most.

    First up and down, then to the left and right. What lies past a border is the border on the
    other side, which is ground, and farther off than this one.
    """
    squares = ink.ravel() * np.uint16(UNKNOWN)
    more = np.empty_like(squares)
    for step in (ink.shape[1], 1):
        before = squares.copy()
        for n in range(1, reach + 1):
            np.add(before, np.uint16(n * n), out=more)
            for at, beside in ((squares[n * step :], more), (squares, more[n * step :])):
                shorter = min(len(at), len(beside))
                np.minimum(at[:shorter], beside[:shorter], out=at[:shorter])
    return squares.reshape(ink.shape)


def _steps(plane: NDArray[Any]) -> NDArray[np.intp]:
    """(8,) from a pixel to its neighbours, counted row by row; lines keep off the border."""
    return np.asarray(_AROUND @ (plane.shape[1], 1), np.intp)


def _taken_apart(line: Mask, away: NDArray[np.float32]) -> _Pieces:
    """The runs of a skeleton, and its junctions as numbered clusters of pixels."""
    marks, distance, steps = line.ravel().view(np.uint8), away.ravel(), _steps(line)
    on = np.flatnonzero(line)
    around = marks[steps[:, None] + on].sum(axis=0, dtype=np.uint8)
    crossing = on[around >= 3]
    count, clusters = _together(line.shape, crossing)
    reach = np.zeros(count, np.float32)
    np.maximum.at(reach, clusters.ravel()[crossing], distance[crossing])
    alone = around < 3
    at, beside = on[alone], around[alone]
    runs, numbers = _together(line.shape, at)
    number = numbers.ravel()[at].astype(
        np.uint16 if runs < 1 << 16 else np.uint32
    )  # few sort faster
    order = np.argsort(number, kind="stable")
    at, beside = at[order], beside[order]
    starts = np.concatenate([[0], np.cumsum(np.bincount(number)[1:])]).astype(np.intp)
    radius = distance[at]
    return _Pieces(
        at=at,
        starts=starts,
        junctions=_junctions(at, starts, clusters, crossing),
        thinnest=np.minimum.reduceat(radius, starts[:-1]) if len(at) else radius,
        thickest=np.maximum.reduceat(radius, starts[:-1]) if len(at) else radius,
        fewest=np.minimum.reduceat(beside, starts[:-1]) if len(at) else beside,
        reach=reach,
        usual=_median(distance[on]),
    )


def _together(shape: tuple[int, ...], at: NDArray[np.intp]) -> tuple[int, NDArray[np.int32]]:
    """How many pieces the pixels make, with the ground; and (h, w) their numbers."""
    marks = np.zeros(shape, np.uint8)
    marks.ravel()[at] = 1
    count, found = cv2.connectedComponents(marks, connectivity=8)
    return count, np.asarray(found, np.int32)


def _median(values: NDArray[np.float32]) -> float:
    if not len(values):
        return 0.0
    half = len(values) // 2
    parted = np.partition(values, (half - 1 + len(values) % 2, half))
    return float((parted[half - 1 + len(values) % 2] + parted[half]) / np.float32(2))


def _junctions(
    at: NDArray[np.intp],
    starts: NDArray[np.intp],
    clusters: NDArray[np.int32],
    crossing: NDArray[np.intp],
) -> NDArray[np.int32]:
    """(k, 2) the clusters that each run of pixels touches first and last; 0 where it ends freely.

    Args:
        at: (n,) the pixels of the runs, one run after the other.
        starts: (k + 1,) where each begins in them.
        clusters: (h, w) the numbers of clusters, 0 elsewhere.
        crossing: (m,) the pixels of clusters.
    """
    found = np.zeros((len(starts) - 1, 2), np.int32)
    steps, numbers = _steps(clusters), clusters.ravel()
    marks = np.zeros(clusters.size, bool)
    marks[crossing + steps[:, None]] = True
    touching = np.flatnonzero(marks[at])
    begin, end = np.searchsorted(touching, starts[:-1]), np.searchsorted(touching, starts[1:])
    some = np.flatnonzero(begin < end)
    first, last = touching[begin[some]], touching[end[some] - 1]
    near_first, near_last = (numbers[at[k] + steps[:, None]] for k in (first, last))
    least = np.where(near_first > 0, near_first, 1 << 30).min(axis=0)
    most, length = near_last.max(axis=0), np.diff(starts)[some]
    # one that touches a single cluster comes back to it, or hangs on it
    back = (first != last) & (length > KNOT)
    found[some, 0] = least
    found[some, 1] = np.where((least != most) | back, most, 0)
    return found


def _ends(pieces: _Pieces) -> int:
    """Where runs end freely; a dot has no ends, and a ring has none."""
    free, length = (pieces.junctions == 0).sum(axis=1), np.diff(pieces.starts)
    ring = (length >= 4) & (pieces.fewest >= 2)  # all its pixels go on both ways
    dot = length <= DOT * pieces.thickest + 1
    return int(free.sum()) - 2 * int(((free == 2) & (ring | dot)).sum())


def _arms(pieces: _Pieces) -> NDArray[np.intp]:
    """(clusters + 1,) how many runs begin at each junction, those in each other's reach taken as one.

    All count at one junction of those that are one, and none at the others.
    """
    first, last = pieces.junctions.T
    between = (first > 0) & (last > 0) & (first != last)
    reach = pieces.reach[first] + pieces.reach[last]
    within = between & (np.diff(pieces.starts) <= TOUCHING * reach / 2 + 1)
    joined = list(range(len(pieces.reach)))

    def root(k: int) -> int:
        while joined[k] != k:
            k = joined[k]
        return k

    for a, b in pieces.junctions[within].tolist():
        joined[root(a)] = root(b)
    roots = np.array(joined)
    while (roots[roots] != roots).any():
        roots = roots[roots]
    arms = np.bincount(roots[pieces.junctions[~within].ravel()], minlength=len(roots))
    arms[0] = 0  # where runs end freely
    return arms
