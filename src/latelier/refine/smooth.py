"""Smooths outlines: along their curve, or by morphology; thin strokes are kept.

In black and white, ``curvature`` averages each outline along itself (``_outlines``). In greys and
colours it moves every level line by its curvature until a disc of the radius would be gone:
u_t = |grad u| div(grad u / |grad u|) (L. Alvarez, F. Guichard, P.-L. Lions, J.-M. Morel, 1993).
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.images import Pixels
from latelier.refine._contract import Setting, share_of
from latelier.refine._outlines import smoothed
from latelier.refine._tones import Mask, dark_of, disc, picture_of

OF = "one"
TONES = "any"
SETTINGS = (
    Setting(
        "radius",
        0.015,
        "Bumps of about this radius go: in pixels, or below 1 as a share of the longer side.",
        0,
        200,
    ),
    Setting(
        "method",
        "curvature",
        "Along the curve of the outlines, or by opening and closing with a disc.",
        choices=("curvature", "morphology"),
    ),
)
STEP = 0.2  # of the explicit scheme; stable up to 0.25
LONGEST = 400  # steps of it


def refine(pixels: Pixels, *, radius: float, method: str) -> Pixels:
    """The picture with smoother outlines."""
    reach = share_of(radius, max(pixels.shape[:2]))
    if reach < 0.3:
        return pixels.copy()
    dark = dark_of(pixels)
    if method == "morphology":
        return _opened_closed(pixels, reach) if dark is None else picture_of(_kept(dark, reach))
    if dark is None:
        return _by_curvature(pixels, reach)
    return picture_of(smoothed(dark, reach))


def _kept(dark: Mask, reach: float) -> Mask:
    """A mask opened and closed with a disc; strokes thinner than the disc stay as they are."""
    ink = dark.astype(np.uint8)
    kernel = disc(reach)
    opened = cv2.morphologyEx(ink, cv2.MORPH_OPEN, kernel)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink - opened, connectivity=8)
    long = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(1) > 3 * reach
    long[0] = False
    opened = np.maximum(opened, long[labels].astype(np.uint8))
    around = int(np.ceil(reach)) + 1
    closed = cv2.morphologyEx(np.pad(opened, around, mode="edge"), cv2.MORPH_CLOSE, kernel)
    return np.asarray(closed[around:-around, around:-around] > 0)


def _opened_closed(pixels: Pixels, reach: float) -> Pixels:
    """The mean of closing after opening and opening after closing, each channel."""
    kernel = disc(reach)
    one = cv2.morphologyEx(
        cv2.morphologyEx(pixels, cv2.MORPH_OPEN, kernel), cv2.MORPH_CLOSE, kernel
    )
    two = cv2.morphologyEx(
        cv2.morphologyEx(pixels, cv2.MORPH_CLOSE, kernel), cv2.MORPH_OPEN, kernel
    )
    return ((one.astype(np.uint16) + two + 1) // 2).astype(np.uint8)


def _by_curvature(pixels: Pixels, reach: float) -> Pixels:
    """Level lines moved by their curvature for the time in which a disc of ``reach`` is gone."""
    u: NDArray[np.floating] = pixels.astype(np.float32)
    count = min(LONGEST, max(1, round(reach**2 / 2 / STEP)))
    for _ in range(count):
        p = np.pad(u, ((1, 1), (1, 1), (0, 0)), mode="edge")
        up, down, left, right = p[:-2, 1:-1], p[2:, 1:-1], p[1:-1, :-2], p[1:-1, 2:]
        ux, uy = (right - left) / 2, (down - up) / 2
        uxx, uyy = right - 2 * u + left, down - 2 * u + up
        uxy = (p[2:, 2:] - p[2:, :-2] - p[:-2, 2:] + p[:-2, :-2]) / 4
        slope = ux * ux + uy * uy
        turn = (uxx * uy * uy - 2 * uxy * ux * uy + uyy * ux * ux) / np.maximum(slope, 1e-3)
        u = u + STEP * turn
    return np.clip(u + 0.5, 0, 255).astype(np.uint8)
