"""Outlines of two tones averaged along themselves, without becoming shorter.

What a first average takes away is averaged and given back (J. Tukey's twicing, 1977): curves wider
than the average keep their place, and a stroke of any width stays as wide as it is.
"""

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from skimage.measure import find_contours

from latelier.refine._tones import Mask

EVEN = 0.5  # pixels between the points of an outline
FINE = 4_000_000  # pixels; outlines of larger pictures are laid down without finer pixels


def smoothed(dark: Mask, reach: float, times: float = 1) -> Mask:
    """A mask whose outlines were averaged over ``reach`` pixels along themselves.

    Args:
        dark: (h, w) bool.
        reach: standard deviation of the average, in pixels of the mask.
        times: how many times larger the result is.
    """
    h, w = round(dark.shape[0] * times), round(dark.shape[1] * times)
    fine = 4 if h * w <= FINE else 1
    loops = []
    around = max(2, round(3 * reach))  # an outline at the edge of the picture goes on behind it
    padded = np.pad(dark, around, mode="edge")
    for outline in find_contours(np.pad(padded, 1).astype(np.float32), 0.5):
        loop = averaged(evenly(outline[:-1] - 1 - around), reach)
        scale = np.array([h, w]) / dark.shape * fine
        loops.append(np.rint(((loop + 0.5) * scale - 0.5)[:, ::-1] * 16).astype(np.int32))
    sheet = np.zeros((h * fine, w * fine), np.uint8)
    if loops:
        cv2.fillPoly(sheet, loops, 255, cv2.LINE_8, 4)
    if fine > 1:
        sheet = np.asarray(cv2.resize(sheet, (w, h), interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(sheet >= 128)


def evenly(loop: NDArray[np.float64]) -> NDArray[np.float64]:
    """A closed line (n, 2), whose last point is not the first again, as points ``EVEN`` apart."""
    closed = np.concatenate([loop, loop[:1]])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))])
    count = max(8, int(np.ceil(along[-1] / EVEN)))
    even = np.linspace(0, along[-1], count, endpoint=False)
    return np.stack([np.interp(even, along, closed[:, k]) for k in (0, 1)], 1)


def averaged(points: NDArray[np.float64], reach: float) -> NDArray[np.float64]:
    """A closed line of points ``EVEN`` apart, averaged along itself without becoming shorter.

    Args:
        points: (n, 2), from ``evenly``.
        reach: standard deviation in pixels; less on short loops, so that a dot stays a dot.
    """
    sigma = min(reach / EVEN, len(points) / 12)

    def once(a: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(gaussian_filter1d(a, sigma, axis=0, mode="wrap"))

    first = once(points)
    return first + once(points - first)
