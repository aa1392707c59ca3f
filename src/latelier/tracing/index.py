"""All marks of a collection of originals, to be asked which of them a mark is like.

Marks are kept in lists by the nearest of some thousand words (inverted file: Sivic and Zisserman,
"Video Google", ICCV 2003); a mark is compared with the lists of its nearest words alone. What many
originals have is worth little (inverse document frequency, as there): stripes, dots and checks.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latelier.tracing.agree import ALIKE, Pairs
from latelier.tracing.marks import PEN, Marks, as_met

A_WORD = 160  # marks a word, on the mean
MOST_WORDS = 4096
PROBES = 5  # words whose lists are looked at; 3 find 8 in 10 of the likest marks, 5 nine
ROUNDS = 4  # of k-means; more change nothing that is found
TAUGHT = 10  # marks a word that k-means sees
ONE = 512.0  # the length of a mark's numbers
LIKE_IT = 0.02  # cosine: another original whose mark is so nearly as alike has it as well
A_MARK = 24  # marks of originals that one mark may meet, the likest
WELL = 300  # originals, as many as the weights of ``judge`` were learnt beside
CHUNK = 4096


@dataclass(frozen=True)
class Index:
    """The marks of originals, in the order of their words.

    Args:
        looks: (n, 128) uint8.
        owner: (n,) which original.
        row: (n,) which of its marks.
        kinds: (n,) uint8.
        places: (n, 4) float32, as in ``Marks``.
        words: (k, 128) float32.
        starts: (k + 1,) where the list of each word begins.
        count: how many originals.
    """

    looks: NDArray[np.uint8]
    owner: NDArray[np.int32]
    row: NDArray[np.int32]
    kinds: NDArray[np.uint8]
    places: NDArray[np.float32]
    words: NDArray[np.float32]
    starts: NDArray[np.int64]
    count: int


def indexed(originals: Sequence[Marks], rng: np.random.Generator) -> Index:
    """Put the marks of originals into lists.

    Args:
        originals: their marks; those without any are never found.
        rng: draws the first words.
    """
    rows = [np.flatnonzero(m.kinds != PEN).astype(np.int32) for m in originals]
    looks = np.concatenate([m.looks[r] for m, r in zip(originals, rows, strict=True)])
    kinds = np.concatenate([m.kinds[r] for m, r in zip(originals, rows, strict=True)])
    owner = np.repeat(np.arange(len(rows), dtype=np.int32), [len(r) for r in rows])
    row = np.concatenate(rows)
    k = int(np.clip(len(looks) // A_WORD, 1, MOST_WORDS))
    words = _words(looks, k, rng)
    said = np.concatenate(
        [_nearest(looks[i : i + CHUNK], words, 1)[:, 0] for i in range(0, len(looks), CHUNK)]
        or [np.zeros(0, np.int64)]
    )
    order = np.argsort(said, kind="stable")
    starts = np.r_[0, np.cumsum(np.bincount(said, minlength=k))]
    places = np.concatenate([m.places[r] for m, r in zip(originals, rows, strict=True)])
    return Index(
        looks[order],
        owner[order],
        row[order],
        kinds[order],
        places[order],
        words,
        starts,
        len(originals),
    )


def _words(looks: NDArray[np.uint8], k: int, rng: np.random.Generator) -> NDArray[np.float32]:
    shown = looks[rng.permutation(len(looks))[: k * TAUGHT]].astype(np.float32)
    words = shown[:k].copy()
    for _ in range(ROUNDS if len(shown) else 0):
        said = _nearest(shown, words, 1)[:, 0]
        total = np.zeros_like(words)
        np.add.at(total, said, shown)
        there = np.bincount(said, minlength=len(words)) > 0
        words[there] = total[there]
        words /= np.maximum(np.linalg.norm(words, axis=1, keepdims=True), 1e-6)
    return words


def _nearest(
    looks: NDArray[np.generic], words: NDArray[np.float32], most: int
) -> NDArray[np.int64]:
    near = looks.astype(np.float32) @ words.T
    if most == 1:
        return near.argmax(axis=1)[:, None]
    most = min(most, near.shape[1])
    return np.argpartition(-near, most - 1, axis=1)[:, :most]


@dataclass(frozen=True)
class Met:
    """Marks of originals that are like marks of a picture.

    Args:
        first: (n,) marks of the picture.
        owner: (n,) the original.
        second: (n,) which of its marks.
        places: (n, 4) where that lies.
        alike: (n,) cosine.
        rare: (n,) 1 where no other original has it, towards 0 where all have.
        count: of the originals.
    """

    first: NDArray[np.int64]
    owner: NDArray[np.int32]
    second: NDArray[np.int32]
    places: NDArray[np.float32]
    alike: NDArray[np.float32]
    rare: NDArray[np.float32]
    count: int


def met(ways: Sequence[Marks], index: Index, without: Sequence[int] = ()) -> list[Met]:
    """What of the originals is like the marks of a picture, and how rare that is among them.

    Args:
        ways: the marks of the picture, and those of its mirror image: as many in each.
        index: the originals.
        without: originals that are left out (the picture itself).
    """
    count = len(ways[0])
    looks = np.concatenate([w.looks for w in ways]).astype(np.float32)
    said = _nearest(looks, index.words, PROBES) if count else np.zeros((0, 1), np.int64)
    order = np.argsort(said.ravel(), kind="stable")
    askers = (np.arange(len(said)).repeat(said.shape[1]))[order]
    ends = np.searchsorted(said.ravel()[order], np.arange(len(index.words) + 1))
    nothing = np.zeros(0, np.int64)
    found = [(nothing, nothing, np.zeros(0, np.float32))]
    for word in np.flatnonzero(np.diff(ends)):
        start, end = index.starts[word], index.starts[word + 1]
        rows = askers[ends[word] : ends[word + 1]]
        near = looks[rows] @ index.looks[start:end].astype(np.float32).T
        flat = np.flatnonzero(near.ravel() > ALIKE * ONE**2)
        found.append(
            (rows[flat // (end - start)], flat % (end - start) + start, near.ravel()[flat])
        )
    first, place, alike = (np.concatenate(v) for v in zip(*found, strict=True))
    kinds = np.concatenate([w.kinds for w in ways])
    fits = as_met(kinds)[first] == index.kinds[place]
    for row in without:
        fits &= index.owner[place] != row
    first, place, alike = first[fits], place[fits], alike[fits] / np.float32(ONE**2)
    order = np.lexsort((-alike, first))
    first, place, alike = first[order], place[order], alike[order]
    kept = np.arange(len(first)) - np.searchsorted(first, first) < A_MARK
    first, place, alike = first[kept], place[kept], alike[kept]
    made = []
    for n in range(len(ways)):
        part = slice(*np.searchsorted(first, [n * count, (n + 1) * count]))
        f, p, a = first[part] - n * count, place[part], alike[part]
        owner = index.owner[p]
        rare = rarity(f, owner, a, index.count)
        made.append(Met(f, owner, index.row[p], index.places[p], a, rare, index.count))
    return made


def rarity(
    first: NDArray[np.int64], owner: NDArray[np.int32], alike: NDArray[np.float32], count: int
) -> NDArray[np.float32]:
    """How rare what a mark met is: 1 where one original has it, 0 where all of them have.

    Args:
        first: (n,) marks of the picture, rising; for each the likest first.
        owner: (n,) the original that each met.
        alike: (n,) how alike.
        count: of the originals.
    """
    pair = first * max(count, 1) + owner
    best = np.sort(np.unique(pair, return_index=True)[1])  # the likest of each original
    falling = first * 4.0 + (1 - alike)
    level = falling[best]
    have = np.searchsorted(level, falling + LIKE_IT, side="right") - np.searchsorted(
        first[best], first
    )
    many = count + 1.0
    rare = np.log(many / np.clip(have, 1, many)) / np.log(many)
    return (np.clip(rare, 0, 1) * known_well(count)).astype(np.float32)


def known_well(count: int) -> float:
    """How far so many originals can say what is common: 1 from some 300 on, half for a handful.

    >>> known_well(300), known_well(3)
    (1.0, 0.5)
    """
    return float(np.clip(np.log(count + 1) / np.log(WELL + 1), 0.5, 1))


def pairs(found: Met, owner: int) -> Pairs:
    """What was met of one original."""
    rows = np.flatnonzero(found.owner == owner)
    alike = found.alike[rows]
    return Pairs(
        found.first[rows],
        found.second[rows].astype(np.int64),
        alike,
        worth(alike, found.rare[rows]),
    )


def worth(alike: NDArray[np.float32], rare: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much a pair says: as much as it is alike, and as it is rare."""
    return ((0.1 + np.clip((alike - ALIKE) / (1 - ALIKE), 0, 1)) * rare).astype(np.float32)
