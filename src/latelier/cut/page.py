"""A page cut into drawings: the ink is found, the page made upright, its kind told, its drawings listed.

Positions are in pixels of the page as stored. Nothing is lost silently: what is unlike the rest is
listed and flagged, and what is left out is counted.
"""

from dataclasses import dataclass, replace
from math import floor, hypot

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.cut import boxed, forms, ink, match, order, screen, writing
from latelier.cut.view import View, seen_as, upright

Floats = NDArray[np.float64]
KINDS = ("auto", "boxes", "free", "mixed")
FLAGS = {
    "far-from-size": "its size is far from the usual one",
    "very-small": "it is very small",
    "very-dense": "it is nearly all ink",
    "touches-border": "its ink touches its box or the edge of the page",
    "overlaps": "it lies partly over another",
    "writing": "it looks like words beside the drawings",
    "unsure": "its box is poorly drawn, or its parts lie about as far apart as its neighbours",
}
DENSE = 0.65  # of a drawing's bounds covered with ink: a blot, or a form filled out
ALONE = 2.5  # widths of the pen: a drawing as narrow is one stroke
SPECK = 0.12  # of the usual size: smaller ones are counted, not cut
SMALL = 0.35  # of the usual size: smaller ones are flagged
NEARLY_LEVEL = 3.0  # degrees; words on a page turned further have no rows of pixels
FEW = 6  # pieces on a page; a photograph of one thing has about so many
GRAIN = 400  # specks on a page; worn ones have about 80
LARGEST = 9e6  # pixels; a larger page is looked at smaller and cut at full size


@dataclass(frozen=True)
class Settings:
    """How to look at a page.

    Args:
        kind: one of ``KINDS``.
        near: usual width and height of a drawing in pixels of the page, or None to find it.
        tolerance: how far a size may be from the usual one, as a share, before it is flagged.
        reach: joins parts of free forms that lie this much farther apart than the page suggests.
        method: one of ``ink.METHODS``.
        threshold: grey level for ``fixed``.
    """

    kind: str = "auto"
    near: tuple[float, float] | None = None
    tolerance: float = 0.5
    reach: float = 1.0
    method: str = "auto"
    threshold: float | None = None


@dataclass(frozen=True)
class Drawing:
    """One drawing on a page.

    Args:
        polygon: (4, 2) corners in pixels of the page, clockwise from its own top left.
        bounds: left, top, right, bottom in pixels of the page: of the drawn box where there is
            one, else of the ink.
        boxed: whether a drawn box stands around it.
        confidence: 0 to 1.
        flags: some of ``FLAGS``.
    """

    polygon: Floats
    bounds: tuple[float, float, float, float]
    boxed: bool
    confidence: float
    flags: tuple[str, ...] = ()

    @property
    def box(self) -> tuple[int, int, int, int]:
        """x, y, width, height of the bounds in whole pixels."""
        x0, y0, x1, y1 = (floor(v + 0.5) for v in self.bounds)
        return x0, y0, x1 - x0, y1 - y0


@dataclass(frozen=True)
class CutPage:
    """What was found on a page.

    Args:
        kind: ``boxes``, ``free``, ``mixed``, or ``none``.
        drawings: in reading order.
        angle: by how many degrees the page runs uphill.
        stroke: width of the pen in pixels.
        line: thickness of box lines in pixels; 0 where there are none.
        usual: usual width and height of a drawing in pixels.
        threshold: what parted ink from paper.
        left_out: what was seen and not listed: kind of thing to count.
        notes: sentences for a person.
    """

    kind: str
    drawings: tuple[Drawing, ...]
    angle: float
    stroke: float
    line: float
    usual: tuple[float, float]
    threshold: float
    left_out: dict[str, int]
    notes: tuple[str, ...]


