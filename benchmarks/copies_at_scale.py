"""Copies among very many pictures: time and memory of the search, on fingerprints made by code.

A picture that is not there has the fingerprint of a drawn cloth with all its bits turned by a mask
of its own, which makes it as far from every other as two strangers are; nothing is kept of it but
its number, as the project's cache keeps fingerprints on disk. One in fifty of the new pictures is
a copy of a known one: its hash and its corners differ from that one's in one bit of twelve.
"""

import resource
import sys
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.collection import drawn
from latelier.copies.features import Features
from latelier.copies.fingerprint import Fingerprint, fingerprint
from latelier.copies.proposals import Hashed, proposed_by_corners, proposed_by_hash

MODELS, EVERY = 64, 50


def cpu() -> float:
    """Seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def cpu_of_others() -> float:
    """Seconds of the processes that this one started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def peak_mb() -> float:
    """The most memory that this process ever held."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


@dataclass(frozen=True)
class Many:
    """So many pictures, of which the last are new.

    Args:
        models: fingerprints of drawn cloths.
        known: how many have been compared.
        new: how many have not.
    """

    models: list[Fingerprint]
    known: int
    new: int

    def original(self, row: int) -> int | None:
        """The known picture of which a new one is a copy."""
        number = row - self.known
        return number // EVERY * 97 if number >= 0 and number % EVERY == 0 else None

    def load(self, row: int) -> Fingerprint:
        """The fingerprint of a picture, the same each time."""
        of = self.original(row)
        as_it_is = _masked(self.models, row if of is None else of)
        return as_it_is if of is None else _changed(as_it_is, row)

    def hashes(self) -> Hashed:
        """The hash of every picture, of its whole frame."""
        count = self.known + self.new
        rows = np.stack([self.load(row).hashes[0] for row in range(count)])
        frames = np.tile(np.array([0, 0, 1, 1], np.float32), (count, 1))
        return Hashed(np.arange(count), rows, frames)


def _masked(models: list[Fingerprint], row: int) -> Fingerprint:
    mask = np.random.default_rng([9, row]).integers(0, 1 << 64, 4, np.uint64)
    model = models[row % len(models)]
    corners, mirrored = (
        Features(f.places, f.looks ^ mask) for f in (model.corners, model.mirrored)
    )
    return replace(model, hashes=model.hashes ^ mask, corners=corners, mirrored=mirrored)


def _changed(as_it_is: Fingerprint, row: int) -> Fingerprint:
    rng = np.random.default_rng([10, row])

    def noisy(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
        turned = np.packbits(rng.random((len(bits), 256)) < 1 / 12, axis=1)
        return bits ^ turned.view(np.uint64)

    corners, mirrored = (
        Features(f.places, noisy(f.looks)) for f in (as_it_is.corners, as_it_is.mirrored)
    )
    return replace(as_it_is, hashes=noisy(as_it_is.hashes), corners=corners, mirrored=mirrored)


@lru_cache(maxsize=1)
def models() -> list[Fingerprint]:
    """Some drawn cloths."""
    cv2.setNumThreads(1)
    return [fingerprint(drawn.cloth(drawn.FAMILIES[k % 8], k, 5)) for k in range(MODELS)]


def at_scale(count: int, new: int = 200) -> dict[str, float]:
    """Search so many pictures by hash, all with all, and by corners for some new ones; in a table."""
    many = Many(models(), count - new, new)
    copies = {(row, of) for row in range(count) if (of := many.original(row)) is not None}
    hashed, start = many.hashes(), cpu()
    size = (many.models[0].width, many.models[0].height)
    rows = range(count)
    by_hash = {(p.first, p.second) for p in proposed_by_hash(rows, hashed, lambda row: size)}
    both_ways = by_hash | {(b, a) for a, b in by_hash}
    told = {
        "pictures": count,
        "hash_seconds": cpu() - start,
        "hash_proposed": len(by_hash),
        "hash_found": len(copies & both_ways) / len(copies),
        "hash_peak_mb": peak_mb(),
    }
    asked, known = np.arange(many.known, count), np.arange(many.known)
    start = cpu()
    by_corners = {
        (p.first, p.second) for p in proposed_by_corners(asked, known, many.load) if p.votes
    }
    both_ways = by_corners | {(b, a) for a, b in by_corners}
    return told | {
        "new": new,
        "corners_seconds": cpu() - start,
        "corners_proposed": len(by_corners),
        "corners_found": len(copies & both_ways) / len(copies),
        "peak_mb": peak_mb(),
    }
