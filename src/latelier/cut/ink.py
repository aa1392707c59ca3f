"""Ink told from paper: uneven light taken out, then Otsu, Sauvola or a fixed threshold.

N. Otsu, "A threshold selection method from gray-level histograms" (1979): the threshold that
maximises the variance between the classes (eq. 14). J. Sauvola and M. Pietikäinen, "Adaptive
document image binarization" (2000): T = mean * (1 + k * (deviation / R - 1)) (eq. 5).
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]  # (h, w)
Mask = NDArray[np.uint8]  # (h, w), 255 where there is ink, else 0

METHODS = ("auto", "otsu", "sauvola", "fixed")
PAPER = 224  # what even paper becomes in a flattened page; leaves room above for its noise
_SHRINK = 8  # the light is looked at on a page this many times smaller
GRAINY = 10.0  # grey levels; scans have 1 to 5, phones to 8
PALER = 0.45  # of the way from paper to ink
_PALE = 0.10  # darker than the paper by less than this share is never ink: noise, stains


@dataclass(frozen=True)
class Inked:
    """A page with its light evened and its ink found.

    Args:
        flat: (h, w) uint8, the page as it would look under even light; paper near ``PAPER``.
        mask: (h, w) uint8, 255 where there is ink.
        pale: (h, w) uint8, 255 where something is paler than ink and darker than paper:
            printed lines, pencil, stains.
        threshold: in grey levels of ``flat`` (of the page itself for ``fixed``).
        paper: the level of the paper in ``flat``.
        noise: standard deviation of the paper in ``flat``, in grey levels.
        ink: mean level of the ink in ``flat``.
        counts: (256,) how many pixels of ``flat`` have each level.
    """

    flat: Grey
    mask: Mask
    pale: Mask
    threshold: float
    paper: float
    noise: float
    ink: float
    counts: NDArray[np.float64]


def grey_of(pixels: NDArray[np.uint8]) -> Grey:
    """The luminance of a picture (h, w, 3) sRGB, or the picture itself where it is grey (h, w)."""
    return pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)


def flattened(grey: Grey, reach: int = 15) -> Grey:
    """The page under even light.

    The light on the paper is the brightest spot nearby (a grey closing on a small copy): ink
    that is less than about ``8 * reach`` pixels wide leaves no trace in it.
    """
    h, w = grey.shape
    across, down = max(1, w // _SHRINK), max(1, h // _SHRINK)
    whole = grey[: down * _SHRINK, : across * _SHRINK]  # by a whole number: four times as fast
    small = cv2.resize(whole, (across, down), interpolation=cv2.INTER_AREA)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    light = cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel, borderType=cv2.BORDER_REPLICATE)
    light = cv2.blur(light, (5, 5), borderType=cv2.BORDER_REPLICATE)
    high, wide = whole.shape
    light = cv2.resize(np.maximum(light, 24), (wide, high), interpolation=cv2.INTER_LINEAR)
    light = cv2.copyMakeBorder(light, 0, h - high, 0, w - wide, cv2.BORDER_REPLICATE)
    return np.asarray(cv2.divide(grey, light, scale=PAPER), np.uint8)


def find_ink(grey: Grey, method: str = "auto", threshold: float | None = None) -> Inked:
    """Tell ink from paper.

    ``auto`` is Otsu over what is darker than the paper: printed lines, pencil and stains fall on
    the pale side where the ink is clearly darker than they are. ``otsu`` is Otsu over the whole
    flattened page.

    Args:
        grey: (h, w) uint8.
        method: one of ``METHODS``.
        threshold: for ``fixed``: darker than this grey level is ink, 0 to 255.
    """
    flat = flattened(grey)
    counts, paper, noise = _levels(flat)
    if (
        max(noise, _grain(flat)) > GRAINY
    ):  # a grain that blurring takes away is the sensor's; what stays is a texture
        flat = flattened(np.asarray(cv2.GaussianBlur(grey, (0, 0), 1.1), np.uint8))
        counts, paper, noise = _levels(flat)
    faint = paper - max(5 * noise, _PALE * paper)
    cut, over = faint, flat
    if method == "fixed":
        cut, over = float(threshold if threshold is not None else 128), grey
    elif method == "otsu":
        cut = otsu(counts)
    elif method == "auto":
        cut = min(otsu(counts[: max(2, int(faint))]), faint)
    if method == "sauvola":
        mask = sauvola(flat)
    else:
        mask = cv2.threshold(over, cut, 255, cv2.THRESH_BINARY_INV)[1]
    pale = cv2.inRange(flat, int(cut) + 1, max(int(cut) + 1, int(faint)))
    inked = counts[: int(faint if method == "sauvola" else min(cut, 255)) + 1]
    ink = float(inked @ np.arange(len(inked)) / max(inked.sum(), 1))
    return Inked(flat, np.asarray(mask, np.uint8), pale, cut, paper, noise, ink, counts)


def paler(inked: Inked) -> Mask:
    """Ink down to less than half way from paper to ink: thin strokes whole, printed lines partly."""
    level = inked.paper - PALER * (inked.paper - inked.ink)
    return np.asarray(cv2.threshold(inked.flat, level, 255, cv2.THRESH_BINARY_INV)[1], np.uint8)


def pen_width(mask: Mask) -> float:
    """The usual width of a stroke in pixels, from the lengths of its crossings.

    A line of width w met at all angles is crossed over w / |sin|, half of the times over more
    than 1.155 w (the median of 1 / sin under the density sin); filled forms are few crossings.
    """
    lengths = []
    for lines in (mask[::9], np.ascontiguousarray(mask[:, ::9].T)):
        padded = np.pad(lines > 0, ((0, 0), (1, 1))).ravel()
        turns = np.flatnonzero(padded[1:] != padded[:-1])
        lengths.append(turns[1::2] - turns[::2])
    runs = np.concatenate(lengths)
    runs = runs[runs > 1]
    return float(max(1.0, np.median(runs) / 1.155)) if len(runs) else 1.0


def _levels(flat: Grey) -> tuple[NDArray[np.float64], float, float]:
    """The histogram, its commonest bright level, and the deviation of the levels above that."""
    counts = cv2.calcHist([flat], [0], None, [256], [0, 256]).ravel().astype(np.float64)
    smooth = np.convolve(counts, np.ones(5) / 5, mode="same")
    paper = int(np.argmax(smooth[128:])) + 128
    above = np.cumsum(counts[paper:])
    noise = float(np.searchsorted(above, 0.683 * above[-1])) if above[-1] else 1.0
    return counts, float(paper), max(noise, 1.0)


def _grain(flat: Grey) -> float:
    """The deviation from pixel to pixel, which bright paper that is cut off at white still shows."""
    rows = flat[::7]
    steps = cv2.calcHist([cv2.absdiff(rows[:, 1:], rows[:, :-1])], [0], None, [256], [0, 256])
    below = np.cumsum(steps.ravel())
    middle = float(np.searchsorted(below, below[-1] / 2))
    return middle / 0.954  # of two normal deviates; half their steps are smaller


def otsu(counts: NDArray[np.float64]) -> float:
    """The level that parts a histogram best; the last level of the darker class."""
    levels = np.arange(len(counts))
    weight = np.cumsum(counts)
    total, mass = weight[-1], np.cumsum(counts * levels)
    if total <= 0:
        return 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (mass[-1] * weight / total - mass) ** 2 / (weight * (total - weight))
    best = np.nan_to_num(between, nan=-1.0, posinf=-1.0)
    return float(np.mean(np.nonzero(best == best.max())[0]))


def sauvola(flat: Grey, window: int = 41, k: float = 0.2) -> Mask:
    """Ink by Sauvola's threshold in a ``window`` around each pixel, R = 128."""
    mean = cv2.boxFilter(flat, cv2.CV_32F, (window, window))
    square = cv2.sqrBoxFilter(flat, cv2.CV_32F, (window, window))
    deviation = np.sqrt(np.maximum(square - mean * mean, 0))
    mask: Mask = ((flat < mean * (1 + k * (deviation / 128 - 1))) * np.uint8(255)).astype(np.uint8)
    return mask
