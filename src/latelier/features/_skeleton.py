"""The skeleton of a form as strokes that end, meet and cross.

Thinning by T. Zhang and C. Suen (1984). What the thinning of a thick stroke adds is taken off again
by the thickness itself: a branch no longer than the disc it grows from is a corner of the stroke,
and junctions nearer than their discs reach are one crossing.
"""

from dataclasses import dataclass

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
ROUNDS = 4  # of taking corners off
_NEAR = np.ones((3, 3), np.uint8)


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
class _Piece:
    """A run of the skeleton between ends and junctions.

    Args:
        pixels: (n, 2) row and column.
        junctions: of the clusters at its ends, 0 for none; two numbers.
    """

    pixels: NDArray[np.int64]
    junctions: tuple[int, int]


def skeleton_of(ink: Mask) -> Skeleton:
    """How the strokes of a form run.

    Args:
        ink: (h, w) bool.
    """
    padded = np.pad(ink, 2)
    away = np.asarray(
        cv2.distanceTransform(padded.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE),
        np.float32,
    )
    line = np.asarray(skeletonize(padded), bool)
    for _ in range(ROUNDS):
        pieces, clusters = _taken_apart(line)
        usual = float(np.median(away[line])) if line.any() else 0.0
        corners = [p for p in pieces if _is_corner(p, clusters, away, usual)]
        if not corners:
            break
        for piece in corners:
            line[piece.pixels[:, 0], piece.pixels[:, 1]] = False
        line = np.asarray(skeletonize(line), bool)
    pieces, clusters = _taken_apart(line)
    width = float(2 * np.median(away[line])) if line.any() else 0.0
    arms = _arms(pieces, clusters, away)
    ends = _ends(pieces, away) + sum(n == 1 for n in arms)
    return Skeleton(ends, sum(n >= 3 for n in arms), width)


def _taken_apart(line: Mask) -> tuple[list[_Piece], NDArray[np.int32]]:
    """The runs of a skeleton, and its junctions as numbered clusters of pixels."""
    around = cv2.filter2D(line.astype(np.uint8), -1, _NEAR, borderType=cv2.BORDER_CONSTANT) - line
    crossing = line & (around >= 3)
    clusters = np.asarray(
        cv2.connectedComponents(crossing.astype(np.uint8), connectivity=8)[1], np.int32
    )
    count, runs = cv2.connectedComponents((line & ~crossing).astype(np.uint8), connectivity=8)
    pieces = []
    ys, xs = np.nonzero(runs)
    order = np.argsort(runs[ys, xs], kind="stable")
    parts = np.split(np.stack([ys, xs], 1)[order], np.cumsum(np.bincount(runs[ys, xs])[1:])[:-1])
    for pixels in parts if count > 1 else []:
        pieces.append(_Piece(pixels, _junctions(pixels, clusters)))
    return pieces, clusters


def _junctions(pixels: NDArray[np.int64], clusters: NDArray[np.int32]) -> tuple[int, int]:
    """The clusters that a run of pixels touches; 0 where it ends freely."""
    touched: list[int] = []
    for y, x in pixels:
        near = clusters[y - 1 : y + 2, x - 1 : x + 2]
        own = np.unique(near[near > 0]).tolist()
        if len(pixels) == 1:
            touched = own
        elif own:
            touched += own
    if len(touched) >= 2 and (touched[0] != touched[-1] or len(pixels) > KNOT):
        return touched[0], touched[-1]
    if touched:
        return touched[0], 0
    return 0, 0


def _reach(cluster: int, clusters: NDArray[np.int32], away: NDArray[np.float32]) -> float:
    return float(away[clusters == cluster].max())


def _is_corner(
    piece: _Piece, clusters: NDArray[np.int32], away: NDArray[np.float32], usual: float
) -> bool:
    """Whether a run that ends freely is no longer than the disc it grows from."""
    first, last = piece.junctions
    if not first or last:
        return False
    reach, length = _reach(first, clusters, away), len(piece.pixels)
    if length <= SURE * reach + 1:
        return True
    thinnest = float(away[piece.pixels[:, 0], piece.pixels[:, 1]].min())
    return length <= CORNER * reach + 1 and thinnest <= POINTED * usual


def _ends(pieces: list[_Piece], away: NDArray[np.float32]) -> int:
    """Where runs end freely; a dot has no ends, and a ring has none."""
    ends = 0
    for piece in pieces:
        free = sum(1 for j in piece.junctions if not j)
        if free == 2:
            radius = float(away[piece.pixels[:, 0], piece.pixels[:, 1]].max())
            if len(piece.pixels) <= DOT * radius + 1 or _is_ring(piece.pixels):
                continue
        ends += free
    return ends


def _is_ring(pixels: NDArray[np.int64]) -> bool:
    """Whether a run of pixels comes back to where it began."""
    if len(pixels) < 4:
        return False
    apart = np.abs(pixels[:, None] - pixels[None]).max(-1)
    return bool(((apart <= 1).sum(1) >= 3).all())


def _arms(
    pieces: list[_Piece], clusters: NDArray[np.int32], away: NDArray[np.float32]
) -> list[int]:
    """How many runs begin at each junction, those within each other's reach taken as one."""
    count = int(clusters.max())
    joined = list(range(count + 1))

    def root(k: int) -> int:
        while joined[k] != k:
            k = joined[k]
        return k

    within = set()
    for number, piece in enumerate(pieces):
        a, b = piece.junctions
        if a and b and a != b:
            reach = _reach(a, clusters, away) + _reach(b, clusters, away)
            if len(piece.pixels) <= TOUCHING * reach / 2 + 1:
                joined[root(a)] = root(b)
                within.add(number)
    arms = [0] * (count + 1)
    for number, piece in enumerate(pieces):
        if number not in within:
            for junction in piece.junctions:
                if junction:
                    arms[root(junction)] += 1
    return arms
