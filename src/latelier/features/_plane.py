"""What families of features look at together: a picture at one size, its colours, its lightness."""

import hashlib
from collections import OrderedDict
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from latelier.features._colour import lab
from latelier.images import fitted

Number = TypeVar("Number", bound=np.generic)
SIDE = 256  # px, the longer side; finer weave than two of these pixels is not measured


class Planes:
    """A picture as features look at it; each plane is made once, and only if it is asked for.

    Args:
        small: (h, w, 3) uint8.
    """

    def __init__(self, small: NDArray[np.uint8]) -> None:
        self.small = small

    @cached_property
    def lab(self) -> NDArray[np.float32]:
        """(h, w, 3) L* of 0 to 100, a* and b*."""
        return _lent(lab(self.small))

    @cached_property
    def light(self) -> NDArray[np.float64]:
        """(h, w) L*."""
        return _lent(self.lab[..., 0].astype(np.float64))


_KEPT: OrderedDict[bytes, Planes] = OrderedDict()  # of the last few pictures
_KEEP = 4  # eleven families look at one picture, at three sizes, one after the other


def planes(pixels: NDArray[np.uint8], side: int = SIDE, *, enlarge: bool = True) -> Planes:
    """A picture whose longer side is ``side`` pixels, as other families have left it.

    Args:
        pixels: (h, w, 3) uint8.
        side: px.
        enlarge: False leaves a smaller picture as it is.
    """
    pixels = np.ascontiguousarray(pixels)
    asked = f"{pixels.shape[:2]} {side} {enlarge}".encode()
    key = hashlib.blake2b(pixels.data, digest_size=16, key=asked).digest()
    found = _KEPT.get(key)
    if found is None:
        larger = max(pixels.shape[:2]) > side
        small = fitted(pixels, side, side) if larger or enlarge else pixels
        found = _KEPT[key] = Planes(_lent(np.array(small)))
        while len(_KEPT) > _KEEP:
            _KEPT.popitem(last=False)
    return found


def lightness(pixels: NDArray[np.uint8], side: int = SIDE) -> NDArray[np.float64]:
    """(h, w) L* of 0 to 100, the longer side ``side`` pixels; smaller pictures are enlarged."""
    return planes(pixels, side).light


def entropy(shares: NDArray[np.float64]) -> float:
    """Shannon's entropy of shares that add up to 1, over the largest that there could be; 0 to 1.

    >>> entropy(np.array([1.0, 0.0])), entropy(np.array([0.5, 0.5]))
    (0.0, 1.0)
    """
    held = shares[shares > 0]
    return float(max(0.0, -(held * np.log(held)).sum()) / np.log(len(shares)))


def _lent(plane: NDArray[Number]) -> NDArray[Number]:
    plane.setflags(write=False)  # it is lent to all that ask
    return plane