def cut_page(grey: ink.Grey, settings: Settings | None = None) -> CutPage:
    """Find the drawings of a page.

    Args:
        grey: (h, w) uint8 luminance.
        settings: how to look at it.
    """
    settings = settings or Settings()
    scale = min(1.0, (LARGEST / grey.size) ** 0.5)
    if scale < 1:
        size = (round(grey.shape[1] * scale), round(grey.shape[0] * scale))
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    inked = ink.find_ink(grey, settings.method, settings.threshold)
    refusal = screen.not_a_page(inked) if settings.kind == "auto" else ""
    if refusal:
        return CutPage("none", (), 0, 0, 0, (0, 0), inked.threshold, {}, (refusal,))
    near = None if settings.near is None else (settings.near[0] * scale, settings.near[1] * scale)
    view = upright(inked.mask, inked.pale)
    walls = _walls(inked, view, settings, near)
    found = _assembled(inked, view, walls, settings, near)
    if settings.kind == "auto" and found.kind == "free":
        found = _doubted(found, inked)
    return at_scale(found, 1 / scale) if scale < 1 else found


def _doubted(found: CutPage, inked: ink.Inked) -> CutPage:
    """What was found without boxes, unless it is a text; flagged where it may be a photograph."""
    if screen.is_writing(np.array([d.bounds for d in found.drawings])):
        note = (
            f"This looks like a page of writing: {len(found.drawings)} pieces in even rows; nothing was "
            "cut from it. If they are drawings, cut it with --kind free."
        ) + _turned(inked.mask, found)
        return replace(found, kind="none", drawings=(), notes=(note,))
    grain = found.left_out.get("specks", 0) > max(GRAIN, 5 * len(found.drawings))
    if (grain or len(found.drawings) <= FEW) and screen.has_shades(inked):
        unsure = tuple(
            replace(d, flags=tuple(dict.fromkeys([*d.flags, "unsure"]))) for d in found.drawings
        )
        what = "Mostly specks" if grain else "Few pieces"
        note = f"{what}, in many shades: if this is a photograph and no page, latelier undo."
        return replace(found, drawings=unsure, notes=(note,))
    return found


def _turned(mask: ink.Mask, found: CutPage) -> str:
    """A sentence where the words of a page stand on their head, or nothing."""
    if abs(found.angle) > NEARLY_LEVEL:
        return ""
    words = np.array([d.bounds for d in found.drawings])
    words = screen.words_of(words)
    high = words[:, 3] - words[:, 1]
    tall = words[high > 0.3 * np.median(high)] if len(words) else words
    if writing.way_up(mask, tall) > -writing.SURE:
        return ""
    return " Its writing stands on its head: if all of it does, cut it with --turn 180."


def _walls(
    inked: ink.Inked, view: View, settings: Settings, near: tuple[float, float] | None
) -> boxed.Boxed:
    """The boxes of the page; none where the person says so or they are not to be believed."""
    if settings.kind == "free":
        return boxed.none_of(boxed.find_boxes(view, lambda: view.mask))
    small = None if near is None else (near[0] * view.scale, near[1] * view.scale)
    found = boxed.find_boxes(view, lambda: seen_as(view, ink.paler(inked)), small)
    if settings.kind == "auto" and (not boxed.believable(found) or _only_words(found, inked, view)):
        return boxed.none_of(found)
    if settings.kind == "auto" and len(found.quads) <= 2 and len(found.frames):
        frames_only = boxed.none_of(found)
        inside = forms.gather(boxed.without_boxes(inked.mask, view, frames_only), view.angle)
        sides = (inside.bounds[:, 2:] - inside.bounds[:, :2]).max(1)
        if (sides > 3 * inside.stroke).sum() >= 4:
            return frames_only
    return found


def _only_words(found: boxed.Boxed, inked: ink.Inked, view: View) -> bool:
    """Whether boxes of all sizes are what the lines of a text enclose."""
    if not found.by_hand:
        return False
    return screen.is_writing(forms.gather(inked.mask, view.angle).frames)


