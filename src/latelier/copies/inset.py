"""Find a part of one picture set into another, by the pixels where the two overlap and no others.

A part that fills a tenth of the picture that it was set into says nothing about the rest of it. So
the two are laid on each other where corners agree, at twice the size at which whole pictures are
looked at, and what counts is how large, how much of one picture and how exact the piece is that
agrees there. Another weaving of the motif or another hand's sign agrees too, but strays.
"""

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.copies.align import exact, stretches, usual
from latelier.copies.evidence import Box, carried, in_pixels, in_units
from latelier.copies.fingerprint import CLEAR_SIDE, Fingerprint
from latelier.copies.fit import Inset, Matches, inset_fit
from latelier.copies.pixels import (
    STEP,
    Laid,
    Map,
    Region,
    Sight,
    affine,
    chained,
    in_full,
    inverse,
    laid,
    region,
    scale_of,
)
from latelier.copies.strays import strays_seen

LARGEST = 5.0  # times that a part is made larger or smaller
AROUND = 10  # pixels around the corners that agree, of 256: their own patches
MARGIN = 24  # pixels around that into which the piece may grow
ROUNDS = 3  # in which the piece is aligned by what it holds, and found anew
FIRM = 0.72  # likeness within the piece
EXACT = 0.40  # pixels of 256 by which its places may stray; one cloth photographed twice has 0.42
FEWEST = 6.0  # places
FEWEST_PIXELS = 8  # a side of what is cut out
HOPE = 0.7  # likeness where corners agree, before anything is aligned, and of the piece there
NEARLY = 0.92  # pixels by which its places stray then; of 111 parts none strayed by 0.92
SETTLED = 0.82  # the same once it was aligned; none by 0.81, of other weavings 0.4 by more
FEWEST_SEEN = 2.3  # places at half the size; of 229 parts that were told none had less of the three


@dataclass(frozen=True)
class Found:
    """A part of one picture that lies in another.

    Args:
        map: the first to the second, in units of their longer sides.
        box: x, y, width and height of the piece on the first, in units of its longer side.
        likeness: correlation of detail within the piece, 0 to 1.
        agreed: how much of the detail within it lies where they agree, 0 to 1.
        places: how many places agree.
        strays: pixels of 256 by which they lie elsewhere than the map says.
        of_first: how much of the first's detail the piece is.
        of_second: how much of the second's detail the piece is.
        corners: how many corners agree.
    """

    map: Map
    box: Box
    likeness: float
    agreed: float
    places: float
    strays: float
    of_first: float
    of_second: float
    corners: int


def certainty_of_inset(found: Found) -> float:
    """How sure it is that a part of a picture was set into another, 0 to 1.

    A logistic regression on 99 parts and 233 pieces of other weavings, signs by other hands and drawn
    forms, of the halves of the collections that ``benchmarks/copies.py`` does not score.
    """
    if found.likeness < FIRM or found.strays > EXACT or found.places < FEWEST:
        return 0.0
    weight = (
        -3.69 * math.log(found.strays + 0.05)
        + 2.24 * math.log1p(found.places)
        + 8.29 * max(found.of_first, found.of_second)
        - 16.7
    )
    return 1 / (1 + math.exp(-weight))


def inset(first: Fingerprint, second: Fingerprint, matches: Matches) -> Found | None:
    """The piece that two pictures have in common, or None where there is hardly any.

    Args:
        first: one picture.
        second: the other.
        matches: corners of the two that may agree.
    """
    fit = inset_fit(matches)
    if fit is None:
        return None
    most, least = stretches(fit.map)
    if most > LARGEST or least < 1 / LARGEST:
        return None
    if scale_of(fit.map) * _side(second) < 0.999 * _side(first):
        back = _both_sizes(second, first, fit.turned())
        return _turned(back) if back is not None else None
    return _both_sizes(first, second, fit)


def _side(picture: Fingerprint) -> int:
    """Pixels of the longer side of the clear picture."""
    return min(CLEAR_SIDE, max(picture.width, picture.height))


def _both_sizes(first: Fingerprint, second: Fingerprint, fit: Inset) -> Found | None:
    """The same where the first has the coarser pixels: at half the size, then at the full."""
    cut = _cut_out(first.sight, second.sight, fit, 2)
    if _hopeful(laid(cut.first, cut.second, cut.map, cut.where), cut.where, FEWEST_SEEN) is None:
        return None
    one, other = first.clear, second.clear
    cut = _cut_out(one, other, fit, 1)
    best = _piece(cut)
    if best is None:
        return None
    m, seen, found = best
    box, m = cut.box, cut.in_full(m)
    piece = np.zeros(one.size[::-1], np.uint8)
    piece[box[1] : box[3], box[0] : box[2]] = in_full(found.whole, cut.first) > 0
    on_other = cv2.warpAffine(piece, m, other.size, flags=cv2.INTER_NEAREST)
    x, y, wide, high = found.box
    left, top = box[:2].tolist()
    return Found(
        in_units(m, one, other),
        _in_units((x + left, y + top, wide, high), one),
        found.likeness,
        found.share,
        found.places,
        strays_seen(seen, found.whole),
        found.share * _share(first.sight, piece),
        found.share * _share(second.sight, np.asarray(on_other, np.uint8)),
        fit.corners,
    )


