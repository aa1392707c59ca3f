"""Find the pictures that are copies of each other: propose cheaply, then look at every proposal."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latelier.copies import hashes
from latelier.copies.fingerprint import Fingerprint
from latelier.copies.judge import Likeness, judged
from latelier.copies.pixels import Map

HASH_BOUND = (
    76  # bits of 256; unlike pictures differ in 128 on average, 96 at the least of 16 flips
)
Load = Callable[[int], Fingerprint]


@dataclass(frozen=True)
class Proposal:
    """Two pictures that may be copies.

    Args:
        first: row of one.
        second: row of the other.
        map: about how the first lies on the second, in units of their longer sides.
        strength: the higher, the likelier.
    """

    first: int
    second: int
    map: Map
    strength: float


def compared(
    new: Sequence[int], known: Sequence[int], prints: NDArray[np.uint64], load: Load
) -> Iterator[tuple[int, int, Likeness]]:
    """Every pair of copies of which at least one is new.

    Args:
        new: rows of pictures that have not been compared with any.
        known: rows of pictures that have been compared among themselves.
        prints: (n, 4), the hash of every row.
        load: the fingerprint of a row.
    """
    for proposal in by_hash(np.array(new, np.int64), np.array(known, np.int64), prints, load):
        first, second = load(proposal.first), load(proposal.second)
        found = judged(first.sight, second.sight, proposal.map)
        if found is not None:
            yield proposal.first, proposal.second, found


def by_hash(
    new: NDArray[np.int64], known: NDArray[np.int64], prints: NDArray[np.uint64], load: Load
) -> Iterator[Proposal]:
    """Pairs whose hashes are near under some flip."""
    rows = np.concatenate([new, known])
    for i, j, form, far in hashes.near(prints[new], prints[rows], HASH_BOUND):
        first, second = int(new[i]), int(rows[j])
        if j < len(new) and i >= j:
            continue  # met from the other side, or itself
        yield Proposal(
            first, second, flip_map(int(form), load(first), load(second)), 1 - far / HASH_BOUND
        )


def flip_map(form: int, first: Fingerprint, second: Fingerprint) -> Map:
    """How the whole first picture, flipped, covers the whole second one."""
    long, other = max(first.width, first.height), max(second.width, second.height)
    back = hashes.flip_matrix(form, first.width / long, first.height / long)
    back = back @ np.diag([other / second.width, other / second.height, 1.0])
    square = np.vstack([back, [0.0, 0.0, 1.0]])
    return np.asarray(np.linalg.inv(square)[:2])