def _assembled(
    inked: ink.Inked,
    view: View,
    walls: boxed.Boxed,
    settings: Settings,
    near: tuple[float, float] | None,
) -> CutPage:
    """Boxes first, then what lies free of them."""
    left_out: dict[str, int] = {}
    angle = _angle(view, walls)
    in_boxes = _boxed_drawings(view, walls, left_out)
    free: list[Drawing] = []
    notes: tuple[str, ...] = ()
    stroke, kind = 0.0, settings.kind
    rest = inked.mask
    if len(walls.quads) or len(walls.frames):
        rest = boxed.without_boxes(inked.mask, view, walls)
    ink_left = cv2.countNonZero(rest) / max(cv2.countNonZero(inked.mask), 1)
    if kind != "boxes" and (ink_left > 0.02 or not in_boxes):
        sure = walls.lean.known or view.printed
        gathered = forms.gather(rest, angle, settings.reach, sure)
        angle = gathered.angle
        free = _free_drawings(gathered, rest.shape)
        notes = _noted(inked.mask, free, gathered.at_foot)
        stroke = gathered.stroke
        left_out["specks"] = gathered.dust
        left_out["holes of a binding"] = gathered.holes
    if kind == "auto":
        kind = _kind(in_boxes, free, walls)
    if kind == "boxes":
        left_out["marks outside the boxes"] = len(free)
        free = []
    drawings = in_boxes + free
    usual = near or _usual(drawings)
    stroke = stroke or ink.pen_width(inked.mask)
    dense = _ink_share(drawings, inked.mask, walls.line / view.scale, stroke)
    drawings = [
        _flagged(d, usual, settings, len(in_boxes) > 0, bool(share > DENSE))
        for d, share in zip(drawings, dense, strict=True)
    ]
    if drawings:
        level = view.to_view(np.stack([d.polygon for d in drawings]))
        reading = order.reading_order(np.concatenate([level.min(1), level.max(1)], 1))
        drawings = [drawings[k] for k in reading]
    return CutPage(
        kind=kind if drawings else "none",
        drawings=tuple(drawings),
        angle=angle,
        stroke=stroke,
        line=walls.line / view.scale if in_boxes else 0.0,
        usual=usual,
        threshold=inked.threshold,
        left_out={k: n for k, n in left_out.items() if n},
        notes=notes if drawings else ("Nothing on this page looks like a drawing.",),
    )


def _angle(view: View, walls: boxed.Boxed) -> float:
    """By how many degrees the page's rows run uphill, at its middle."""
    if not walls.lean.known:
        return view.angle
    h, w = view.mask.shape
    slope = walls.lean.at(np.array(w / 2), np.array(h / 2))[0]
    return float(view.angle - np.degrees(np.arctan(slope)))


def _boxed_drawings(view: View, walls: boxed.Boxed, left_out: dict[str, int]) -> list[Drawing]:
    """The boxes with something in them."""
    corners = view.to_page(walls.quads)
    left_out["empty boxes"] = int((~walls.filled).sum())
    drawings = []
    extent = np.concatenate([corners.min(1), corners.max(1)], 1).tolist()
    for k in np.nonzero(walls.filled)[0]:
        flags = []
        if walls.attached[k] > 0.3:
            flags.append("touches-border")
        confidence = min(0.3 + 0.7 * float(walls.drawn[k]), 1.0)
        if walls.drawn[k] < match.SURE:
            flags.append("unsure")
        drawings.append(Drawing(corners[k], tuple(extent[k]), True, confidence, tuple(flags)))
    return drawings


def _free_drawings(gathered: forms.Gathered, shape: tuple[int, ...]) -> list[Drawing]:
    """The free forms that are more than specks."""
    if not len(gathered.bounds):
        return []
    sides = (gathered.bounds[:, 2:] - gathered.bounds[:, :2]).max(1)
    usual = (
        float(np.median(sides[sides > 2.5 * gathered.stroke]))
        if (sides > 2.5 * gathered.stroke).any()
        else 0
    )
    drawings = []
    words = writing.notes(gathered.frames)
    for k in np.nonzero(sides >= max(1.2 * gathered.stroke, SPECK * usual))[0]:
        flags = ["writing"] if words[k] else []
        x0, y0, x1, y1 = gathered.bounds[k].tolist()
        if x0 <= 1 or y0 <= 1 or x1 >= shape[1] - 1 or y1 >= shape[0] - 1:
            flags.append("touches-border")
        if gathered.crowded[k]:
            flags.append("overlaps")
        confidence = float(gathered.confidence[k])
        if confidence < 0.6:
            flags.append("unsure")
        drawings.append(
            Drawing(gathered.corners[k], (x0, y0, x1, y1), False, confidence, tuple(flags))
        )
    return drawings


