"""Notebook pages drawn by code, with the truth of what stands on them, for tests and benchmarks.

Every point is carried through the page's homography before it is drawn, so nothing is resampled
and the truth stays exact: the corners of each drawn box, or the bounds of a free drawing's ink.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]  # (n, 2), x right, y down, in pixels
Form = list[tuple[Points, bool]]  # its strokes: points in [-.5, .5] squared, and whether filled
_SHIFT = 4  # fractional bits of a point handed to OpenCV


@dataclass(frozen=True)
class Style:
    """How a page is to be drawn.

    Args:
        kind: ``closed`` or ``broken`` boxes, or ``free`` forms.
        arrangement: ``ruled`` (one grid of lines) or ``boxes`` apart; of free forms ``rows``,
            ``lattice`` or ``scattered``.
        cell: the side of a box, or the room of a free form, in pixels.
        skew: degrees, counter-clockwise positive.
        perspective: how far a corner of the page moves, as a share of the width.
        shading: how much darker the darkest side is, 0 to 1.
        noise: standard deviation in grey levels.
        paper: ``plain``, ``lined`` or ``squared``.
        stroke: widths of the pen in pixels, least and most.
    """

    kind: str = "closed"
    arrangement: str = "boxes"
    width: int = 1240
    height: int = 1754
    cell: tuple[float, float] = (130, 130)
    gutter: float = 24
    skew: float = 0.0
    perspective: float = 0.0
    shading: float = 0.0
    noise: float = 2.0
    specks: int = 0
    paper: str = "plain"
    stroke: tuple[float, float] = (3, 5)
    line: float = 2.5
    wobble: float = 0.6
    gap: float = 0.2
    parts: int = 4
    binding: bool = False
    stains: int = 0
    pencil: int = 0
    ink: int = 35
    empty: float = 0.0


@dataclass(frozen=True)
class DrawnPage:
    """A page and its truth.

    Args:
        pixels: (h, w) uint8.
        polygons: (n, 4, 2) corners of each box, or of a free form's bounds, clockwise.
        boxes: (n, 4) x, y, width, height of the polygons' bounds.
        style: what it was drawn by.
    """

    pixels: NDArray[np.uint8]
    polygons: Points
    boxes: Points
    style: Style
    parts: list[int] = field(default_factory=list)


def _loop(rng: np.random.Generator) -> Points:
    t = np.linspace(0, 2 * np.pi, 40)
    r = 0.3 + 0.12 * np.sin(rng.integers(1, 4) * t + rng.uniform(0, 6))
    return np.stack([r * np.cos(t) * rng.uniform(0.6, 1.2), r * np.sin(t)], 1)


def _wave(rng: np.random.Generator) -> Points:
    t = np.linspace(-0.5, 0.5, 30)
    bend = rng.uniform(0.05, 0.3) * np.sin(t * rng.uniform(3, 12) + rng.uniform(0, 6))
    turn = rng.uniform(0, np.pi)
    return np.stack([t, bend], 1) @ _turn(turn)


def _bar(rng: np.random.Generator) -> Points:
    turn = rng.choice([0, np.pi / 2]) + rng.normal(0, 0.04)
    return np.stack([np.linspace(-0.45, 0.45, 5), np.zeros(5)], 1) @ _turn(turn)


def _hook(rng: np.random.Generator) -> Points:
    t = np.linspace(0, rng.uniform(1.2, 2.8) * np.pi, 40)
    r = 0.42 * (1 - 0.6 * t / t[-1])
    return np.stack([r * np.cos(t), r * np.sin(t)], 1) @ _turn(rng.uniform(0, 6))


def _turn(angle: float) -> Points:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s], [s, c]])


_STROKES: Sequence[Callable[[np.random.Generator], Points]] = (_loop, _wave, _bar, _hook)


def form(rng: np.random.Generator, parts: int = 4) -> Form:
    """A small abstract drawing of one to ``parts`` strokes that fills its unit square."""
    strokes: Form = []
    for _ in range(int(rng.integers(1, parts + 1))):
        draw = _STROKES[int(rng.integers(len(_STROKES)))]
        points = draw(rng) * rng.uniform(0.3, 1.0) + rng.uniform(-0.35, 0.35, 2)
        strokes.append((points, draw is _loop and rng.random() < 0.25))
    if rng.random() < 0.3:
        strokes.append((np.array([[0, 0], [0.01, 0.01]]) + rng.uniform(-0.4, 0.4, 2), False))
    every = np.concatenate([p for p, _ in strokes])
    low, high = every.min(0), every.max(0)
    scale = 1 / max(float((high - low).max()), 1e-6)
    return [((p - (low + high) / 2) * scale, filled) for p, filled in strokes]


class _Sheet:
    """Ink coverage of a page, drawn through a homography."""

    def __init__(self, style: Style, rng: np.random.Generator) -> None:
        self.style, self.rng = style, rng
        self.ink = np.zeros((style.height, style.width), np.uint8)
        self.pale = np.zeros_like(self.ink)
        w, h = style.width, style.height
        corners = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float64)
        moved = corners + rng.uniform(-1, 1, (4, 2)) * style.perspective * w
        middle = np.array([w / 2, h / 2])
        moved = (moved - middle) @ _turn(np.radians(style.skew)) + middle
        self.map = cv2.getPerspectiveTransform(corners.astype(np.float32), moved.astype(np.float32))

    def through(self, points: Points) -> Points:
        return cv2.perspectiveTransform(points[None].astype(np.float64), self.map)[0]

    def stroke(
        self,
        on: NDArray[np.uint8],
        points: Points,
        width: float,
        value: int = 255,
        fill: bool = False,
        origin: tuple[int, int] = (0, 0),
    ) -> None:
        """Draw one stroke, given in the upright page's coordinates, on the page or a part of it."""
        line = np.round((self.through(points) - origin) * 2**_SHIFT).astype(np.int32)
        if fill:
            cv2.fillPoly(on, [line], value, cv2.LINE_AA, _SHIFT)
        thick = max(1, round(width))
        cv2.polylines(on, [line], False, value, thick, cv2.LINE_AA, _SHIFT)

    def drawing(self, shape: Form, centre: Points, size: float, width: float) -> tuple[Points, int]:
        """Draw a form; the bounds of its ink on the page, and how many pieces it has."""
        every = self.through(np.concatenate([centre + points * size for points, _ in shape]))
        high, wide = self.ink.shape
        around = int(width) + 4
        x0, y0 = (np.floor(every.min(0)).astype(int) - around).clip(0, [wide - 1, high - 1])
        x1, y1 = (np.ceil(every.max(0)).astype(int) + around).clip([x0 + 1, y0 + 1], [wide, high])
        page = self.ink[y0:y1, x0:x1]
        alone = np.zeros_like(page)
        for points, filled in shape:
            self.stroke(alone, centre + points * size, width, fill=filled, origin=(x0, y0))
        ys, xs = np.nonzero(alone >= 128)
        pieces = cv2.connectedComponents((alone >= 128).astype(np.uint8))[0] - 1
        np.maximum(page, alone, out=page)
        bounds = [x0 + xs.min(), y0 + ys.min(), x0 + xs.max() + 1, y0 + ys.max() + 1]
        return np.array(bounds, np.float64), pieces

    def side(self, a: Points, b: Points, broken: bool) -> None:
        """Draw one side of a box from ``a`` to ``b``, by an unsure hand, with gaps if broken."""
        style, rng = self.style, self.rng
        length = float(np.hypot(*(b - a)))
        n = max(4, int(length / 6))
        t = np.linspace(0, 1, n)
        across = np.array([-(b - a)[1], (b - a)[0]]) / length
        sway = np.interp(t, np.linspace(0, 1, 6), rng.normal(0, style.wobble, 6))
        points = a + t[:, None] * (b - a) + sway[:, None] * across
        keep = np.ones(n, bool)
        if broken:
            for _ in range(int(rng.integers(1, max(2, round(length / 90)) + 1))):
                at, wide = (
                    rng.uniform(0, 1),
                    rng.uniform(0.3, 1) * style.gap * min(length, 160) / length,
                )
                keep &= np.abs(t - at) > wide / 2
        for piece in np.split(np.arange(n), np.nonzero(np.diff(keep.astype(int)))[0] + 1):
            if keep[piece[0]] and len(piece) > 1:
                self.stroke(self.ink, points[piece], style.line)


