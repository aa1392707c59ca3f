"""Which pictures are held out: never one whose copy is learnt from."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SHARE = 0.1
TINY = 12  # pictures below which nothing is held out: each is needed
FEWEST = 2  # held out, where anything is: one alone says nothing of the spread


def held_out(copy_sets: Sequence[int], share: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Which rows are held out, (n,) bool; copy-sets stay whole, and about ``share`` is reached.

    Args:
        copy_sets: one number a row; rows of one number are copies of each other.
        share: of the rows, 0 to 0.5.
        rng: draws the sets.
    """
    chosen = np.zeros(len(copy_sets), bool)
    if not share or len(set(copy_sets)) < TINY:
        return chosen
    wanted = max(FEWEST, round(share * len(copy_sets)))
    members: dict[int, list[int]] = defaultdict(list)
    for row, number in enumerate(copy_sets):
        members[number].append(row)
    names = sorted(members)
    for i in rng.permutation(len(names)):
        rows = members[names[i]]
        if chosen.sum() + len(rows) <= wanted:
            chosen[rows] = True
    return chosen
