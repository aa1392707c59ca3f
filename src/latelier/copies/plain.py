"""Tell figures so plain that any two of a kind are alike: a circle, a bar, a box.

Laid on each other at any size and place they agree to the pixel, and prove nothing by it. What is
plain is like itself when turned about its own middle: by any angle, or by half a turn and mirrored
as well. Two of them are one picture only where they lie alike in their frames.
"""

import math
from weakref import WeakKeyDictionary

import numpy as np

from latelier.copies.laid import laid_on_itself
from latelier.copies.pixels import FAINT, Map, Sight, affine
from latelier.copies.windows import STEP

SPARSE = 0.5  # of the places with detail; a cloth that is its own mirror image has more
SELF = 0.93  # likeness of a plain figure with itself
ANGLES = (0.8, 2.0)  # radians, of which no polygon of few sides is the repeat
ON_CORNER = 0.05  # of the longer side, by which a corner may miss the corner of the other frame
_known: WeakKeyDictionary[Sight, bool] = WeakKeyDictionary()


def is_plain(sight: Sight) -> bool:
    """Whether a picture holds one plain figure on empty ground."""
    if sight not in _known:
        _known[sight] = _is_plain(sight)
    return _known[sight]


def _is_plain(sight: Sight) -> bool:
    weight = sight.weight
    total = float(weight.sum())
    if total <= 0 or (weight > FAINT).mean() > SPARSE:
        return False
    y, x = (np.arange(n) * float(STEP) for n in weight.shape)
    middle = (weight.sum(axis=0) @ x) / total, (weight.sum(axis=1) @ y) / total
    if all(_like_itself(sight, middle, by) for by in ANGLES):
        return True
    if not _like_itself(sight, middle, math.pi):
        return False
    dx, dy = x[None] - middle[0], y[:, None] - middle[1]
    xx, yy, xy = (float((weight * v).sum()) for v in (dx * dx, dy * dy, dx * dy))
    axis = math.atan2(2 * xy, xx - yy)  # twice the angle of the longer axis
    return _like_itself(sight, middle, axis, mirrored=True)


def _like_itself(
    sight: Sight, middle: tuple[float, float], by: float, mirrored: bool = False
) -> bool:
    """Whether the figure is like itself turned, or mirrored on a line at half that angle."""
    c, s, flip = math.cos(by), math.sin(by), -1.0 if mirrored else 1.0
    linear = np.array([[c, -s * flip], [s, c * flip]])
    centre = np.array(middle)
    seen = laid_on_itself(sight, affine(linear, centre - linear @ centre))
    return seen.likeness > SELF


def same_frame(m: Map, first: Sight, second: Sight) -> bool:
    """Whether a map lays the one picture's frame on the other's, flipped or turned as may be.

    Args:
        m: pixels of the first to pixels of the second.
        first: one picture.
        second: the other.
    """
    frames = []
    for sight in (first, second):
        wide, high = sight.size
        frames.append(np.array([[0, 0], [wide, 0], [wide, high], [0, high]]) - 0.5)
    there = frames[0] @ m[:, :2].T + m[:, 2]
    far = np.linalg.norm(there[:, None] - frames[1], axis=2)
    return bool((far.min(axis=0) < ON_CORNER * max(second.size)).all())
