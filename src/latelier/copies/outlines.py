"""Where a copy differs from the picture that it is of, as outlines that a person can look at."""

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.copies.evidence import in_pixels
from latelier.copies.laid import laid
from latelier.copies.pixels import Map, Sight, inverse
from latelier.copies.windows import STEP

SMALLEST = 12  # places; a smaller difference is noise
ALL = 0.93  # of the picture's area: more than this is all of it
Outline = list[list[float]]  # points x, y as shares of the picture's width and height


def changed(keeper: Sight, member: Sight, unit: Map) -> list[Outline]:
    """What of a copy is not of the keeper: overlays, writing, repairs.

    Args:
        keeper: the best copy.
        member: the other.
        unit: the keeper to the member, in units of their longer sides.

    Returns:
        outlines on the member.
    """
    seen = laid(member, keeper, inverse(in_pixels(unit, keeper, member)))
    found, _ = cv2.findContours(
        seen.differs.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    hulls = [cv2.convexHull(c)[:, 0] * STEP for c in found if cv2.contourArea(c) >= SMALLEST]
    return [_shares(np.asarray(hull, np.float64), member) for hull in hulls]


def shared(first: Sight, second: Sight, unit: Map) -> Outline | None:
    """The outline of the first picture on the second, or None where it covers all of it."""
    m = in_pixels(unit, first, second)
    corners = (_corners(first) @ m[:, :2].T + m[:, 2]).astype(np.float32)
    own = _corners(second).astype(np.float32)
    area, both = cv2.intersectConvexConvex(corners, own)
    if both is None or area > ALL * (second.size[0] - 1) * (second.size[1] - 1):
        return None
    return _shares(both[:, 0].astype(np.float64), second)


def _corners(sight: Sight) -> NDArray[np.float64]:
    w, h = (n - 1 for n in sight.size)
    return np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float64)


def _shares(points: NDArray[np.float64], sight: Sight) -> Outline:
    size = np.maximum(np.array(sight.size) - 1, 1)
    return np.round(np.clip(points / size, 0, 1), 3).tolist()
