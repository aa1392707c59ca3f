"""From a rough idea of how two pictures lie to an affine map that their corners agree on."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
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
MANY = 40  # corners that agree, from which a skewed map is doubted
FEWEST_OF_PART = 10  # the same for a part; of 229 told none had fewer


@dataclass(frozen=True)
class Fit:
    """An affine map and the corners that agree on it.

    Args:
        map: the first picture to the second, in units of their longer sides.
        corners: how many corners agree.
    """

    map: Map
    corners: int


@dataclass(frozen=True)
class Inset:
    """A map on which the corners of two pictures, or of a part of them, agree.

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


@dataclass(frozen=True)
class Matches:
    """Corners of two pictures that look alike and come to lie near each other.

    Args:
        rows: (2, n), of each picture; each of the first's once.
        source: (n, 2), where they lie on the first, or on its mirror image.
        target: (n, 2), where they lie on the second.
        scale: units of the second for one of the first.
        mirrored: of which width the first was mirrored, in units of its longer side; 0 if not.
    """

    rows: NDArray[np.int64]
    source: NDArray[np.float32]
    target: NDArray[np.float32]
    scale: float
    mirrored: float

    def of_picture(self, m: Map) -> Map:
        """A map from the mirror image as one from the picture itself."""
        return unmirrored(m, self.mirrored) if self.mirrored else m

    @cached_property
    def simple(self) -> Inset | None:
        """The map on which most agree of those that turn, mirror and size alone; None for too few.

        A part that was set into another picture was changed so and no more; it has few corners, and
        fewer of them are enough.
        """
        m, agree = _estimated(cv2.estimateAffinePartial2D, self, FEWEST_OF_PART)
        if m is None:
            return None
        points = self.source[agree].astype(np.float64)
        if self.mirrored:
            points[:, 0] = self.mirrored - points[:, 0]
        return Inset(self.of_picture(m), points, _count(self, agree))


def matched(first: Fingerprint, second: Fingerprint, rough: Map) -> Matches:
    """The corners that may agree on a map near ``rough``.

    Args:
        first: one picture.
        second: the other.
        rough: the first to the second, a similarity, in units of their longer sides.
    """
    mirror, width = np.linalg.det(rough[:, :2]) < 0, first.width / max(first.width, first.height)
    corners = first.mirrored if mirror else first.corners
    m = unmirrored(rough, width) if mirror else rough
    i, j, scale = _matches(corners, second.corners, m)
    places = corners.places[i, :2], second.corners.places[j, :2]
    return Matches(np.stack([i, j]), *places, scale, width if mirror else 0.0)


def fitted(matches: Matches) -> Fit | None:
    """The affine map on which most corners agree, or None where too few do.

    Where as many agree on a map that turns and sizes alone, that one is taken: three corners out of
    many that are a little off lead to a skewed map now and then.
    """
    m, agree = _estimated(cv2.estimateAffine2D, matches, FEWEST)
    if m is None:
        return None
    corners = _count(matches, agree)
    simple = matches.simple if corners >= MANY else None
    if simple is not None and simple.corners >= corners:
        return Fit(simple.map, simple.corners)
    return Fit(matches.of_picture(m), corners)


def _count(matches: Matches, agree: NDArray[np.bool_]) -> int:
    """How many corners agree, each counted once."""
    return min(int(np.count_nonzero(np.bincount(rows))) for rows in matches.rows[:, agree])


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
    # each corner once: the likest meeting of it, which is written last
    at = np.arange(len(i))
    likest = np.empty(len(first), np.int64)
    likest[i[::-1]] = at[::-1]
    once = likest[i] == at
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
    most = (np.array([reach, reach, SIZE, TURN]) * WHOLE).astype(np.int64).tolist()
    close = np.ones((len(first), len(second)), bool)
    each = list(zip(there, second.whole, most, strict=True))
    for a, b, within in each[:2]:
        apart = (b + np.int16(within)) - a[:, None]
        close &= apart.view(np.uint16) <= 2 * within
    flat, columns = np.flatnonzero(close), max(1, len(second))
    i = flat // columns
    j = flat - i * columns
    for a, b, within in each[2:]:  # of those few alone
        apart = (b + np.int16(within)).take(j) - a.take(i)
        some = np.flatnonzero(apart.view(np.uint16) <= 2 * within)
        i, j = i[some], j[some]
    return i, j


def _estimated(
    estimate: Callable[..., Any], matches: Matches, fewest: int
) -> tuple[Map | None, NDArray[np.bool_]]:
    """The map on which most corners agree and which do, or None for fewer than so many."""
    agree = np.zeros(len(matches.source), bool)
    if len(agree) < fewest:
        return None, agree
    unit = 1000.0  # the estimator's own tolerances are in pixels
    m, found = estimate(
        matches.source * unit,
        matches.target * unit,
        method=cv2.RANSAC,
        ransacReprojThreshold=CLOSE * max(matches.scale, 0.5) * unit,
        maxIters=300,
        confidence=0.995,
        refineIters=5,
    )
    if m is not None:
        agree = found.ravel().astype(bool)
    if m is None or _count(matches, agree) < fewest:
        return None, agree
    m = np.asarray(m, np.float64)
    m[:, 2] /= unit
    return m, agree


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
