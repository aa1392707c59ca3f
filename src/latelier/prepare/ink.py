"""Ink drawings as true black on true white: thresholded, in proportion, centred by their mass."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latelier.errors import PictureError
from latelier.images import Pixels

BLACK, PAPER = 0, 255
MARGIN = 0.06  # of the frame, left free on every side
LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601
THINNEST = 0.25  # of a pixel's area in ink, below which it is paper however little ink is left


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
    grey = (pixels @ np.array(LUMA) + 0.5).astype(np.uint8)
    if int(grey.max()) - int(grey.min()) < 16:
        raise PictureError("it is all of one tone: there is no drawing on it")
    dark = grey <= (otsu(grey) if threshold is None else threshold)
    edge = np.concatenate([dark[0], dark[-1], dark[:, 0], dark[:, -1]])
    ink: NDArray[np.bool_] = ~dark if edge.mean() > 0.5 else dark
    if not ink.any():
        raise PictureError(f"nothing on it is darker than {threshold}: there is no drawing on it")
    return ink


def ink_form(ink: NDArray[np.bool_], size: tuple[int, int]) -> NDArray[np.uint8]:
    """A drawing in a frame, (height, width, 1) uint8, 0 and 255 only.

    The centre of its mass lies in the middle, its proportions are kept, and it is as large as the
    frame and its margin allow. What is made smaller keeps its share of ink, so that thin strokes
    stay: the pixels with the most ink in them are black, as many as the ink fills.
    """
    ys, xs = np.nonzero(ink)
    cx, cy = xs.mean() + 0.5, ys.mean() + 0.5
    reach_x = max(cx - xs.min(), xs.max() + 1 - cx)
    reach_y = max(cy - ys.min(), ys.max() + 1 - cy)
    scale = (1 - 2 * MARGIN) * min(size[0] / (2 * reach_x), size[1] / (2 * reach_y))
    coverage = _resampled(ink, (cx, cy), scale, size)
    wanted = round(float(coverage.sum()))
    level = np.sort(coverage, axis=None)[::-1][min(max(wanted, 1), coverage.size) - 1]
    black = coverage >= np.clip(level, THINNEST, 0.5)
    return np.where(black, BLACK, PAPER).astype(np.uint8)[..., None]


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
