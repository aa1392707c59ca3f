"""Bring what is known of pictures up to date: read and compare those that are new, and no others."""

import itertools
from collections.abc import Iterator, Mapping, Sequence

from latelier.copies.compare import Pair as RowPair
from latelier.copies.compare import compared, examined
from latelier.copies.fingerprint import Fingerprint
from latelier.copies.judge import Likeness, judged
from latelier.copies.pixels import chained
from latelier.copies.proposals import Proposal
from latelier.progress import Progress, silent
from latelier.project import Image, Project
from latelier.steps._copies_hand import hands, look, read
from latelier.steps._hands import Hands
from latelier.steps._likenesses import Likenesses, Pair

COMMON = 100  # corners that a picture which is alike with both is worth
RUN = 6  # pairs of one picture that are looked at in one go
BATCH = 200  # fingerprints kept at once; a run that is killed goes on from there
Alike = dict[Pair, Likeness | None]


def brought_up(
    project: Project, cache: Likenesses, images: Sequence[Image], on_progress: Progress = silent
) -> tuple[int, list[dict[str, str]]]:
    """Read and compare the pictures that are new.

    Args:
        project: whose images.
        cache: what is known.
        images: the pictures that are to be known.
        on_progress: told how many are read, then how many pairs are looked at.

    Returns:
        how many files had not been compared before, and the images whose file could not be read.
    """
    files = {i.sha256: i for i in images}
    with hands(cache) as with_hands:
        unread = _read(project, cache, files, with_hands, on_progress)
        known = cache.compared()
        new = sorted(set(files) - set(known) - set(cache.missing(files)))
        if not new:
            return 0, unread
        keys = [*new, *known]

        def load(row: int) -> Fingerprint:
            return cache.load(keys[row])

        def at(pairs: Sequence[RowPair]) -> Iterator[Likeness | None]:
            runs = [
                [(keys[p.first], keys[p.second], p.proposals) for p in run] for run in _runs(pairs)
            ]
            return itertools.chain.from_iterable(look(with_hands, cache, runs))

        rows, hashes = range(len(new)), cache.hashes(keys)
        others = range(len(new), len(keys))
        pairs = compared(rows, others, hashes, load, on_progress, look=at)
        cache.found(new, dict(_in_order(keys[a], keys[b], found) for a, b, found in pairs))
    return len(new), unread


def _runs(pairs: Sequence[RowPair]) -> Iterator[list[RowPair]]:
    """Pairs by their first picture, a few at once, so that each process needs few pictures."""
    for _, of_one in itertools.groupby(pairs, lambda pair: pair.first):
        some = list(of_one)
        yield from (some[at : at + RUN] for at in range(0, len(some), RUN))


def ask_again(
    cache: Likenesses, alike: Alike, keeper: str, through: str, other: str
) -> float | None:
    """How alike a keeper is with a copy of its copy, looked at along the way through the latter.

    Args:
        cache: what is known.
        alike: every pair that was looked at; grows.
        keeper: a file.
        through: a file that is alike with both.
        other: a file.

    Returns:
        the score where it is a near-copy, else None.
    """
    there, on = between(alike, keeper, through), between(alike, through, other)
    if there is None or on is None:
        return None
    first, second = cache.load(keeper), cache.load(other)
    evidence = examined(first, second, Proposal(0, 1, chained(there.map, on.map), 0, COMMON))
    found = judged(evidence) if evidence is not None else None
    pair, ordered = _in_order(keeper, other, found)
    alike[pair] = ordered
    return found.score if found is not None and found.kind == "near" else None


def between(alike: Mapping[Pair, Likeness | None], first: str, second: str) -> Likeness | None:
    """What the second file is to the first, as far as it is known."""
    if first < second:
        return alike.get((first, second))
    found = alike.get((second, first))
    return found.turned() if found is not None else None


def _in_order(a: str, b: str, found: Likeness | None) -> tuple[Pair, Likeness | None]:
    if a < b:
        return (a, b), found
    return (b, a), found.turned() if found is not None else None


def _read(
    project: Project,
    cache: Likenesses,
    files: Mapping[str, Image],
    with_hands: Hands,
    on_progress: Progress,
) -> list[dict[str, str]]:
    """Take the fingerprints that are missing; returns the images whose file could not be read."""
    missing = cache.missing(files)
    unread: list[dict[str, str]] = []
    prints: dict[str, Fingerprint] = {}
    ground = project.config.ground_rgb
    wanted = [(project.images.file(i), i.truncated) for i in map(files.__getitem__, missing)]
    answers = read(with_hands, wanted, ground)
    try:
        for done, (file, answer) in enumerate(zip(missing, answers, strict=True)):
            on_progress(done, len(missing), f"reading {files[file].name}")
            if isinstance(answer, str):
                unread.append({"image": files[file].path, "reason": answer})
            else:
                prints[file] = answer
            if len(prints) == BATCH:
                cache.keep(prints)
                prints = {}
    finally:  # also when it is stopped
        cache.keep(prints)
    return unread
