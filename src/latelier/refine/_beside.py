"""Pictures before and after, side by side, for a person to look through."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from latelier.images import Pixels, fitted

CELL, COLUMNS, GAP = 150, 4, 8  # pixels of a picture; pairs beside each other; pixels between
GROUND, BETWEEN = 128, 96  # greys


def beside(pairs: Sequence[tuple[Pixels, Pixels]]) -> Pixels:
    """A sheet of pairs, each picture as large as its cell allows; small ones keep their pixels."""
    columns = min(COLUMNS, max(1, len(pairs)))
    rows = -(-len(pairs) // columns)
    wide, high = 2 * CELL + 3 * GAP, CELL + GAP
    sheet = np.full((rows * high + GAP, columns * wide + GAP, 3), GROUND, np.uint8)
    for number, pair in enumerate(pairs):
        top, left = GAP + number // columns * high, GAP + number % columns * wide
        sheet[top : top + CELL, left + CELL + GAP // 2 - 1 : left + CELL + GAP // 2 + 1] = BETWEEN
        for side, picture in enumerate(pair):
            small = _in_cell(picture)
            h, w = small.shape[:2]
            y, x = top + (CELL - h) // 2, left + side * (CELL + GAP) + (CELL - w) // 2
            sheet[y : y + h, x : x + w] = small
    return sheet


def _in_cell(picture: Pixels) -> Pixels:
    times = CELL // max(picture.shape[:2])
    if times > 1:
        size = (picture.shape[1] * times, picture.shape[0] * times)
        return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.NEAREST))
    return fitted(picture, CELL, CELL)
