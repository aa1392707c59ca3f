"""How much of each of two pictures the other one shows.

A border drawn around a picture, or the ground on which it was turned, has a long strong edge where
the picture ends. That edge is of the frame, not of the picture, and counts for neither.
"""

from weakref import WeakKeyDictionary

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.copies.hashes import BORDER, frames
from latelier.copies.pixels import STEP, WINDOW, Grid, Map, Sight, firmness, inverse, scale_of

REACH = 0.8 * WINDOW  # pixels to either side of an edge that it is seen in
ALONG = 2  # pixels from an edge at which its two sides are compared
EDGE = 0.6  # of a side differs from the border beside it
FLAT = 0.8  # of the ground beside a side is of one colour
FEWEST = 8  # points of a side that lie within the picture
FRAMED = 0.33  # of a picture lies within its border; with 20 % on every side 0.36 do
CROPPED = 0.42  # of a picture's area that a crop of it to a half has at least
FRAMES = 0.12  # firmness of what lies around, where it is but the edges of frames
SIDE_POINTS = np.linspace(0.04, 0.96, 32)
_ORIGIN = np.array([1, 1, 0, 0], np.float32)  # rasters count from pixel centres
_known: WeakKeyDictionary[Sight, list[NDArray[np.float64]]] = WeakKeyDictionary()


def shares(first: Sight, second: Sight, m: Map, agreed: NDArray[np.bool_]) -> tuple[float, float]:
    """How much of the detail of each of two pictures lies where they agree, 0 to 1.

    Args:
        first: one picture.
        second: the other.
        m: pixels of the first to pixels of the second.
        agreed: (h, w) bool on the first picture, every ``STEP`` pixels.
    """
    back = inverse(m)
    grid = back.copy()
    grid[:, 2] /= STEP
    there = cv2.warpAffine(
        agreed.astype(np.uint8),
        grid,
        second.weight.shape[::-1],
        flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP,
    )
    return _shown(first, second, m, agreed), _shown(second, first, back, there > 0)


def beyond(first: Sight, second: Sight, m: Map) -> float:
    """How much of the detail of the first picture lies well beyond the frame of the second, 0 to 1."""
    out = within(first, second, m) < -REACH
    return float((first.weight * out).sum() / (first.weight.sum() + 1e-6))


def around(first: Sight, second: Sight, m: Map) -> float:
    """How much of a picture's detail lies around the other one, where that takes up little of it.

    A crop keeps half of a picture or more; what keeps less is a part of it, or was put into another.

    Args:
        first: one picture.
        second: the other.
        m: pixels of the first to pixels of the second.

    Returns:
        the greater share of the two, 0 to 1; 0 where each takes up enough of the other.
    """
    back, shares = inverse(m), [0.0]
    for one, other, there, here in ((first, second, m, back), (second, first, back, m)):
        corners = _frame(other) @ here[:, :2].T + here[:, 2]
        area, _ = cv2.intersectConvexConvex(
            corners.astype(np.float32), _frame(one).astype(np.float32)
        )
        if area < CROPPED * one.size[0] * one.size[1]:
            far = within(one, other, there)
            if firmness(one, far < -REACH) < FRAMES:
                continue
            counts = one.weight * ~(edges(one, corners) | _bordered(one))
            shares.append(float((counts * (far < 0)).sum() / (counts.sum() + 1e-6)))
    return max(shares)


def within(first: Sight, second: Sight, m: Map) -> Grid:
    """How far each place of the first picture lies within the frame of the second.

    Args:
        first: one picture.
        second: the other.
        m: pixels of the first to pixels of the second.

    Returns:
        (h, w) in pixels of the first, every ``STEP`` pixels; below 0 outside.
    """
    high, wide = first.weight.shape
    x, y = np.arange(wide) * STEP, np.arange(high)[:, None] * STEP
    u, v = (m[i, 0] * x + (m[i, 1] * y + m[i, 2]) for i in (0, 1))
    far = np.minimum(np.minimum(u, second.size[0] - 1 - u), np.minimum(v, second.size[1] - 1 - v))
    return np.asarray(far / scale_of(m), np.float32)


