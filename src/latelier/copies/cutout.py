"""Cut out of two pictures what lies around the corners that agree, to look at that alone."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.copies.evidence import in_pixels
from latelier.copies.fit import Inset
from latelier.copies.pixels import Map, Sight, affine, chained

AROUND = 10  # pixels around the corners that agree, of 256: their own patches
MARGIN = 24  # pixels around that into which the piece may grow
FEWEST_PIXELS = 8  # a side of what is cut out


@dataclass(frozen=True)
class Cut:
    """What of two pictures lies around the corners that agree.

    Args:
        first: of the one with the coarser pixels.
        second: of the other.
        map: pixels of the first to pixels of the second.
        where: (h, w) 0 or 1 on the first, the patches of those corners and what lies between.
        box: left, top, right and bottom on the first picture.
        there: the same on the second.
    """

    first: Sight
    second: Sight
    map: Map
    where: NDArray[np.float32]
    box: NDArray[np.int64]
    there: NDArray[np.int64]

    def in_full(self, m: Map) -> Map:
        """A map between what was cut out as one between the pictures."""
        return chained(chained(_moved(-self.box[:2]), m), _moved(self.there[:2]))


def cut_out(one: Sight, other: Sight, fit: Inset, smaller: int) -> Cut:
    """What of two pictures is looked at; they are so many times smaller than the clear ones."""
    around, margin = AROUND // smaller, MARGIN // smaller
    m, points = in_pixels(fit.map, one, other), fit.points * max(one.size)
    box = _bounds(points, around + margin, one.size)
    there = _bounds(_carried(_corners(box), m), around, other.size)
    a, b = _cut(one, box), _cut(other, there)
    hull = cv2.convexHull((points - box[:2]).astype(np.float32)).astype(np.int32)
    where = cv2.fillConvexPoly(np.zeros(a.size[::-1], np.uint8), hull, (1,))
    patch = np.ones((2 * around + 1, 2 * around + 1), np.uint8)
    m = chained(chained(_moved(box[:2]), m), _moved(-there[:2]))
    return Cut(a, b, m, np.asarray(cv2.dilate(where, patch), np.float32), box, there)


def _bounds(points: NDArray[np.float64], more: int, size: tuple[int, int]) -> NDArray[np.int64]:
    """Left, top, right and bottom of points and so many pixels around them, within a picture.

    Both sides are even, so that half of it is half as wide and half as high.
    """
    low, high = points.min(axis=0) - more, points.max(axis=0) + more + 1
    most = np.array(size)
    low = np.clip(np.floor(low), 0, most - FEWEST_PIXELS)
    sides = np.clip(np.ceil(high), low + FEWEST_PIXELS, most) - low
    return np.concatenate([low, low + sides // 2 * 2]).astype(np.int64)


def _corners(box: NDArray[np.int64]) -> NDArray[np.int64]:
    return box[[[0, 1], [2, 1], [2, 3], [0, 3]]]


def _carried(points: NDArray[np.int64], m: Map) -> NDArray[np.float64]:
    return np.asarray(points @ m[:, :2].T + m[:, 2])


def _cut(sight: Sight, box: NDArray[np.int64]) -> Sight:
    left, top, right, low = box.tolist()
    return Sight(np.ascontiguousarray(sight.pixels[top:low, left:right]))


def _moved(by: NDArray[np.int64]) -> Map:
    return affine(np.eye(2), by.astype(np.float64))
