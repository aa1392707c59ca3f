"""Lay one picture on another by an affine map and say where, and how well, they agree.

What counts is detail: correlation within small windows, so that light, tone and colour cast drop
out, weighted by how much detail there is, so that white paper against white paper is no likeness.
"""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.copies.pixels import FAINT, Grid, Map, Sight, inside_of, one_colour, seen_as, warped
from latelier.copies.windows import STEP, WINDOW, means, without_tone

AGREED = 0.55  # correlation from which a place counts as agreeing
FEWEST_IN_CORE = 40  # places of a piece without its edge; a smaller piece is looked at whole


@dataclass(frozen=True)
class Region:
    """The largest piece of the common part that agrees.

    Args:
        box: x, y, width and height in pixels of the first picture.
        likeness: correlation of detail within it, 0 to 1.
        share: how much of the detail within it lies where they agree, 0 to 1.
        places: how many places in it agree.
        agreed: (h, w) bool, those places.
        whole: (h, w) bool, all places of the piece.
    """

    box: tuple[int, int, int, int]
    likeness: float
    share: float
    places: float
    agreed: NDArray[np.bool_]
    whole: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Laid:
    """How well two pictures agree where one lies on the other.

    Args:
        likeness: correlation of detail over the common part, weighted by detail, 0 to 1.
        share: how much of the detail in the common part lies where they agree, 0 to 1.
        places: how many places with detail agree, counted in windows that do not overlap.
        agreed: (h, w) bool on the first picture, every ``STEP`` pixels.
        differs: (h, w) bool, places in the common part with detail that does not agree.
        alike: (h, w) float32, correlation within each window, -1 to 1.
        weight: (h, w) float32, detail in each window, 0 outside the common part.
        details: the second picture and the first on the first's raster, each of one colour and
            without its tone, (h, w) each.
        inside: (h, w), 0 or 1: where both are.
    """

    likeness: float
    share: float
    places: float
    agreed: NDArray[np.bool_]
    differs: NDArray[np.bool_]
    alike: Grid
    weight: Grid
    details: tuple[NDArray[np.float32], NDArray[np.float32]]
    inside: NDArray[np.float32]

    @cached_property
    def region(self) -> Region | None:
        """The largest piece that agrees, or None."""
        return _region(self)


def laid(first: Sight, second: Sight, m: Map, where: NDArray[np.float32] | None = None) -> Laid:
    """Lay the second picture on the first and compare.

    Args:
        first: the one with the coarser pixels of the common part.
        second: the other.
        m: pixels of the first to pixels of the second.
        where: (h, w) 0 or 1 on the first, where their colours are compared; all of it if left out.
    """
    a, b, inside = seen_as(first, second, m)
    return _compared(*one_colour(a, b, inside if where is None else inside * where), inside)


def laid_on_itself(sight: Sight, m: Map) -> Laid:
    """Lay a picture on itself, in the one colour in which it has most detail."""
    moved = warped(sight.plainly, m, sight.size)
    return _compared(moved, sight.plainly, inside_of(sight, sight, m))


def _compared(a: NDArray[np.float32], b: NDArray[np.float32], inside: NDArray[np.float32]) -> Laid:
    """Compare two pictures that lie on one raster, where both are.

    Args:
        a: (h, w), the second.
        b: (h, w), the first.
        inside: (h, w), 0 or 1.
    """
    much = np.maximum(cv2.blur(inside, (WINDOW, WINDOW)), np.float32(1e-3))
    x, y = (without_tone(v * inside, inside, much) for v in (a, b))
    r, w, covered = correlated(x, y, inside)
    agreed = (r > AGREED) & (w > FAINT / 2)
    total = float(w.sum()) + 1e-6
    return Laid(
        likeness=float((np.maximum(r, 0) * w).sum()) / total,
        share=float((w * agreed).sum()) / total,
        places=float(agreed.sum()) * (STEP / WINDOW) ** 2,
        agreed=agreed,
        differs=covered & (w > 2 * FAINT) & ~agreed,
        alike=r,
        weight=w,
        details=(x, y),
        inside=inside,
    )


