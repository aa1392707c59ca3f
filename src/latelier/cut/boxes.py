"""Drawn boxes: the white rooms that lines enclose once their gaps are bridged, and how well they stand.

A room whose walls are bridges only is no box; two rooms parted by a stroke of a drawing are one.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.cut.ink import Mask

Floats = NDArray[np.float64]
BINS = 24  # places along a wall at which we ask whether it is drawn
SMALLEST = 12  # pixels of the half-size page; smaller rooms are the eyes of letters
SQUARE = 0.80  # hull over bounds; a circle has .785, a rounded box .9 and more
WALL, WALLS = 0.22, 0.5  # least drawn share of the worst wall, and of all four
LEFT, TOP, RIGHT, BOTTOM = range(4)


@dataclass(frozen=True)
class Rooms:
    """Rectangles on the upright half-size page, in pixels, to the middle of their lines.

    Args:
        bounds: (n, 4) left, top, right, bottom.
        walls: (n, 4, BINS) whether the wall is drawn there: left, top, right, bottom.
        square: (n,) area of the convex hull over the area of the bounds, 0 to 1.
        whole: (n,) area of the room over the area of its convex hull: nothing bites into it at 1.
    """

    bounds: Floats
    walls: NDArray[np.bool_]
    square: Floats
    whole: Floats

    @property
    def size(self) -> Floats:
        """(n, 2) width and height."""
        return self.bounds[:, 2:] - self.bounds[:, :2]

    @property
    def drawn(self) -> Floats:
        """(n, 4) drawn share of each wall."""
        return self.walls.mean(-1)

    def only(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> "Rooms":
        """Some of them."""
        return Rooms(self.bounds[which], self.walls[which], self.square[which], self.whole[which])


def find_rooms(bridged: Mask, drawn: Mask, line: float, swell: int = 0) -> Rooms:
    """The white rooms of a mask whose gaps are bridged.

    Args:
        bridged: (h, w) with its gaps bridged, or with all its ink swollen.
        drawn: (h, w) the ink as it is.
        line: thickness of the lines in pixels.
        swell: by how many pixels the ink of ``bridged`` was swollen on each side.
    """
    contours, tree = cv2.findContours(bridged, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    h, w = bridged.shape
    bounds, square, whole = [], [], []
    for k in np.flatnonzero(tree[0, :, 3] >= 0).tolist() if len(contours) else ():
        contour = contours[k]
        x, y, bw, bh = cv2.boundingRect(contour)
        if min(bw, bh) + 2 * swell < SMALLEST or min(bw, bh) < 4 or bw * bh > 0.95 * w * h:
            continue
        hull = cv2.contourArea(cv2.convexHull(contour))
        filled = hull / ((bw - 1) * (bh - 1))
        if filled >= SQUARE:
            whole.append(cv2.contourArea(contour) / max(hull, 1))
            bounds.append((x - swell, y - swell, x + bw - 1 + swell, y + bh - 1 + swell))
            square.append(min(filled, 1.0))
    if not bounds:
        return Rooms(np.zeros((0, 4)), np.zeros((0, 4, BINS), bool), np.zeros(0), np.zeros(0))
    half = (line - 1) / 2
    edges = np.array(bounds, np.float64) + np.array([-half, -half, half, half])
    return Rooms(edges, drawn_walls(edges, drawn), np.array(square), np.array(whole))


def drawn_walls(bounds: Floats, drawn: Mask) -> NDArray[np.bool_]:
    """Where along each wall (n, 4, BINS) there is ink within what a hand strays."""
    size = bounds[:, 2:] - bounds[:, :2]
    stray = np.clip(0.05 * size.min(1), 2, 7)
    around = np.arange(-7, 8)
    near = np.abs(around)[None] <= stray[:, None]
    t = (np.arange(BINS) + 0.5) / BINS
    h, w = drawn.shape
    walls = np.zeros((len(bounds), 4, BINS), bool)
    for wall in range(4):
        axis = wall % 2
        along = np.rint(bounds[:, 1 - axis, None] + t * size[:, 1 - axis, None]).astype(np.intp)[
            :, :, None
        ]
        across = np.rint(bounds[:, wall, None] + around).astype(np.intp)[:, None, :]
        x, y = (across, along) if axis == 0 else (along, across)
        ink = drawn[np.clip(y, 0, h - 1), np.clip(x, 0, w - 1)] > 0
        walls[:, wall] = (ink & near[:, None]).any(2)
    return walls


def typical_size(rooms: Rooms, least: int = 1) -> tuple[float, float] | None:
    """The size that most well drawn rooms share, or None where there is none.

    Every room votes for those within a quarter of its own width and height; ``least`` must agree.
    """
    good = rooms.drawn.min(1) >= 0.6
    size = np.log(np.maximum(rooms.size[good], 1))
    if not len(size):
        return None
    near = (np.abs(size[:, None] - size[None]) < 0.22).all(-1)
    votes = near.sum(1) * np.exp(size.sum(1) / 4)  # of two sizes equally common, the larger
    best = near[int(np.argmax(votes))]
    if best.sum() < least:
        return None
    width, height = np.exp(np.median(size[best], axis=0))
    return float(width), float(height)


def mended(rooms: Rooms, typical: tuple[float, float] | None, line: float) -> Rooms:
    """Join rooms that only a stroke of a drawing, or a bridge, has parted."""
    for _ in range(6):
        pairs = _parted(rooms, line)
        joins = [
            (weak, i, j, axis)
            for weak, i, j, axis in pairs
            if _is_one(rooms, i, j, axis, weak, typical)
        ]
        if not joins:
            break
        taken: set[int] = set()
        made = []
        for _, i, j, axis in sorted(joins):
            if i not in taken and j not in taken:
                taken |= {i, j}
                made.append(_joined(rooms, i, j, axis))
        rest = np.array([k not in taken for k in range(len(rooms.bounds))])
        kept = rooms.only(rest)
        rooms = Rooms(
            np.concatenate([kept.bounds, np.array([m[0] for m in made])]),
            np.concatenate([kept.walls, np.array([m[1] for m in made])]),
            np.concatenate([kept.square, np.array([m[2] for m in made])]),
            np.concatenate([kept.whole, np.ones(len(made))]),
        )
    return rooms


def _parted(rooms: Rooms, line: float) -> list[tuple[float, int, int, int]]:
    """Pairs of rooms side by side: drawn share of the wall between, first, second, axis."""
    found = []
    b, walls, size = rooms.bounds, rooms.walls, rooms.size
    for axis in (0, 1):
        far, other = axis + 2, 1 - axis
        apart = b[None, :, axis] - b[:, None, far]
        low = np.maximum(b[:, None, other], b[None, :, other])
        high = np.minimum(b[:, None, other + 2], b[None, :, other + 2])
        overlap = (high - low) / np.maximum(
            np.maximum(size[:, None, other], size[None, :, other]), 1
        )
        near = (np.abs(apart) <= line + 3) & (overlap > 0.82)
        for i, j in zip(*np.nonzero(near), strict=True):
            if i != j:
                between = walls[i, far] | walls[j, axis]
                found.append((float(between.mean()), int(i), int(j), axis))
    return found


def _is_one(
    rooms: Rooms, i: int, j: int, axis: int, between: float, typical: tuple[float, float] | None
) -> bool:
    """Whether two neighbouring rooms are rather one."""
    if between > 0.85:
        return False
    bounds, walls, _ = _joined(rooms, i, j, axis)
    share = walls.mean(-1)
    if share.min() < WALL or share.mean() < WALLS:
        return False
    if typical is None:
        return between < 0.3
    fit = _misfit(bounds[2:] - bounds[:2], typical)
    parts = max(_misfit(rooms.size[i], typical), _misfit(rooms.size[j], typical))
    return (fit < 0.25 and parts > fit) or (between < 0.3 and fit < parts)


def _misfit(size: Floats, typical: tuple[float, float]) -> float:
    """How far a size is from the typical one: 0 the same, 0.69 half or double."""
    return float(np.abs(np.log(np.maximum(size, 1) / np.array(typical))).max())


def _joined(rooms: Rooms, i: int, j: int, axis: int) -> tuple[Floats, NDArray[np.bool_], float]:
    """The room that two make, the first on the left or above."""
    a, b = rooms.bounds[i], rooms.bounds[j]
    bounds = np.concatenate([np.minimum(a[:2], b[:2]), np.maximum(a[2:], b[2:])])
    walls = np.zeros((4, BINS), bool)
    walls[axis], walls[axis + 2] = rooms.walls[i, axis], rooms.walls[j, axis + 2]
    cut = (a[axis + 2] - bounds[axis]) / max(bounds[axis + 2] - bounds[axis], 1e-9)
    places = (np.arange(BINS) + 0.5) / BINS
    for wall in (1 - axis, 3 - axis):
        first = np.clip(places / max(cut, 1e-9) * BINS, 0, BINS - 1).astype(int)
        second = np.clip((places - cut) / max(1 - cut, 1e-9) * BINS, 0, BINS - 1).astype(int)
        walls[wall] = np.where(
            places < cut, rooms.walls[i, wall][first], rooms.walls[j, wall][second]
        )
    return bounds, walls, float(min(rooms.square[i], rooms.square[j]))


def standing(rooms: Rooms) -> Rooms:
    """Those whose walls are drawn well enough to be a box."""
    share = rooms.drawn
    return rooms.only((share.min(1) >= WALL) & (share.mean(1) >= WALLS))


def without_containers(rooms: Rooms) -> Rooms:
    """Those that do not hold two others or more."""
    b = rooms.bounds
    middle = (b[:, :2] + b[:, 2:]) / 2
    inside = (middle[None] > b[:, None, :2]).all(-1) & (middle[None] < b[:, None, 2:]).all(-1)
    smaller = rooms.size.prod(1)[None] < 0.6 * rooms.size.prod(1)[:, None]
    return rooms.only((inside & smaller).sum(1) < 1)


def together(*some: Rooms) -> Rooms:
    """All rooms of several finds."""
    return Rooms(
        np.concatenate([r.bounds for r in some]),
        np.concatenate([r.walls for r in some]),
        np.concatenate([r.square for r in some]),
        np.concatenate([r.whole for r in some]),
    )


def free_of(some: Floats, taken: Floats) -> NDArray[np.bool_]:
    """Which rectangles share little with those taken: not inside, not around, not over."""
    if not len(some) or not len(taken):
        return np.ones(len(some), bool)
    low = np.maximum(some[:, None, :2], taken[None, :, :2])
    high = np.minimum(some[:, None, 2:], taken[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(-1)
    area = (some[:, 2:] - some[:, :2]).prod(1)[:, None]
    other = (taken[:, 2:] - taken[:, :2]).prod(1)[None]
    return np.asarray((shared / np.minimum(area, other) < 0.2).all(1))
