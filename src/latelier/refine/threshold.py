"""Makes true black and white: by Otsu's method, by a fixed level, or by Sauvola's for uneven light.

N. Otsu, "A threshold selection method from gray-level histograms" (1979). J. Sauvola and M.
Pietikäinen, "Adaptive document image binarization" (2000).
"""

import numpy as np
from skimage.filters import threshold_otsu, threshold_sauvola

from latelier.images import Pixels
from latelier.refine._contract import Setting, share_of
from latelier.refine._tones import luma, picture_of

OF = "one"
TONES = "any"
SETTINGS = (
    Setting(
        "method",
        "otsu",
        "How the level is found.",
        choices=("otsu", "fixed", "sauvola"),
    ),
    Setting("level", 128, "For fixed: greys below it become black.", 1, 255),
    Setting(
        "window",
        0.2,
        "For sauvola: how far around each pixel it looks, in pixels, or below 1 as a share.",
        0.01,
        4000,
    ),
    Setting("k", 0.2, "For sauvola: higher takes less for ink.", 0, 1),
)


def refine(pixels: Pixels, *, method: str, level: float, window: float, k: float) -> Pixels:
    """The picture in true black and white."""
    light = luma(pixels)
    if light.min() == light.max():
        return picture_of(light < 128)
    if method == "otsu":
        return picture_of(light <= threshold_otsu(light))
    if method == "fixed":
        return picture_of(light < level)
    side = round(share_of(window, max(light.shape)))
    side = max(3, min(side, 2 * min(light.shape) - 1) | 1)
    padded = np.pad(light, side // 2, mode="symmetric" if min(light.shape) >= side // 2 else "edge")
    around = threshold_sauvola(padded, window_size=side, k=k, r=128.0)
    inner = np.s_[side // 2 : side // 2 + light.shape[0], side // 2 : side // 2 + light.shape[1]]
    return picture_of(light < around[inner])
