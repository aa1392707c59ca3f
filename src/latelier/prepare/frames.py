"""Which part of a picture is taken, and how it becomes one of the dataset's size."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from latelier.images import Pixels

FITS = {
    "pad": "the whole picture, with ground on two sides where its shape differs",
    "crop": "the middle of the picture, as much of it as the shape allows",
    "tiles": "as many squares side by side as the picture holds",
}
BLANK_LEVELS, BLANK_SHARE = (
    3,
    0.9,
)  # of 255 and of the pixels; the plainest photographed cloth varies more
GAP = 3.0  # a picture is first halved to no less than so many times its final size, then Lanczos


@dataclass(frozen=True)
class Box:
    """A part of a picture, in pixels of the upright picture."""

    x: int
    y: int
    w: int
    h: int


def boxes(picture: tuple[int, int], size: tuple[int, int], fit: str, tile: int = 0) -> list[Box]:
    """The parts of a picture that are taken.

    Args:
        picture: its width and height.
        size: width and height of what will come of each part.
        fit: a key of ``FITS``.
        tile: for ``tiles``, the height of each in pixels of the picture; 0 for as large as the
            picture allows.
    """
    width, height = picture
    aspect = size[0] / size[1]
    if fit == "pad":
        return [Box(0, 0, width, height)]
    if fit == "crop" or not tile:
        h = min(height, max(1, round(width / aspect)))
    else:
        h = min(tile, height, max(1, int(width / aspect)))
    w = min(width, max(1, round(h * aspect)))
    if fit == "crop":
        return [Box((width - w) // 2, (height - h) // 2, w, h)]
    return [Box(x, y, w, h) for y in _starts(height, h) for x in _starts(width, w)]


def _starts(whole: int, part: int) -> list[int]:
    """Where parts begin that cover a length evenly from end to end.

    They overlap by a third at the most; where that is not enough to cover everything, one fewer is
    taken and what lies between and beside them is left out evenly.
    """
    count = max(1, whole // part)
    more = -(-whole // part)
    if more > count and (more * part - whole) / (more - 1) <= part / 3:
        count = more
    if count == 1:
        return [(whole - part) // 2]
    if count * part >= whole:
        return [round(i * (whole - part) / (count - 1)) for i in range(count)]
    room = (whole - count * part) / (count + 1)
    return [round(room + i * (part + room)) for i in range(count)]


def is_blank(pixels: Pixels) -> bool:
    """Whether nearly all of a tile, (h, w, 3), is of one colour: there is nothing to learn on it."""
    common = np.median(pixels.reshape(-1, 3), axis=0)
    near = (np.abs(pixels.astype(np.int16) - common) <= BLANK_LEVELS).all(-1)
    return bool(near.mean() > BLANK_SHARE)


def framed(
    pixels: Pixels, box: Box, size: tuple[int, int], ground: tuple[int, int, int], scale: float = 1
) -> Pixels:
    """A part of a picture at the dataset's size, (height, width, 3), on ``ground`` where it differs.

    Args:
        pixels: the upright picture, (h, w, 3).
        box: the part, in pixels of the whole picture.
        size: width and height wanted.
        ground: the colour of what the part does not cover.
        scale: how large ``pixels`` is against the whole picture, 1 or less.
    """
    height, width = pixels.shape[:2]
    fit = min(size[0] / box.w, size[1] / box.h)
    w, h = (max(1, min(s, round(b * fit))) for s, b in zip(size, (box.w, box.h), strict=True))
    edges = (
        box.x * scale,
        box.y * scale,
        min(width, (box.x + box.w) * scale),
        min(height, (box.y + box.h) * scale),
    )
    small = Image.fromarray(pixels).resize(
        (w, h), Image.Resampling.LANCZOS, box=edges, reducing_gap=GAP
    )
    if (w, h) == size:
        return np.asarray(small)
    framed = np.empty((size[1], size[0], 3), np.uint8)
    framed[:] = ground
    x, y = (size[0] - w) // 2, (size[1] - h) // 2
    framed[y : y + h, x : x + w] = np.asarray(small)
    return framed
