"""From a rough idea of how two pictures lie to an affine map that their corners agree on."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.copies.features import Features
from latelier.copies.pixels import Map

AROUND = 0.08  # of the longer side: how far from where it should be a corner is looked for
TURN = 35.0  # degrees by which its direction may be off
ALIKE = 64  # bits of 256 in which it may look different
CLOSE = 0.012  # of the longer side: how near corners come to agree; 3 pixels of 256
FEWEST = 12  # corners that agree; of 146 pairs with 6 to 12 none was a copy


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
    scale = np.float32(np.sqrt(abs(np.linalg.det(rough[:, :2]))))
    turn = np.float32(np.degrees(np.arctan2(rough[1, 0], rough[0, 0])))
    expected = first.places[:, :2] @ rough[:, :2].T.astype(np.float32) + rough[:, 2].astype(
        np.float32
    )
    reach = np.float32(AROUND * max(float(scale), 0.3))
    i, j = _close(expected, second.places[:, :2], reach)
    turned = (second.places[j, 3] - first.places[i, 3] - turn + 180) % 360 - 180
    resized = np.log2(second.places[j, 2] / first.places[i, 2] / scale)
    likely = (np.abs(turned) < TURN) & (np.abs(resized) < 0.7)
    i, j = i[likely], j[likely]
    far = np.bitwise_count(first.looks[i] ^ second.looks[j]).sum(axis=1, dtype=np.int16)
    order = np.argsort(far, kind="stable")
    order = order[far[order] <= ALIKE]
    i, j = i[order], j[order]
    # each corner once: the likest meeting of it
    i_first = np.zeros(len(i), bool)
    i_first[np.unique(i, return_index=True)[1]] = True
    i, j = i[i_first], j[i_first]
    if len(i) < FEWEST:
        return None
    source, target = first.places[i, :2], second.places[j, :2]
    m, agree = _affine(source, target, CLOSE * max(float(scale), 0.5))
    if m is None:
        return None
    corners = min(len(np.unique(i[agree])), len(np.unique(j[agree])))
    return Fit(m, corners) if corners >= FEWEST else None


def _close(
    expected: NDArray[np.float32], there: NDArray[np.float32], reach: np.float32
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of points that lie within ``reach`` of each other, in x and in y."""
    order = np.argsort(there[:, 0], kind="stable")
    across = there[order, 0]
    first = np.searchsorted(across, expected[:, 0] - reach)
    counts = np.searchsorted(across, expected[:, 0] + reach) - first
    i = np.repeat(np.arange(len(expected)), counts)
    j = order[np.arange(len(i)) - np.repeat(np.cumsum(counts) - counts - first, counts)]
    near = np.abs(expected[i, 1] - there[j, 1]) < reach
    return i[near], j[near]


def _affine(
    source: NDArray[np.float32], target: NDArray[np.float32], close: float
) -> tuple[Map | None, NDArray[np.bool_]]:
    unit = 1000.0  # the estimator's own tolerances are in pixels
    m, agree = cv2.estimateAffine2D(
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
    return np.c_[linear, centre - linear @ (of / 2)]


def unmirrored(m: Map, width: float) -> Map:
    """A map from the mirror image of a picture as one from the picture itself.

    Args:
        m: from the mirror image.
        width: of the picture, in units of its longer side.
    """
    return np.c_[-m[:, :1], m[:, 1:2], m[:, 2:] + m[:, :1] * width]
