"""Ink drawings as true black on true white: thresholded, in proportion, centred by their mass."""

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latelier.errors import PictureError
from latelier.images import Pixels

BLACK, PAPER = 0, 255
CENTRES = ("mass", "box")  # of the ink: what comes to lie in the middle
MARGIN = 0.06  # of the frame, left free on every side
DUST = 0.6  # of the pen's width squared; a dot set with the pen has .78
THINNEST = 0.08  # of a pixel's area in ink: a fainter line is lost, a fainter speck is none


def otsu(grey: NDArray[np.uint8]) -> int:
    """The grey at or below which pixels are ink: Otsu (1979), the split with the widest classes.

    Args:
        grey: any shape, uint8.
    """
    counts = np.bincount(grey.ravel(), minlength=256).astype(np.float64)
    below = np.cumsum(counts)
    above = below[-1] - below
    total = np.cumsum(counts * np.arange(256))
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (total / below - (total[-1] - total) / above) ** 2
    return int(np.nanargmax(np.where((below > 0) & (above > 0), between, -1.0)))


def ink_mask(pixels: Pixels, threshold: int | None = None) -> NDArray[np.bool_]:
    """Where the ink lies, (h, w) bool; on a dark ground the light parts are the ink.

    Args:
        pixels: (h, w, 3).
        threshold: greys up to it are dark; by Otsu's method if left out.

    Raises:
        PictureError: it is all of one tone.
    """
    grey = np.asarray(Image.fromarray(pixels).convert("L"))  # luma of ITU-R BT.601
    if int(grey.max()) - int(grey.min()) < 16:
        raise PictureError("it is all of one tone: there is no drawing on it")
    dark = grey <= (otsu(grey) if threshold is None else threshold)
    edge = np.concatenate([dark[0], dark[-1], dark[:, 0], dark[:, -1]])
    ink: NDArray[np.bool_] = ~dark if edge.mean() > 0.5 else dark
    if not ink.any():
        raise PictureError(f"nothing on it is darker than {threshold}: there is no drawing on it")
    return without_dust(ink)


def without_dust(ink: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The ink without specks smaller than a dot of the pen, and without what a box line left.

    That lies along the picture's edge and is thinner than the pen. On 600 drawings cut from noisy
    pages 108 had such remains, and a speck in a corner makes the drawing small in its frame.

    Args:
        ink: where the ink lies, (h, w) bool; all of it comes back where it is nothing but dust.
    """
    mask = ink.astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count < 3:
        return ink
    x, y, wide, high, area = stats.T
    within = cv2.distanceTransform(np.pad(mask, 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    largest = within[labels == 1 + int(np.argmax(area[1:]))]
    pen = 2 * float(np.percentile(largest, 90))
    edge = (x == 0) | (y == 0) | (x + wide == ink.shape[1]) | (y + high == ink.shape[0])
    thin = np.minimum(wide, high) <= max(1.0, 0.5 * pen)
    dust = (area < DUST * pen**2) | (edge & thin)
    dust[0] = True
    return ink if dust.all() else np.asarray(~dust[labels])


def ink_form(
    ink: NDArray[np.bool_], size: tuple[int, int], fit: str = "pad", centre: str = "mass"
) -> NDArray[np.uint8]:
    """A drawing in a frame, (height, width, 1) uint8, 0 and 255 only, nothing of it cut off.

    A pixel is black if half of it is ink, or if a line thinner than a pixel runs through it: so
    strokes stay whole however small they are made.

    Args:
        ink: where the ink lies, (h, w) bool.
        size: width and height of the frame.
        fit: ``pad`` scales the whole picture into the frame, so that drawings keep their sizes
            beside each other; ``crop`` makes each drawing as large as the frame allows.
        centre: what lies in the middle of the frame, the ``mass`` of the ink or its ``box``.
    """
    ys, xs = np.nonzero(ink)
    left, right, top, bottom = xs.min(), xs.max() + 1, ys.min(), ys.max() + 1
    if centre == "mass":
        cx, cy = xs.mean() + 0.5, ys.mean() + 0.5
    else:
        cx, cy = (left + right) / 2, (top + bottom) / 2
    reach_x, reach_y = max(cx - left, right - cx), max(cy - top, bottom - cy)
    scale = (1 - 2 * MARGIN) * min(size[0] / (2 * reach_x), size[1] / (2 * reach_y))
    if fit == "pad":
        scale = min(scale, size[0] / ink.shape[1], size[1] / ink.shape[0])
    coverage = _resampled(ink, (cx, cy), scale, size)
    black = (coverage >= 0.5) | _hairlines(coverage)
    return np.where(black, BLACK, PAPER).astype(np.uint8)[..., None]


def _hairlines(coverage: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where a line thinner than a pixel runs: the most ink across it, and little beside it."""
    around = np.pad(coverage, 1)
    found = np.zeros(coverage.shape, bool)
    for before, after in (
        (around[:-2, 1:-1], around[2:, 1:-1]),
        (around[1:-1, :-2], around[1:-1, 2:]),
    ):
        peak = (coverage >= before) & (coverage > after)
        found |= peak & (before + after < 1.2 * coverage)
    return found & (coverage >= THINNEST)


def _resampled(
    ink: NDArray[np.bool_], centre: tuple[float, float], scale: float, size: tuple[int, int]
) -> NDArray[np.float64]:
    """The share of ink in each pixel of a frame whose middle is ``centre``, (height, width)."""
    half_w, half_h = size[0] / 2 / scale, size[1] / 2 / scale
    left, top = int(np.floor(centre[0] - half_w)), int(np.floor(centre[1] - half_h))
    right, bottom = int(np.ceil(centre[0] + half_w)), int(np.ceil(centre[1] + half_h))
    sheet = np.zeros((bottom - top, right - left), np.uint8)
    ys, xs = np.nonzero(ink)
    sheet[ys - top, xs - left] = 255
    box = (centre[0] - half_w - left, centre[1] - half_h - top)
    edges = (*box, box[0] + 2 * half_w, box[1] + 2 * half_h)
    way = Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR
    small = Image.fromarray(sheet).resize(size, way, box=edges)
    return np.asarray(small, np.float64) / 255
