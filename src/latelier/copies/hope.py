"""Give up early on two pictures that will not come out as copies, before the dear part begins.

Both bounds were found on the halves of the collections that ``benchmarks/copies.py`` does not score
and on cloths of another seed: 950 aligned pairs, of which 720 became a copy, a part or alike.
"""

import math

from latelier.copies.laid import Laid, Region
from latelier.copies.pixels import Map, Sight
from latelier.copies.repeats import departures_agree
from latelier.copies.strays import NOWHERE, strays_seen

LEAST = 15.7  # of copies and parts none had less than 17.4; 0.46 of the others have
ELSEWHERE = 0.45  # pixels by which places stray, the best piece's as well
OTHER = (
    0.4  # likeness without the pattern; both hold for 1 of 720, of score 0.13, and 0.3 of others
)


def hopeless(first: Sight, second: Sight, m: Map, seen: Laid, found: Region | None) -> bool:
    """Whether two pictures are not worth a closer look once they are aligned.

    They hardly agree, by a line that a logistic regression drew, or it is the pattern that agrees,
    woven another time.

    Args:
        first: the one with the coarser pixels of the common part.
        second: the other.
        m: pixels of the first to pixels of the second.
        seen: as they lie on each other by that.
        found: the largest piece that agrees.
    """
    likeness, places, off = 0.0, 0.0, NOWHERE
    if found is not None:
        likeness, places, off = found.likeness, found.places, strays_seen(seen, found.whole)
    hope = 10 * seen.likeness + 8.5 * likeness + 1.4 * math.log1p(places)
    if hope - 2.5 * math.log(off + 0.05) < LEAST:
        return True
    if off <= ELSEWHERE or strays_seen(seen) <= ELSEWHERE:
        return False
    _, own = departures_agree(first, second, m, seen)
    return own < OTHER
