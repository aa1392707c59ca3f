"""Makes one picture of several: their mean or median, each first shifted to lie on the first.

Shifts are found by phase correlation (C. Kuglin and D. Hines, 1975).
"""

import numpy as np
from skimage.registration import phase_cross_correlation

from latelier.errors import PictureError
from latelier.images import Pixels
from latelier.refine._contract import Setting
from latelier.refine._tones import luma

OF = "several"
TONES = "any"
SETTINGS = (
    Setting("of", 0, "So many after each other give one; 0: all of them.", 0, 100_000),
    Setting("align", "shift", "Whether each is shifted first.", choices=("shift", "none")),
    Setting("what", "mean", "The mean, or the median.", choices=("mean", "median")),
)


def refine(pictures: list[Pixels], *, of: float, align: str, what: str) -> Pixels:
    """One picture of several of one size; ``of`` has chosen them already.

    Raises:
        PictureError: they are not of one size.
    """
    del of
    sizes = {p.shape[:2] for p in pictures}
    if len(sizes) > 1:
        raise PictureError(
            "an average is made of pictures of one size; bring them to one first: centre:size=256"
        )
    laid = [pictures[0]]
    first = 255.0 - luma(pictures[0])
    for picture in pictures[1:]:
        laid.append(picture if align == "none" else _shifted(picture, first))
    if what == "median":
        return np.clip(np.median(laid, axis=0) + 0.5, 0, 255).astype(np.uint8)
    total = np.zeros(laid[0].shape, np.float64)
    for picture in laid:
        total += picture
    return np.clip(total / len(laid) + 0.5, 0, 255).astype(np.uint8)


def _shifted(picture: Pixels, first: np.ndarray) -> Pixels:
    """A picture moved by whole pixels to lie on the first; its edge goes on where nothing is left."""
    own = 255.0 - luma(picture)
    if not own.any() or not first.any() or own.std() == 0 or first.std() == 0:
        return picture
    shift = phase_cross_correlation(first, own, normalization=None)[0]
    dy, dx = (int(v) for v in np.round(shift))
    h, w = own.shape
    rows, columns = np.clip(np.arange(h) - dy, 0, h - 1), np.clip(np.arange(w) - dx, 0, w - 1)
    return np.ascontiguousarray(picture[rows[:, None], columns])
