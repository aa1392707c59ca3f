"""Whether a picture is a page of drawings at all: blank pages, photographs, text and bindings told apart."""

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from latelier.cut.ink import Inked
from latelier.cut.writing import in_row

Floats = NDArray[np.float64]
PAPER_SHARE = 0.5  # of a page lies near one brightness; photographs have .05 to .3
TEXTURE = 11.0  # grey levels on the paper; pages have 1 to 9, photographs of other things 12 to 100
WIDE = 1.6  # times as wide as high: the middle word of a text, and more
LETTERS = 200  # fewer may be drawings in a lattice
WORDS = 40  # fewer are not told from drawings in a row
BLANK = 2e-5  # of a page covered with ink: fewer than 44 dots on A4 at 150 dpi


def not_a_page(inked: Inked) -> str:
    """A sentence on why a picture is no page of drawings, or nothing where it may be one."""
    covered = cv2.countNonZero(inked.mask) / inked.mask.size
    textured = paper_share(inked) < PAPER_SHARE or inked.noise > TEXTURE
    if not textured and (covered < BLANK or inked.paper - inked.ink < 20):
        return "The page is blank."
    if textured:
        return (
            "This looks like a photograph or a painting rather than a page of drawings; "
            "nothing was cut from it. If it is a page, say what is on it with --kind."
        )
    return ""


def is_writing(bounds: Floats) -> bool:
    """Whether free forms are the words of a text: of one height, of many widths, close in rows.

    Of printed text in twelve types and sizes, and of script as by hand, heights deviate by .12 to .19
    of their mean, widths by .4 to .67, and the middle word is 2 to 3 times longer than high. Drawings
    without boxes are as wide as high.

    Args:
        bounds: (n, 4) left, top, right, bottom.
    """
    if len(bounds) < WORDS:
        return False
    if len(bounds) >= LETTERS and _is_print(bounds):
        return True
    width, height = bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1]
    usual = float(np.median(height))
    bounds = joined(bounds, 0.3 * usual)  # letters that stand alone, into their words
    if len(bounds) < WORDS:
        return False
    width, height = bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1]
    usual = float(np.median(height))
    even = height.std() < 0.35 * height.mean() and width.std() > 0.35 * width.mean()
    if not even or np.median(width) < WIDE * usual:
        return False
    gap = np.where(in_row(bounds), bounds[None, :, 0] - bounds[:, None, 2], np.inf)
    return bool(np.median(np.where(gap > -2, gap, np.inf).min(1)) < 1.6 * usual)


def _is_print(bounds: Floats) -> bool:
    """Whether marks are single letters: of about one height, close, and with their feet on lines.

    Of eleven printed faces .81 to .96 of the letters stand on the foot of the next one, of free
    drawings set in rows 0 to .5, in a lattice to .7.
    """
    height = bounds[:, 3] - bounds[:, 1]
    usual = float(np.median(height))
    gap = np.where(in_row(bounds), bounds[None, :, 0] - bounds[:, None, 2], np.inf)
    gap = np.where(gap > -2, gap, np.inf)
    right, gap = gap.argmin(1), gap.min(1)
    near = gap < usual
    if near.mean() < 0.7 or height.std() > 0.3 * height.mean():
        return False
    off = np.abs(bounds[right] - bounds)[near][:, [1, 3]]  # of heads, where the page is upside down
    level = (off <= max(1.5, 0.1 * usual)).mean(0).max()
    close = np.median(gap[near]) < 0.4 * usual
    return bool(level >= (0.75 if close else 0.88))


def words_of(bounds: Floats) -> Floats:
    """Words (n, 4), where letters stand alone joined to them; none where they are set too wide."""
    usual = float(np.median(bounds[:, 3] - bounds[:, 1]))
    for reach in (0.0, 0.3, 0.5):
        words = joined(bounds, reach * usual)
        size = words[:, 2:] - words[:, :2]
        if np.median(size[:, 0] / size[:, 1]) >= WIDE:
            return words
    return bounds[:0]


def joined(bounds: Floats, reach: float) -> Floats:
    """The bounds (n, 4) of what stands beside each other with gaps of ``reach`` or less."""
    gap = np.maximum(
        bounds[None, :, 0] - bounds[:, None, 2], bounds[:, None, 0] - bounds[None, :, 2]
    )
    count, group = connected_components(in_row(bounds) & (gap <= reach), directed=False)
    low, high = np.full((count, 2), np.inf), np.full((count, 2), -np.inf)
    np.minimum.at(low, group, bounds[:, :2])
    np.maximum.at(high, group, bounds[:, 2:])
    return np.concatenate([low, high], 1)


def has_shades(inked: Inked) -> bool:
    """Whether more of a picture lies between paper and ink than is ink, as on photographs."""
    faint = int(inked.paper - max(5 * inked.noise, 0.1 * inked.paper))
    between = inked.counts[int(inked.threshold) + 1 : max(1, faint) + 1].sum()
    return bool(between > cv2.countNonZero(inked.mask))


def paper_share(inked: Inked) -> float:
    """The share of a picture that is as bright as its paper, under even light."""
    spread = max(3 * inked.noise, 14.0)
    near = inked.counts[max(0, int(inked.paper - spread)) :].sum()
    return float(near / inked.counts.sum())
