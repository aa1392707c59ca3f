"""Writing beside drawings, and which way up it stands.

Words that were written beside drawings stand in rows, low, near one another. And Latin writing has more
above its small letters than below them (R. Caprari, "Algorithm for text page up/down orientation
determination", 2000), so a page with words tells when it stands on its head. Drawings do not.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from latelier.cut.ink import Mask

Floats = NDArray[np.float64]
LOW = 0.4  # of the height of the page's large drawings: a word is lower
NEAR = 1.6  # of a word's height: as far apart as words of a row are
LONG = 4.0  # times longer than high: three words in a row
ENOUGH = 12  # words from which the way up is told
BEYOND = 0.05  # of the ink of words stands out of their small letters; below it is chance
SURE = 0.25  # of what stands out of the small letters: upright pages have .3 to .8 more above, in
# three types and two sizes of 130 to 490 words


def notes(frames: Floats) -> NDArray[np.bool_]:
    """Which marks on a page of drawings are writing: low, in a row of three or more.

    Args:
        frames: (n, 4) left, top, right, bottom on the page made level.
    """
    none = np.zeros(len(frames), bool)
    if len(frames) < 5:
        return none
    size = frames[:, 2:] - frames[:, :2]
    large = float(np.percentile(size[:, 1], 85))
    low = size[:, 1] < LOW * large
    if not low.any() or (~low).sum() < 2:
        return none
    height = np.maximum(np.minimum(size[:, None, 1], size[None, :, 1]), 0.15 * large)
    gap = np.maximum(
        frames[None, :, 0] - frames[:, None, 2], frames[:, None, 0] - frames[None, :, 2]
    )
    linked = in_row(frames) & (gap < NEAR * height) & low[:, None] & low[None]
    _, group = connected_components(linked, directed=False)
    for number in np.unique(group[low]):
        some = np.nonzero(group == number)[0]
        high = float(np.ptp(np.concatenate([frames[some, 1], frames[some, 3]])))
        wide = float(frames[some, 2].max() - frames[some, 0].min())
        none[some] = (
            len(some) >= 3 and wide > LONG * np.median(size[some, 1]) and high < 2 * LOW * large
        )
    return none


def in_row(bounds: Floats) -> NDArray[np.bool_]:
    """(n, n) which bounds stand beside each other, sharing a third of the lower one's height."""
    top = np.maximum(bounds[:, None, 1], bounds[None, :, 1])
    foot = np.minimum(bounds[:, None, 3], bounds[None, :, 3])
    height = bounds[:, 3] - bounds[:, 1]
    return np.asarray(foot - top > np.minimum(height[:, None], height[None]) / 3)


def way_up(mask: Mask, bounds: Floats) -> float:
    """How much more of the ink of words stands above their small letters than below, -1 to 1.

    Below -``SURE`` the page stands on its head; 0 where there are fewer than ``ENOUGH`` words.

    Args:
        mask: (h, w) uint8, the page nearly level.
        bounds: (n, 4) of words, in its pixels.
    """
    above = below = 0.0
    words = 0
    for x0, y0, x1, y1 in np.rint(bounds).astype(int).clip(0).tolist():
        ink = (mask[y0:y1, x0:x1] > 0).sum(1).astype(np.float64)
        if len(ink) < 8 or x1 - x0 < y1 - y0:
            continue
        ink = np.convolve(ink, np.ones(3) / 3, mode="same")
        body = np.nonzero(ink >= 0.5 * ink.max())[0]
        above += ink[: body[0]].sum() / ink.sum()
        below += ink[body[-1] + 1 :].sum() / ink.sum()
        words += 1
    if words < ENOUGH or above + below < BEYOND * words:
        return 0.0
    return float((above - below) / (above + below))
