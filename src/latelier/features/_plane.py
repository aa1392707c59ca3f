"""What families of features look at together: a picture at one size, its colours, its lightness."""

from functools import cached_property
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.filters import threshold_otsu

from latelier.features._colour import lab
from latelier.images import fitted

Number = TypeVar("Number", bound=np.generic)
EVEN = 1e-5  # L*, of rounding
_LUMA = np.array([[19595, 38470, 7471, 1 << 15]], np.float32) / np.float32(1 << 16)
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
    def channels(self) -> NDArray[np.float32]:
        """(3, h, w) L*, a* and b*, each row by row."""
        found = np.empty((3, *self.small.shape[:2]), np.float32)
        cv2.split(self.lab, list(found))
        return _lent(found)

    @property
    def light(self) -> NDArray[np.float32]:
        """(h, w) L*."""
        return self.channels[0]

    @cached_property
    def spread(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(3,) the means of L*, a* and b*, and their standard deviations."""
        middle, spread = (np.ravel(each).astype(float) for each in cv2.meanStdDev(self.lab))
        return _lent(middle), _lent(spread)

    @cached_property
    def off(self) -> NDArray[np.float32]:
        """(h, w) how far L* lies from its mean."""
        return _lent(self.light - self.light.mean())

    @cached_property
    def even(self) -> bool:
        """Whether L* is the same everywhere, but for rounding."""
        return bool(self.off.std() < EVEN)

    @cached_property
    def grey(self) -> NDArray[np.uint8]:
        """(h, w) the luma of ITU-R BT.601, exactly as Pillow's, whose sums have 24 bits."""
        luma = cv2.transform(self.small.astype(np.float32), _LUMA)
        return _lent(np.asarray(luma, np.float32).astype(np.uint8))


class _Picture:
    """A picture, and its planes by their size.

    Args:
        pixels: (h, w, 3) uint8, its own copy, or one that nobody can change.
    """

    def __init__(self, pixels: NDArray[np.uint8]) -> None:
        self.pixels = pixels
        self._planes: dict[tuple[int, ...], Planes] = {}

    def planes(self, side: int, enlarge: bool) -> Planes:
        """Those whose longer side is ``side`` pixels."""
        small = self.pixels
        if enlarge or max(small.shape[:2]) > side:
            scale = side / max(small.shape[:2])
            size = tuple(max(1, round(n * scale)) for n in small.shape[:2])
        else:
            size = small.shape[:2]
        found = self._planes.get(size)
        if found is None:
            if size != small.shape[:2]:
                small = _lent(np.array(fitted(small, side, side)))
            found = self._planes[small.shape[:2]] = Planes(small)
        return found


_last = _Picture(np.zeros((0, 0, 3), np.uint8))  # a dozen families look at one after the other


def planes(pixels: NDArray[np.uint8], side: int = SIDE, *, enlarge: bool = True) -> Planes:
    """A picture whose longer side is ``side`` pixels, as other families have left it.

    Args:
        pixels: (h, w, 3) uint8.
        side: px.
        enlarge: False leaves a smaller picture as it is.
    """
    global _last
    picture = _last  # another thread may put another one there meanwhile
    if not (picture.pixels is pixels and _final(pixels)) and not _same(picture.pixels, pixels):
        picture = _last = _Picture(pixels if _final(pixels) else _lent(np.array(pixels)))
    return picture.planes(side, enlarge)


def _final(pixels: NDArray[np.uint8]) -> bool:
    """Whether nobody can change a picture: it may only be read, and is no view of another."""
    return not (pixels.flags.writeable or isinstance(pixels.base, np.ndarray))


def _same(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    """Whether two pictures are the same; by eight numbers at once where both lie row by row."""
    if one.shape != other.shape:
        return False
    if one.size % 8 or not other.flags.c_contiguous:
        return np.array_equal(one, other)
    eights, others = (each.reshape(-1).view(np.uint64) for each in (one, other))
    return np.array_equal(eights, others)


def lightness(pixels: NDArray[np.uint8], side: int = SIDE) -> NDArray[np.float32]:
    """(h, w) L* of 0 to 100, the longer side ``side`` pixels; smaller pictures are enlarged."""
    return planes(pixels, side).light


def line(x: NDArray[np.floating], y: NDArray[np.floating]) -> tuple[float, float]:
    """The slope and the height at 0 of the line through points, by least squares.

    >>> line(np.array([0.0, 1, 2]), np.array([1.0, 3, 5]))
    (2.0, 1.0)
    """
    off = x - x.mean()
    slope = float(off @ y / (off @ off))
    return slope, float(y.mean() - slope * x.mean())


def counted(numbers: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(256,) how often each number is there."""
    found = cv2.calcHist([np.ascontiguousarray(numbers)], [0], None, [256], [0, 256])
    return np.asarray(found, np.float64).ravel()


def otsu(grey: NDArray[np.uint8]) -> int:
    """The grey that parts light from dark best, itself dark; the grey of an even plane."""
    counts = counted(grey)
    low, high = np.flatnonzero(counts)[[0, -1]]
    if low == high:
        return int(low)
    return int(threshold_otsu(hist=(counts[low : high + 1], np.arange(low, high + 1))))


def median(values: NDArray[Number]) -> Number:
    """The median of (n,) numbers, n at least 1; of few it takes a tenth of numpy's time.

    >>> float(median(np.array([3.0, 1.0, 2.0, 9.0])))
    2.5
    """
    ordered = np.sort(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


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
