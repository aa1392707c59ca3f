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
from latelier.copies.cutout import Cut, cut_out
from latelier.copies.evidence import Box, carried, in_units
from latelier.copies.fingerprint import Fingerprint
from latelier.copies.fit import Inset
from latelier.copies.glimpse import LARGEST, Glimpse
from latelier.copies.laid import Laid, Region, around, in_full, laid
from latelier.copies.pixels import Map, Sight, inverse
from latelier.copies.strays import strays_seen
from latelier.copies.windows import STEP

ROUNDS = 3  # in which the piece is aligned by what it holds, and found anew
FIRM = 0.72  # likeness within the piece
EXACT = 0.40  # pixels of 256 by which its places may stray; one cloth photographed twice has 0.42
FEWEST = 6.0  # places
HOPE = 0.7  # likeness where corners agree, before anything is aligned, and of the piece there
LEAST = 16.2  # hope for a piece then; of 85 parts that were told none had less than 16.3
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


def inset(seen: Glimpse) -> Found | None:
    """The piece that two pictures have in common, or None where there is hardly any."""
    if not _hopeful(seen.likeness, seen.piece, FEWEST_SEEN):
        return None
    found = _in_full(seen.first, seen.second, seen.fit)
    return _turned(found) if found is not None and seen.turned else found


def _in_full(first: Fingerprint, second: Fingerprint, fit: Inset) -> Found | None:
    """The same at the full size, where the first has the coarser pixels."""
    one, other = first.clear, second.clear
    cut = cut_out(one, other, fit, 1)
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


def _piece(cut: Cut) -> tuple[Map, Laid, Region] | None:
    """The largest piece that agrees, laid on the other picture by what it holds itself."""
    first, second, m, where = cut.first, cut.second, cut.map, cut.where
    seen = laid(first, second, m, where)
    found = seen.region
    if found is None or not _hopeful(around(seen, where), found, FEWEST):
        return None
    if _hope(found, strays_seen(seen, found.whole)) < LEAST:
        return None
    best: tuple[Map, Laid, Region] | None = None
    for done in range(ROUNDS):
        closely = done == ROUNDS - 1
        m = usual(exact(first, second, m, where=where, closely=closely), first.size)
        most, least = stretches(m)
        if most > LARGEST or least < 1 / LARGEST:
            break
        seen = laid(first, second, m, where)
        found = seen.region
        if found is None:
            break
        if not done and strays_seen(seen, found.whole) > SETTLED:
            return None
        best = m, seen, found
        where = in_full(found.whole, first)
    return best


def _hopeful(likeness: float, found: Region | None, fewest: float) -> bool:
    """Whether two pictures that lie as their corners have it are worth aligning."""
    firm = found is not None and found.likeness >= HOPE and found.places >= fewest
    return firm and likeness >= HOPE


def _hope(found: Region, strays: float) -> float:
    """How far a piece that was not aligned yet may become one that is told.

    A logistic regression on 121 parts and 916 other pieces, of the halves of the collections that
    ``benchmarks/copies.py`` does not score; ``LEAST`` spares 0.73 of the latter.
    """
    return 12 * found.likeness + 2 * math.log1p(found.places) - math.log(strays + 0.05)


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


def _in_units(box: tuple[int, int, int, int], sight: Sight) -> Box:
    x, y, wide, high = (v / max(sight.size) for v in box)
    return x, y, wide, high
