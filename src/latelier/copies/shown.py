"""How much of each of two pictures the other one shows.

A border drawn around a picture, or the ground on which it was turned, has a long strong edge where
the picture ends. That edge is of the frame, not of the picture, and counts for neither.
"""

import functools
import math
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.copies.hashes import BORDER, frames
from latelier.copies.laid import Laid
from latelier.copies.pixels import Grid, Map, Sight, firmness, inverse, scale_of
from latelier.copies.windows import STEP, WINDOW

REACH = 0.8 * WINDOW  # pixels to either side of an edge that it is seen in
ALONG = 2  # pixels from an edge at which its two sides are compared
EDGE = 0.6  # of a side differs from the border beside it
FLAT = 0.8  # of the ground beside a side is of one colour
FEWEST = 8  # points of a side that lie within the picture
FRAMED = 0.33  # of a picture lies within its border; with 20 % on every side 0.36 do
CROPPED = 0.42  # of a picture's area that a crop of it to a half has at least
SET_IN = 0.75  # of a picture's area; what takes up more of it was cropped or drawn on
PLAINLY = 0.97  # of a picture's detail agrees: no border has to be thought of
FEWEST_IN_PATCH = 6  # places; fewer agree by chance
FRAMES = 0.12  # firmness of what lies around, where it is but the edges of frames
SIDE_FROM, SIDE_TO = 0.04, 0.96  # of a side, between which it is looked at
SIDE_POINTS = np.linspace(SIDE_FROM, SIDE_TO, 32)
_ORIGIN = np.array([1, 1, 0, 0], np.float32)  # rasters count from pixel centres
_known: "WeakKeyDictionary[Sight, _Borders]" = WeakKeyDictionary()


class Shown:
    """How the frames of two pictures lie on each other, and how much of each the other shows.

    Args:
        first: one picture.
        second: the other.
        m: pixels of the first to pixels of the second.
    """

    def __init__(self, first: Sight, second: Sight, m: Map) -> None:
        self._m, self._back = m, inverse(m)
        self._one = Side(first, second, m, self._back)
        self._other = Side(second, first, self._back, m)

    @property
    def sides(self) -> "tuple[Side, Side]":
        """The first picture under the frame of the second, and the second under that of the first."""
        return self._one, self._other

    def shares(self, agreed: NDArray[np.bool_]) -> tuple[float, float]:
        """How much of the detail of each picture lies where they agree, 0 to 1.

        Args:
            agreed: (h, w) bool on the first picture, every ``STEP`` pixels.
        """
        grid = self._back.copy()
        grid[:, 2] /= STEP
        there = cv2.warpAffine(
            agreed.astype(np.uint8),
            grid,
            self._other.sight.weight.shape[::-1],
            flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP,
        )
        return self._one.shown(agreed), self._other.shown(there > 0)

    def beyond(self) -> float:
        """How much of its detail each picture has well beyond the frame of the other; the lesser."""
        return min(self._one.beyond(), self._other.beyond())

    def around(self) -> float:
        """How much of a picture's detail lies around the other one, where that takes up little of it.

        A crop keeps half of a picture or more; what keeps less is a part of it, or was put into
        another.

        Returns:
            the greater share of the two, 0 to 1; 0 where each takes up enough of the other.
        """
        return max(self._one.around(), self._other.around())

    def beside(self) -> float:
        """The same where it takes up so much that a crop with a border around it might as well."""
        return max(self._one.beside(), self._other.beside())


