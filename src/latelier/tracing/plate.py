"""A finding to look at: this region there, under this transform, and both parts side by side."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from latelier.fonts import sans
from latelier.tracing.lay import Polygon
from latelier.tracing.marks import Map

GROUND, INK, FAINT = (43, 43, 43), (228, 228, 228), (160, 160, 160)
COLOURS = ((255, 140, 40), (90, 170, 255), (96, 200, 110), (235, 110, 200), (240, 220, 80))
WHOLE, CLOSE = 420, 400  # pixels a side of the pictures, and of the two parts below them
GAP, LINE = 16, 20
LINKS = 14  # lines between places that agree; more hide what they join
Pixels = NDArray[np.uint8]


def plate(
    design: Pixels,
    original: Pixels,
    maps: Sequence[Map],
    regions: Sequence[tuple[Polygon, Polygon]],
    points: NDArray[np.float64],
    words: Sequence[str],
) -> Pixels:
    """Both pictures with their regions outlined and joined, the two parts below, and words.

    Args:
        design: (h, w, 3) uint8.
        original: (h, w, 3) uint8.
        maps: the design to the original, in units of longer sides, for each time it was taken.
        regions: outlines on the design and on the original, for each, in the same units.
        points: (n, 2) places of the design that agree with the first map.
        words: titles of the two pictures, then lines of text.
    """
    width = 3 * GAP + 2 * WHOLE
    lines = [part for text in words[2:] for part in _folded(text, width - 2 * GAP)]
    parts = [_fitted(p, CLOSE) for p in _parts(design, original, maps[0], regions[0][0])]
    low = max(p.shape[0] for p in parts)
    height = GAP + LINE + WHOLE + LINE + low + 2 * LINE + LINE * len(lines) + GAP
    page = Image.new("RGB", (width, height), GROUND)
    draw = ImageDraw.Draw(page)
    top = GAP + LINE
    seats = []
    for k, picture in enumerate((design, original)):
        left = GAP + k * (WHOLE + GAP)
        draw.text((left, GAP - 4), _short(words[k], WHOLE), fill=INK, font=sans(14))
        small = _fitted(picture, WHOLE)
        at = (left + (WHOLE - small.shape[1]) // 2, top + (WHOLE - small.shape[0]) // 2)
        page.paste(Image.fromarray(small), at)
        seats.append((at, max(small.shape[:2])))
    for number, pair in enumerate(regions):
        for (at, side), outline in zip(seats, pair, strict=True):
            shown = [(at[0] + x * side, at[1] + y * side) for x, y in outline]
            for wide, tone in ((5, GROUND), (3, COLOURS[number % len(COLOURS)])):
                draw.line([*shown, *shown[:2]], fill=tone, width=wide, joint="curve")
    _join(draw, seats, points, maps[0])
    below = top + WHOLE + LINE
    for k, small in enumerate(parts):
        left = GAP + k * (WHOLE + GAP)
        page.paste(Image.fromarray(small), (left + (WHOLE - small.shape[1]) // 2, below))
        title = ("this part of the design", "the original's part, laid on it the same way")[k]
        draw.text((left, below + low + 4), title, fill=FAINT, font=sans(12))
    for k, line in enumerate(lines):
        draw.text((GAP, below + low + (2 + k) * LINE), line, fill=INK, font=sans(14))
    return np.asarray(page)


def _join(
    draw: ImageDraw.ImageDraw,
    seats: Sequence[tuple[tuple[int, int], int]],
    points: NDArray[np.float64],
    m: Map,
) -> None:
    """Thin lines between some places that agree."""
    step = max(1, len(points) // LINKS)
    for p in points[::step][:LINKS]:
        q = m[:, :2] @ p + m[:, 2]
        ends = [
            (at[0] + v[0] * side, at[1] + v[1] * side)
            for (at, side), v in zip(seats, (p, q), strict=True)
        ]
        draw.line([ends[0], ends[1]], fill=COLOURS[0], width=1)
        for x, y in ends:
            draw.ellipse([x - 2, y - 2, x + 2, y + 2], fill=COLOURS[0])


def _parts(design: Pixels, original: Pixels, m: Map, region: Polygon) -> tuple[Pixels, Pixels]:
    """The region's box on the design, and the original as the map lays it there."""
    side = max(design.shape[:2])
    low = np.floor(region.min(axis=0) * side).astype(int)
    high = np.ceil(region.max(axis=0) * side).astype(int)
    low = np.maximum(low, 0)
    high = np.minimum(np.maximum(high, low + 4), [design.shape[1], design.shape[0]])
    box = design[low[1] : high[1], low[0] : high[0]]
    by = CLOSE / max(box.shape[:2])
    size = (max(1, round(box.shape[1] * by)), max(1, round(box.shape[0] * by)))
    to = m.copy()
    to[:, 2] = (to[:, 2] + to[:, :2] @ (low / side)) * max(original.shape[:2])
    to[:, :2] *= max(original.shape[:2]) / side / by
    laid = cv2.warpAffine(
        original, to, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderValue=GROUND
    )
    how = cv2.INTER_AREA if by < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(box, size, interpolation=how), np.uint8), np.asarray(
        laid, np.uint8
    )


def _fitted(picture: Pixels, side: int) -> Pixels:
    by = side / max(picture.shape[:2])
    size = (max(1, round(picture.shape[1] * by)), max(1, round(picture.shape[0] * by)))
    how = cv2.INTER_AREA if by < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, size, interpolation=how), np.uint8)


def _folded(text: str, width: int) -> list[str]:
    """A text as lines that fit."""
    made = [""]
    for word in text.split():
        longer = f"{made[-1]} {word}".strip()
        if made[-1] and sans(14).getlength(longer) > width:
            made.append(word)
        else:
            made[-1] = longer
    return made


def _short(text: str, width: int) -> str:
    """A name that fits, its middle left out where it is long."""
    short, keep = text, len(text)
    while sans(14).getlength(short) > width and keep > 8:
        keep -= 2
        short = f"{text[: keep // 2]}…{text[len(text) - keep // 2 :]}"
    return short
