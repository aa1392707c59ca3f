"""A contact sheet of copies: a set a row, the keeper edged green, what was changed outlined."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from latelier.copies.evidence import in_pixels
from latelier.copies.pixels import SIDE, STEP, Map, Sight, inverse, laid

GROUND, INK, FAINT = (43, 43, 43), (225, 225, 225), (150, 150, 150)
KEEPER, CHANGED, FRAME = (64, 190, 96), (255, 140, 40), (90, 170, 255)
GAP, CAPTION, ACROSS = 14, 46, 6  # pixels; pixels; pictures in one line
CELL = SIDE + 2 * GAP
SMALLEST = 12  # places; a smaller difference is noise
Outline = NDArray[np.float64]  # (n, 2), in pixels of the small picture


@dataclass(frozen=True)
class Shown:
    """One picture of a sheet.

    Args:
        sight: the picture.
        lines: what is written below it.
        edge: the colour of its edge, or None.
        changed: outlines of what differs from the keeper.
        frame: outline of what it shares with the other picture, or None where that is all of it.
    """

    sight: Sight
    lines: Sequence[str]
    edge: tuple[int, int, int] | None = None
    changed: Sequence[Outline] = field(default_factory=tuple)
    frame: Outline | None = None


def sheet(rows: Sequence[Sequence[Shown]], title: str) -> NDArray[np.uint8]:
    """Draw the rows below each other, long ones over several lines.

    Returns:
        (h, w, 3) uint8.
    """
    lines = [
        (k, row[i : i + ACROSS]) for row in rows for k, i in enumerate(range(0, len(row), ACROSS))
    ]
    width = GAP + ACROSS * CELL
    page = Image.new("RGB", (width, 56 + len(lines) * (CELL + CAPTION) + GAP), GROUND)
    draw = ImageDraw.Draw(page)
    draw.text((GAP, 16), title, fill=INK, font=ImageFont.load_default(20))
    for n, (part, line) in enumerate(lines):
        top = 56 + n * (CELL + CAPTION)
        if part == 0:
            draw.line([(GAP, top - 6), (width - GAP, top - 6)], fill=(80, 80, 80))
        for k, shown in enumerate(line):
            _draw(page, draw, shown, GAP + k * CELL, top + 4)
    return np.asarray(page)


def _draw(page: Image.Image, draw: ImageDraw.ImageDraw, shown: Shown, x: int, y: int) -> None:
    width, height = shown.sight.size
    left, top = x + (SIDE - width) // 2, y + (SIDE - height) // 2
    page.paste(Image.fromarray(shown.sight.pixels), (left, top))
    for outline in shown.changed:
        draw.line([(left + px, top + py) for px, py in (*outline, outline[0])], CHANGED, 2)
    if shown.frame is not None:
        draw.line([(left + px, top + py) for px, py in (*shown.frame, shown.frame[0])], FRAME, 2)
    if shown.edge is not None:
        box = [left - 4, top - 4, left + width + 3, top + height + 3]
        draw.rectangle(box, outline=shown.edge, width=3)
    font = ImageFont.load_default(12)
    for n, line in enumerate(shown.lines[:3]):
        draw.text(
            (x, y + SIDE + 8 + 15 * n), _short(line, font), fill=FAINT if n else INK, font=font
        )


def _short(line: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> str:
    """As much of a line as fits below a picture; of a file name its end stays too."""
    room = CELL - 6
    if font.getlength(line) <= room:
        return line
    for keep in range(len(line) - 1, 4, -1):
        tail = 8 if keep > 16 else 0
        short = line[: keep - tail].rstrip() + "…" + (line[-tail:] if tail else "")
        if font.getlength(short) <= room:
            return short
    return line[:4]


def changes(keeper: Sight, member: Sight, unit: Map) -> tuple[list[Outline], Outline | None]:
    """What of a copy is not of the keeper: outlines of overlays, and of the part that is shared.

    Args:
        keeper: the best copy.
        member: the other.
        unit: the keeper to the member, in units of their longer sides.

    Returns:
        outlines on the member's small picture; the second is None where all of it is shared.
    """
    m = in_pixels(unit, keeper, member)
    seen = laid(member, keeper, inverse(m))
    whole = np.asarray(np.kron(seen.differs, np.ones((STEP, STEP))) > 0, np.uint8)
    found, _ = cv2.findContours(whole, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    changed = [
        cv2.convexHull(c)[:, 0].astype(np.float64)
        for c in found
        if cv2.contourArea(c) >= SMALLEST * STEP**2
    ]
    return changed, shared(keeper, member, unit)


def shared(first: Sight, second: Sight, unit: Map) -> Outline | None:
    """The outline of the first picture on the second, or None where it covers all of it."""
    m = in_pixels(unit, first, second)
    w, h = first.size
    corners = np.array([[0, 0], [w - 1, 0], [w - 1, h - 1], [0, h - 1]]) @ m[:, :2].T + m[:, 2]
    w, h = second.size
    own = np.array([[0, 0], [w - 1, 0], [w - 1, h - 1], [0, h - 1]], np.float32)
    area, both = cv2.intersectConvexConvex(corners.astype(np.float32), own)
    if both is None or area > 0.93 * (w - 1) * (h - 1):
        return None
    return both[:, 0].astype(np.float64)
