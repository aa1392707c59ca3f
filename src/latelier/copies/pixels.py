"""Small pictures and the affine maps between them: one moved onto the raster of another.

The strongest colour of one is compared with the best mix of the colours of the other, so that
recolouring, black and white and the negative drop out.
"""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.copies.windows import WINDOW, means

Map = NDArray[np.float64]  # (2, 3): pixels of one picture to pixels of another
Grid = NDArray[np.float32]  # (h, w), one value for every STEP pixels
SIDE = 128  # pixels of the longer side of the pictures laid on each other
FINE = 1.0  # pixels: both are smoothed by this, so that noise and slight blur weigh less
FAINT = 3.0  # grey levels: detail weaker than this is noise
REACH = 6  # pixels between two points whose difference is detail
_NOISE = np.eye(3) * FAINT**2
MARGIN = 3.0  # pixels along the edge of the common part that are not looked at


def affine(linear: NDArray[np.float64], offset: NDArray[np.float64]) -> Map:
    """The map that multiplies by ``linear``, (2, 2), and adds ``offset``, (2,)."""
    m = np.empty((2, 3))
    m[:, :2], m[:, 2] = linear, offset
    return m


def scale_of(m: Map) -> float:
    """How many pixels of the target one pixel of the source becomes, along a side."""
    return float(abs(m[0, 0] * m[1, 1] - m[0, 1] * m[1, 0])) ** 0.5


def inverse(m: Map) -> Map:
    """The map the other way."""
    return np.asarray(cv2.invertAffineTransform(m), dtype=np.float64)


def chained(first: Map, then: Map) -> Map:
    """One map that does ``first`` and ``then`` one after the other."""
    both = then[:, :2] @ first
    both[:, 2] += then[:, 2]
    return np.asarray(both, dtype=np.float64)


def resized(by: float) -> Map:
    """The map onto the same picture at ``by`` times its size; rasters count from pixel centres."""
    return np.array([[by, 0.0, (by - 1) / 2], [0.0, by, (by - 1) / 2]])


@dataclass(frozen=True, eq=False)
class Sight:
    """A small picture, ready to be laid on others.

    Args:
        pixels: (h, w, 3) uint8, the longer side ``SIDE`` at the most.
    """

    pixels: NDArray[np.uint8]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        height, width = self.pixels.shape[:2]
        return width, height

    @cached_property
    def grey(self) -> NDArray[np.float32]:
        """The picture in grey levels, (h, w)."""
        return np.asarray(cv2.cvtColor(self.pixels, cv2.COLOR_RGB2GRAY), np.float32)

    @cached_property
    def fine(self) -> NDArray[np.float32]:
        """The picture without its noise, (h, w, 3)."""
        blurred = cv2.GaussianBlur(self.pixels.astype(np.float32), (0, 0), FINE)
        return np.asarray(blurred, np.float32)

    @cached_property
    def detail(self) -> NDArray[np.float32]:
        """The picture without its noise and without its tone, (h, w, 3)."""
        return np.asarray(self.fine - cv2.blur(self.fine, (WINDOW, WINDOW)), np.float32)

    @cached_property
    def strongest(self) -> NDArray[np.float32]:
        """The mix of colours in which there is most detail, (3,)."""
        flat = self.detail.reshape(-1, 3)
        _, _, directions = cv2.eigen((flat.T @ flat).astype(np.float64))
        return np.asarray(directions[0], np.float32)

    @cached_property
    def plainly(self) -> NDArray[np.float32]:
        """The picture without its noise in that one colour, (h, w)."""
        return in_colour(self.fine, self.strongest)

    @cached_property
    def weight(self) -> Grid:
        """How much detail there is, every ``STEP`` pixels: root mean square grey levels."""
        power = means(_summed(self.detail * self.detail))
        return np.asarray(np.sqrt(np.maximum(power - 3 * FAINT**2, 0)), np.float32)

    @cached_property
    def holds(self) -> tuple[Grid, Grid]:
        """How firmly each place holds a picture: along its edges, and across (structure tensor)."""
        grey = _summed(self.detail)
        gx = cv2.Sobel(grey, cv2.CV_32F, 1, 0, scale=1 / 8)
        gy = cv2.Sobel(grey, cv2.CV_32F, 0, 1, scale=1 / 8)
        xx, yy, xy = (means(np.asarray(v, np.float32)) for v in (gx * gx, gy * gy, gx * gy))
        middle, spread = (xx + yy) / 2, np.sqrt(((xx - yy) / 2) ** 2 + xy * xy)
        return np.sqrt(np.maximum(middle - spread, 0)), np.sqrt(np.maximum(middle + spread, 0))

    @cached_property
    def smaller(self) -> "Sight":
        """The same at 0.7 times the size."""
        width, height = (max(8, round(n / 2**0.5)) for n in self.size)
        small = cv2.resize(self.pixels, (width, height), interpolation=cv2.INTER_AREA)
        return Sight(np.asarray(small, np.uint8))


