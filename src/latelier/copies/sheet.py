"""A contact sheet of copies: a set a row, the keeper edged green, what was changed outlined."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from latelier.fonts import sans

GROUND, INK, FAINT = (43, 43, 43), (225, 225, 225), (150, 150, 150)
KEEPER, CHANGED, FRAME = (64, 190, 96), (255, 140, 40), (90, 170, 255)
GAP, ACROSS = 14, 6  # pixels; pictures in one line
SIDE, CAPTION = 176, 52  # pixels: of a picture's longer side, of what is written below it
CELL = SIDE + 2 * GAP
TOP = 84  # pixels: the title and what the colours mean
Outline = Sequence[Sequence[float]]  # points x, y as shares of the picture's width and height
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True)
class Shown:
    """One picture of a sheet.

    Args:
        pixels: (h, w, 3) uint8.
        lines: what is written below it.
        keeper: whether it is the one to keep.
        changed: outlines of what differs from the keeper.
        frame: outline of what it shares with the other picture, or None where that is all of it.
    """

    pixels: NDArray[np.uint8]
    lines: Sequence[str]
    keeper: bool = False
    changed: Sequence[Outline] = field(default_factory=tuple)
    frame: Outline | None = None


def outlined(
    pixels: NDArray[np.uint8], changed: Sequence[Outline], frame: Outline | None
) -> NDArray[np.uint8]:
    """A picture with what was changed outlined in orange and what is shared in blue.

    Args:
        pixels: (h, w, 3) uint8.
        changed: outlines.
        frame: one more, or None.
    """
    picture = Image.fromarray(pixels)
    draw = ImageDraw.Draw(picture)
    width, height = picture.size
    for outline, colour in [(o, CHANGED) for o in changed] + [(frame, FRAME)] * bool(frame):
        points = [(x * (width - 1), y * (height - 1)) for x, y in outline or ()]
        for wide, tone in ((4, GROUND), (2, colour)):  # dark beneath: seen on any ground
            draw.line([*points, *points[:2]], tone, wide)
    return np.asarray(picture)


def sheet(rows: Sequence[Sequence[Shown]], title: str) -> NDArray[np.uint8]:
    """Draw the rows below each other, long ones over several lines.

    Returns:
        (h, w, 3) uint8.
    """
    lines = [
        (k, row[i : i + ACROSS]) for row in rows for k, i in enumerate(range(0, len(row), ACROSS))
    ]
    width = GAP + ACROSS * CELL
    page = Image.new("RGB", (width, TOP + len(lines) * (CELL + CAPTION) + GAP), GROUND)
    draw = ImageDraw.Draw(page)
    draw.text((GAP, 14), title, fill=INK, font=sans(18))
    _legend(draw)
    for n, (part, line) in enumerate(lines):
        top = TOP + n * (CELL + CAPTION)
        if part == 0:
            draw.line([(GAP, top - 6), (width - GAP, top - 6)], fill=(80, 80, 80))
        for k, shown in enumerate(line):
            _draw(page, draw, shown, GAP + k * CELL, top + 8)
    return np.asarray(page)


def _legend(draw: ImageDraw.ImageDraw) -> None:
    x, font = GAP, sans(12)
    for colour, words in (
        (KEEPER, "the one to keep"),
        (CHANGED, "changed"),
        (FRAME, "what the two share"),
    ):
        draw.rectangle([x, 50, x + 12, 62], outline=colour, width=3)
        draw.text((x + 20, 48), words, fill=FAINT, font=font)
        x += 44 + round(font.getlength(words))


def _draw(page: Image.Image, draw: ImageDraw.ImageDraw, shown: Shown, x: int, y: int) -> None:
    tall, wide = shown.pixels.shape[:2]
    scale = SIDE / max(tall, wide)
    size = (max(1, round(wide * scale)), max(1, round(tall * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = np.asarray(cv2.resize(shown.pixels, size, interpolation=how), np.uint8)
    left, top = x + (SIDE - size[0]) // 2, y + (SIDE - size[1]) // 2
    page.paste(Image.fromarray(outlined(small, shown.changed, shown.frame)), (left, top))
    if shown.keeper:
        box = [left - 5, top - 5, left + size[0] + 4, top + size[1] + 4]
        draw.rectangle(box, outline=KEEPER, width=3)
    font = sans(11)
    row = 0
    for n, line in enumerate(shown.lines):
        for part in _folded(line, font) if n else [_short(line, font)]:
            if row < 3:
                draw.text((x, y + SIDE + 8 + 15 * row), part, fill=FAINT if n else INK, font=font)
            row += 1


def _folded(line: str, font: Font) -> list[str]:
    """A line as lines that fit below a picture."""
    made = [""]
    for word in line.split():
        longer = f"{made[-1]} {word}".strip()
        if made[-1] and font.getlength(longer) > CELL - 8:
            made.append(word)
        else:
            made[-1] = longer
    return [_short(part, font) for part in made]


def _short(line: str, font: Font) -> str:
    """As much of a line as fits below a picture; of a file name its end stays too."""
    room = CELL - 8
    if font.getlength(line) <= room:
        return line
    for keep in range(len(line) - 1, 4, -1):
        tail = 8 if keep > 16 else 0
        short = line[: keep - tail].rstrip() + "..." + (line[-tail:] if tail else "")
        if font.getlength(short) <= room:
            return short
    return line[:4]