def edges(sight: Sight, corners: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Places of a picture that see an edge between a frame and a ground of one colour around it.

    Paper around a drawing has no edge, and a cloth that goes on beyond the frame no ground.

    Args:
        sight: the picture.
        corners: (4, 2) of the frame, one after the other, in its pixels.

    Returns:
        (h, w), every ``STEP`` pixels.
    """
    along = np.roll(corners, -1, axis=0) - corners
    length = np.maximum(np.hypot(*along.T), 1e-6)[:, None]
    along = along / length
    out = np.stack([along[:, 1], -along[:, 0]], axis=1)
    out *= np.sign(np.sum(out * (corners - corners.mean(axis=0)), axis=1))[:, None]
    points = corners[:, None] + (length * SIDE_POINTS)[..., None] * along[:, None]  # (4, n, 2)
    inner, outer = (points + by * out[:, None] for by in (-ALONG, ALONG))
    last = np.array(sight.size) - 1
    there = np.all((outer >= 0) & (outer <= last) & (inner >= 0) & (inner <= last), axis=2)
    grey = sight.grey
    one, other = (
        grey[tuple(np.clip(np.rint(p), 0, last).astype(int)[..., ::-1].transpose(2, 0, 1))]
        for p in (inner, outer)
    )
    high, wide = sight.weight.shape
    x, y = np.arange(wide) * STEP, np.arange(high)[:, None] * STEP
    seen = np.zeros((high, wide), bool)
    count = np.maximum(there.sum(axis=1), 1)
    middle = np.sort(np.where(there, other, np.inf), axis=1)[np.arange(4), count // 2]
    ground = np.where(there.any(axis=1), middle, 0)[:, None]
    steps = ((np.abs(one - ground) > BORDER / 2) & there).sum(axis=1) / count
    flat = ((np.abs(other - ground) < BORDER / 2) & there).sum(axis=1) / count
    for side in np.flatnonzero((count >= FEWEST) & (steps > EDGE) & (flat > FLAT)):
        (ox, oy), (ax, ay), (cx, cy) = out[side], along[side], corners[side]
        off = (x - cx) * ox + (y - cy) * oy
        at = (x - cx) * ax + (y - cy) * ay
        seen |= (np.abs(off) < REACH) & (at > -REACH) & (at < length[side, 0] + REACH)
    return seen


def _borders(sight: Sight) -> list[NDArray[np.float64]]:
    """The corners of what borders of one colour, or the ground it was turned on, leave of a picture."""
    if sight not in _known:
        size = np.tile(np.array(sight.size, np.float32), 2)
        boxes = [frame * size - 0.5 * _ORIGIN for frame in frames(sight.grey.astype(np.uint8))[1:]]
        found = [np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]]) for x, y, w, h in boxes]
        grey = sight.grey
        edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
        inner = cv2.findNonZero((np.abs(grey - np.median(edge)) > BORDER).astype(np.uint8))
        if inner is not None:
            found.append(cv2.boxPoints(cv2.minAreaRect(inner)).astype(np.float64))
        enough = FRAMED * sight.size[0] * sight.size[1]  # less is what a drawing takes of its paper
        _known[sight] = [c for c in found if cv2.contourArea(c.astype(np.float32)) >= enough]
    return _known[sight]


def _bordered(sight: Sight) -> NDArray[np.bool_]:
    """Places of a picture that see the edge of a border of one colour drawn around it."""
    seen = np.zeros(sight.weight.shape, bool)
    for corners in _borders(sight):
        seen |= edges(sight, corners)
    return seen


def _frame(sight: Sight) -> NDArray[np.float64]:
    """The corners of a picture, (4, 2), in its pixels; rasters count from pixel centres."""
    wide, high = sight.size
    return np.array([[0, 0], [wide, 0], [wide, high], [0, high]]) - 0.5


def _shown(first: Sight, second: Sight, m: Map, agreed: NDArray[np.bool_]) -> float:
    back = inverse(m)
    at_frame = edges(first, _frame(second) @ back[:, :2].T + back[:, 2])
    # borders may well lie on each other: what is seen of its own, or of the other's, never counts
    at_border = _bordered(first)
    for corners in _borders(second):
        at_border |= edges(first, corners @ back[:, :2].T + back[:, 2])
    counts = first.weight * (agreed | ~at_frame) * ~at_border
    out = within(first, second, m) < -REACH
    if firmness(first, out) < FRAMES:
        counts = counts * ~out
    return float((counts * agreed).sum() / (counts.sum() + 1e-6))
