"""Find the pictures that are copies of each other: propose cheaply, then look at every proposal."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from latelier.copies.evidence import PATTERN, SURE, Evidence, closer, looked_at
from latelier.copies.fingerprint import Fingerprint
from latelier.copies.fit import fitted, unmirrored
from latelier.copies.judge import Likeness, certainty, is_whole, judged
from latelier.copies.proposals import (
    Hashed,
    Load,
    Proposal,
    proposed_by_corners,
    proposed_by_hash,
)
from latelier.progress import Progress, silent

CERTAIN = 0.90  # a score after which a pair is not looked at another time


def compared(
    new: Sequence[int],
    known: Sequence[int],
    prints: Hashed,
    load: Load,
    on_progress: Progress = silent,
) -> Iterator[tuple[int, int, Likeness]]:
    """Every pair of copies of which at least one is new.

    Args:
        new: rows of pictures that have not been compared with any.
        known: rows of pictures that have been compared among themselves.
        prints: the hashes of every row.
        load: the fingerprint of a row.
        on_progress: told how many proposals were looked at.
    """
    asked, there = np.array(new, np.int64), np.array(known, np.int64)
    by_hash = list(proposed_by_hash(new, prints, lambda row: (load(row).width, load(row).height)))
    by_corners = proposed_by_corners(asked, there, load)
    # a picture's proposals follow each other, so that few need to be at hand; hashes come first
    proposals = sorted([*by_hash, *by_corners], key=lambda p: (p.first, p.second, p.votes > 0))
    best: dict[tuple[int, int], Likeness] = {}
    for done, proposal in enumerate(proposals):
        on_progress(done, len(proposals), "looking at likely pairs")
        pair = (proposal.first, proposal.second)
        if pair in best and best[pair].score > CERTAIN:
            continue
        evidence = examined(load(proposal.first), load(proposal.second), proposal)
        found = judged(evidence) if evidence is not None else None
        if found is not None and (pair not in best or found.score > best[pair].score):
            best[pair] = found
    for (first, second), found in best.items():
        yield first, second, found


def examined(first: Fingerprint, second: Fingerprint, proposal: Proposal) -> Evidence | None:
    """What speaks for two pictures being copies.

    Args:
        first: one picture.
        second: the other.
        proposal: about how they lie.
    """
    by_hash = None
    if not proposal.votes:
        by_hash = looked_at(first.sight, second.sight, proposal.map, proposal.worth)
        if by_hash is not None and by_hash.likeness > SURE:
            return _closer(by_hash, first, second)
    mirror = np.linalg.det(proposal.map[:, :2]) < 0
    width = first.width / max(first.width, first.height)
    corners = first.mirrored if mirror else first.corners
    rough = unmirrored(proposal.map, width) if mirror else proposal.map
    fit = fitted(corners, second.corners, rough)
    if fit is None:
        return _closer(by_hash, first, second)
    better = unmirrored(fit.map, width) if mirror else fit.map
    by_corners = looked_at(first.sight, second.sight, better, max(fit.corners, proposal.worth))
    if by_corners is not None and by_corners.piece is not None:
        exact = by_corners.piece.map
        again = fitted(corners, second.corners, unmirrored(exact, width) if mirror else exact)
        if again is not None:
            by_corners = replace(by_corners, corners=max(by_corners.corners, again.corners))
    best = max((e for e in (by_hash, by_corners) if e), key=certainty, default=None)
    return _closer(best, first, second)


def _closer(evidence: Evidence | None, first: Fingerprint, second: Fingerprint) -> Evidence | None:
    """The evidence after a closer look, where that can change what is said."""
    if evidence is None or (evidence.piece is None and evidence.own >= PATTERN):
        return evidence
    if evidence.own >= PATTERN and is_whole(evidence) and certainty(evidence) > CERTAIN:
        return evidence
    piece = replace(evidence.piece, strays_closer=0.0) if evidence.piece is not None else None
    if judged(replace(evidence, strays_closer=0.0, piece=piece)) is None:  # nothing at the best
        return evidence
    return closer(evidence, first.clear, second.clear)
