"""Takes away small black specks and white holes, by their area.

In black and white a speck is a connected piece (black over corners, white over edges). In greys
and colours it is what an area closing or opening of the brightness takes away (L. Vincent, "Morphological
area openings and closings for grey-scale images", 1994); it gets the colours that lie nearest to it.
"""

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt
from skimage.morphology import area_closing, area_opening

from latelier.images import Pixels
from latelier.refine._contract import Setting, share_of
from latelier.refine._tones import Mask, dark_of, luma, picture_of

OF = "one"
TONES = "any"
SETTINGS = (
    Setting(
        "area",
        0.0005,
        "What is no larger goes: in pixels, or below 1 as a share of the picture.",
        0,
        1e7,
    ),
    Setting(
        "what",
        "both",
        "Black specks, white holes, or both.",
        choices=("both", "black", "white"),
    ),
)
CLEAR = 24  # grey levels: what stands out less is texture, not a speck


def refine(pixels: Pixels, *, area: float, what: str) -> Pixels:
    """The picture without its specks."""
    most = int(share_of(area, pixels.shape[0] * pixels.shape[1]) + 1e-9)
    if most < 1:
        return pixels.copy()
    dark = dark_of(pixels)
    if dark is None:
        return _smoothed_over(pixels, _specks(luma(pixels), most, what))
    if what != "white":
        dark = _large(dark, most, 8)
    if what != "black":
        dark = ~_large(~dark, most, 4)
    return picture_of(dark)


def _large(mask: Mask, most: int, connectivity: int) -> Mask:
    """The pieces of a mask that have more pixels than ``most``."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(
        mask.astype(np.uint8), connectivity=connectivity
    )
    keep = stats[:, cv2.CC_STAT_AREA] > most
    keep[0] = False
    return np.asarray(keep[labels], bool)


def _specks(light: NDArray[np.uint8], most: int, what: str) -> Mask:
    """Where small dark or light spots stand out."""
    clean = light
    if what != "white":
        clean = area_closing(clean, most + 1, connectivity=2)
    if what != "black":
        clean = area_opening(clean, most + 1, connectivity=1)
    return np.asarray(np.abs(clean.astype(np.int16) - light) >= CLEAR)


def _smoothed_over(pixels: Pixels, specks: Mask) -> Pixels:
    """The picture with the nearest colours laid over some of its pixels."""
    if not specks.any() or specks.all():
        return pixels.copy()
    rim = cv2.dilate(specks.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    rim = specks if rim.all() else rim  # a soft edge goes with its speck
    ys, xs = distance_transform_edt(rim, return_distances=False, return_indices=True)
    return np.ascontiguousarray(pixels[ys, xs])
