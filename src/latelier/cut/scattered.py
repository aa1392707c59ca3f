"""Boxes of all sizes anywhere on a page, drawn by hand: rooms that close when the ink swells.

Each swelling by a pixel closes gaps of two, around corners and along unsure lines alike, and leaves
a room where it was. Writing is taken away first, so that a room shows what it is: nothing bites into
the room of a box, while the spaces between boxes and arrows have the corners of others in them.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.cut.boxes import free_of
from latelier.cut.ink import Mask

Floats = NDArray[np.float64]
SWELLINGS = (0, 1, 2, 3, 5, 7)  # pixels of the half-size page
GLANCE = (0, 5)  # enough to see that there is no box at all
WRITING = 2.5  # pieces up to this many times the middle one are letters
SMALLEST = 14  # pixels of the half-size page
SQUARE = 0.82  # hull over bounds; a circle has .785, boxes by hand .83 and more
WHOLE = 0.74  # room over hull: boxes .8 to 1, spaces between boxes and arrows mostly below
DRAWN = 0.6  # least share of the outline that is surely ink
SAME = 0.6  # shared area over joint area: two finds of one box
FILLED = 0.01  # of a room: less inside is a speck
OFF = 2.0  # of `worth` for what lies at the side of a room and not in its middle
ODD = 2.4  # times wider, narrower, higher or lower than usual
BELOW = 0.3  # a box is about as well drawn as the others of its page, in `worth`
ONWARD = 0.25  # of `worth` for each end of a side but one that runs on past its corner
PAST, STRAY = (5, 19), 3  # pixels past a corner, and beside the line, where it would run on
RUNS_ON = (
    0.88  # of them have ink; on real pages boxes have at most one such end, other rooms two to four
)
BITTEN = 0.3  # of `worth` for a find of a box that is 2.7 times as large as another
LONG = 3.0  # times longer than wide: seldom the usual box


@dataclass(frozen=True)
class Candidates:
    """Rooms, candidates for boxes.

    Args:
        bounds: (n, 4) left, top, right, bottom in pixels of the half-size page.
        square: (n,) area of the convex hull over the area of the bounds.
        whole: (n,) area of the room over the area of its hull.
        drawn: (n,) share of the outline that is surely ink.
        swollen: (n,) by how many pixels the ink was swollen.
        off: (n,) how far what is inside lies from the middle, as a share of the room.
        onward: (n,) how many of the eight ends of its sides run straight on past its corners.
    """

    bounds: Floats
    square: Floats
    whole: Floats
    drawn: Floats
    swollen: Floats
    off: Floats
    onward: Floats

    @property
    def size(self) -> Floats:
        """(n, 2) width and height."""
        return self.bounds[:, 2:] - self.bounds[:, :2]

    def only(self, which: NDArray[np.bool_] | list[int]) -> "Candidates":
        """Some of them."""
        return Candidates(*(getattr(self, f)[which] for f in self.__dataclass_fields__))


def find_candidates(masks: list[Mask]) -> Candidates:
    """Every room on a page that may be a box.

    Args:
        masks: the ink of the page, more of it in each; the first is surely ink.
    """
    glance = _all_rooms(masks, masks[-1:], GLANCE)
    if not len(glance.bounds) or not _content(glance, masks[0])[0].any():
        return glance.only([])
    rooms = _all_rooms(masks, masks, SWELLINGS)
    enough, off = _content(rooms, masks[0])
    return replace(rooms, off=off, onward=_onward(rooms.bounds, masks[0])).only(enough)


def choose(
    rooms: Candidates, near: tuple[float, float] | None, diagram: bool
) -> tuple[Floats, Floats]:
    """The boxes among rooms, (n, 4) bounds and (n,) drawn share.

    Args:
        rooms: what may be a box.
        near: the usual size in pixels of the page where it is known.
        diagram: whether arrows join the boxes; then what lies at the side of a room is a word
            beside an arrow, and the room none.
    """
    if not len(rooms.bounds):
        return np.zeros((0, 4)), np.zeros(0)
    worth = rooms.drawn + rooms.square + 2 * rooms.whole - 0.03 * rooms.swollen
    worth -= ONWARD * np.clip(rooms.onward - 1, 0, None)
    if diagram:
        worth = worth - OFF * np.clip(rooms.off - 0.1, 0, None)
    one = _one_each(rooms, worth)
    rooms, worth = rooms.only(one), worth[one]
    usual = near or _usual(rooms, worth)
    sides = np.log(rooms.size / np.array(usual))
    misfit = np.abs(sides).max(1)
    fits = misfit <= np.log(ODD)
    if not fits.any():
        return np.zeros((0, 4)), np.zeros(0)
    level = np.average(worth[fits], weights=np.exp(-((misfit[fits] / 0.4) ** 2)))
    fits &= (worth >= level - BELOW) & ~_around(rooms, fits)
    rank = worth - 0.4 * misfit
    taken: list[int] = []
    for k in np.argsort(-rank, kind="stable"):
        if fits[k] and free_of(rooms.bounds[[k]], rooms.bounds[taken])[0]:
            taken.append(int(k))
    return rooms.bounds[taken], rooms.drawn[taken]


def _all_rooms(masks: list[Mask], of: list[Mask], swellings: tuple[int, ...]) -> Candidates:
    """Rooms of some of the masks at every swelling."""
    rows: list[tuple[float, ...]] = []
    for mask in of:
        lines = _without_writing(mask)
        for swell in swellings:
            kernel = np.ones((2 * swell + 1,) * 2, np.uint8)
            reach = np.ones((2 * swell + 5,) * 2, np.uint8)
            swollen = np.asarray(cv2.dilate(lines, kernel), np.uint8)
            rows += _rooms_of(swollen, np.asarray(cv2.dilate(masks[0], reach), np.uint8), swell)
    table = np.array(rows).reshape(-1, 8)
    none = np.zeros(len(table))
    return Candidates(table[:, :4], *table[:, 4:].T, off=none, onward=none)


def _rooms_of(swollen: Mask, near_ink: Mask, swell: int) -> list[tuple[float, ...]]:
    """The box-like rooms of one mask: bounds, square, whole, drawn, swelling."""
    contours, tree = cv2.findContours(swollen, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    rows = []
    for contour, links in zip(contours, tree.reshape(-1, 4) if len(contours) else (), strict=True):
        x, y, w, h = cv2.boundingRect(contour)
        if (
            links[3] < 0
            or min(w, h) + 2 * swell < SMALLEST
            or min(w, h) < 5
            or w * h > 0.6 * swollen.size
        ):
            continue
        hull = cv2.contourArea(cv2.convexHull(contour))
        square, whole = hull / ((w - 1) * (h - 1)), cv2.contourArea(contour) / max(hull, 1)
        if square < SQUARE or whole < WHOLE:
            continue
        points = contour.reshape(-1, 2)
        drawn = float((near_ink[points[:, 1], points[:, 0]] > 0).mean())
        if drawn >= DRAWN:
            edge = swell + 0.5
            rows.append(
                (
                    x - edge,
                    y - edge,
                    x + w - 1 + edge,
                    y + h - 1 + edge,
                    square,
                    whole,
                    drawn,
                    swell,
                )
            )
    return rows


def _without_writing(mask: Mask) -> Mask:
    """The mask without its small pieces."""
    outlines, tree = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if not outlines:
        return mask
    outer = np.nonzero(tree[0, :, 3] < 0)[0]
    side = np.array([max(cv2.boundingRect(outlines[k])[2:]) for k in outer])
    marks = side[side > 5]
    small = side <= WRITING * (np.median(marks) if len(marks) else 0)
    rest = mask.copy()  # what lies inside a small piece is smaller still
    cv2.drawContours(rest, [outlines[k] for k in outer[small]], -1, 0, cv2.FILLED)
    return rest


def _content(rooms: Candidates, mask: Mask) -> tuple[NDArray[np.bool_], Floats]:
    """Which rooms hold something clear of their walls, and how far from the middle it lies.

    Returns:
        (n,) whether there is enough; (n,) distance of its bounds' middle from the room's, as a
        share of the room's width and height, the larger of both.
    """
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    stats = stats[1:][stats[1:, 2:4].max(1) > 3].astype(np.float64)
    low, high = stats[:, :2], stats[:, :2] + stats[:, 2:4]
    b = rooms.bounds
    inside = (low[None] > b[:, None, :2] + 1).all(-1) & (high[None] < b[:, None, 2:] - 1).all(-1)
    enough = inside @ stats[:, 4] >= FILLED * rooms.size.prod(1)
    first = np.where(inside[..., None], low[None], np.inf).min(1)
    last = np.where(inside[..., None], high[None], -np.inf).max(1)
    off = np.zeros(len(b))
    middle = (first[enough] + last[enough] - b[enough, :2] - b[enough, 2:]) / 2
    off[enough] = np.abs(middle / rooms.size[enough]).max(1)
    return enough, off


def _onward(bounds: Floats, mask: Mask) -> Floats:
    """How many of the eight ends of each room's sides run straight on past its corners.

    The sides of a box end at its corners; arrows, lanes and ruled lines that happen to close a room
    run on.
    """
    h, w = mask.shape
    ahead, beside = np.arange(*PAST), np.arange(-STRAY, STRAY + 1)
    ends = np.zeros(len(bounds))
    for left, top in ((0, 1), (2, 1), (2, 3), (0, 3)):
        x = bounds[:, left, None, None] + (ahead if left else -ahead)[:, None]
        y = bounds[:, top, None, None] + (ahead if top == 3 else -ahead)[:, None]
        for across, down in (
            (x, bounds[:, top, None, None] + beside),
            (bounds[:, left, None, None] + beside, y),
        ):
            at_x = np.rint(across).astype(np.intp).clip(0, w - 1)
            at_y = np.rint(down).astype(np.intp).clip(0, h - 1)
            ends += (mask[at_y, at_x] > 0).any(2).mean(1) >= RUNS_ON
    return ends


def _one_each(rooms: Candidates, worth: Floats) -> list[int]:
    """The best of the rooms that are finds of one box.

    What hangs on a side bites into a room: of two that are about as good the larger is the box.
    """
    kept: list[int] = []
    area = rooms.size.prod(1)
    for k in np.argsort(-(worth + BITTEN * np.log(area)), kind="stable"):
        b, others = rooms.bounds[k], rooms.bounds[kept]
        low, high = np.maximum(b[:2], others[:, :2]), np.minimum(b[2:], others[:, 2:])
        shared = np.clip(high - low, 0, None).prod(1)
        if not (shared / (area[k] + area[kept] - shared) > SAME).any():
            kept.append(int(k))
    return kept


def _usual(rooms: Candidates, worth: Floats) -> tuple[float, float]:
    """The size that most rooms share; of two equally common the larger."""
    size = np.log(rooms.size)
    away = np.abs(size[:, None] - size[None]).max(-1)
    long = np.abs(size[:, 0] - size[:, 1]) - np.log(LONG)
    weight = np.exp(3 * (worth - worth.max()) - 2 * np.clip(long, 0, None))
    votes = (np.exp(-((away / 0.5) ** 2)) * weight).sum(1) * np.exp(size.sum(1) / 4)
    best = away[int(np.argmax(votes))] < 0.4
    width, height = np.exp(np.average(size[best], axis=0, weights=weight[best]))
    return float(width), float(height)


def _around(rooms: Candidates, fits: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which rooms hold another that may be a box itself, clear of their own walls."""
    b = rooms.bounds
    clear = 0.06 * rooms.size.min(1)
    inside = (b[None, :, :2] > b[:, None, :2] + clear[None, :, None]).all(-1)
    inside &= (b[None, :, 2:] < b[:, None, 2:] - clear[None, :, None]).all(-1)
    return np.asarray((inside & fits[None]).any(1))