def seen_as(
    first: Sight, second: Sight, m: Map
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """The second picture and the first on the first's raster, and where both are.

    Returns:
        (h, w, 3), (h, w, 3) and (h, w), the last 0 or 1.
    """
    second, m = reduced_for(second, m)
    return warped(second.fine, m, first.size), first.fine, inside_of(first, second, m)


def reduced_for(second: Sight, m: Map) -> tuple[Sight, Map]:
    """The second picture so much smaller that no pixel of it is passed over, and the map to that."""
    scale = scale_of(m)
    while scale > 2**0.5 and max(second.size) > 16:
        m = chained(m, resized(second.smaller.size[0] / second.size[0]))
        second, scale = second.smaller, scale_of(m)
    return second, m


def inside_of(first: Sight, second: Sight, m: Map) -> NDArray[np.float32]:
    """Which pixels of the first picture lie within the second, without its edge: (h, w), 0 or 1."""
    far = MARGIN * scale_of(m)
    right, low = second.size[0] - 1 - far, second.size[1] - 1 - far
    inside = np.zeros(first.size[::-1], np.float32)
    if far < right and far < low:
        frame = np.array([[far, far], [right, far], [right, low], [far, low]])
        back = inverse(m)
        corners = np.rint((frame @ back[:, :2].T + back[:, 2]) * 16).astype(np.int32)
        cv2.fillConvexPoly(inside, corners, (1.0,), shift=4)
    return inside


def warped(picture: NDArray[np.float32], m: Map, size: tuple[int, int]) -> NDArray[np.float32]:
    """A picture, (h, w) or (h, w, 3), on a raster of a size; ``m`` leads from that to the picture."""
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(picture, m, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.float32)


def one_colour(
    a: NDArray[np.float32], b: NDArray[np.float32], inside: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Two pictures in the one colour that ``mixes`` finds: (h, w) each."""
    of_a, of_b = mixes(a, b, inside)
    return in_colour(a, of_a), in_colour(b, of_b)


def in_colour(picture: NDArray[np.float32], mix: NDArray[np.float32]) -> NDArray[np.float32]:
    """A picture, (h, w, 3), in one mix of its colours, (3,): (h, w)."""
    return np.asarray(cv2.transform(picture, mix[None]), np.float32)


def mixes(
    a: NDArray[np.float32], b: NDArray[np.float32], inside: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The colour in which one picture has most detail, and the best mix of the other's for it.

    Args:
        a: (h, w, 3).
        b: (h, w, 3).
        inside: (h, w), 0 or 1: where they are compared.

    Returns:
        the mix of each, (3,), after which both have the same amount of detail.
    """
    every = REACH // 2
    there = inside[::every, ::every]
    both = there[:-2, :-2] * there[2:, 2:]  # differences over REACH pixels: no tone
    some = np.empty((*both.shape, 6), np.float32)
    for part, v in ((some[..., :3], a), (some[..., 3:], b)):
        thin = _thinned(v, every)
        np.subtract(thin[:-2, :-2], thin[2:, 2:], out=part)
    some *= both[..., None]
    flat = some.reshape(-1, 6)
    whole = (flat.T @ flat).astype(np.float64) / max(float(both.sum()), 1.0) / 2
    aa, bb, ab = whole[:3, :3], whole[3:, 3:], whole[:3, 3:]
    of_a, strongest_b, like = _mixed(bb, aa, ab)
    of_b, strongest_a, as_like = _mixed(aa, bb, ab.T)
    return (of_a, strongest_b) if like >= as_like else (strongest_a, of_b)


def _thinned(picture: NDArray[np.float32], every: int) -> NDArray[np.float32]:
    """Some of the pixels of a picture; each is moved as one, which is twice as fast as three."""
    whole = picture.view(np.dtype((np.void, 4 * picture.shape[2])))
    return whole[::every, ::every].copy().view(np.float32)


def _mixed(
    target: NDArray[np.float64], given: NDArray[np.float64], cross: NDArray[np.float64]
) -> tuple[NDArray[np.float32], NDArray[np.float32], float]:
    """The mix of the given colours that is most like the strongest colour of the target.

    Args:
        target: (3, 3), how the colours of one picture go together.
        given: (3, 3), the same of the other picture.
        cross: (3, 3), how the colours of the other go with those of the one.

    Returns:
        the mix, (3,); the strongest colour, (3,); and their correlation.
    """
    _, amounts, directions = cv2.eigen(target)
    strongest, aim = np.asarray(directions[0]), float(amounts[0, 0])
    toward = cross @ strongest
    _, solved = cv2.solve(given + _NOISE, toward[:, None])
    mix = np.asarray(solved)[:, 0]
    power = float(mix @ given @ mix)
    like = float(mix @ toward) / (max(power * aim, 0.0) + 1e-6) ** 0.5
    mix = mix * (max(aim, 0.0) / (power + 1e-6)) ** 0.5
    return mix.astype(np.float32), strongest.astype(np.float32), like


def firmness(first: Sight, agreed: NDArray[np.bool_]) -> float:
    """How far the detail that agrees holds a picture in both directions, 0 to 1.

    Straight edges alone, a frame or a ruled line, slide along themselves and hold in one only: the
    smaller against the larger eigenvalue of the structure tensor (Förstner and Gülch 1987).

    Args:
        first: the picture that the other was laid on.
        agreed: as ``laid`` gives it.
    """
    weak, strong = (v * agreed for v in first.holds)
    return float(weak.sum() / (strong.sum() + 1e-6))


def _summed(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """The sum of the colours, (h, w); ten times as fast as numpy sums the last of three axes."""
    return in_colour(picture, np.ones(3, np.float32))
