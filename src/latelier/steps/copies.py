"""Find the pictures that are one picture twice, suggest which to keep, and hide the others."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from latelier.copies.judge import FLOOR, LIKENESS, Likeness, described, in_frame
from latelier.copies.outlines import Outline, changed, shared
from latelier.copies.stars import stars
from latelier.copies.words import alike_reason, keeper_reason, part_reason, reason
from latelier.errors import UsageError
from latelier.files import write_json
from latelier.progress import Progress, silent
from latelier.project import Image, Project, Run
from latelier.steps._comparing import ask_again, between, brought_up
from latelier.steps._copies_sheet import contact_sheets
from latelier.steps._likenesses import Likenesses
from latelier.steps.not_copies import refused


@dataclass(frozen=True)
class Copy:
    """One member of a set of copies.

    Args:
        image: the member.
        kind: ``identical`` (the same bytes), ``same pixels`` or ``near``.
        score: 0 to 1.
        transform: how the keeper became it: crop, rotation, mirror, scale.
        reason: the same in words.
        changed: outlines of what is not of the keeper, as shares of the copy's width and height.
        shared: the outline of what both show; None where that is all of the copy.
    """

    image: Image
    kind: str
    score: float
    transform: dict[str, Any]
    reason: str
    changed: Sequence[Outline] = ()
    shared: Outline | None = None

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "image": self.image.path,
            "kind": self.kind,
            "score": self.score,
            "transform": self.transform,
            "reason": self.reason,
            "changed": list(self.changed),
            "shared": self.shared,
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
        of: x, y, w, h of what of the picture that is, in its own pixels.
        score: 0 to 1.
        reason: in words.
    """

    image: Image
    within: Image
    box: list[int]
    of: list[int]
    score: float
    reason: str

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "image": self.image.path,
            "in": self.within.path,
            "box": self.box,
            "of": self.of,
            "score": self.score,
            "reason": self.reason,
        }