def around(seen: Laid, where: NDArray[np.float32]) -> float:
    """Correlation of detail where ``where``, (h, w) 0 or 1 on the first picture, is 1; 0 to 1."""
    weight = seen.weight * where[::STEP, ::STEP]
    return float((np.maximum(seen.alike, 0) * weight).sum() / (weight.sum() + 1e-6))


def _region(seen: Laid) -> Region | None:
    firm = cv2.morphologyEx(seen.agreed.astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2)))
    count, labels = cv2.connectedComponents(firm, connectivity=8)
    if count < 2:
        return None
    amounts = np.bincount(labels.ravel(), (seen.weight * firm).ravel(), count)
    piece = labels == int(amounts[1:].argmax()) + 1
    y, x = np.nonzero(piece)
    hull = cv2.convexHull(np.stack([x, y], axis=1).astype(np.int32))
    left, top, wide, high = cv2.boundingRect(hull)
    box = cv2.fillConvexPoly(np.zeros(piece.shape, np.uint8), hull, (1,)) > 0
    # a window at the edge reaches across it: what lies within says how well the piece agrees
    core = cv2.erode(box.astype(np.uint8), np.ones((3, 3)), borderValue=1) > 0
    weight = seen.weight * (core if core.sum() >= FEWEST_IN_CORE else box)
    total = float(weight.sum()) + 1e-6
    agreed = seen.agreed & box
    return Region(
        (left * STEP - STEP // 2, top * STEP - STEP // 2, wide * STEP, high * STEP),
        float((np.maximum(seen.alike, 0) * weight).sum()) / total,
        float((weight * seen.agreed).sum()) / total,
        float(agreed.sum()) * (STEP / WINDOW) ** 2,
        agreed,
        box,
    )


def in_full(where: NDArray[np.bool_], sight: Sight) -> NDArray[np.float32]:
    """Places of a picture as its pixels, (h, w) 0 or 1, less what their windows reach across.

    A place at the edge of a piece agrees although half its window lies outside; what is left here
    lies inside for certain.
    """
    x, y = (np.arange(n, dtype=np.int64) + STEP // 2 for n in sight.size)
    wide = where[np.minimum(y // STEP, where.shape[0] - 1)][
        :, np.minimum(x // STEP, where.shape[1] - 1)
    ]
    inner = cv2.erode(wide.astype(np.uint8), np.ones((WINDOW // 2, WINDOW // 2)))
    return np.asarray(inner if inner.any() else wide, np.float32)


def correlated(
    x: NDArray[np.float32],
    y: NDArray[np.float32],
    inside: NDArray[np.float32],
    faint: float = FAINT,
) -> tuple[Grid, Grid, NDArray[np.bool_]]:
    """Correlation of two pictures of one colour within each window, every ``STEP`` pixels.

    Args:
        x: (h, w), 0 outside.
        y: (h, w), 0 outside.
        inside: (h, w), 0 or 1.
        faint: grey levels; detail weaker than this is noise.

    Returns:
        the correlation -1 to 1; the detail, the stronger of the two in grey levels; and which
        windows lie inside by 0.4 at least.
    """
    much = means(inside)
    mx, my, xx, yy, xy = (means(v) / np.maximum(much, 0.2) for v in (x, y, x * x, y * y, x * y))
    covered = much > 0.4
    xx, yy, xy = np.maximum(xx - mx * mx, 0), np.maximum(yy - my * my, 0), xy - mx * my
    noise = np.float32(faint**2)
    r = xy / np.sqrt((xx + noise) * (yy + noise))
    w = np.sqrt(np.maximum(np.maximum(xx, yy) - noise, 0)) * covered
    return np.asarray(r, np.float32), np.asarray(w, np.float32), covered
