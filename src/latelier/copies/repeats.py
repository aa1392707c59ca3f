"""Tell a copy of a regular pattern from another picture of the same pattern.

Two cloths of one motif, or two squared pages, agree wherever the pattern does. What makes a picture
itself is how it departs from its own pattern: the hand, the weave, the light. So the picture is laid
on itself one repeat further and taken away; what is left must agree as well.
"""

import functools
import math
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.copies.laid import Laid, correlated, laid_on_itself
from latelier.copies.pixels import FAINT, Map, Sight, in_colour, inverse

REGULAR = 0.5  # likeness of a picture with itself one repeat further, from which it is a pattern


@dataclass(frozen=True)
class Repeat:
    """How a picture repeats itself.

    Args:
        likeness: of the picture with itself, moved; 0 to 1.
        shift: x and y in pixels of the small picture.
    """

    likeness: float
    shift: tuple[float, float]


_known: WeakKeyDictionary[Sight, Repeat] = WeakKeyDictionary()


def repeat(sight: Sight) -> Repeat:
    """The shift by which a picture is most like itself (the peak of its autocorrelation)."""
    if sight not in _known:
        _known[sight] = _repeat(sight)
    return _known[sight]


def _repeat(sight: Sight) -> Repeat:
    height, width = sight.detail.shape[:2]
    # on so much empty ground that nothing comes in again from behind, at a size that is fast
    room = [cv2.getOptimalDFTSize(n + _furthest(n) + 1) for n in (height, width)]
    padded = np.zeros(room, np.float32)
    padded[:height, :width] = in_colour(sight.detail, sight.strongest)
    waves = cv2.dft(padded)
    power = cv2.mulSpectrums(waves, waves, 0, conjB=True)
    alike = cv2.dft(power, flags=cv2.DFT_INVERSE | cv2.DFT_SCALE)
    common, far = _shifts(height, width)
    # a shift and the opposite one are as like: those upward are left out
    least = far.shape[1] // 2
    likes = np.roll(alike[: len(far)], least, axis=1)[:, : far.shape[1]] / common
    likes = likes / (likes[0, least] + 1e-6)
    # the middle hill ends where the likeness has once fallen to a tenth in some direction
    low = far[likes < 0.1]
    hill = max(6.0, float(low.min()) if low.size else 6.0)
    ridge = np.where(far >= hill, likes, -1)
    down, across = np.unravel_index(int(ridge.argmax()), ridge.shape)
    dx, dy = float(across - least), float(down)
    return Repeat(laid_on_itself(sight, _moved(dx, dy)).likeness, (dx, dy))


def _furthest(count: int) -> int:
    """The largest shift of so many pixels that is looked at."""
    return math.ceil(0.45 * count) - 1


@functools.lru_cache(maxsize=64)
def _shifts(height: int, width: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Of every short shift down and across: how many pixels are common, and how far it is."""
    most = _furthest(width)
    y = np.arange(_furthest(height) + 1, dtype=np.float32)[:, None]
    x = np.arange(-most, most + 1, dtype=np.float32)
    return (height - y) * (width - np.abs(x)), np.hypot(x, y)


def departures_agree(first: Sight, second: Sight, m: Map, seen: Laid) -> tuple[float, float]:
    """How regular two pictures are, and how well their departures from the pattern agree.

    Args:
        first: the one with the coarser pixels of the common part.
        second: the other.
        m: pixels of the first to pixels of the second.
        seen: as the two lie on each other by that.

    Returns:
        the likeness of the more regular one with itself, and the likeness of what is left when the
        pattern is taken away; 1 where there is no pattern.
    """
    own, other = repeat(first), repeat(second)
    regular = max(own.likeness, other.likeness)
    if regular < REGULAR:
        return regular, 1.0
    shift = own.shift
    if other.likeness > own.likeness:
        back = inverse(m)[:, :2] @ np.array(other.shift)
        shift = (float(back[0]), float(back[1]))
    (x, y), inside = seen.details, seen.inside
    both = inside * _shifted(inside, shift)
    r, w, _ = correlated(
        (x - _shifted(x, shift)) * both, (y - _shifted(y, shift)) * both, both, FAINT * 2**0.5
    )
    return regular, float((np.maximum(r, 0) * w).sum() / (w.sum() + 1e-6))


def _moved(dx: float, dy: float) -> Map:
    return np.array([[1.0, 0.0, dx], [0.0, 1.0, dy]])


def _shifted(v: NDArray[np.float32], shift: tuple[float, float]) -> NDArray[np.float32]:
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (v.shape[1], v.shape[0])
    return np.asarray(cv2.warpAffine(v, _moved(*shift), size, flags=flags), np.float32)
