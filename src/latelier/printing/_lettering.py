"""Titles and captions, set in STIX General, or DejaVu Sans for scripts that it lacks.

Both fonts come with matplotlib under free licences (SIL Open Font License; Bitstream Vera). A font of
one's own may be given for all other scripts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont, features

from latelier import fonts
from latelier.errors import PictureError

LEADING = 1.25  # from line to line, in font sizes
ELLIPSIS = "…"
_JOINING = (range(0x0590, 0x10A0), range(0x1780, 0x18B0), range(0x1A20, 0x1AB0))
#   Hebrew to Myanmar, Khmer and Mongolian, Tai Tham: letters that join, reorder or run leftwards
_OWN = ("STIXGeneral.ttf", "DejaVuSans.ttf")
_NO_CHARACTER = "\U0010fffe"  # never assigned: drawn as whatever a font shows for what it lacks


@dataclass(frozen=True)
class Lettering:
    """How text is set.

    Args:
        size: of the font in pixels.
        font: a font file of one's own, or None.
    """

    size: int
    font: Path | None = None

    @property
    def line_height(self) -> int:
        """From line to line, in pixels."""
        return round(self.size * LEADING)

    def is_wider(self, texts: Iterable[str], width: int) -> bool:
        """Whether a text in one line is wider than ``width`` pixels."""
        return any(_font_for(t, self).getlength(t) > width for t in texts)


def set_lines(
    text: str, style: Lettering, width: int, most: int = 1, centred: bool = False
) -> NDArray[np.uint8]:
    """Text set in lines no wider than ``width``; what is too long ends in an ellipsis.

    Args:
        text: one paragraph.
        style: font and size.
        width: in pixels.
        most: how many lines at the most.
        centred: each line in the middle of ``width``; otherwise at the left.

    Returns:
        (lines x line height, width) uint8, 255 where the paper is fully inked.
    """
    font = _font_for(text, style)
    lines = _broken(" ".join(text.split()), font, width, most)
    page = Image.new("L", (width, style.line_height * max(len(lines), 1)))
    draw = ImageDraw.Draw(page)
    for number, line in enumerate(lines):
        x = (width - font.getlength(line)) / 2 if centred else 0
        draw.text((x, number * style.line_height + style.size), line, 255, font, anchor="ls")
    return np.asarray(page)


def missing(text: str, font: Path | None = None) -> str:
    """The characters of a text that cannot be set, each once."""
    files = [font] if font else _own_fonts()
    lacks = [_lacking(text, str(f)) for f in files]
    return min(lacks, key=len)


def joins(text: str) -> bool:
    """Whether a text has letters that join, reorder or run from right to left."""
    return any(ord(c) in script for c in text for script in _JOINING)


def can_join() -> bool:
    """Whether such letters can be set here; most builds of Pillow bring what it takes."""
    return bool(features.check("raqm"))


def _broken(text: str, font: ImageFont.FreeTypeFont, width: int, most: int) -> list[str]:
    lines: list[str] = []
    left = text
    while left and len(lines) < most:
        line = _longest(left, font, width)
        if len(line) == len(left) or len(lines) == most - 1:
            break
        lines.append(line.rstrip())
        left = left[len(line) :].lstrip()
    if left:
        lines.append(left if font.getlength(left) <= width else _cut(left, font, width))
    return lines


def _longest(text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    """As many whole words as fit, file names broken at their marks; else as many characters."""
    if font.getlength(text) <= width:
        return text
    end = next((i for i in range(len(text), 0, -1) if font.getlength(text[:i]) <= width), 1)
    space = text.rfind(" ", 0, end + 1)
    joint = max(space, *(text.rfind(mark, 0, end) for mark in "-_/"))
    return text[: joint + 1] if joint > 0 else text[:end]


def _cut(text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    """The beginning and an ellipsis; in a file name the ending is kept as well."""
    stem, dot, ending = text.rpartition(".")
    tail = ELLIPSIS + (dot + ending if stem and 1 <= len(ending) <= 4 and " " not in text else "")
    head = stem if len(tail) > 1 else text
    while head and font.getlength(head + tail) > width:
        head = head[:-1]
    return head.rstrip() + tail if head else ELLIPSIS


def _font_for(text: str, style: Lettering) -> ImageFont.FreeTypeFont:
    files = [style.font] if style.font else _own_fonts()
    best = min(files, key=lambda f: len(_lacking(text, str(f))))
    return _font(str(best), style.size, joins(text) and can_join())


def _own_fonts() -> list[Path]:
    return [fonts.file(name) for name in _OWN]


@lru_cache(maxsize=32)
def _font(file: str, size: int, shaped: bool = False) -> ImageFont.FreeTypeFont:
    engine = ImageFont.Layout.RAQM if shaped else ImageFont.Layout.BASIC  # the same everywhere
    try:
        return ImageFont.truetype(file, size, layout_engine=engine)
    except OSError as error:
        raise PictureError(
            f"{Path(file).name} is no font that can be read; give a .ttf or .otf"
        ) from error


@lru_cache(maxsize=4096)
def _has(character: str, file: str) -> bool:
    font = _font(file, 32)
    mask, empty = font.getmask(character), font.getmask(_NO_CHARACTER)
    return mask.size != empty.size or bytes(mask) != bytes(empty)


def _lacking(text: str, file: str) -> str:
    return "".join(c for c in dict.fromkeys(text) if not c.isspace() and not _has(c, file))
