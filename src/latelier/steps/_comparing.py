"""Bring what is known of pictures up to date: read and compare those that are new, and no others."""

from collections.abc import Mapping, Sequence

from latelier import images as pictures
from latelier.copies.compare import compared, examined
from latelier.copies.fingerprint import READ_AT, Fingerprint, fingerprint
from latelier.copies.judge import Likeness, judged
from latelier.copies.pixels import chained
from latelier.copies.proposals import Proposal
from latelier.errors import PictureError
from latelier.progress import Progress, silent
from latelier.project import Image, Project
from latelier.steps._likenesses import Likenesses, Pair

COMMON = 100  # corners that a picture which is alike with both is worth
BATCH = 200  # fingerprints kept at once; a run that is stopped goes on from there
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
    unread = _read(project, cache, files, on_progress)
    known = cache.compared()
    new = sorted(set(files) - set(known) - set(cache.missing(files)))
    if not new:
        return 0, unread
    keys = [*new, *known]

    def load(row: int) -> Fingerprint:
        return cache.load(keys[row])

    count = len(new)
    pairs = compared(range(count), range(count, len(keys)), cache.hashes(keys), load, on_progress)
    cache.found(new, dict(_in_order(keys[a], keys[b], found) for a, b, found in pairs))
    return count, unread


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
    project: Project, cache: Likenesses, files: Mapping[str, Image], on_progress: Progress
) -> list[dict[str, str]]:
    """Take the fingerprints that are missing; returns the images whose file could not be read."""
    missing = cache.missing(files)
    unread: list[dict[str, str]] = []
    taken: dict[str, Fingerprint] = {}
    for done, file in enumerate(missing):
        image = files[file]
        on_progress(done, len(missing), f"reading {image.name}")
        try:
            pixels, size = pictures.read_reduced(
                project.images.file(image), READ_AT, project.config.ground_rgb
            )
            taken[file] = fingerprint(pixels, *size)
        except PictureError as error:
            unread.append({"image": image.path, "reason": str(error)})
        if len(taken) == BATCH:
            cache.keep(taken)
            taken = {}
    cache.keep(taken)
    return unread
