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


def _runs(values: _Ints) -> tuple[_Ints, _Ints]:
    """Where each value of an ascending row begins, and how often it is there."""
    starts = np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]])[: len(values)])
    return starts, np.diff(starts, append=len(values))


class Index:
    """The corners of some pictures, to be met.

    Args:
        known: the corners.
    """

    def __init__(self, known: Gathered) -> None:
        self.known, self._from = known, 0
        self._order, self._first, self._left = [], [], []
        rows = np.arange(len(known.looks))
        for table in range(TABLES):
            # in a bucket in the order of their rows; sorting whole numbers is the fastest way to that
            ordered = np.sort(_keys(known.looks, table).astype(np.int64) << 32 | rows)
            self._order.append((ordered & 0xFFFFFFFF).astype(np.int32))
            starts, counts = _runs(ordered >> 32)
            keys, usable = ordered[starts] >> 32, counts <= BUCKET
            first, left = np.zeros(1 << BITS, np.int32), np.zeros(1 << BITS, np.uint8)
            first[keys[usable]], left[keys[usable]] = starts[usable], counts[usable]
            self._first.append(first)
            self._left.append(left)

    def only_from(self, picture: int) -> None:
        """From now on, nothing meets the corners of the pictures before this one."""
        start, end = self._from, int(np.searchsorted(self.known.owner, picture))
        self._from = max(start, end)
        for table in range(TABLES):
            keys = _keys(self.known.looks[start:end], table)
            keys, counts = np.unique(keys[self._left[table][keys] > 0], return_counts=True)
            self._first[table][keys] += counts.astype(np.int32)
            self._left[table][keys] -= counts.astype(np.uint8)

    def meetings(self, looks: NDArray[np.uint64]) -> Iterator[tuple[_Ints, _Ints]]:
        """For each table, rows of ``looks`` and the known corners that each meets."""
        for table in range(TABLES):
            keys = _keys(looks, table)
            counts = self._left[table][keys]
            some = np.flatnonzero(counts)
            first, counts = self._first[table][keys[some]], counts[some]
            ends = np.cumsum(counts, dtype=np.int32)
            starts = first - (ends - counts)
            at = np.arange(int(ends[-1]) if len(ends) else 0, dtype=np.int32)
            at += np.repeat(starts, counts)
            yield np.repeat(some, counts), self._order[table][at].astype(np.int64)


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
    first_of = asked.owner.astype(np.int64) * pictures
    keep = None if skip is None else ~skip.reshape(-1)
    everything = []
    for q, r in index.meetings(asked.looks):
        pair = first_of[q] + known.owner[r]
        if keep is not None:  # first of all: where all are compared with all, it leaves out many
            wanted = np.flatnonzero(keep[pair])
            q, r, pair = q[wanted], r[wanted], pair[wanted]
        wanted = np.flatnonzero(_unlike(asked.looks, known.looks, q, r) <= ALIKE)
        everything.append(np.stack([q[wanted], r[wanted], pair[wanted]]))
    q, r, pair = np.concatenate(everything, axis=1)
    often = np.bincount(pair, minlength=len(asked.sizes) * pictures) >= MEETINGS
    some = np.flatnonzero(often[pair])
    q, r, pair = q[some], r[some], pair[some]
    once = np.unique(q * len(known.owner) + r, return_index=True)[1]  # met in several tables
    return _agreeing(asked, known, q[once], r[once], pair[once])


def _unlike(
    asked: NDArray[np.uint64], known: NDArray[np.uint64], q: _Ints, r: _Ints
) -> NDArray[np.uint8]:
    """In how many bits two corners differ that share some."""
    counts = np.bitwise_count(asked.take(q, axis=0) ^ known.take(r, axis=0))
    # the four bytes of each added up at once: less than 256, since some bits are shared
    every = np.uint32(0x01010101)
    return (counts.view(np.uint32).ravel() * every >> np.uint32(24)).astype(np.uint8)


def _agreeing(asked: Gathered, known: Gathered, q: _Ints, r: _Ints, pair: _Ints) -> Meeting:
    """The arrangement on which most corners of each pair agree."""
    a, b = asked.places.take(q, axis=0), known.places.take(r, axis=0)
    turn = np.deg2rad(b[:, 3] - a[:, 3])
    size = b[:, 2] / a[:, 2]
    from_centre = a[:, :2] - (asked.sizes / 2).take(asked.owner[q], axis=0)
    cos, sin = np.cos(turn), np.sin(turn)
    x = b[:, 0] - size * (cos * from_centre[:, 0] - sin * from_centre[:, 1])
    y = b[:, 1] - size * (sin * from_centre[:, 0] + cos * from_centre[:, 1])
    turns, octaves = turn / (2 * np.pi) * TURNS, np.log2(size)
    orders: list[_Ints] = []
    groups: list[_Ints] = []
    for shift in (0.0, 0.5):  # bins with hard edges, twice, half a bin apart
        octave = np.floor(octaves + shift).astype(np.int64) + 8
        wide = np.ldexp(0.25 * 2.0 ** (-7.5 - shift), octave)
        by = np.floor(turns + shift).astype(np.int64)
        by += TURNS * ((by < 0).astype(np.int64) - (by >= TURNS))
        bins = (pair * TURNS + by) << 4 | octave & 15
        for v in (x, y):
            bins = bins << 7 | np.floor(v / wide + shift).astype(np.int64) & 127
        order = np.argsort(bins)  # in a bin in any order, which is the fastest by far
        starts, counts = _runs(bins[order])
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
    members = members[np.lexsort((members, np.repeat(which, counts)))]
    table = np.stack([sin, cos, size, x, y])[:, members].astype(np.float64)
    means = np.add.reduceat(table, first, axis=1) / counts if len(counts) else table
    return Meeting(
        np.stack(np.divmod(which, len(known.sizes)), axis=1),
        counts,
        np.arctan2(means[0], means[1]).astype(np.float32),
        means[2].astype(np.float32),
        means[3:].T.astype(np.float32),
    )
