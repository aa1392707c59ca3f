"""What most features look at: the lightness of a picture at one size, as people see it."""

import hashlib
from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

from latelier.features._colour import lab
from latelier.images import fitted

SIDE = 256  # px, the longer side; finer weave than two of these pixels is not measured


_KEPT: OrderedDict[bytes, NDArray[np.float64]] = OrderedDict()  # of the last few pictures
_KEEP = 4  # seven families look at one picture one after the other; it takes 3 ms each time


def lightness(pixels: NDArray[np.uint8], side: int = SIDE) -> NDArray[np.float64]:
    """(h, w) L* of 0 to 100, the longer side ``side`` pixels; smaller pictures are enlarged."""
    small = np.ascontiguousarray(fitted(pixels, side, side))
    key = hashlib.blake2b(small.data, digest_size=16, person=str(small.shape[:2]).encode()).digest()
    light = _KEPT.get(key)
    if light is None:
        light = lab(small)[..., 0].copy()
        light.setflags(write=False)  # it is lent to all that ask
        _KEPT[key] = light
        while len(_KEPT) > _KEEP:
            _KEPT.popitem(last=False)
    return light


def entropy(shares: NDArray[np.float64]) -> float:
    """Shannon's entropy of shares that add up to 1, over the largest that there could be; 0 to 1.

    >>> entropy(np.array([1.0, 0.0])), entropy(np.array([0.5, 0.5]))
    (0.0, 1.0)
    """
    held = shares[shares > 0]
    return float(max(0.0, -(held * np.log(held)).sum()) / np.log(len(shares)))
