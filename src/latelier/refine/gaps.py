"""Fills narrow gaps between strokes, or opens strokes that only just touch; eyes stay.

Closing with a disc fills what is narrower than it. For opening, only those thin parts of the ink go
that join two thicker ones: a thin stroke of its own stays whole.
"""

import cv2
import numpy as np

from latelier.images import Pixels
from latelier.refine._contract import Setting, share_of
from latelier.refine._tones import Mask, dark_of, disc, picture_of

OF = "one"
TONES = "two"
SETTINGS = (
    Setting(
        "width",
        0.03,
        "Gaps or bridges up to this width: in pixels, or below 1 as a share of the longer side.",
        0,
        400,
    ),
    Setting("how", "fill", "Fill gaps, or open them.", choices=("fill", "open")),
)


def refine(pixels: Pixels, *, width: float, how: str) -> Pixels:
    """The picture with its gaps filled or opened."""
    dark = dark_of(pixels)
    radius = share_of(width, max(pixels.shape[:2])) / 2
    if dark is None or radius < 0.5:
        return pixels.copy()
    return picture_of(_filled(dark, radius) if how == "fill" else _opened(dark, radius))


def _filled(dark: Mask, radius: float) -> Mask:
    """Gaps narrower than twice the radius become ink; an eye that would go stays."""
    around = int(np.ceil(radius)) + 1
    ink = np.pad(dark, around).astype(np.uint8)
    kernel = disc(radius + 0.5)
    closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, kernel)
    _, labels = cv2.connectedComponents(1 - ink, connectivity=4)
    before = np.bincount(labels.ravel())
    after = np.bincount(labels[closed == 0], minlength=len(before))
    hole = np.ones(len(before), bool)
    hole[[0, labels[0, 0]]] = False
    lost = hole & (after < 0.5 * before)
    closed[lost[labels]] = 0
    return np.asarray(closed[around:-around, around:-around] > 0)


def _opened(dark: Mask, radius: float) -> Mask:
    """Bridges thinner than twice the radius go."""
    ink = dark.astype(np.uint8)
    thick = cv2.morphologyEx(
        ink, cv2.MORPH_OPEN, disc(radius), borderType=cv2.BORDER_CONSTANT, borderValue=0
    )
    _, bodies = cv2.connectedComponents(thick, connectivity=8)
    count, thin = cv2.connectedComponents(ink - thick, connectivity=8)
    near = cv2.dilate(bodies.astype(np.float32), np.ones((3, 3), np.uint8))
    far = -cv2.dilate(
        np.where(bodies > 0, -bodies, -1e9).astype(np.float32), np.ones((3, 3), np.uint8)
    )
    touching = (thin > 0) & (near > 0)
    most, least = np.zeros(count), np.full(count, np.inf)
    at = thin[touching].astype(np.int64)
    np.maximum.at(most, at, near[touching])
    np.minimum.at(least, at, far[touching])
    bridges = (most > least) & (most > 0)
    bridges[0] = False
    return np.asarray(dark & ~bridges[thin])
