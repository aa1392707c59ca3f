"""Propose the pairs of pictures that may be copies: by hash, and by corners in one arrangement."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latelier.copies import hashes
from latelier.copies.fingerprint import Fingerprint
from latelier.copies.fit import similarity, unmirrored
from latelier.copies.pixels import Map
from latelier.copies.propose import CHANCES, Gathered, Index, Meeting, gathered, met

HASH_BOUND = (
    76  # bits of 256; unlike pictures differ in 128 on average, 96 at the least of 16 flips
)
INNER_BOUND = 56  # bits, where a border was left out: simple drawings look alike without paper
HASH_WORTH = 80  # corners that a hash without a wrong bit is worth
BATCH = 128  # pictures asked at once
SHARD = 8_000  # pictures in one index: 400 MB
ROOM = 100_000  # proposals kept before those without a chance are dropped
Load = Callable[[int], Fingerprint]
_Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Proposal:
    """Two pictures that may be copies.

    Args:
        first: row of one.
        second: row of the other.
        map: about how the first lies on the second, in units of their longer sides.
        votes: how many corners speak for it; 0 where the hash does.
        worth: how many corners the hash is worth.
    """

    first: int
    second: int
    map: Map
    votes: int
    worth: int = 0


@dataclass(frozen=True)
class Hashed:
    """The hashes of some pictures, one after the other.

    Args:
        owner: (n,) the row of the picture.
        hashes: (n, 4) uint64.
        frames: (n, 4) the frame of each, as shares of the picture.
    """

    owner: NDArray[np.int64]
    hashes: NDArray[np.uint64]
    frames: NDArray[np.float32]


def proposed_by_hash(
    new: Sequence[int], prints: Hashed, size: Callable[[int], tuple[int, int]]
) -> Iterator[Proposal]:
    """Pairs whose hashes are near under some flip, each once.

    Args:
        new: rows of pictures that have not been compared with any.
        prints: hashes of all rows.
        size: width and height of a row.
    """
    fresh = np.flatnonzero(np.isin(prints.owner, np.array(new, np.int64)))
    pairs = hashes.near(prints.hashes[fresh], prints.hashes, HASH_BOUND)
    asks = set(new)
    met_already: set[tuple[int, int]] = set()
    for i, b, form, far in pairs[np.argsort(pairs[:, 3], kind="stable")].tolist():
        a = int(fresh[i])
        first, second = int(prints.owner[a]), int(prints.owner[b])
        backward = second in asks and first >= second  # met from the other side, or itself
        inner = max(prints.frames[a, 2:].min(), prints.frames[b, 2:].min()) < 1
        if backward or (first, second) in met_already or (inner and far > INNER_BOUND):
            continue
        met_already.add((first, second))
        m = flip_map(form, size(first), size(second), prints.frames[a], prints.frames[b])
        yield Proposal(first, second, m, 0, worth=int(HASH_WORTH * (1 - far / HASH_BOUND)))


def flip_map(
    form: int,
    size: tuple[int, int],
    other: tuple[int, int],
    frame: NDArray[np.float32],
    within: NDArray[np.float32],
) -> Map:
    """How a frame of the first picture, flipped, covers a frame of the second one.

    Args:
        form: the flip, as ``hashes.flips`` numbers it.
        size: width and height of the first.
        other: of the second.
        frame: x, y, width and height of the first's frame, as shares of it.
        within: of the second's.

    Returns:
        the first to the second, in units of their longer sides.
    """
    first, second = _of_frame(frame, size), _of_frame(within, other)
    return np.asarray((second @ np.linalg.inv(first @ hashes.flip_matrix(form)))[:2])


def _of_frame(frame: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float64]:
    """The unit square onto a frame, in units of the picture's longer side."""
    x, y, w, h = (float(v) for v in frame)
    width, height = (n / max(size) for n in size)
    return np.array([[w * width, 0, x * width], [0, h * height, y * height], [0, 0, 1.0]])


def proposed_by_corners(new: _Rows, known: _Rows, load: Load) -> list[Proposal]:
    """Pairs whose corners agree on an arrangement; the likeliest few of each picture."""
    rows = np.concatenate([new, known])
    best = np.zeros(0, _MET)
    room = ROOM
    for start in range(0, len(rows), SHARD):
        shard = rows[start : start + SHARD]
        index = Index(_gathered(shard, load, mirrored=False))
        for at in range(0, len(new), BATCH):
            batch = new[at : at + BATCH]
            # of two new pictures, the one that comes first asks
            place = np.arange(start, start + len(shard))
            skip = (np.arange(at, at + len(batch))[:, None] >= place) & (place < len(new))
            index.only_from(min(at, len(new)) - start)  # those before have asked
            found = [best]
            for mirrored in (False, True):
                asked = _gathered(batch, load, mirrored)
                found.append(_met(met(asked, index, skip), asked, batch, shard, mirrored))
            best = _best(np.concatenate(found))
            if len(best) > room:  # keep memory in bounds: those that have no chance any more
                best = best[_likeliest(best)]
                room = max(room, 2 * len(best))
    return [_proposal(row) for row in best[_likeliest(best)]]


_MET = np.dtype(  # two pictures that have met, before it is known whether they have a chance
    [
        *((name, np.int64) for name in ("first", "second", "votes")),
        ("mirrored", np.bool_),
        *((name, np.float32) for name in ("turn", "size")),
        *((name, np.float32, 2) for name in ("centre", "of")),
    ]
)


def _met(
    meeting: Meeting, asked: Gathered, batch: _Rows, shard: _Rows, mirrored: bool
) -> NDArray[np.void]:
    i, j = meeting.rows.T
    table = np.zeros(len(i), _MET)
    table["first"], table["second"], table["votes"] = batch[i], shard[j], meeting.votes
    table["mirrored"], table["of"] = mirrored, asked.sizes[i]
    table["turn"], table["size"], table["centre"] = meeting.turn, meeting.size, meeting.centre
    return table


def _best(table: NDArray[np.void]) -> NDArray[np.void]:
    """Of each pair the meeting with most votes, and of those with as many the first."""
    order = np.lexsort((-table["votes"], table["second"], table["first"]))
    pairs = np.stack([table["first"], table["second"]], axis=1)[order]
    first = np.ones(len(pairs), bool)
    first[1:] = np.any(pairs[1:] != pairs[:-1], axis=1)
    return table[order[first]]


def _likeliest(table: NDArray[np.void]) -> list[int]:
    """Rows of pairs of which a picture has hardly any with more votes."""
    chances: Counter[int] = Counter()
    chosen = []
    order = np.lexsort((table["second"], table["first"], -table["votes"]))
    both = np.stack([table["first"], table["second"]], axis=1)[order].tolist()
    for row, (first, second) in zip(order.tolist(), both, strict=True):
        if chances[first] < CHANCES or chances[second] < CHANCES:
            chances.update((first, second))
            chosen.append(row)
    return chosen


def _proposal(row: np.void) -> Proposal:
    m = similarity(float(row["turn"]), float(row["size"]), row["centre"], row["of"])
    if row["mirrored"]:
        m = unmirrored(m, float(row["of"][0]))
    return Proposal(int(row["first"]), int(row["second"]), m, int(row["votes"]))


def _gathered(rows: _Rows, load: Load, mirrored: bool) -> Gathered:
    prints = [load(int(row)) for row in rows]
    return gathered(
        [p.mirrored if mirrored else p.corners for p in prints],
        [(p.width, p.height) for p in prints],
    )
