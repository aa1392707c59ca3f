"""Pages of boxes: closed rooms give the usual size, frames of that size find the broken ones."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.cut import boxes, lines, match, scattered, touch, walls
from latelier.cut.boxes import Rooms
from latelier.cut.ink import Mask, pen_width
from latelier.cut.view import View

Floats = NDArray[np.float64]
FEW = 4  # closed boxes that tell the usual size
LEAST, STRAIGHT = 10, 5.0  # pixels and widths of the pen that a line runs straight on
RULED = 0.45  # of the ink does so: .52 to .85 on pages of boxes with gaps, .12 to .6 on free ones
SIZES = 3  # different sizes of boxes that one page may have
LARGE = 0.15  # of the page: a box as large is first taken for a frame around drawings
ATTACHED = (
    0.6  # of the ink in boxes that are none hangs on the walls .97 to 1, in real ones 0 to .25
)
HANGING, POORLY, WELL = 0.95, 0.7, 0.85  # a poorly drawn box whose ink hangs on its walls is none
#                     where the others are drawn well: strokes of drawings that stand as its sides
CARRIED = 0.12  # of the large pieces of a page of boxes carry one; of free forms hardly any
LINKED = 0.4  # of the boxes of a diagram have arrows; of notebook pages next to none
ODD = 3.0  # a box this many times the usual size, or this part of it, is none


@dataclass(frozen=True)
class Boxed:
    """The boxes of a page, on its upright view.

    Args:
        quads: (n, 4, 2) corners in pixels of the view, clockwise from the top left.
        drawn: (n,) share of the sides that is drawn, 0 to 1.
        filled: (n,) whether something is inside.
        line: thickness of the lines in pixels of the view.
        lean: how the page leans.
        explained: share of all straight ink on the page that these boxes account for.
        frames: (m, 4, 2) large boxes around others.
        attached: (n,) share of the ink inside that hangs on the sides, 0 to 1.
        linked: (n,) whether ink runs on outside from the sides, as arrows do.
        carried: share of the large pieces of ink on the page that carry a box.
        by_hand: whether the boxes were taken one by one, of all sizes.
    """

    quads: Floats
    drawn: Floats
    filled: NDArray[np.bool_]
    line: float
    lean: walls.Lean
    explained: float
    frames: Floats
    attached: Floats
    linked: NDArray[np.bool_]
    carried: float = 1.0
    by_hand: bool = False


def find_boxes(
    view: View, soft: Callable[[], Mask], near: tuple[float, float] | None = None
) -> Boxed:
    """Find the boxes of a page.

    Boxes of one size in rows and columns are found by their size, whatever is missing of them.
    Where there is no such order, every room that closes when the ink swells is looked at.

    Args:
        view: the page made upright.
        soft: gives the same view with paler ink in it too.
        near: the usual width and height in pixels of the view, where a person has said them.
    """
    mask = view.mask
    pieces = lines.find_strokes(mask)
    frames = cache(partial(match.find_frames, match.line_evidence(pieces)))
    strokes = pieces.longer(lines.SHORTEST)
    straight = strokes.of(mask)
    total = cv2.countNonZero(straight)
    closed = boxes.find_rooms(mask, mask, 2.0)
    holding = _with_ink(closed, mask)
    enough = near is not None or len(holding.bounds) >= FEW  # else bridging shows the size better
    found = _matched(frames, holding, near) if enough else _Found(np.zeros((0, 4)), np.zeros(0))
    if not found.lattice and (not total or _share_inside(straight, found, total) < 0.85):
        if _ruled(pieces, mask):
            found = _matched(frames, _bridged_rooms(mask, strokes, holding, near), near)
        if not found.lattice:
            found = _best_of(found, mask, soft, near)
    if not found.by_hand:
        found = _with_walls(found, mask)
    return _assembled(view, found, closed, straight, total)


Matching = Callable[[int, int], tuple[Floats, Floats, bool]]  # `match.find_frames` of one page
LONG = 1.6  # times longer than wide: two square boxes may have been taken for one


@dataclass(frozen=True)
class _Found:
    bounds: Floats  # (n, 4)
    drawn: Floats  # (n,)
    lattice: bool = False  # whether they stand in rows and columns
    by_hand: bool = False  # whether each stands for itself, and is as wide as its room


def _ruled(pieces: lines.Strokes, mask: Mask) -> bool:
    """Whether as much of the ink runs straight on, for its width, as on a page of boxes with gaps."""
    length = max(LEAST, round(STRAIGHT * pen_width(mask)))
    straight = pieces.longer(length).of(mask)
    return cv2.countNonZero(straight) >= RULED * cv2.countNonZero(mask)


def _bridged_rooms(
    mask: Mask, strokes: lines.Strokes, rooms: Rooms, near: tuple[float, float] | None
) -> Rooms:
    """More rooms, closed by bridging gaps along lines and at corners."""
    level = lines.find_runs(strokes.level)
    across = lines.find_runs(cv2.transpose(strokes.upright))
    painted = mask.copy()
    lines.paint_bridges(painted, level, across, turned=False)
    lines.paint_bridges(painted, across, level, turned=True)
    more = _with_ink(boxes.find_rooms(painted, mask, 2.0), mask)
    usual = near or boxes.typical_size(more)
    return boxes.together(rooms, boxes.standing(boxes.mended(more, usual, 2.0)))


def _by_hand(masks: list[Mask], near: tuple[float, float] | None) -> _Found:
    """Boxes drawn by hand, of all sizes anywhere."""
    rooms = scattered.find_candidates(masks)
    bounds, drawn = scattered.choose(rooms, near, diagram=False)
    if len(bounds) and touch.linked(masks[0], _corners_of(bounds), 2.0).mean() > LINKED:
        bounds, drawn = scattered.choose(rooms, near, diagram=True)
    return _Found(bounds, drawn, by_hand=True)


def _best_of(
    frames: _Found, mask: Mask, soft: Callable[[], Mask], near: tuple[float, float] | None
) -> _Found:
    """Frames of one size where they are boxes, else boxes drawn by hand."""
    if len(frames.bounds) > 1 and frames.drawn.mean() > 0.6:
        alone = touch.linked(mask, _corners_of(frames.bounds), 2.0).mean() < LINKED
        if alone and touch.attached(mask, frames.bounds, 4).mean() < ATTACHED:
            return frames
    return _by_hand([mask, soft()], near)


def _with_walls(found: _Found, mask: Mask) -> _Found:
    """Those found without the ones whose sides are strokes of drawings beside the boxes."""
    poor = found.drawn < POORLY
    if not poor.any() or poor.all() or np.median(found.drawn[~poor]) < WELL:
        return found
    none = poor & (touch.attached(mask, found.bounds, 4) >= HANGING)
    return replace(found, bounds=found.bounds[~none], drawn=found.drawn[~none])


def _corners_of(bounds: Floats) -> Floats:
    """The corners (n, 4, 2) of upright rectangles, clockwise from the top left."""
    return np.stack([bounds[:, [0, 1]], bounds[:, [2, 1]], bounds[:, [2, 3]], bounds[:, [0, 3]]], 1)


def ink_inside(bounds: Floats, mask: Mask, inset: float = 4.0) -> Floats:
    """How many pixels of ink lie in rectangles, away from their sides."""
    sums = cv2.integral(mask)
    h, w = mask.shape
    x0, y0 = bounds[:, 0] + inset, bounds[:, 1] + inset
    x1, y1 = np.maximum(bounds[:, 2] - inset, x0), np.maximum(bounds[:, 3] - inset, y0)
    a, c = (np.clip(np.rint(v), 0, w).astype(np.intp) for v in (x0, x1))
    b, d = (np.clip(np.rint(v), 0, h).astype(np.intp) for v in (y0, y1))
    return np.asarray((sums[d, c] - sums[b, c] - sums[d, a] + sums[b, a]) // 255, np.float64)


def _with_ink(rooms: Rooms, mask: Mask) -> Rooms:
    """The rooms with something in them."""
    if not len(rooms.bounds):
        return rooms
    inside = ink_inside(rooms.bounds, mask)
    return rooms.only(inside >= np.maximum(6, 0.002 * rooms.size.prod(1)))


def _matched(matching: Matching, rooms: Rooms, near: tuple[float, float] | None) -> _Found:
    """Frames of the usual sizes, then rooms of other sizes where no frame stands."""
    bounds, drawn = np.zeros((0, 4)), np.zeros(0)
    rest = rooms
    first: tuple[float, float] | None = near
    lattice = False
    for turn in range(SIZES):
        usual = boxes.typical_size(rest, least=1 if turn == 0 else 3)
        if near and turn == 0 and (usual is None or not _agreed(rest, usual)):
            usual = near
        if usual is None:
            break
        first = first or usual
        frames, share, ordered = matching(*np.rint(usual).astype(int).tolist())
        if turn == 0 and not near:
            frames, share, usual, ordered = _halved(matching, (frames, share, usual, ordered))
            first = usual
        lattice |= ordered
        free = boxes.free_of(frames, bounds)
        bounds = np.concatenate([bounds, frames[free]])
        drawn = np.concatenate([drawn, share[free]])
        rest = rest.only(boxes.free_of(rest.bounds, bounds))
    if first is not None and len(rest.bounds):
        share = rest.drawn
        odd = np.abs(np.log(np.sqrt(rest.size.prod(1) / (first[0] * first[1]))))
        good = (share.min(1) >= 0.5) & (share.mean(1) >= 0.7) & (rest.square >= 0.85)
        alone = rest.only(good & (odd < np.log(ODD)))
        alone = boxes.without_containers(alone)
        bounds = np.concatenate([bounds, alone.bounds])
        drawn = np.concatenate([drawn, alone.drawn.mean(1)])
    return _Found(bounds, drawn, lattice)


_Frames = tuple[Floats, Floats, tuple[float, float], bool]  # bounds, drawn, size, in a lattice


def _halved(matching: Matching, whole: _Frames) -> _Frames:
    """Frames of half the length where those found are pairs, joined through gaps in the line between.

    The line between is then drawn about as well as the others; inside a long box there is none.
    """
    frames, share, (width, height), _ = whole
    if max(width, height) < LONG * min(width, height) or not len(frames):
        return whole
    half = (width / 2, height) if width > height else (width, height / 2)
    halves, drawn, ordered = matching(round(half[0]), round(half[1]))
    if ordered and len(halves) >= 1.7 * len(frames) and drawn.mean() >= 0.87 * share.mean():
        return halves, drawn, half, True
    return whole


def _agreed(rooms: Rooms, usual: tuple[float, float]) -> bool:
    """Whether enough closed rooms have a size for it to stand against what a person says."""
    misfit = np.abs(np.log(np.maximum(rooms.size, 1) / np.array(usual))).max(1)
    return int(((misfit < 0.22) & (rooms.drawn.min(1) >= 0.6)).sum()) >= 4


def _share_inside(straight: Mask, found: _Found, total: int) -> float:
    """The share of straight ink that lies in or on boxes found."""
    cover = np.zeros_like(straight)
    for x0, y0, x1, y1 in np.rint(found.bounds).astype(int).tolist():
        cv2.rectangle(cover, (x0 - 3, y0 - 3), (x1 + 3, y1 + 3), 255, -1)
    return cv2.countNonZero(cv2.bitwise_and(cover, straight)) / total


def _assembled(view: View, found: _Found, closed: Rooms, straight: Mask, total: int) -> Boxed:
    """Measure the sides, and say how much of the page's lines they are."""
    bounds = found.bounds
    frames = _frames(view, closed, bounds)
    if not len(bounds):
        lean = walls.Lean(np.zeros(3), np.zeros(3), False)
        none = np.zeros(0)
        return Boxed(np.zeros((0, 4, 2)), none, none > 0, 2.0, lean, 0.0, frames, none, none > 0)
    sides = walls.measure(view.mask, bounds)
    lean = walls.lean_of(sides, bounds)
    if found.by_hand:
        sides = replace(sides, place=bounds)
        lean = walls.Lean(np.zeros(3), np.zeros(3), False)
    corners = walls.quads(sides, bounds, lean)
    cover = np.zeros_like(straight)
    cv2.polylines(cover, list(np.rint(corners).astype(np.int32)), True, 255, 5)
    explained = cv2.countNonZero(cv2.bitwise_and(cover, straight)) / max(total, 1)
    line = walls.line_width(view.mask, sides.place)
    inside = ink_inside(sides.place, view.mask, line + 2)
    filled = inside >= np.maximum(5, 0.0015 * (bounds[:, 2:] - bounds[:, :2]).prod(1))
    attached = touch.attached(view.mask, sides.place, round(line) + 2)
    linked = touch.linked(view.mask, corners, line)
    carried = touch.carried(view.mask, sides.place) if found.by_hand else 1.0
    return Boxed(
        corners,
        found.drawn,
        filled,
        line,
        lean,
        explained,
        frames,
        attached,
        linked,
        carried,
        found.by_hand,
    )


