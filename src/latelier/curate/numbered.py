"""Pictures in a grid with large numbers, to be answered by keyboard."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from latelier.fonts import sans
from latelier.images import Pixels, fitted

CELL, GAP, LINE = 200, 10, 26  # px
ROW = 6
GROUND, INK = (38, 38, 38), (235, 235, 235)


def numbered(pictures: Sequence[Pixels]) -> Pixels:
    """A page of the pictures, each whole, with its number from 1 below it."""
    columns = min(ROW, max(1, len(pictures)))
    rows = -(-len(pictures) // columns)
    size = (GAP + columns * (CELL + GAP), GAP + rows * (CELL + LINE + GAP))
    page = Image.new("RGB", size, GROUND)
    draw = ImageDraw.Draw(page)
    font = sans(18)
    for i, picture in enumerate(pictures):
        left = GAP + (i % columns) * (CELL + GAP)
        top = GAP + (i // columns) * (CELL + LINE + GAP)
        times = max(1, CELL // max(picture.shape[:2]))
        large = np.repeat(np.repeat(picture, times, 0), times, 1)
        shown = Image.fromarray(fitted(large, CELL, CELL))
        page.paste(shown, (left + (CELL - shown.width) // 2, top + (CELL - shown.height) // 2))
        middle = left + CELL / 2 - draw.textlength(str(i + 1), font=font) / 2
        draw.text((middle, top + CELL + 2), str(i + 1), fill=INK, font=font)
    return np.asarray(page)