def _noted(mask: ink.Mask, free: list[Drawing], bound_at_foot: bool) -> tuple[str, ...]:
    """A sentence where words beside drawings, or else the binding, say that a page is upside down."""
    words = np.array([d.bounds for d in free if "writing" in d.flags]).reshape(-1, 4)
    up = writing.way_up(mask, words)
    if up <= -writing.SURE:
        return (
            "The writing on this page stands on its head: if all of it does, cut it with --turn 180.",
        )
    if bound_at_foot and up < writing.SURE:
        return (
            "The binding runs along the foot of this page: if it was scanned upside down, cut it "
            "with --turn 180.",
        )
    return ()


def _kind(in_boxes: list[Drawing], free: list[Drawing], walls: boxed.Boxed) -> str:
    """Boxes, free forms or both: what lies outside counts where it is like what lies inside.

    In diagrams the boxes hang on arrows, and words stand between them: those are pages of boxes.
    """
    if not in_boxes:
        return "free"
    side = float(np.median([max(d.box[2:]) for d in in_boxes]))
    like = [
        d
        for d in free
        if 0.3 * side < max(d.box[2:]) < 2 * side
        and d.confidence > 0.5
        and "writing" not in d.flags
    ]
    linked = float(walls.linked.mean())
    return "mixed" if len(like) >= max(2, 0.1 * len(in_boxes)) and linked < 0.4 else "boxes"


def _usual(drawings: list[Drawing]) -> tuple[float, float]:
    """The middle width and height."""
    if not drawings:
        return 0.0, 0.0
    width, height = np.median([d.box[2:] for d in drawings], axis=0)
    return float(width), float(height)


def _ink_share(drawings: list[Drawing], mask: ink.Mask, line: float, stroke: float) -> Floats:
    """The share of each drawing's bounds that is ink; of a box, without its lines.

    A single stroke along the page fills its bounds and is no blot: 0.
    """
    if not drawings:
        return np.zeros(0)
    bounds = np.array([d.bounds for d in drawings])
    inset = np.array([(line + 2) * d.boxed for d in drawings])
    bounds[:, :2] += inset[:, None]
    bounds[:, 2:] -= inset[:, None]
    inside = [
        cv2.countNonZero(mask[y0:y1, x0:x1]) if y1 > y0 and x1 > x0 else 0
        for x0, y0, x1, y1 in np.rint(bounds).astype(int).clip(0).tolist()
    ]
    size = bounds[:, 2:] - bounds[:, :2]
    blot = size.min(1) > ALONE * stroke
    return np.asarray(blot * inside / np.maximum(size.prod(1), 1))


def _flagged(
    drawing: Drawing, usual: tuple[float, float], settings: Settings, even: bool, dense: bool
) -> Drawing:
    """Add the flags that come from comparing a drawing with the usual size."""
    width, height = drawing.box[2:]
    flags = list(drawing.flags)
    size, middle = hypot(width, height), hypot(*usual)
    slack = settings.tolerance if even or settings.near else 2 * settings.tolerance
    off = max(size, 1) / max(middle, 1)
    if not 1 / (1 + slack) <= off <= 1 + slack:
        flags.append("far-from-size")
    if off < SMALL:
        flags.append("very-small")
    if dense:
        flags.append("very-dense")
    return replace(drawing, flags=tuple(flags)) if len(flags) > len(drawing.flags) else drawing


def at_scale(page: CutPage, by: float) -> CutPage:
    """The same findings on a page that is larger by a factor."""
    drawings = tuple(
        replace(d, polygon=(d.polygon + 0.5) * by - 0.5, bounds=tuple(v * by for v in d.bounds))
        for d in page.drawings
    )
    return replace(
        page,
        drawings=drawings,
        stroke=page.stroke * by,
        line=page.line * by,
        usual=(page.usual[0] * by, page.usual[1] * by),
    )