@dataclass(frozen=True)
class _Cut:
    """What of two pictures lies around the corners that agree.

    Args:
        first: of the one with the coarser pixels.
        second: of the other.
        map: pixels of the first to pixels of the second.
        where: (h, w) 0 or 1 on the first, the patches of those corners and what lies between.
        box: left, top, right and bottom on the first picture.
        there: the same on the second.
    """

    first: Sight
    second: Sight
    map: Map
    where: NDArray[np.float32]
    box: NDArray[np.int64]
    there: NDArray[np.int64]

    def in_full(self, m: Map) -> Map:
        """A map between what was cut out as one between the pictures."""
        return chained(chained(_moved(-self.box[:2]), m), _moved(self.there[:2]))


def _cut_out(one: Sight, other: Sight, fit: Inset, smaller: int) -> _Cut:
    """What of two pictures is looked at; they are so many times smaller than the clear ones."""
    around, margin = AROUND // smaller, MARGIN // smaller
    m, points = in_pixels(fit.map, one, other), fit.points * max(one.size)
    box = _bounds(points, around + margin, one.size)
    there = _bounds(_carried(_corners(box), m), around, other.size)
    a, b = _cut(one, box), _cut(other, there)
    hull = cv2.convexHull((points - box[:2]).astype(np.float32)).astype(np.int32)
    where = cv2.fillConvexPoly(np.zeros(a.size[::-1], np.uint8), hull, (1,))
    patch = np.ones((2 * around + 1, 2 * around + 1), np.uint8)
    m = chained(chained(_moved(box[:2]), m), _moved(-there[:2]))
    return _Cut(a, b, m, np.asarray(cv2.dilate(where, patch), np.float32), box, there)


def _piece(cut: _Cut) -> tuple[Map, Laid, Region] | None:
    """The largest piece that agrees, laid on the other picture by what it holds itself."""
    first, second, m, where = cut.first, cut.second, cut.map, cut.where
    seen = laid(first, second, m, where)
    found = _hopeful(seen, where, FEWEST)
    if found is None or strays_seen(seen, found.whole) > NEARLY:
        return None
    best: tuple[Map, Laid, Region] | None = None
    for done in range(ROUNDS):
        closely = done == ROUNDS - 1
        m = usual(exact(first, second, m, where=where, closely=closely), first.size)
        most, least = stretches(m)
        if most > LARGEST or least < 1 / LARGEST:
            break
        seen = laid(first, second, m, where)
        found = region(seen)
        if found is None:
            break
        if not done and strays_seen(seen, found.whole) > SETTLED:
            return None
        best = m, seen, found
        where = in_full(found.whole, first)
    return best


def _hopeful(seen: Laid, where: NDArray[np.float32], fewest: float) -> Region | None:
    """The piece that agrees as corners lay two pictures, where it is worth aligning them."""
    found, weight = region(seen), seen.weight * where[::STEP, ::STEP]
    if found is None or found.likeness < HOPE or found.places < fewest:
        return None
    like = float((np.maximum(seen.alike, 0) * weight).sum() / (weight.sum() + 1e-6))
    return found if like >= HOPE else None


def _turned(found: Found) -> Found:
    return replace(
        found,
        map=inverse(found.map),
        box=carried(found.box, found.map),
        of_first=found.of_second,
        of_second=found.of_first,
    )


def _share(sight: Sight, piece: NDArray[np.uint8]) -> float:
    """How much of a picture's detail lies within a piece, (h, w) 0 or 1 at any size."""
    small = cv2.resize(piece, sight.size, interpolation=cv2.INTER_NEAREST)[::STEP, ::STEP]
    return float((sight.weight * small).sum() / (sight.weight.sum() + 1e-6))


def _bounds(points: NDArray[np.float64], more: int, size: tuple[int, int]) -> NDArray[np.int64]:
    """Left, top, right and bottom of points and so many pixels around them, within a picture.

    Both sides are even, so that half of it is half as wide and half as high.
    """
    low, high = points.min(axis=0) - more, points.max(axis=0) + more + 1
    most = np.array(size)
    low = np.clip(np.floor(low), 0, most - FEWEST_PIXELS)
    sides = np.clip(np.ceil(high), low + FEWEST_PIXELS, most) - low
    return np.concatenate([low, low + sides // 2 * 2]).astype(np.int64)


def _in_units(box: tuple[int, int, int, int], sight: Sight) -> Box:
    x, y, wide, high = (v / max(sight.size) for v in box)
    return x, y, wide, high


def _corners(box: NDArray[np.int64]) -> NDArray[np.int64]:
    return box[[[0, 1], [2, 1], [2, 3], [0, 3]]]


def _carried(points: NDArray[np.int64], m: Map) -> NDArray[np.float64]:
    return np.asarray(points @ m[:, :2].T + m[:, 2])


def _cut(sight: Sight, box: NDArray[np.int64]) -> Sight:
    left, top, right, low = box.tolist()
    return Sight(np.ascontiguousarray(sight.pixels[top:low, left:right]))


def _moved(by: NDArray[np.int64]) -> Map:
    return affine(np.eye(2), by.astype(np.float64))
