"""Propose pictures that share corners in the same arrangement, without comparing all with all.

Corners whose descriptors share twenty bits in one of eight tables meet in a bucket (multi-index
hashing, Norouzi, Punjani and Fleet, arXiv 1307.2982). Each such meeting says how one picture would
have to be turned, sized and moved to lie on the other; pairs of pictures are proposed where several
meetings say the same (after Jégou, Douze and Schmid, "Hamming embedding and weak geometric
consistency", ECCV 2008).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latelier.copies.features import Features

BITS, TABLES = 20, 8
BUCKET = 30  # corners in one bucket; a fuller one is a common shape, such as a straight edge
ALIKE = 50  # bits of 256 in which two corners differ at the most
MEETINGS = 5  # that agree on turn, size and place; of 170 pairs with fewer two were copies
TURNS = 12  # bins of 30 degrees
CHANCES = (
    3  # proposals that each picture may have of its own; with 4, 4 of 1,200 more parts are told
)

_Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Gathered:
    """The corners of some pictures, one after the other.

    Args:
        owner: (n,) which picture of the list.
        looks: (n, 4) uint64.
        places: (n, 4) float32.
        sizes: (pictures, 2) width and height in units of the longer side.
    """

    owner: NDArray[np.int32]
    looks: NDArray[np.uint64]
    places: NDArray[np.float32]
    sizes: NDArray[np.float32]


def gathered(features: Sequence[Features], sizes: Sequence[tuple[int, int]]) -> Gathered:
    """Put the corners of pictures together; ``sizes`` are widths and heights in pixels."""
    counts = [len(f) for f in features]
    wide = np.array(sizes, np.float32).reshape(-1, 2)
    return Gathered(
        np.repeat(np.arange(len(counts), dtype=np.int32), counts),
        np.concatenate([f.looks for f in features]),
        np.concatenate([f.places for f in features]),
        wide / wide.max(axis=1, keepdims=True),
    )


def _keys(looks: NDArray[np.uint64], table: int) -> NDArray[np.int32]:
    """Twenty of the 256 bits."""
    at = table * (256 // TABLES)
    word, shift = at // 64, at % 64
    part = looks[:, word] >> np.uint64(shift)
    if shift + BITS > 64:
        part = part | (looks[:, (word + 1) % 4] << np.uint64(64 - shift))
    return (part & np.uint64((1 << BITS) - 1)).astype(np.int32)


class Index:
    """The corners of some pictures, to be met.

    Args:
        known: the corners.
    """

    def __init__(self, known: Gathered) -> None:
        self.known = known
        self._order, self._starts = [], []
        for table in range(TABLES):
            keys = _keys(known.looks, table)
            self._order.append(np.argsort(keys).astype(np.int32))  # in a bucket in any order
            counts = np.bincount(keys, minlength=1 << BITS)
            self._starts.append(np.concatenate([[0], np.cumsum(counts)]).astype(np.int32))

    def meetings(self, looks: NDArray[np.uint64]) -> Iterator[tuple[_Ints, _Ints]]:
        """For each table, rows of ``looks`` and the known corners that each meets."""
        for table in range(TABLES):
            keys = _keys(looks, table)
            first = self._starts[table][keys].astype(np.int64)
            counts = self._starts[table][keys + 1] - first
            counts[counts > BUCKET] = 0
            rows = np.repeat(np.arange(len(keys)), counts)
            within = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
            yield rows, self._order[table][np.repeat(first, counts) + within].astype(np.int64)


@dataclass(frozen=True)
class Meeting:
    """Two pictures whose corners agree on how the second would lie on the first.

    Args:
        rows: (n, 2) picture of the list asked, picture of the index.
        votes: (n,) how many corners agree.
        turn: (n,) radians by which the asked one turns to lie on the known one.
        size: (n,) units of the known one for one of the asked.
        centre: (n, 2) where the asked one's centre comes to lie.
    """

    rows: _Ints
    votes: _Ints
    turn: NDArray[np.float32]
    size: NDArray[np.float32]
    centre: NDArray[np.float32]


def met(asked: Gathered, index: Index, skip: NDArray[np.bool_] | None = None) -> Meeting:
    """Pairs of pictures of which several corners agree.

    Args:
        asked: corners of some pictures.
        index: those of others.
        skip: (asked pictures, known pictures), pairs that are not wanted.
    """
    known = index.known
    pictures = len(known.sizes)
    everything = []
    for q, r in index.meetings(asked.looks):
        pair = asked.owner[q].astype(np.int64) * pictures + known.owner[r]
        if skip is not None:  # first of all: where all are compared with all, it leaves out half
            wanted = ~skip.reshape(-1)[pair]
            q, r, pair = q[wanted], r[wanted], pair[wanted]
        unlike = asked.looks.take(q, axis=0) ^ known.looks.take(r, axis=0)
        wanted = np.bitwise_count(unlike).sum(axis=1, dtype=np.int16) <= ALIKE
        everything.append(np.stack([q[wanted], r[wanted], pair[wanted]]))
    q, r, pair = np.concatenate(everything, axis=1)
    often = np.bincount(pair, minlength=len(asked.sizes) * pictures) >= MEETINGS
    q, r, pair = (v[often[pair]] for v in (q, r, pair))
    once = np.unique(q * len(known.owner) + r, return_index=True)[1]  # met in several tables
    return _agreeing(asked, known, q[once], r[once], pair[once])


def _agreeing(asked: Gathered, known: Gathered, q: _Ints, r: _Ints, pair: _Ints) -> Meeting:
    """The arrangement on which most corners of each pair agree."""
    a, b = asked.places[q], known.places[r]
    turn = np.deg2rad(b[:, 3] - a[:, 3])
    size = b[:, 2] / a[:, 2]
    from_centre = a[:, :2] - asked.sizes[asked.owner[q]] / 2
    cos, sin = np.cos(turn), np.sin(turn)
    x = b[:, 0] - size * (cos * from_centre[:, 0] - sin * from_centre[:, 1])
    y = b[:, 1] - size * (sin * from_centre[:, 0] + cos * from_centre[:, 1])
    orders: list[_Ints] = []
    groups: list[_Ints] = []
    for shift in (0.0, 0.5):  # bins with hard edges, twice, half a bin apart
        turns = np.floor(turn / (2 * np.pi) * TURNS + shift).astype(np.int64) % TURNS
        octave = np.floor(np.log2(size) + shift).astype(np.int64) + 8
        wide = 0.25 * 2.0 ** (octave - 7.5 - shift)
        across = np.floor(x / wide + shift).astype(np.int64) & 127
        down = np.floor(y / wide + shift).astype(np.int64) & 127
        bins = (((pair * TURNS + turns) * 16 + (octave & 15)) * 128 + across) * 128 + down
        order = np.argsort(bins, kind="stable")
        starts = np.flatnonzero(np.r_[True, np.diff(bins[order]) != 0]) if len(order) else order
        counts = np.diff(np.r_[starts, len(order)])
        enough = counts >= MEETINGS
        starts, counts = starts[enough], counts[enough]
        groups.append(np.stack([pair[order[starts]], counts, starts + len(order) * len(orders)]))
        orders.append(order)
    which, counts, starts = np.concatenate(groups, axis=1)
    largest = np.lexsort((-counts, which))  # of each pair the largest group first
    largest = largest[np.unique(which[largest], return_index=True)[1]]
    which, counts, starts = which[largest], counts[largest], starts[largest]
    first = np.cumsum(counts) - counts
    members = np.concatenate(orders)[
        np.arange(counts.sum()) + np.repeat(starts - first, counts)
    ]  # of all groups, one after the other
    table = np.stack([sin, cos, size, x, y])[:, members].astype(np.float64)
    means = np.add.reduceat(table, first, axis=1) / counts if len(counts) else table
    return Meeting(
        np.stack(np.divmod(which, len(known.sizes)), axis=1),
        counts,
        np.arctan2(means[0], means[1]).astype(np.float32),
        means[2].astype(np.float32),
        means[3:].T.astype(np.float32),
    )