def page(rng: np.random.Generator, style: Style) -> DrawnPage:
    """Draw one page."""
    sheet = _Sheet(style, rng)
    polygons, pieces = (_free if style.kind == "free" else _boxed)(sheet)
    low, high = polygons.min(1), polygons.max(1)
    return DrawnPage(
        pixels=_photographed(sheet),
        polygons=polygons,
        boxes=np.concatenate([low, high - low], 1),
        style=style,
        parts=pieces,
    )


def _cells(style: Style, gutter: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Left and top edges of the cells that fit on the page with room for the skew."""
    w, h = style.cell
    margin = 60 + abs(np.sin(np.radians(style.skew))) * style.height * 0.42
    margin_y = 60 + abs(np.sin(np.radians(style.skew))) * style.width * 0.42
    cols = max(1, int((style.width - 2 * margin + gutter) // (w + gutter)))
    rows = max(1, int((style.height - 2 * margin_y + gutter) // (h + gutter)))
    left = (style.width - cols * (w + gutter) + gutter) / 2 + np.arange(cols) * (w + gutter)
    top = (style.height - rows * (h + gutter) + gutter) / 2 + np.arange(rows) * (h + gutter)
    return left, top


def _boxed(sheet: _Sheet) -> tuple[Points, list[int]]:
    style, rng = sheet.style, sheet.rng
    ruled = style.arrangement == "ruled"
    lefts, tops = _cells(style, 0 if ruled else style.gutter)
    w, h = style.cell
    broken = style.kind == "broken"
    polygons, pieces = [], []
    for y in tops:
        for x in lefts:
            shake = np.zeros((4, 2)) if ruled else rng.normal(0, style.wobble, (4, 2))
            corners = np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]]) + shake
            if not ruled:
                for a, b in zip(corners, np.roll(corners, -1, 0), strict=True):
                    sheet.side(a, b, broken)
            if rng.random() < style.empty:
                continue
            size = min(w, h) * rng.uniform(0.45, 0.72)
            stroke = rng.uniform(*style.stroke)
            free = (np.array([w, h]) - size - stroke - 3 * style.line - 6) / 2
            centre = corners.mean(0) + rng.uniform(-1, 1, 2) * np.maximum(free, 0) * 0.6
            _, n = sheet.drawing(form(rng, style.parts), centre, size, stroke)
            polygons.append(sheet.through(corners))
            pieces.append(n)
    if ruled:
        ends = (lefts[0], lefts[-1] + w, tops[0], tops[-1] + h)
        for x in [*lefts, ends[1]]:
            sheet.side(np.array([x, ends[2]]), np.array([x, ends[3]]), broken)
        for y in [*tops, ends[3]]:
            sheet.side(np.array([ends[0], y]), np.array([ends[1], y]), broken)
    return np.array(polygons), pieces


def _free(sheet: _Sheet) -> tuple[Points, list[int]]:
    style, rng = sheet.style, sheet.rng
    lefts, tops = _cells(style, style.gutter)
    w, h = style.cell
    polygons, pieces = [], []
    places = [(x + w / 2, y + h / 2) for y in tops for x in lefts]
    for x, y in places:
        room = min(w, h) * (rng.uniform(0.45, 1.0) if style.arrangement != "lattice" else 1.0)
        slack = (np.array([w, h]) - room) / 2
        if style.arrangement == "rows":
            slack = slack * np.array([1, 0.2])
        if rng.random() < style.empty:
            continue
        centre = np.array([x, y]) + rng.uniform(-1, 1, 2) * slack
        stroke = rng.uniform(*style.stroke)
        shape = form(rng, style.parts)
        while widest_gap(shape) * room > max(style.gutter / 1.6, 3 * stroke):
            shape = form(rng, style.parts)
        (x0, y0, x1, y1), n = sheet.drawing(shape, centre, room, stroke)
        polygons.append(np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]))
        pieces.append(n)
    return np.array(polygons), pieces


def widest_gap(shape: Form) -> float:
    """The widest gap that must be crossed to join a form's strokes, in its own unit."""
    joined, rest, widest = [shape[0][0]], [p for p, _ in shape[1:]], 0.0
    while rest:
        here = np.concatenate(joined)
        away = [float(np.sqrt(((p[:, None] - here) ** 2).sum(-1)).min()) for p in rest]
        nearest = int(np.argmin(away))
        widest = max(widest, away[nearest])
        joined.append(rest.pop(nearest))
    return widest


def _photographed(sheet: _Sheet) -> NDArray[np.uint8]:
    """The drawn page as a scanner or a phone sees it."""
    style, rng = sheet.style, sheet.rng
    w, h = style.width, style.height
    _paper_lines(sheet)
    light = np.full((h, w), 246, np.float32)
    yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
    if style.shading:
        turn = rng.uniform(0, 2 * np.pi)
        ramp = (np.cos(turn) * xx / w + np.sin(turn) * yy / h + 1) / 2
        at = rng.uniform(0.2, 0.8, 2) * (w, h)
        shadow = np.exp(-(((xx - at[0]) / (0.4 * w)) ** 2 + ((yy - at[1]) / (0.3 * h)) ** 2))
        light *= 1 - style.shading * np.clip(0.7 * ramp + 0.5 * shadow, 0, 1)
    for _ in range(style.stains):
        at, r = rng.uniform(0, 1, 2) * (w, h), rng.uniform(20, 80)
        away = np.hypot(xx - at[0], yy - at[1])
        light *= 1 - rng.uniform(0.05, 0.2) / (1 + np.exp((away - r) / 4))
    light *= 1 - sheet.pale / 255
    dark = (sheet.ink / 255.0).astype(np.float32)
    grey = light * (1 - dark) + style.ink * dark
    grey = cv2.GaussianBlur(grey, (0, 0), 0.6)
    grey += rng.normal(0, style.noise, (h, w)).astype(np.float32)
    for _ in range(style.specks):
        x, y, r = int(rng.integers(w)), int(rng.integers(h)), int(rng.integers(0, 2))
        cv2.circle(grey, (x, y), r, float(rng.uniform(20, 120)), -1)
    return np.clip(grey, 0, 255).astype(np.uint8)


def _paper_lines(sheet: _Sheet) -> None:
    """Printed lines, pencil lines and the holes of a binding."""
    style, rng = sheet.style, sheet.rng
    w, h = style.width, style.height
    step = {"lined": 50, "squared": 30}.get(style.paper)
    pale = int(rng.uniform(40, 75))
    if step:
        for y in range(-h // 4, h * 5 // 4, step):
            sheet.stroke(sheet.pale, np.array([[-w, y], [2 * w, y]], float), 1.5, pale)
    if style.paper == "squared" and step:
        for x in range(-w // 4, w * 5 // 4, step):
            sheet.stroke(sheet.pale, np.array([[x, -h], [x, 2 * h]], float), 1.5, pale)
    for _ in range(style.pencil):
        a, b = rng.uniform(0, 1, (2, 2)) * (w, h)
        sheet.stroke(sheet.pale, np.array([a, b]), 1, int(rng.uniform(40, 80)))
    if style.binding:
        for y in np.arange(20, h - 20, 38):
            hole = sheet.through(np.array([[22.0, y]]))[0]
            cv2.circle(sheet.ink, (int(hole[0]), int(hole[1])), 8, 230, -1, cv2.LINE_AA)


def any_style(rng: np.random.Generator, kind: str) -> Style:
    """A style of the given kind with everything else drawn at random, as pages come."""
    side = rng.uniform(80, 190)
    free = kind == "free"
    stroke = rng.uniform(2.5, 5)
    size = side if not free else side * 0.8
    return Style(
        kind=kind,
        arrangement=str(
            rng.choice(["rows", "lattice", "scattered"] if free else ["boxes", "ruled"])
        ),
        cell=(size, size * (1 if free else rng.choice([0.75, 1, 1, 1.3]))),
        gutter=max(size * rng.uniform(0.2, 0.5), 6 * stroke) if free else rng.uniform(14, 50),
        skew=float(rng.choice([0, rng.uniform(-3, 3), rng.uniform(-15, 15)], p=[0.3, 0.5, 0.2])),
        perspective=float(rng.choice([0, rng.uniform(0, 0.015)])),
        shading=float(rng.uniform(0, 0.5)),
        noise=float(rng.uniform(1, 8)),
        specks=int(rng.integers(0, 60)),
        paper=str(rng.choice(["plain", "plain", "lined", "squared"])),
        stroke=(stroke, stroke * rng.uniform(1, 2)),
        line=float(rng.uniform(1.6, 4)),
        wobble=float(rng.uniform(0, 1.5)),
        gap=float(rng.uniform(0.1, 0.35)),
        binding=bool(rng.random() < 0.2),
        stains=int(rng.integers(0, 4)),
        pencil=int(rng.choice([0, 0, 3])),
        ink=int(rng.integers(15, 70)),
    )


def plain(kind: str, **changes: object) -> Style:
    """A simple style of a kind, with changes."""
    base = Style(kind=kind, arrangement="rows" if kind == "free" else "boxes")
    return replace(base, **changes)  # type: ignore[arg-type]
