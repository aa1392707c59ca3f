"""Find the pictures that are copies of each other: propose cheaply, then look at every proposal."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from latelier.copies.evidence import PATTERN, SURE, Evidence, closer, looked_at
from latelier.copies.fingerprint import Fingerprint
from latelier.copies.fit import Matches, fitted, matched
from latelier.copies.glimpse import Glimpse, glimpsed
from latelier.copies.inset import certainty_of_inset, inset
from latelier.copies.judge import FLOOR, LIKENESS, Likeness, certainty, is_whole, judged, may_be
from latelier.copies.proposals import (
    Hashed,
    Load,
    Proposal,
    proposed_by_corners,
    proposed_by_hash,
)
from latelier.copies.stars import together
from latelier.progress import Progress, silent

CERTAIN = 0.90  # a score after which a pair is not looked at another time


@dataclass(frozen=True)
class Pair:
    """Two pictures that may be copies, and how they may lie on each other.

    Args:
        first: row of one.
        second: row of the other.
        proposals: those by hash first.
    """

    first: int
    second: int
    proposals: list[Proposal]


Look = Callable[[Sequence[Pair]], Iterable[Likeness | None]]


def compared(
    new: Sequence[int],
    known: Sequence[int],
    prints: Hashed,
    load: Load,
    on_progress: Progress = silent,
    *,
    look: Look | None = None,
) -> Iterator[tuple[int, int, Likeness]]:
    """Every pair of copies of which at least one is new.

    Args:
        new: rows of pictures that have not been compared with any.
        known: rows of pictures that have been compared among themselves.
        prints: the hashes of every row.
        load: the fingerprint of a row.
        on_progress: told how many proposed pairs were looked at.
        look: looks at pairs in their order, as ``likeliest`` does; one after the other if left out.
    """
    pairs = proposed(new, known, prints, load)
    found: Iterable[Likeness | None]
    if look is None:
        found = (likeliest(load(p.first), load(p.second), p.proposals) for p in pairs)
    else:
        found = look(pairs)
    for done, (pair, likeness) in enumerate(zip(pairs, found, strict=True)):
        on_progress(done, len(pairs), "looking at likely pairs")
        if likeness is not None:
            yield pair.first, pair.second, likeness


def proposed(new: Sequence[int], known: Sequence[int], prints: Hashed, load: Load) -> list[Pair]:
    """Pairs that may be copies, as ``compared`` takes them.

    Pairs that hang together follow each other, and of those the ones of one picture, so that few
    pictures need to be at hand.
    """
    asked, there = np.array(new, np.int64), np.array(known, np.int64)
    by_hash = list(proposed_by_hash(new, prints, lambda row: (load(row).width, load(row).height)))
    by_corners = proposed_by_corners(asked, there, load)
    pairs: dict[tuple[int, int], Pair] = {}
    for proposal in [*by_hash, *by_corners]:
        pair = (proposal.first, proposal.second)
        pairs.setdefault(pair, Pair(*pair, [])).proposals.append(proposal)
    rows = sorted({row for pair in pairs for row in pair})
    numbers = together(rows, pairs)
    return [pairs[pair] for pair in sorted(pairs, key=lambda pair: (numbers[pair[0]], *pair))]


def likeliest(
    first: Fingerprint, second: Fingerprint, proposals: Sequence[Proposal]
) -> Likeness | None:
    """What two pictures are to each other by the best of some proposals, or None."""
    best: Likeness | None = None
    seen: Glimpse | None = None
    for proposal in proposals:
        if best is not None and best.score > CERTAIN:
            break
        matches = matched(first, second, proposal.map) if proposal.votes else None
        if matches is not None:
            seen = glimpsed(first, second, matches)
            if seen is None and len(proposals) == 1:
                return None
        evidence = examined(first, second, proposal, matches)
        found = judged(evidence) if evidence is not None else None
        if found is not None and (best is None or found.score > best.score):
            best = found
    if seen is None or (best is not None and best.score >= LIKENESS):
        return best
    return max((f for f in (best, _part(seen)) if f), key=_score, default=None)


def _score(likeness: Likeness) -> float:
    return likeness.score


def _part(seen: Glimpse) -> Likeness | None:
    """The part of one picture that was set into another, as their corners have it, or None."""
    found = inset(seen)
    if found is None or (score := certainty_of_inset(found)) < FLOOR:
        return None
    shares = found.of_first, found.of_second
    return Likeness("part", score, found.map, found.agreed, *shares, found.box)


def examined(
    first: Fingerprint, second: Fingerprint, proposal: Proposal, matches: Matches | None = None
) -> Evidence | None:
    """What speaks for two pictures being copies.

    Args:
        first: one picture.
        second: the other.
        proposal: about how they lie.
        matches: their corners that may agree on that; found if left out.
    """
    by_hash = None
    if not proposal.votes:
        by_hash = looked_at(first.sight, second.sight, proposal.map, proposal.worth, may_be)
        if by_hash is not None and (by_hash.likeness > SURE or _is_settled(by_hash)):
            return _closer(by_hash, first, second)
    fit = fitted(matches or matched(first, second, proposal.map))
    if fit is None:
        return _closer(by_hash, first, second)
    corners_so_far = max(fit.corners, proposal.worth)
    by_corners = looked_at(first.sight, second.sight, fit.map, corners_so_far, may_be)
    if by_corners is not None and by_corners.piece is not None:
        again = fitted(matched(first, second, by_corners.piece.map))
        if again is not None:
            by_corners = replace(by_corners, corners=max(by_corners.corners, again.corners))
    best = max((e for e in (by_hash, by_corners) if e), key=certainty, default=None)
    return _closer(best, first, second)


def _is_settled(evidence: Evidence) -> bool:
    """Whether two pictures are so surely a copy that nothing needs to be looked at again."""
    return is_whole(evidence) and certainty(evidence) > CERTAIN


def _closer(evidence: Evidence | None, first: Fingerprint, second: Fingerprint) -> Evidence | None:
    """The evidence after a closer look, where that can change what is said."""
    if evidence is None or (evidence.piece is None and evidence.own >= PATTERN):
        return evidence
    if evidence.own >= PATTERN and _is_settled(evidence):
        return evidence
    piece = replace(evidence.piece, strays_closer=0.0) if evidence.piece is not None else None
    if judged(replace(evidence, strays_closer=0.0, piece=piece)) is None:  # nothing at the best
        return evidence
    return closer(evidence, first.clear, second.clear)