def _frames(view: View, closed: Rooms, bounds: Floats) -> Floats:
    """Closed rooms that hold boxes or cover a large part of the page: frames, not boxes."""
    if not len(closed.bounds):
        return np.zeros((0, 4, 2))
    middle = (bounds[:, :2] + bounds[:, 2:]) / 2
    b = closed.bounds
    inside = (middle[None] > b[:, None, :2]).all(-1) & (middle[None] < b[:, None, 2:]).all(-1)
    around = b[(inside.sum(1) >= 2) | (closed.size.prod(1) > LARGE * view.mask.size)]
    if not len(around):
        return np.zeros((0, 4, 2))
    sides = walls.measure(view.mask, around)
    return walls.quads(
        sides,
        around,
        walls.Lean(
            np.array([float(np.median(sides.slope[:, 1::2])), 0, 0]),
            np.array([float(np.median(sides.slope[:, ::2])), 0, 0]),
            True,
        ),
    )


def believable(found: Boxed) -> bool:
    """Whether boxes found are boxes and not strokes of drawings that happen to stand like some."""
    if not len(found.quads):
        return False
    if found.by_hand:
        return found.carried >= CARRIED
    hanging = float(np.mean(found.attached[found.filled])) if found.filled.any() else 0.0
    return bool(hanging < ATTACHED and np.median(found.drawn) >= 0.5 and found.filled.mean() > 0.25)


def without_boxes(mask: Mask, view: View, found: Boxed) -> Mask:
    """The mask of a page, on the page as stored, without boxes and without the lines of frames."""
    rest = mask.copy()
    for quad in view.to_page(touch.grown(found.quads, found.line / 2 + 2)):
        cv2.fillConvexPoly(rest, np.rint(quad).astype(np.int32), 0)
    thick = max(3, round((found.line + 3) / view.scale))
    frames = view.to_page(found.frames)
    cv2.polylines(rest, list(np.rint(frames).astype(np.int32)), True, 0, thick)
    return rest


def none_of(found: Boxed) -> Boxed:
    """The same page taken to have no boxes, but its frames."""
    none = np.zeros(0)
    return replace(
        found,
        quads=np.zeros((0, 4, 2)),
        drawn=none,
        filled=none > 0,
        attached=none,
        linked=none > 0,
        lean=walls.Lean(np.zeros(3), np.zeros(3), False),
    )
