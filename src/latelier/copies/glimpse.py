"""A glimpse at two pictures where their corners agree, which says whether a look is worth its price.

Most pairs that corners propose are nothing to each other. Of copies and of parts set into other
pictures many corners agree for how many look alike, and around those the pictures do.
"""

import math
from functools import cached_property

from latelier.copies.align import stretches
from latelier.copies.cutout import cut_out
from latelier.copies.fingerprint import CLEAR_SIDE, Fingerprint
from latelier.copies.fit import Inset, Matches
from latelier.copies.laid import Region, around, laid
from latelier.copies.pixels import scale_of

LARGEST = 5.0  # times that a part is made larger or smaller
LIKELY = 1.9  # times the root of how many look alike; of 581 copies and parts none less than 2.03
WORTH = 8.5  # with what the glimpse says; of 842 none had less than 8.59, of other pairs 0.64 have


class Glimpse:
    """How two pictures agree around their corners, at half the size that is kept of them.

    Args:
        first: one picture.
        second: the other.
        fit: the map by which their corners agree.
    """

    def __init__(self, first: Fingerprint, second: Fingerprint, fit: Inset) -> None:
        self.turned = scale_of(fit.map) * _side(second) < 0.999 * _side(first)
        self.first, self.second = (second, first) if self.turned else (first, second)
        self.fit = fit.turned() if self.turned else fit  # from the one with the coarser pixels

    @cached_property
    def _seen(self) -> tuple[float, Region | None]:
        cut = cut_out(self.first.sight, self.second.sight, self.fit, 2)
        seen = laid(cut.first, cut.second, cut.map, cut.where)
        return around(seen, cut.where), seen.region

    @property
    def likeness(self) -> float:
        """Correlation of detail around those corners, 0 to 1."""
        return self._seen[0]

    @property
    def piece(self) -> Region | None:
        """The largest piece that agrees, where there is one."""
        return self._seen[1]


def glimpsed(first: Fingerprint, second: Fingerprint, matches: Matches) -> Glimpse | None:
    """A glimpse at two pictures, or None where they are neither a copy nor one a part of the other.

    Both bounds were found on copies, parts and some 7,700 pairs that are neither, of the halves of the
    collections that ``benchmarks/copies.py`` does not score; together they spare 0.85 of the looks.

    Args:
        first: one picture.
        second: the other.
        matches: corners of the two that look alike where they come to lie.
    """
    fit = matches.simple
    if fit is None:
        return None
    most, least = stretches(fit.map)
    agree = fit.corners / math.sqrt(matches.rows.shape[1])
    if agree < LIKELY or most > LARGEST or least < 1 / LARGEST:
        return None
    seen = Glimpse(first, second, fit)
    if agree < WORTH:
        likeness = min(seen.likeness, seen.piece.likeness) if seen.piece is not None else 0.0
        if agree + 8 * likeness < WORTH:
            return None
    return seen


def _side(picture: Fingerprint) -> int:
    """Pixels of the longer side of the clear picture."""
    return min(CLEAR_SIDE, max(picture.width, picture.height))
