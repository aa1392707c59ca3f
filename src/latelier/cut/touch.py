"""What hangs on the sides of boxes: ink that touches them from within, or runs on outside."""

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.cut.ink import Mask

Floats = NDArray[np.float64]
_ALONG = np.linspace(0.03, 0.97, 40)  # of each side, where ink outside is asked for
_OUTSIDE = (4.0, 5.5)  # pixels of the half-size page from the edge of a side


def attached(mask: Mask, bounds: Floats, inset: int) -> Floats:
    """The share of the ink inside each box (n, 4) that is one piece with its sides.

    Args:
        mask: (h, w) uint8.
        bounds: left, top, right, bottom, to the middle of the lines.
        inset: pixels from there inward that belong to the sides.
    """
    count, labels = cv2.connectedComponents(mask, connectivity=8)
    boxes = np.rint(bounds).astype(int).clip(0).tolist()
    sides = np.zeros(mask.shape, bool)
    for x0, y0, x1, y1 in boxes:
        sides[y0 : y0 + inset, x0 : x1 + 1] = True
        sides[max(y0, y1 + 1 - inset) : y1 + 1, x0 : x1 + 1] = True
        sides[y0 : y1 + 1, x0 : x0 + inset] = True
        sides[y0 : y1 + 1, max(x0, x1 + 1 - inset) : x1 + 1] = True
    in_wall = np.zeros(count, np.uint8)
    in_wall[labels[sides]] = 255
    in_wall[0] = 0
    shares = np.zeros(len(bounds))
    for k, (x0, y0, x1, y1) in enumerate(boxes):
        inner = slice(y0 + inset, y1 + 1 - inset), slice(x0 + inset, x1 + 1 - inset)
        if mask[inner].size and (ink := cv2.countNonZero(mask[inner])):
            shares[k] = cv2.countNonZero(in_wall[labels[inner]]) / ink
    return shares


def linked(mask: Mask, corners: Floats, line: float) -> NDArray[np.bool_]:
    """Whether ink starts from the outside of a box's sides that belongs to no other box.

    Args:
        mask: (h, w) uint8.
        corners: (n, 4, 2) of each box, clockwise from the top left.
        line: thickness of the sides in pixels.
    """
    rest = mask.copy()
    for quad in np.rint(grown(corners, line / 2 + 2.5)).astype(np.int32):
        cv2.fillConvexPoly(rest, quad, 0)
    rings = np.stack([grown(corners, line / 2 + more) for more in _OUTSIDE])  # (2, n, 4, 2)
    ways = np.roll(rings, -1, 2) - rings
    points = rings[..., None, :] + _ALONG[:, None] * ways[..., None, :]
    last = np.array(mask.shape[::-1]) - 1
    x, y = np.moveaxis(np.rint(points).astype(np.intp).clip(0, last), -1, 0)
    return np.asarray((rest[y, x] > 0).any((0, 2, 3)))


def carried(mask: Mask, bounds: Floats) -> float:
    """The share of pieces as large as a box, and not inside one, that a box is drawn with."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    side = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(1).astype(np.float64)
    usual = float(np.median((bounds[:, 2:] - bounds[:, :2]).min(1)))
    low = stats[:, :2]
    high = low + stats[:, 2:4]
    within = (
        (low[:, None] > bounds[None, :, :2] + 2) & (high[:, None] < bounds[None, :, 2:] - 2)
    ).all(-1)
    large = (side >= 0.7 * usual) & ~within.any(1)
    large[0] = False
    carries = np.zeros(len(stats), bool)
    for x0, y0, x1, y1 in np.rint(bounds).astype(int).clip(3).tolist():
        for band in (
            labels[y0 - 3 : y0 + 4, x0:x1],
            labels[y1 - 3 : y1 + 4, x0:x1],
            labels[y0:y1, x0 - 3 : x0 + 4],
            labels[y0:y1, x1 - 3 : x1 + 4],
        ):
            carries[band] = True
    return float((carries & large).sum() / max(large.sum(), 1))


def grown(corners: Floats, by: float) -> Floats:
    """Quadrilaterals (n, 4, 2) whose corners are moved outward by ``by`` in x and in y."""
    middle = corners.mean(1, keepdims=True)
    return np.asarray(corners + np.sign(corners - middle) * by)
