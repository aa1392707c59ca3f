"""Lay one picture on another by an affine map and say where, and how well, they agree.

What counts is detail: each picture minus its own blur, so that light, tone and colour cast drop out,
and weighted by how much detail there is, so that white paper against white paper is no likeness.
The strongest colour of one is compared with the best mix of the colours of the other, so that
recolouring, black and white and the negative drop out too.
"""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.float64]  # (2, 3): pixels of one picture to pixels of another
Grid = NDArray[np.float32]  # (h, w), one value for every STEP pixels
SIDE = 160  # pixels of the longer side of the pictures laid on each other
FINE = 1.0  # pixels: both are smoothed by this, so that noise and slight blur weigh less
WIDE = 6.0  # pixels: what is smoother than this is tone, not detail
WINDOW = 13  # pixels a side of the places that agree or not
STEP = 4  # pixels between two places
FAINT = 3.0  # grey levels: detail weaker than this is noise
AGREED = 0.55  # correlation from which a place counts as agreeing


def scale_of(m: Map) -> float:
    """How many pixels of the target one pixel of the source becomes, along a side."""
    return float(np.sqrt(abs(np.linalg.det(m[:, :2]))))


def inverse(m: Map) -> Map:
    """The map the other way."""
    return np.asarray(cv2.invertAffineTransform(m), dtype=np.float64)


def chained(first: Map, then: Map) -> Map:
    """One map that does ``first`` and ``then`` one after the other."""
    return np.asarray(then[:, :2] @ first + np.c_[np.zeros((2, 2)), then[:, 2]], dtype=np.float64)


@dataclass(frozen=True)
class Sight:
    """A small picture, ready to be laid on others.

    Args:
        pixels: (h, w, 3) uint8, the longer side ``SIDE`` at the most.
    """

    pixels: NDArray[np.uint8]

    @cached_property
    def weight(self) -> Grid:
        """How much detail there is, every ``STEP`` pixels: root mean square grey levels."""
        whole = np.ones(self.pixels.shape[:2], np.float32)
        detail = _detail(self.pixels.astype(np.float32), whole)
        power = _places((detail**2).sum(axis=2))
        return np.sqrt(np.maximum(power - 3 * FAINT**2, 0))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        height, width = self.pixels.shape[:2]
        return width, height


@dataclass(frozen=True)
class Laid:
    """How well two pictures agree where one lies on the other.

    Args:
        likeness: correlation of detail over the common part, weighted by detail, 0 to 1.
        share: how much of the detail in the common part lies where they agree, 0 to 1.
        of_first: how much of the first picture's detail is found again in the second.
        of_second: how much of the second picture's detail is found again in the first.
        places: how many places with detail agree, counted in windows that do not overlap.
        agreed: (h, w) bool on the first picture, every ``STEP`` pixels.
        differs: (h, w) bool, places in the common part with detail that does not agree.
    """

    likeness: float
    share: float
    of_first: float
    of_second: float
    places: float
    agreed: NDArray[np.bool_]
    differs: NDArray[np.bool_]


def laid(first: Sight, second: Sight, m: Map) -> Laid:
    """Lay the second picture on the first and compare.

    Args:
        first: the one with the coarser pixels of the common part.
        second: the other.
        m: pixels of the first to pixels of the second.
    """
    a, b, inside = seen_as(first, second, m)
    x, y = one_colour(a, b, inside)
    mean = _places(np.stack([x * y, x * x, y * y, inside], axis=2))
    covered = mean[..., 3] > 0.5
    floor = FAINT**2 * np.maximum(mean[..., 3], 1e-3)
    r = mean[..., 0] / np.sqrt((mean[..., 1] + floor) * (mean[..., 2] + floor))
    w = np.sqrt(np.maximum(np.maximum(mean[..., 1], mean[..., 2]) - floor, 0)) * covered
    agreed = (r > AGREED) & (w > FAINT / 2)
    total = float(w.sum()) + 1e-6
    grid = inverse(m)
    grid[:, 2] /= STEP
    there = cv2.warpAffine(
        agreed.astype(np.uint8),
        grid,
        second.weight.shape[::-1],
        flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP,
    )
    return Laid(
        likeness=float((np.maximum(r, 0) * w).sum()) / total,
        share=float((w * agreed).sum()) / total,
        of_first=_found(first.weight, agreed),
        of_second=_found(second.weight, there > 0),
        places=float(agreed.sum()) * (STEP / WINDOW) ** 2,
        agreed=agreed,
        differs=covered & (w > 2 * FAINT) & ~agreed,
    )


