"""An image beside its nearest originals, on one picture to look at."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from latelier.fonts import sans
from latelier.images import Pixels, fitted

CELL = 240  # pixels a side of each picture
LINES = 44  # pixels below it for two lines of text
GAP = 12
GROUND = (38, 38, 38)
INK = (224, 224, 224)


def beside(pictures: Sequence[Pixels], captions: Sequence[str]) -> Pixels:
    """Pictures in a row, each whole, with up to two lines of text below.

    Args:
        pictures: (h, w, 3) uint8 each; small ones are enlarged by whole pixels.
        captions: one each, lines parted by a line end.
    """
    width = GAP + len(pictures) * (CELL + GAP)
    page = Image.new("RGB", (width, GAP + CELL + LINES + GAP), GROUND)
    draw = ImageDraw.Draw(page)
    font = sans(12)
    for i, (picture, caption) in enumerate(zip(pictures, captions, strict=True)):
        shown = Image.fromarray(_enlarged(picture))
        left = GAP + i * (CELL + GAP)
        page.paste(shown, (left + (CELL - shown.width) // 2, GAP + (CELL - shown.height) // 2))
        for line, text in enumerate(caption.split("\n")[:2]):
            place = (left, GAP + CELL + 6 + 18 * line)
            draw.text(place, _short(text, draw, font), fill=INK, font=font)
    return np.asarray(page)


def _enlarged(picture: NDArray[np.uint8]) -> Pixels:
    times = CELL // max(picture.shape[:2])
    if times >= 2:
        return np.repeat(np.repeat(picture, times, axis=0), times, axis=1)
    return fitted(picture, CELL, CELL)


def _short(
    text: str, draw: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont | ImageFont.ImageFont
) -> str:
    """The text, its middle left out where it would not fit below a picture."""
    short = text
    while draw.textlength(short, font=font) > CELL and len(short) > 8:
        keep = (len(short) - 2) // 2
        short = f"{text[:keep]}…{text[-keep:]}"
    return short
