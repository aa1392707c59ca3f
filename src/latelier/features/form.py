"""Facts of an ink form, counted exactly: eyes, strokes, ends and branches, and what shape it is.

Everything is geometry, nothing is learnt. The ink is what is darker than Otsu's threshold, or
lighter on a dark ground. An eye is white wholly enclosed by ink; pieces and holes of less than
0.015 % of the picture are specks. Circularity and squareness are those of the convex hull.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.features._contract import Measure
from latelier.features._plane import Number, counted, otsu, planes
from latelier.features._skeleton import Mask, skeleton_of
from latelier.images import fitted

SAME_SIZE = False
STANDARDISE = True
BLIND = "Facts of form know one tone of ink on one ground, and nothing of colour or shade."

MANY = 100_000.0
MEASURES = (
    Measure("eyes", "count", 0, MANY, "Parts of the ground wholly enclosed by ink."),
    Measure("strokes", "count", 0, MANY, "Connected pieces of ink."),
    Measure("ends", "count", 0, MANY, "Where a stroke ends."),
    Measure("branches", "count", 0, MANY, "Where three strokes or more meet or cross."),
    Measure("ink_share", "share", 0, 1, "How much of the picture is ink."),
    Measure("stroke_width", "share", 0, 2, "Usual width of a stroke, of the longer side."),
    Measure("touches_border", "yes or no", 0, 1, "1 where ink touches the picture's edge."),
    Measure("circularity", "1", 0, 1, "1 for a disc, .79 for a square, less for what is longer."),
    Measure("squareness", "1", 0, 1, "How much of the least square around it the form spans."),
    Measure(
        "symmetry", "share", 0, 1, "Ink that lies on ink in the best mirror through its middle."
    ),
)
SIDE = 800  # px, the longer side at which strokes are thinned; the counts are of the whole picture
SPECK = 1.5e-4  # of the picture; a single pixel of 80 x 80
FLAT = 16  # grey levels between the lightest and the darkest: less is an even surface
MIRROR_SIDE, MIRRORS = 96, 36  # px; axes tried, 5 degrees apart


def describe(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(10,) the facts in the order of ``MEASURES``."""
    ink, strokes, _ = _pieces(ink_of(pixels), 8)
    count = np.count_nonzero(strokes)
    if not count:
        return np.zeros(len(MEASURES))
    ground, eyes, holes = _pieces(~ink, 4)
    eyes[_edge(holes)] = False
    solid = ~ground  # specks of white are filled before thinning
    small = _shrunk(solid)
    lines = skeleton_of(small)
    return np.array(
        [
            np.count_nonzero(eyes),
            count,
            lines.ends,
            lines.branches,
            ink.mean(),
            min(2.0, lines.width / max(small.shape)),
            _edge(ink).any(),
            *_hull(ink),
            _symmetry(ink),
        ],
        dtype=np.float64,
    )


def ink_of(pixels: NDArray[np.uint8]) -> Mask:
    """Where the ink lies, (h, w) bool; nowhere on a picture of one tone."""
    grey = planes(pixels, max(pixels.shape[:2]), enlarge=False).grey
    if int(grey.max()) - int(grey.min()) < FLAT:
        return np.zeros(grey.shape, bool)
    dark = grey <= otsu(grey)
    return np.asarray(~dark if _edge(dark).mean() > 0.5 else dark)


def _edge(plane: NDArray[Number]) -> NDArray[Number]:
    """(n,) what lies along the four sides."""
    return np.concatenate([plane[0], plane[-1], plane[:, 0], plane[:, -1]])


def _pieces(mask: Mask, connectivity: int) -> tuple[Mask, NDArray[np.bool_], NDArray[np.int32]]:
    """A mask without specks; of its connected pieces, 0 the rest, which are none; and their numbers."""
    count, found = cv2.connectedComponents(mask.view(np.uint8), connectivity=connectivity)
    numbers = np.asarray(found, np.int32)
    few = count <= 256  # which are counted in a third of the time
    sizes = counted(numbers.astype(np.uint8))[:count] if few else np.bincount(numbers.ravel())
    keep = np.asarray(sizes >= SPECK * mask.size)
    whole = bool(keep[1:].all())
    keep[0] = False
    return mask if whole else keep.take(numbers), keep, numbers


def _shrunk(ink: Mask) -> Mask:
    """The mask, its longer side ``SIDE`` pixels at most; lines of a pixel survive."""
    if max(ink.shape) <= SIDE:
        return ink
    grey = np.repeat((ink * np.uint8(255))[..., None], 3, 2)
    return np.asarray(fitted(grey, SIDE, SIDE)[..., 0] > 90)


def _hull(ink: Mask) -> tuple[float, float]:
    """Circularity and squareness of the convex hull around the ink."""
    ys = np.flatnonzero(ink.any(axis=1))  # a row's two ends hold all else of it
    left, right = ink[ys].argmax(axis=1), ink.shape[1] - ink[ys, ::-1].argmax(axis=1)
    corners = np.concatenate([np.stack([xs, ys + dy], 1) for xs in (left, right) for dy in (0, 1)])
    hull = cv2.convexHull(corners.astype(np.int32))
    area = float(cv2.contourArea(hull))
    around = float(cv2.arcLength(hull, True))
    _, (width, height), _ = cv2.minAreaRect(hull)
    circularity = min(1.0, 4 * np.pi * area / around**2)
    return circularity, min(1.0, area / max(width, height) ** 2)


def _symmetry(ink: Mask) -> float:
    """The share of ink that lies on ink in the best of the mirrors through its middle."""
    rows, columns = (ink.sum(axis=axis) for axis in (1, 0))
    middle = np.array([np.arange(len(n)) @ n / n.sum() for n in (columns, rows)])
    ys = np.flatnonzero(rows)  # a row's two ends lie farther off than all else of it
    ends = ink[ys].argmax(axis=1), ink.shape[1] - 1 - ink[ys, ::-1].argmax(axis=1)
    far = (np.hypot(xs - middle[0], ys - middle[1]).max() for xs in ends)
    reach = max(1.0, float(max(far)))
    scale = (MIRROR_SIDE / 2 - 1) / reach
    half = (MIRROR_SIDE - 1) / 2
    grey = ink.astype(np.float32)
    if scale < 0.5:
        grey = np.asarray(cv2.blur(grey, (round(1 / scale) | 1,) * 2), np.float32)
    angles = np.arange(MIRRORS // 2) * np.pi / MIRRORS
    c, s = np.cos(angles), np.sin(angles)
    turns = scale * np.stack([np.stack([c, s], 1), np.stack([-s, c], 1)], 1)
    matrices = np.concatenate([turns, half - turns @ middle[:, None]], 2)
    turned = np.empty((len(angles), MIRROR_SIDE, MIRROR_SIDE), np.float32)
    for matrix, one in zip(matrices, turned, strict=True):
        cv2.warpAffine(grey, matrix, one.shape, dst=one, flags=cv2.INTER_LINEAR)
    upper, all_of = MIRROR_SIDE // 2, turned.reshape(len(angles), -1).sum(axis=1)
    best = 0.0
    # a picture so turned is mirrored from top to bottom and from left to right: two axes at once
    for half_of, mirrored in (
        (turned[:, :upper], turned[:, : upper - 1 : -1]),
        (turned[:, :, :upper], turned[:, :, : upper - 1 : -1]),
    ):
        both = np.minimum(half_of, mirrored).reshape(len(angles), -1).sum(axis=1)
        best = max(best, float((both / np.maximum(all_of - both, 1e-6)).max()))
    return min(1.0, best)