class Side:
    """One of two pictures under the frame of the other.

    Args:
        sight: the one.
        other: the other.
        map: pixels of the one to pixels of the other.
        back: the same the other way.
    """

    def __init__(self, sight: Sight, other: Sight, map: Map, back: Map) -> None:
        self.sight, self.other, self.map, self._back = sight, other, map, back

    @cached_property
    def _corners(self) -> NDArray[np.float64]:
        """Of the other's frame."""
        return _frame(self.other) @ self._back[:, :2].T + self._back[:, 2]

    @cached_property
    def within(self) -> Grid:
        """How far each place lies within the other's frame, as ``within`` gives it."""
        return within(self.sight, self.other, self.map)

    @cached_property
    def _out(self) -> NDArray[np.bool_]:
        return self.within < -REACH

    @cached_property
    def _out_is_firm(self) -> bool:
        return firmness(self.sight, self._out) >= FRAMES

    @cached_property
    def _at_frame(self) -> NDArray[np.bool_]:
        return edges(self.sight, self._corners)

    @cached_property
    def _at_no_border(self) -> Grid:
        """The detail without what is seen of a border: borders may well lie on each other."""
        at_border = _borders(self.sight).seen
        for corners in _borders(self.other).corners:
            at_border = at_border | edges(
                self.sight, corners @ self._back[:, :2].T + self._back[:, 2]
            )
        return self.sight.weight * ~at_border

    @property
    def of_frames(self) -> NDArray[np.bool_]:
        """Places that see the edge of the other's frame, or of a border of its own."""
        return self._at_frame | _borders(self.sight).seen

    def shown(self, agreed: NDArray[np.bool_]) -> float:
        """How much of its detail lies where they agree, 0 to 1."""
        weight = self.sight.weight
        plainly = float((weight * agreed).sum() / (weight.sum() + 1e-6))
        if plainly >= PLAINLY:
            return plainly
        counts = self._at_no_border * (agreed | ~self._at_frame)
        if not self._out_is_firm:
            counts = counts * ~self._out
        return float((counts * agreed).sum() / (counts.sum() + 1e-6))

    def beyond(self) -> float:
        """How much of its detail lies well beyond the other's frame, 0 to 1."""
        weight = self.sight.weight
        return float((weight * self._out).sum() / (weight.sum() + 1e-6))

    @cached_property
    def area(self) -> float:
        """The share of the picture that the other's frame takes up."""
        wide, high = self.sight.size
        area, _ = cv2.intersectConvexConvex(
            self._corners.astype(np.float32), _frame(self.sight).astype(np.float32)
        )
        return float(area) / (wide * high)

    def around(self) -> float:
        """How much of its detail lies around the other, where that takes up little of it, 0 to 1."""
        return self.beside() if self.area < CROPPED else 0.0

    def beside(self) -> float:
        """The same where a crop with a border around it might take up as much."""
        if self.area >= SET_IN or not self._out_is_firm:
            return 0.0
        counts = self.sight.weight * ~self.of_frames
        return float((counts * (self.within < 0)).sum() / (counts.sum() + 1e-6))


def within(first: Sight, second: Sight, m: Map) -> Grid:
    """How far each place of the first picture lies within the frame of the second.

    Args:
        first: one picture.
        second: the other.
        m: pixels of the first to pixels of the second.

    Returns:
        (h, w) in pixels of the first, every ``STEP`` pixels; below 0 outside.
    """
    high, wide = first.weight.shape
    x, y = _grid(high, wide)
    u, v = (m[i, 0] * x + (m[i, 1] * y + m[i, 2]) for i in (0, 1))
    far = np.minimum(np.minimum(u, second.size[0] - 1 - u), np.minimum(v, second.size[1] - 1 - v))
    return np.asarray(far / scale_of(m), np.float32)


def outside(seen: Laid) -> float:
    """How much of the detail in the common part lies around all that agrees there, 0 to 1.

    What was drawn across a picture lies among what agrees; what a part was set into lies around it.
    """
    good = cv2.morphologyEx(seen.agreed.astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2)))
    _, labels, sizes, _ = cv2.connectedComponentsWithStats(good, connectivity=8)
    large = sizes[:, cv2.CC_STAT_AREA] >= FEWEST_IN_PATCH
    large[0] = False  # what does not agree
    y, x = np.nonzero(large[labels])
    if not len(x):
        return 1.0
    hull = cv2.convexHull(np.stack([x, y], axis=1).astype(np.int32))
    among = cv2.fillConvexPoly(np.zeros(good.shape, np.uint8), hull, (1,))
    return float((seen.weight * (among == 0)).sum() / (seen.weight.sum() + 1e-6))


