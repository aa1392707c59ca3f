"""A sheet painted from top to bottom in bands, so that a poster needs little memory.

A picture is read when the first of its rows is due and forgotten after its last, so a sheet takes
the memory of one row of its lattice. A picture that is much enlarged is kept at its own size and
enlarged strip by strip.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latelier.images import Pixels
from latelier.printing._contract import BAND

Box = tuple[int, int, int, int]  # x, y, width, height in pixels of the page without bleed
Crop = tuple[float, float, float, float]  # left, top, right, bottom in pixels of the picture
WHOLE_PX = 4_000_000  # a picture printed larger than this is resized strip by strip
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Picture:
    """A picture and where it goes.

    Args:
        box: as it is drawn.
        crop: the part of the picture that is drawn.
        load: reads its pixels.
        smooth: resized with Lanczos; otherwise each new pixel takes the nearest old one.
    """

    box: Box
    crop: Crop
    load: Callable[[], Pixels]
    smooth: bool = True


@dataclass(frozen=True)
class Inscription:
    """Set text and where it goes.

    Args:
        x: of its left edge.
        y: of its upper edge.
        ink: how much of each pixel is inked, (h, w) uint8.
    """

    x: int
    y: int
    ink: NDArray[np.uint8]


@dataclass(frozen=True)
class Sheet:
    """What is painted on one page.

    Args:
        width: of the page without bleed, in pixels.
        height: of the page without bleed, in pixels.
        bleed: on each side, in pixels; there the page is continued as its mirror image, so that a
            cut a hair's breadth off shows no edge of another colour.
        ground: what lies under everything.
        ink: the colour of text.
        pictures: none overlaps another.
        inscriptions: drawn on top.
    """

    width: int
    height: int
    bleed: int
    ground: Colour
    ink: Colour
    pictures: list[Picture]
    inscriptions: list[Inscription] = field(default_factory=list)

    def bands(self) -> Iterator[Pixels]:
        """The page with its bleed, (rows, width, 3) uint8, ``BAND`` rows at a time."""
        held: dict[int, Pixels] = {}
        across = _mirrored(np.arange(-self.bleed, self.width + self.bleed), self.width)
        for start in range(-self.bleed, self.height + self.bleed, BAND):
            stop = min(start + BAND, self.height + self.bleed)
            rows = _mirrored(np.arange(start, stop), self.height)
            first, last = int(rows.min()), int(rows.max())
            band = self._rows(first, last + 1, held)
            if self.bleed:
                band = band[rows - first][:, across]
            yield np.ascontiguousarray(band)

    def _rows(self, top: int, bottom: int, held: dict[int, Pixels]) -> Pixels:
        band = np.empty((bottom - top, self.width, 3), np.uint8)
        band[:] = self.ground
        for number, picture in enumerate(self.pictures):
            x, y, width, height = picture.box
            first, last = max(y, top), min(y + height, bottom)
            if first < last:
                if number not in held:
                    held[number] = _kept(picture)
                part = _strip(picture, held[number], first - y, last - y)
                band[first - top : last - top, x : x + width] = part
            if y + height <= bottom:
                held.pop(number, None)
        for text in self.inscriptions:
            self._write(band, text, top)
        return band

    def _write(self, band: Pixels, text: Inscription, top: int) -> None:
        height, width = text.ink.shape
        left, right = max(text.x, 0), min(text.x + width, self.width)
        first, last = max(text.y, top), min(text.y + height, top + len(band))
        if first >= last or left >= right:
            return
        part = band[first - top : last - top, left:right]
        ink = text.ink[first - text.y : last - text.y, left - text.x : right - text.x, None]
        share = ink.astype(np.uint32)
        mixed = part * (255 - share) + np.array(self.ink, np.uint32) * share
        part[:] = (mixed + 127) // 255


def ink_on(ground: Colour) -> Colour:
    """Nearly black on a light ground, nearly white on a dark one.

    >>> ink_on((255, 255, 255)), ink_on((20, 20, 40))
    ((38, 38, 38), (235, 235, 235))
    """
    red, green, blue = ground
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue  # weights of ITU-R BT.709
    return (38, 38, 38) if light > 118 else (235, 235, 235)


def fit(size: tuple[int, int], cell: Box, fill: bool) -> tuple[Box, Crop]:
    """Where in a cell a picture is drawn, and which part of it.

    >>> fit((100, 50), (10, 10, 40, 40), fill=False)
    ((10, 20, 40, 20), (0.0, 0.0, 100.0, 50.0))
    >>> fit((100, 50), (10, 10, 40, 40), fill=True)
    ((10, 10, 40, 40), (25.0, 0.0, 75.0, 50.0))

    Args:
        size: width and height of the picture.
        cell: the room for it.
        fill: crop what does not have the proportions of the cell; otherwise the whole picture is
            drawn as large as it fits, in the middle.
    """
    (width, height), (x, y, cell_w, cell_h) = size, cell
    if fill:
        scale = min(width / cell_w, height / cell_h)
        left, top = (width - cell_w * scale) / 2, (height - cell_h * scale) / 2
        return cell, (left, top, left + cell_w * scale, top + cell_h * scale)
    scale = min(cell_w / width, cell_h / height)
    drawn_w, drawn_h = max(1, round(width * scale)), max(1, round(height * scale))
    place = (x + (cell_w - drawn_w) // 2, y + (cell_h - drawn_h) // 2, drawn_w, drawn_h)
    return place, (0.0, 0.0, float(width), float(height))


def _kept(picture: Picture) -> Pixels:
    """What is held of a picture while its rows are painted: the smaller of its two sizes."""
    pixels = picture.load()
    if _is_enlarged_in_strips(picture):
        return pixels
    return _resized(picture, pixels, 0, picture.box[3])


def _is_enlarged_in_strips(picture: Picture) -> bool:
    (_, _, width, height), (left, top, right, bottom) = picture.box, picture.crop
    return width * height > max(WHOLE_PX, (right - left) * (bottom - top))


def _strip(picture: Picture, held: Pixels, first: int, last: int) -> Pixels:
    if _is_enlarged_in_strips(picture):
        return _resized(picture, held, first, last)
    return held[first:last]


def _resized(picture: Picture, pixels: Pixels, first: int, last: int) -> Pixels:
    """Rows ``first`` to ``last`` of a picture at its printed size."""
    (_, _, width, height), (left, top, right, bottom) = picture.box, picture.crop
    if picture.crop == (0, 0, width, height):
        return pixels[first:last]
    step = (bottom - top) / height
    box = (left, top + first * step, right, min(top + last * step, len(pixels)))
    way = Image.Resampling.LANCZOS if picture.smooth else Image.Resampling.NEAREST
    return np.asarray(Image.fromarray(pixels).resize((width, last - first), way, box=box))


def _mirrored(index: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Places beyond the edges, counted back into the page."""
    return np.where(index < 0, -1 - index, np.where(index >= size, 2 * size - 1 - index, index))
