"""From a rough idea of how two pictures lie to an affine map that their corners agree on."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.copies.features import FARTHEST, WHOLE, Features, whole
from latelier.copies.fingerprint import Fingerprint
from latelier.copies.pixels import Map, affine, inverse

AROUND = 0.08  # of the longer side: how far from where it should be a corner is looked for
TURN = 35.0  # degrees by which its direction may be off
SIZE = 0.7  # octaves by which its size may be off
ALIKE = 64  # bits of 256 in which it may look different
CLOSE = 0.012  # of the longer side: how near corners come to agree; 3 pixels of 256
FEWEST = 12  # corners that agree; of 146 pairs with 6 to 12 none was a copy
FEWEST_OF_PART = 8  # the same for a part that was set into another picture


@dataclass(frozen=True)
class Fit:
    """An affine map and the corners that agree on it.

    Args:
        map: the first picture to the second, in units of their longer sides.
        corners: how many corners agree.
    """

    map: Map
    corners: int


def fitted(first: Features, second: Features, rough: Map) -> Fit | None:
    """The affine map near ``rough`` on which most corners agree, or None where too few do.

    Args:
        first: corners of one picture.
        second: of the other.
        rough: the first to the second, a similarity without mirroring, in units of longer sides.
    """
    i, j, scale = _matches(first, second, rough)
    if len(i) < FEWEST:
        return None
    source, target = first.places[i, :2], second.places[j, :2]
    m, agree = _estimated(cv2.estimateAffine2D, source, target, CLOSE * max(scale, 0.5))
    if m is None or np.count_nonzero(agree) < FEWEST:
        return None
    corners = min(len(np.unique(i[agree])), len(np.unique(j[agree])))
    return Fit(m, corners) if corners >= FEWEST else None


@dataclass(frozen=True)
class Inset:
    """A map on which the corners of a part of two pictures agree.

    Args:
        map: the first picture to the second, in units of their longer sides; turned, mirrored and
            sized alone.
        points: (n, 2), those corners on the first picture, in units of its longer side.
        corners: how many they are, each counted once.
    """

    map: Map
    points: NDArray[np.float64]
    corners: int

    def turned(self) -> "Inset":
        """The same from the second picture to the first."""
        there = self.points @ self.map[:, :2].T + self.map[:, 2]
        return Inset(inverse(self.map), there, self.corners)


def inset_fit(first: Fingerprint, second: Fingerprint, rough: Map) -> Inset | None:
    """The map near ``rough`` on which most corners agree, or None where too few do.

    A part that was set into another picture was turned, mirrored and sized, and has few corners:
    fewer of them do, and no more is asked of them.

    Args:
        first: one picture.
        second: the other.
        rough: the first to the second, in units of their longer sides.
    """
    mirror, width = np.linalg.det(rough[:, :2]) < 0, first.width / max(first.width, first.height)
    corners = first.mirrored if mirror else first.corners
    i, j, scale = _matches(corners, second.corners, unmirrored(rough, width) if mirror else rough)
    if len(i) < FEWEST_OF_PART:
        return None
    source, target = corners.places[i, :2], second.corners.places[j, :2]
    m, agree = _estimated(cv2.estimateAffinePartial2D, source, target, CLOSE * max(scale, 0.5))
    if m is None:
        return None
    count = min(len(np.unique(i[agree])), len(np.unique(j[agree])))
    if count < FEWEST_OF_PART:
        return None
    points = source[agree].astype(np.float64)
    if mirror:
        m, points[:, 0] = unmirrored(m, width), width - points[:, 0]
    return Inset(m, points, count)


def _matches(
    first: Features, second: Features, rough: Map
) -> tuple[NDArray[np.int64], NDArray[np.int64], float]:
    """Corners that look alike where they come to lie, each of the first's once, and the scale."""
    (a, b), (c, d) = rough[:, :2].tolist()
    scale, turn = abs(a * d - b * c) ** 0.5, math.degrees(math.atan2(c, a))
    i, j = _near(first, second, rough, scale, turn)
    far = np.bitwise_count(first.looks[i] ^ second.looks[j]).sum(axis=1, dtype=np.int16)
    order = np.argsort(far, kind="stable")
    order = order[: np.searchsorted(far[order], ALIKE, side="right")]
    i, j = i[order], j[order]
    # each corner once: the likest meeting of it
    once = np.zeros(len(i), bool)
    once[np.unique(i, return_index=True)[1]] = True
    return i[once], j[once], scale


def _near(
    first: Features, second: Features, rough: Map, scale: float, turn: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of corners that come to lie near each other, about as large and turned alike.

    Every corner is held against every other, in whole numbers of 16 bits: a processor takes
    sixteen of them at once.
    """
    linear, offset = rough[:, :2].astype(np.float32), rough[:, 2:].astype(np.float32)
    expected = linear @ first.places[:, :2].T + offset
    there = np.empty_like(first.whole)
    there[:2] = whole(np.clip(expected, -FARTHEST, FARTHEST), WHOLE[:2])
    changed = np.array([[math.log2(max(scale, 1e-6))], [turn]], np.float32)
    there[2:] = first.whole[2:] + whole(changed, WHOLE[2:])
    reach = AROUND * max(scale, 0.3)
    close = np.ones((len(first), len(second)), bool)
    most = (np.array([reach, reach, SIZE, TURN]) * WHOLE).astype(np.int64).tolist()
    for a, b, within in zip(there, second.whole, most, strict=True):
        apart = (b + np.int16(within)) - a[:, None]
        close &= apart.view(np.uint16) <= 2 * within
    i, j = np.divmod(np.flatnonzero(close), max(1, len(second)))
    return i, j


def _estimated(
    estimate: Callable[..., Any],
    source: NDArray[np.float32],
    target: NDArray[np.float32],
    close: float,
) -> tuple[Map | None, NDArray[np.bool_]]:
    unit = 1000.0  # the estimator's own tolerances are in pixels
    m, agree = estimate(
        source * unit,
        target * unit,
        method=cv2.RANSAC,
        ransacReprojThreshold=close * unit,
        maxIters=300,
        confidence=0.995,
        refineIters=5,
    )
    if m is None:
        return None, np.zeros(len(source), bool)
    found = np.asarray(m, np.float64)
    found[:, 2] /= unit
    return found, agree.ravel().astype(bool)


def similarity(
    turn: float, size: float, centre: NDArray[np.float32], of: NDArray[np.float32]
) -> Map:
    """A map that turns and sizes a picture about its middle and brings the middle to ``centre``.

    Args:
        turn: radians.
        size: units of the target for one of the source.
        centre: (2,).
        of: (2,) width and height of the source in units of its longer side.
    """
    c, s = size * np.cos(turn), size * np.sin(turn)
    linear = np.array([[c, -s], [s, c]])
    return affine(linear, centre - linear @ (of / 2))


def unmirrored(m: Map, width: float) -> Map:
    """A map from the mirror image of a picture as one from the picture itself.

    Args:
        m: from the mirror image.
        width: of the picture, in units of its longer side.
    """
    back = m.copy()
    back[:, 0] *= -1
    back[:, 2] += m[:, 0] * width
    return back