def edges(sight: Sight, corners: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Places of a picture that see an edge between a frame and a ground of one colour around it.

    Paper around a drawing has no edge, and a cloth that goes on beyond the frame no ground.

    Args:
        sight: the picture.
        corners: (4, 2) of the frame, one after the other, in its pixels.

    Returns:
        (h, w), every ``STEP`` pixels.
    """
    seen = np.zeros(sight.weight.shape, bool)
    points = corners.tolist()
    middle = (sum(x for x, _ in points) / 4, sum(y for _, y in points) / 4)
    for (x, y), (to_x, to_y) in zip(points, points[1:] + points[:1], strict=True):
        length = max(math.hypot(to_x - x, to_y - y), 1e-6)
        ax, ay = (to_x - x) / length, (to_y - y) / length
        out = math.copysign(1.0, ay * (x - middle[0]) - ax * (y - middle[1]))
        ox, oy = ay * out, -ax * out
        if _is_edge(sight, (x, y), (to_x - x, to_y - y), (ox, oy)):
            across, down = _grid(*seen.shape)
            off = (across - x) * ox + (down - y) * oy
            at = (across - x) * ax + (down - y) * ay
            seen |= (np.abs(off) < REACH) & (at > -REACH) & (at < length + REACH)
    return seen


Point = tuple[float, float]


def _is_edge(sight: Sight, corner: Point, side: Point, out: Point) -> bool:
    """Whether one side of a frame is the edge of a ground of one colour.

    Args:
        sight: the picture.
        corner: from which the side starts.
        side: from there to the next corner.
        out: out of the frame, of length 1.
    """
    least, most = SIDE_FROM, SIDE_TO
    for start, by, aside, count in zip(corner, side, out, sight.size, strict=True):
        aside = abs(aside) * ALONG  # both sides of the edge are to lie in the picture
        low, high = aside - start, count - 1 - aside - start
        if abs(by) < 1e-9:
            if low > 0 or high < 0:
                return False
            continue
        low, high = min(low / by, high / by), max(low / by, high / by)
        least, most = max(least, low), min(most, high)
    between = (SIDE_TO - SIDE_FROM) / (len(SIDE_POINTS) - 1)
    first = math.ceil((least - SIDE_FROM) / between - 1e-9)
    last = math.floor((most - SIDE_FROM) / between + 1e-9) + 1
    if last - first < FEWEST:
        return False
    along = SIDE_POINTS[first:last]
    x, y = (start + along * by for start, by in zip(corner, side, strict=True))
    inner, outer = (
        sight.grey[
            np.rint(y + by * out[1]).astype(np.int64), np.rint(x + by * out[0]).astype(np.int64)
        ]
        for by in (-ALONG, ALONG)
    )
    ground = np.sort(outer)[len(outer) // 2]
    steps = np.count_nonzero(np.abs(inner - ground) > BORDER / 2) / len(outer)
    flat = np.count_nonzero(np.abs(outer - ground) < BORDER / 2) / len(outer)
    return bool(steps > EDGE and flat > FLAT)


@functools.lru_cache(maxsize=256)
def _grid(high: int, wide: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pixels of places: across, (w,), and down, (h, 1)."""
    return np.arange(wide) * STEP, np.arange(high)[:, None] * STEP


@dataclass(frozen=True)
class _Borders:
    """What borders of one colour, or the ground it was turned on, leave of a picture.

    Args:
        corners: (4, 2) of each.
        seen: (h, w), the places that see their edges.
    """

    corners: list[NDArray[np.float64]]
    seen: NDArray[np.bool_]


def _borders(sight: Sight) -> _Borders:
    if sight not in _known:
        size = np.tile(np.array(sight.size, np.float32), 2)
        boxes = [frame * size - 0.5 * _ORIGIN for frame in frames(sight.grey.astype(np.uint8))[1:]]
        found = [np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]]) for x, y, w, h in boxes]
        grey = sight.grey
        edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
        inner = _outermost(np.abs(grey - np.median(edge)) > BORDER)
        if len(inner):
            found.append(cv2.boxPoints(cv2.minAreaRect(inner)).astype(np.float64))
        enough = FRAMED * sight.size[0] * sight.size[1]  # less is what a drawing takes of its paper
        corners = [c for c in found if cv2.contourArea(c.astype(np.float32)) >= enough]
        seen = np.zeros(sight.weight.shape, bool)
        for some in corners:
            seen |= edges(sight, some)
        _known[sight] = _Borders(corners, seen)
    return _known[sight]


def _outermost(where: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The first and the last place of each row: all that the hull of the places can touch."""
    rows = np.flatnonzero(where.any(axis=1))
    first = where[rows].argmax(axis=1)
    last = where.shape[1] - 1 - where[rows, ::-1].argmax(axis=1)
    return np.stack([np.r_[first, last], np.r_[rows, rows]], axis=1).astype(np.float32)


def _frame(sight: Sight) -> NDArray[np.float64]:
    """The corners of a picture, (4, 2), in its pixels; rasters count from pixel centres."""
    wide, high = sight.size
    return np.array([[0, 0], [wide, 0], [wide, high], [0, high]]) - 0.5