def seen_as(
    first: Sight, second: Sight, m: Map
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """The detail of the second picture and of the first on the first's raster, and where both are.

    Returns:
        (h, w, 3), (h, w, 3) and (h, w), the last 0 or 1.
    """
    warped, inside = _warped(second, m, first.size)
    return _detail(warped, inside), _detail(first.pixels.astype(np.float32), inside), inside


def _found(weight: Grid, where: NDArray[np.bool_]) -> float:
    return float((weight * where).sum() / (weight.sum() + 1e-6))


def _warped(
    picture: Sight, m: Map, size: tuple[int, int]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The picture on a raster of ``size`` where ``m`` brings it, and where it is inside (0 or 1)."""
    pixels: NDArray[np.uint8] = picture.pixels
    if (scale := scale_of(m)) > 1.15:  # made smaller: smooth first, so that nothing flickers
        sigma = 0.45 * float(np.sqrt(scale**2 - 1))
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma), np.uint8)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warped = cv2.warpAffine(pixels, m, size, flags=flags).astype(np.float32)
    # how far inside the picture each point lies, in pixels of the target
    x, y = np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32)[:, None]
    u, v = (m[i, 0] * x + m[i, 1] * y + m[i, 2] for i in (0, 1))
    depth = np.minimum(
        np.minimum(u, picture.size[0] - 1 - u), np.minimum(v, picture.size[1] - 1 - v)
    )
    inside = (depth > 1.0 * scale).astype(np.float32)
    return warped, inside


def _detail(pixels: NDArray[np.float32], inside: NDArray[np.float32]) -> NDArray[np.float32]:
    """What is left of a picture without its tone; 0 outside."""
    part = pixels * inside[..., None]
    fine = _blurred(part, inside, FINE)
    wide = _blurred(part, inside, WIDE)
    return (fine - wide) * inside[..., None]


def _blurred(
    part: NDArray[np.float32], inside: NDArray[np.float32], sigma: float
) -> NDArray[np.float32]:
    weight = cv2.GaussianBlur(inside, (0, 0), sigma, borderType=cv2.BORDER_CONSTANT)
    blurred = cv2.GaussianBlur(part, (0, 0), sigma, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(blurred / np.maximum(weight, 0.05)[..., None], np.float32)


def one_colour(
    a: NDArray[np.float32], b: NDArray[np.float32], inside: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The strongest colour of one picture's detail and the best mix of the other's for it.

    Args:
        a: (h, w, 3), 0 outside.
        b: (h, w, 3), 0 outside.
        inside: (h, w), 0 or 1.

    Returns:
        two (h, w) arrays with the same sum of squares.
    """
    flat_a, flat_b = a.reshape(-1, 3), b.reshape(-1, 3)
    n = max(float(inside.sum()), 1.0)
    aa, bb, ab = flat_a.T @ flat_a / n, flat_b.T @ flat_b / n, flat_a.T @ flat_b / n
    noise = np.eye(3, dtype=np.float32) * FAINT**2
    best = (-1.0, a[..., 0], b[..., 0])
    for target, given, cross, swap in ((bb, aa, ab, False), (aa, bb, ab.T, True)):
        strongest = np.linalg.eigh(target)[1][:, -1]
        mix = np.linalg.solve(given + noise, cross @ strongest)
        power = float(mix @ given @ mix)
        aim = float(strongest @ target @ strongest)
        closeness = float(mix @ cross @ strongest) / np.sqrt(power * aim + 1e-6)
        if closeness > best[0]:
            mix = (mix * np.sqrt(aim / (power + 1e-6))).astype(np.float32)
            pair = (b @ mix, a @ strongest) if swap else (a @ mix, b @ strongest)
            best = (closeness, *pair)
    return best[1], best[2]


def _places(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean over each window, every ``STEP`` pixels."""
    means = cv2.blur(values, (WINDOW, WINDOW), borderType=cv2.BORDER_REFLECT)
    return np.asarray(means[::STEP, ::STEP], np.float32)
