"""Give up early on two pictures that will not come out as copies, before the dear part begins."""

import math

from latelier.copies.pixels import Laid, Region
from latelier.copies.strays import NOWHERE, strays_seen

LEAST = 15.7  # of 704 copies and parts none had less than 17.4; 0.46 of other aligned pairs have


def hopeless(seen: Laid, found: Region | None) -> bool:
    """Whether two pictures are not worth a closer look once they are aligned.

    A line between what became something and what became nothing, found by logistic regression on
    1,170 aligned pairs of the halves of the collections that ``benchmarks/copies.py`` does not
    score and of cloths of another seed, and set well below every copy among them.

    Args:
        seen: as they lie on each other.
        found: the largest piece that agrees.
    """
    likeness, places, off = 0.0, 0.0, NOWHERE
    if found is not None:
        likeness, places, off = found.likeness, found.places, strays_seen(seen, found.whole)
    hope = 10 * seen.likeness + 8.5 * likeness + 1.4 * math.log1p(places)
    return hope - 2.5 * math.log(off + 0.05) < LEAST