@dataclass(frozen=True)
class Alike:
    """Two pictures that are no copies, though they are more alike than others.

    Args:
        image: one of them.
        other: the other.
        score: 0 to 1.
        reason: in words.
    """

    image: Image
    other: Image
    score: float
    reason: str

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "image": self.image.path,
            "other": self.other.path,
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
        alike: pictures of one pattern, or of one thing photographed twice.
        unread: images whose file could not be read, and why.
        hidden: how many images were hidden.
        sheets: contact sheets of the sets, from the project folder.
    """

    run: str
    images: int
    new: int
    likeness: float
    sets: list[CopySet]
    partial: list[Part]
    alike: list[Alike]
    unread: list[dict[str, str]]
    hidden: int = 0
    sheets: Sequence[str] = ()

    @property
    def members(self) -> list[Image]:
        """Every image that is a copy of a keeper."""
        return [m.image for s in self.sets for m in s.members]

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "sets": [s.to_json() for s in self.sets],
            "partial": [p.to_json() for p in self.partial],
            "alike": [a.to_json() for a in self.alike],
            "images": self.images,
            "compared": self.new,
            "likeness": self.likeness,
            "unread": self.unread,
            "hidden": self.hidden,
            "sheets": list(self.sheets),
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
        likeness: from which score on a picture counts as a copy, 0.1 to 1; changing it reads no
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
    with Likenesses(project.root / "cache") as cache:
        new, unread = brought_up(project, cache, images, on_progress)
        sets, partial, alike = gathered(project, images, cache, likeness)
        run = project.runs.start("copies", settings, inputs=images)
        drawn = contact_sheets(run, cache, sets, partial)
    done = Copies(run.name, len(images), new, likeness, sets, partial, alike, unread, 0, drawn)
    _write(run, done)
    return _hide(project, done) if hide and done.members else done


def gathered(
    project: Project, images: Sequence[Image], cache: Likenesses, likeness: float
) -> tuple[list[CopySet], list[Part], list[Alike]]:
    """Stars of copies around their keepers, parts of pictures inside others, and what is alike.

    Args:
        project: whose images.
        images: all of them compared.
        cache: what is known of them.
        likeness: from which score on a picture counts as a copy.
    """
    apart = refused(project)
    groups = {group[0].sha256: group for group in _same_pixels(images)}
    ids = {file: group[0].id for file, group in groups.items()}
    alike = cache.all()
    known = set(alike)
    here = {
        (a, b): found
        for (a, b), found in alike.items()
        if found is not None
        and a in groups
        and b in groups
        and frozenset((ids[a], ids[b])) not in apart
    }
    strong = {pair: found for pair, found in here.items() if found.score >= likeness}
    said = {pair: found for pair, found in here.items() if found.kind in ("alike", "plain")}

    def ask(keeper: str, through: str, other: str) -> float | None:
        if (min(keeper, other), max(keeper, other)) in alike:
            return None  # looked at already, and not alike enough
        if frozenset((ids[keeper], ids[other])) in apart:
            return None
        score = ask_again(cache, alike, keeper, through, other)
        return score if score is not None and score >= likeness else None

    near = {pair: found.score for pair, found in strong.items() if found.kind == "near"}
    made = stars(near, lambda file: quality(groups[file][0]), ask)
    cache.found([], {pair: found for pair, found in alike.items() if pair not in known})
    members = {star.keeper: star.members for star in made}
    inside = {file for star in made for file in star.members}
    sets = []
    for keeper, group in groups.items():
        if keeper in inside:
            continue
        copies = [_twin(group[0], twin) for twin in group[1:]]
        for other in members.get(keeper, []):
            found = between(alike, keeper, other)
            if found is not None:
                marked = _marked(cache, keeper, other, found)
                copies += [_near(group[0], image, found, marked) for image in groups[other]]
        copies = [c for c in copies if frozenset((group[0].id, c.image.id)) not in apart]
        if copies:
            sets.append(CopySet(group[0], keeper_reason(*_facts(group[0], copies)), copies))
    parts = {p: f for p, f in strong.items() if f.kind == "part" and not inside & set(p)}
    partial = [_part(groups[a][0], groups[b][0], f) for (a, b), f in parts.items()]
    return sets, partial, [_alike(groups[a][0], groups[b][0], f) for (a, b), f in said.items()]


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


Marks = tuple[list[Outline], Outline | None]


def _marked(cache: Likenesses, keeper: str, other: str, found: Likeness) -> Marks:
    first, second = cache.load(keeper).sight, cache.load(other).sight
    return changed(first, second, found.map), shared(first, second, found.map)


def _near(keeper: Image, image: Image, found: Likeness, marks: Marks) -> Copy:
    size, other = (keeper.width, keeper.height), (image.width, image.height)
    transform = described(found.map, size, other)
    said = reason(found, transform, size, other)
    return Copy(image, "near", round(found.score, 3), transform, said, *marks)


def _alike(a: Image, b: Image, found: Likeness) -> Alike:
    return Alike(a, b, round(found.score, 3), alike_reason(found.kind, found.score))


def _part(a: Image, b: Image, found: Likeness) -> Part:
    if found.of_first < found.of_second:
        a, b, found = b, a, found.turned()
    there, back = found, found.turned()
    size, other = (a.width, a.height), (b.width, b.height)
    of = in_frame(there.box, size) if there.box else described(there.map, size, other)["crop"]
    box = in_frame(back.box, other) if back.box else described(back.map, other, size)["crop"]
    said = part_reason(found, box[2] * box[3] / (b.width * b.height))
    return Part(a, b, box, of, round(found.score, 3), said)


def _facts(keeper: Image, members: Sequence[Copy]) -> tuple[Any, ...]:
    sizes = [(m.image.width, m.image.height) for m in members]
    return (keeper.width, keeper.height), sizes, keeper.bytes, [m.image.bytes for m in members]


def _write(run: Run, done: Copies) -> None:
    kept = ("sets", "partial", "alike", "likeness")
    said = {k: v for k, v in done.to_json().items() if k in kept}
    write_json(run.folder / "copies.json", said)
    run.finish({"sets": len(done.sets), "copies": len(done.members), "partial": len(done.partial)})


def _hide(project: Project, done: Copies) -> Copies:
    members = {m.id: "1" for m in done.members}
    said = f"{len(members)} copies hidden; {len(done.sets)} keepers stay"
    project.journal.decide("copies", said, "hidden", members)
    return replace(done, hidden=len(members))
