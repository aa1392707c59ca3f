"""Find the pictures that are one picture twice, suggest which to keep, and hide the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from latelier import images as pictures
from latelier.copies.compare import compared
from latelier.copies.fingerprint import READ_AT, Fingerprint, fingerprint
from latelier.copies.judge import FLOOR, LIKENESS, Likeness, described
from latelier.copies.stars import stars
from latelier.copies.words import keeper_reason, part_reason, reason
from latelier.errors import PictureError, UsageError
from latelier.files import write_json
from latelier.progress import Progress, silent
from latelier.project import Image, Project, Run
from latelier.steps._likenesses import Likenesses, Pair
from latelier.steps.not_copies import refused

BATCH = 200  # fingerprints kept at once; a run that is stopped goes on from there


@dataclass(frozen=True)
class Copy:
    """One member of a set of copies.

    Args:
        image: the member.
        kind: ``identical`` (the same bytes), ``same pixels`` or ``near``.
        score: 0 to 1.
        transform: how the keeper became it: crop, rotation, mirror, scale.
        reason: the same in words.
    """

    image: Image
    kind: str
    score: float
    transform: dict[str, Any]
    reason: str

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "image": self.image.path,
            "kind": self.kind,
            "score": self.score,
            "transform": self.transform,
            "reason": self.reason,
        }


@dataclass(frozen=True)
class CopySet:
    """A keeper and its copies.

    Args:
        keeper: the best copy.
        reason: why it is the best.
        members: the others, the most alike first.
    """

    keeper: Image
    reason: str
    members: list[Copy]

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "keeper": self.keeper.path,
            "reason": self.reason,
            "members": [m.to_json() for m in self.members],
        }


@dataclass(frozen=True)
class Part:
    """A part of one picture that lies inside another.

    Args:
        image: the picture of which a part is found.
        within: the picture in which it is found.
        box: x, y, w, h where it lies, in pixels of ``within``.
        score: 0 to 1.
        reason: in words.
    """

    image: Image
    within: Image
    box: list[int]
    score: float
    reason: str

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "image": self.image.path,
            "in": self.within.path,
            "box": self.box,
            "score": self.score,
            "reason": self.reason,
        }


@dataclass(frozen=True)
class Copies:
    """What was found.

    Args:
        run: the run that found it.
        images: how many images were looked at.
        new: how many of them had not been compared before.
        likeness: the bound from which a picture counts as a copy.
        sets: stars of copies around their keepers.
        partial: parts of pictures inside others.
        unread: images whose file could not be read, and why.
        hidden: how many images were hidden.
    """

    run: str
    images: int
    new: int
    likeness: float
    sets: list[CopySet]
    partial: list[Part]
    unread: list[dict[str, str]]
    hidden: int = 0

    @property
    def members(self) -> list[Image]:
        """Every image that is a copy of a keeper."""
        return [m.image for s in self.sets for m in s.members]

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "sets": [s.to_json() for s in self.sets],
            "partial": [p.to_json() for p in self.partial],
            "images": self.images,
            "compared": self.new,
            "likeness": self.likeness,
            "unread": self.unread,
            "hidden": self.hidden,
            "run": self.run,
        }


def copies(
    project: Project,
    set_name: str = "all",
    *,
    likeness: float = LIKENESS,
    hide: bool = False,
    on_progress: Progress = silent,
) -> Copies:
    """Find copies among the images of a set; nothing is moved or deleted.

    Args:
        project: whose images.
        set_name: the images.
        likeness: from which score on a picture counts as a copy, 0.4 to 1; changing it reads no
            file again.
        hide: hide every copy that is not the suggested keeper; ``undo`` shows them again.
        on_progress: told how many pictures are read and compared.

    Raises:
        UnknownName: there is no such set.
        UsageError: the likeness is out of its range.
        DiskError: the disk is full, read-only, or refuses.
    """
    if not FLOOR <= likeness <= 1:
        raise UsageError(f"--likeness {likeness} should be between {FLOOR} and 1")
    images = project.sets.images(set_name)
    settings = {"set_name": set_name, "likeness": likeness}
    run = project.runs.start("copies", settings, inputs=images)
    alike, new, unread = likenesses(project, images, on_progress)
    found = gathered(project, images, alike, likeness)
    done = Copies(run.name, len(images), new, likeness, *found, unread)
    _write(run, done)
    return _hide(project, done) if hide and done.members else done


def likenesses(
    project: Project, images: Sequence[Image], on_progress: Progress = silent
) -> tuple[dict[Pair, Likeness], int, list[dict[str, str]]]:
    """What the pictures are to each other, after reading and comparing those that are new.

    Returns:
        the likenesses by the hashes of two files, how many files were new, and the files that could
        not be read.
    """
    files = {i.sha256: i for i in images}
    cache = Likenesses(project.root / "cache")
    try:
        unread = _read(project, cache, files, on_progress)
        known = cache.compared()
        there = [h for h in files if h not in set(cache.missing(files))]
        new = sorted(set(there) - set(known))
        if new:
            keys = [*new, *known]
            loaded: dict[int, Fingerprint] = {}

            def load(row: int) -> Fingerprint:
                if row not in loaded:
                    if len(loaded) >= 2000:
                        loaded.pop(next(iter(loaded)))
                    loaded[row] = cache.load(keys[row])
                return loaded[row]

            prints = np.stack([load(row).hash for row in range(len(keys))])
            rows = range(len(new))
            pairs = compared(rows, range(len(new), len(keys)), prints, load)
            found = {}
            for a, b, what in pairs:
                swap = keys[a] > keys[b]
                pair = (keys[b], keys[a]) if swap else (keys[a], keys[b])
                found[pair] = what.turned() if swap else what
            cache.found(new, found)
        return cache.all(), len(new), unread
    finally:
        cache.close()


def _read(
    project: Project, cache: Likenesses, files: Mapping[str, Image], on_progress: Progress
) -> list[dict[str, str]]:
    """Take the fingerprints that are missing; returns the files that could not be read."""
    missing = cache.missing(files)
    unread, taken = [], {}
    for done, sha in enumerate(missing):
        image = files[sha]
        on_progress(done, len(missing), f"reading {image.name}")
        try:
            pixels, size = pictures.read_reduced(
                project.images.file(image), READ_AT, project.config.ground_rgb
            )
            taken[sha] = fingerprint(pixels, *size)
        except PictureError as error:
            unread.append({"image": image.path, "reason": str(error)})
        if len(taken) == BATCH:
            cache.keep(taken)
            taken = {}
    cache.keep(taken)
    return unread


def gathered(
    project: Project, images: Sequence[Image], alike: Mapping[Pair, Likeness], likeness: float
) -> tuple[list[CopySet], list[Part]]:
    """Stars of copies around their keepers, and parts of pictures inside others."""
    apart = refused(project)
    same = _same_pixels(images)  # each picture's best file first
    best = {group[0].sha256: group for group in same}
    near = {
        pair: found
        for pair, found in alike.items()
        if pair[0] in best
        and pair[1] in best
        and found.score >= likeness
        and frozenset((best[pair[0]][0].id, best[pair[1]][0].id)) not in apart
    }
    strong = {p: f.score for p, f in near.items() if f.kind == "near"}
    made = {s.keeper: s.members for s in stars(strong, lambda h: quality(best[h][0]))}
    inside = {m for members in made.values() for m in members}
    sets = []
    for group in same:
        keeper = group[0]
        if keeper.sha256 in inside:
            continue
        members = [_twin(keeper, i) for i in group[1:]]
        for other in made.get(keeper.sha256, []):
            pair = (keeper.sha256, other)
            found = near[pair] if pair in near else near[pair[::-1]].turned()
            members += [_near(keeper, i, found) for i in best[other]]
        members = [m for m in members if frozenset((keeper.id, m.image.id)) not in apart]
        if members:
            sets.append(CopySet(keeper, keeper_reason(*_facts(keeper, members)), members))
    parts = {p: f for p, f in near.items() if f.kind == "part" and not inside & set(p)}
    return sets, [_part(best[a][0], best[b][0], f) for (a, b), f in parts.items()]


def quality(image: Image) -> tuple[float, ...]:
    """The higher, the better a keeper: pixels, then bytes, then age."""
    return (image.width * image.height, image.bytes, -image.id)


def _same_pixels(images: Sequence[Image]) -> list[list[Image]]:
    """Images of the same bytes or pixels together, the best of each group and the best group first."""
    groups: dict[str, list[Image]] = {}
    for image in images:
        groups.setdefault(image.pixels_sha256 or image.sha256, []).append(image)
    by_file: dict[str, list[Image]] = {}
    for group in groups.values():
        by_file.setdefault(group[0].sha256, []).extend(group)
    made = [sorted(group, key=quality, reverse=True) for group in by_file.values()]
    return sorted(made, key=lambda group: quality(group[0]), reverse=True)


def _twin(keeper: Image, image: Image) -> Copy:
    same = image.sha256 == keeper.sha256
    return Copy(
        image,
        "identical" if same else "same pixels",
        1.0,
        {
            "crop": [0, 0, keeper.width, keeper.height],
            "rotation": 0.0,
            "mirror": False,
            "scale": [1.0, 1.0],
        },
        "the same file" if same else "the same pixels in another file",
    )


def _near(keeper: Image, image: Image, found: Likeness) -> Copy:
    size, other = (keeper.width, keeper.height), (image.width, image.height)
    transform = described(found.map, size, other)
    return Copy(
        image, "near", round(found.score, 3), transform, reason(found, transform, size, other)
    )


def _part(a: Image, b: Image, found: Likeness) -> Part:
    if found.of_first < found.of_second:
        a, b, found = b, a, found.turned()
    transform = described(found.turned().map, (b.width, b.height), (a.width, a.height))
    return Part(a, b, transform["crop"], round(found.score, 3), part_reason(found))


def _facts(keeper: Image, members: Sequence[Copy]) -> tuple[Any, ...]:
    sizes = [(m.image.width, m.image.height) for m in members]
    return (keeper.width, keeper.height), sizes, keeper.bytes, [m.image.bytes for m in members]


def _write(run: Run, done: Copies) -> None:
    said = {k: v for k, v in done.to_json().items() if k in ("sets", "partial", "likeness")}
    write_json(run.folder / "copies.json", said)
    run.finish({"sets": len(done.sets), "copies": len(done.members), "partial": len(done.partial)})


def _hide(project: Project, done: Copies) -> Copies:
    members = {m.id: "1" for m in done.members}
    said = f"{len(members)} copies hidden; {len(done.sets)} keepers stay"
    project.journal.decide("copies", said, "hidden", members)
    return replace(done, hidden=len(members))
