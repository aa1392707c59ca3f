"""Look the collection over before anything is learnt from it: go, care or stop, and why."""

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from latelier.project import Image, Project
from latelier.steps._found_copies import FoundCopies, found_copies
from latelier.wording import plural

ENOUGH = 16  # pictures; training needs so many
LEAST_SIDE = 32  # pixels; the smallest size that a dataset can have
FAR_SHAPE = 2.0  # times longer or wider than the middle shape
FAR_SIZE = 6.0  # times smaller or larger, side by side, than the middle size
GREYS = {"1", "L", "LA", "La", "I", "F", "I;16", "I;16L", "I;16B", "I;16N"}
CLEARS = {"LA", "La", "PA", "RGBA", "RGBa"}


@dataclass(frozen=True)
class Finding:
    """One thing to look at.

    Args:
        kind: ``too-few``, ``unreadable``, ``byte-identical``, ...
        stops: whether nothing should be learnt before it is mended.
        said: what was found, one sentence.
        todo: what can be done, one sentence.
        images: the pictures concerned; of files that could not be read, where they lie.
        reasons: for each of them, why; empty where the sentence says it.
        sets: of copies, which belong together.
    """

    kind: str
    stops: bool
    said: str
    todo: str
    images: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    sets: tuple[tuple[str, ...], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As the command prints it."""
        told: dict[str, Any] = {
            "kind": self.kind,
            "count": len(self.images),
            "images": list(self.images),
            "stops": self.stops,
            "said": self.said,
            "do": self.todo,
        }
        if self.reasons:
            told["reasons"] = list(self.reasons)
        if self.sets:
            told["sets"] = [list(s) for s in self.sets]
        return told


@dataclass(frozen=True)
class Checked:
    """What a look over the collection found.

    Args:
        images: how many pictures there are.
        findings: the weightiest first.
        compared: whether near copies were looked for among all of them.
    """

    images: int
    findings: tuple[Finding, ...]
    compared: bool

    @property
    def verdict(self) -> str:
        """``stop`` if anything stops, ``care`` if there is anything at all, else ``go``."""
        if any(f.stops for f in self.findings):
            return "stop"
        return "care" if self.findings else "go"

    def to_json(self) -> dict[str, Any]:
        """As the command prints it."""
        return {
            "verdict": self.verdict,
            "images": self.images,
            "compared": self.compared,
            "findings": [f.to_json() for f in self.findings],
        }


def check(project: Project, set: str = "originals") -> Checked:
    """Look a set of pictures over; nothing is changed.

    Args:
        project: the project.
        set: whose pictures.

    Raises:
        UnknownName: no set has that name.
    """
    images = project.sets.images(set)
    rights = project.journal.values("rights")
    copies = found_copies(project)
    found = [
        _too_few(images),
        _missing(project, images),
        _unreadable(project),
        _too_small(images),
        _cut_short(images),
        _identical(images),
        _same_pixels(images),
        _near_copies(images, copies),
        _shapes(images),
        _sizes(images),
        _modes(images),
        _first_of_many(images),
        _no_rights([i for i in images if i.role != "generated" and i.id not in rights]),
    ]
    compared = copies is not None and copies.covers(images)
    return Checked(len(images), tuple(f for f in found if f), compared)


def _too_few(images: list[Image]) -> Finding | None:
    usable = {i.pixels_sha256 or i.sha256 for i in images if min(i.width, i.height) >= LEAST_SIDE}
    if len(usable) >= ENOUGH:
        return None
    more = "" if len(usable) == len(images) else " that differ and are large enough"
    there = "There is" if len(usable) == 1 else "There are"
    return Finding(
        "too-few",
        True,
        f"{there} {plural(len(usable), 'picture')}{more}; learning needs {ENOUGH}",
        "Add more: latelier add PHOTOS",
        _paths(images),
    )


def _missing(project: Project, images: list[Image]) -> Finding | None:
    gone = [i for i in images if not project.images.file(i).is_file()]
    if not gone:
        return None
    return Finding(
        "missing",
        True,
        f"{plural(len(gone), 'picture')} {_have(gone)} no file any more",
        "Put the files back, or add them again from where they came: latelier add PHOTOS",
        _paths(gone),
    )


def _unreadable(project: Project) -> Finding | None:
    # one that is not there any more was put aside by whoever read this before
    refused = [r for r in project.images.refused() if Path(r["file"]).exists()]
    if not refused:
        return None
    return Finding(
        "unreadable",
        False,
        f"{len(refused)} {_one(refused, 'file', 'files')} could not be read",
        "Find whole copies of them and add those, or leave them out",
        tuple(r["file"] for r in refused),
        tuple(r["reason"] for r in refused),
    )


def _too_small(images: list[Image]) -> Finding | None:
    small = [i for i in images if min(i.width, i.height) < LEAST_SIDE]
    if not small:
        return None
    return Finding(
        "too-small",
        False,
        f"{plural(len(small), 'picture')} {_have(small)} a side below {LEAST_SIDE} pixels",
        "Find larger ones; these will be blurred, or left out below 8 pixels",
        _paths(small),
        tuple(f"{i.width} x {i.height}" for i in small),
    )


def _cut_short(images: list[Image]) -> Finding | None:
    cut = [i for i in images if i.facts.get("truncated")]
    if not cut:
        return None
    return Finding(
        "truncated",
        False,
        f"{plural(len(cut), 'picture')} {_one(cut, 'was', 'were')} taken although cut short",
        "Look at them; a grey part would be learnt like any other",
        _paths(cut),
    )


def _identical(images: list[Image]) -> Finding | None:
    return _copies(
        images,
        "byte-identical",
        lambda i: i.sha256,
        "the same file under another name",
    )


def _same_pixels(images: list[Image]) -> Finding | None:
    first = {i.sha256: i for i in reversed(images)}
    different = [i for i in images if i.pixels_sha256 and first[i.sha256].id == i.id]
    return _copies(
        different,
        "pixel-identical",
        lambda i: i.pixels_sha256,
        "the same picture in a file that differs in its notes or packing alone",
    )


def _near_copies(images: list[Image], found: FoundCopies | None) -> Finding | None:
    seen = {i.path: i for i in images}
    sets = []
    for paths in found.sets if found else ():
        here = [seen[p] for p in paths if p in seen]
        sets.append([i for i in here[1:] if here[0].pixels_sha256 != i.pixels_sha256])
        sets[-1] = [here[0], *sets[-1]] if sets[-1] else []
    sets = [s for s in sets if s]
    if not sets:
        return None
    spare = [i for s in sets for i in s[1:]]
    return Finding(
        "near-copies",
        False,
        f"{plural(len(spare), 'picture')} {_one(spare, 'is nearly one', 'are nearly ones')} that you have",
        "Look at them and hide those you need not: latelier copies --hide",
        _paths(spare),
        tuple(f"like {s[0].path}" for s in sets for _ in s[1:]),
        tuple(_paths(s) for s in sets),
    )


def _copies(
    images: list[Image], kind: str, mark: Callable[[Image], Hashable], what: str
) -> Finding | None:
    alike: dict[Hashable, list[Image]] = defaultdict(list)
    for image in images:
        alike[mark(image)].append(image)
    sets = [s for s in alike.values() if len(s) > 1]
    if not sets:
        return None
    spare = [i for s in sets for i in s[1:]]
    return Finding(
        kind,
        False,
        f"{plural(len(spare), 'picture')} {_one(spare, 'is', 'are')} {what}",
        "Keep one of each, so that none counts twice: latelier copies --hide",
        _paths(spare),
        tuple(f"same as {s[0].path}" for s in sets for _ in s[1:]),
        tuple(_paths(s) for s in sets),
    )


def _shapes(images: list[Image]) -> Finding | None:
    ratios = {i.id: math.log(i.width / i.height) for i in images}
    middle = median(ratios.values()) if ratios else 0.0
    far = [i for i in images if abs(ratios[i.id] - middle) > math.log(FAR_SHAPE)]
    if not far:
        return None
    return Finding(
        "outlying-shape",
        False,
        f"{plural(len(far), 'picture')} {_one(far, 'is', 'are')} much longer or wider than the rest",
        "Cut them into tiles (latelier prepare NAME --fit tiles), or crop them by hand",
        _paths(far),
        tuple(f"{i.width} x {i.height}" for i in far),
    )


def _sizes(images: list[Image]) -> Finding | None:
    sides = {i.id: math.sqrt(i.width * i.height) for i in images}
    middle = median(sides.values()) if sides else 1.0
    far = [i for i in images if not middle / FAR_SIZE <= sides[i.id] <= middle * FAR_SIZE]
    if not far:
        return None
    return Finding(
        "outlying-size",
        False,
        f"{plural(len(far), 'picture')} {_one(far, 'is', 'are')} much smaller or larger than the rest",
        "Look at them: a detail or an icon may have come in among whole pictures",
        _paths(far),
        tuple(f"{i.width} x {i.height}" for i in far),
    )


def _modes(images: list[Image]) -> Finding | None:
    families: dict[str, list[Image]] = defaultdict(list)
    for image in images:
        clear = "with transparent parts" if image.mode in CLEARS else ""
        families[clear or ("grey" if image.mode in GREYS else "in colour")].append(image)
    if len(families) < 2:
        return None
    by_size = sorted(families.items(), key=lambda f: -len(f[1]))
    fewer = [i for _, f in by_size[1:] for i in f]
    told = ", ".join(f"{len(f)} {name}" for name, f in by_size)
    return Finding(
        "mixed-modes",
        False,
        f"The pictures are of different kinds: {told}",
        "See whether they belong together; transparent parts are laid on the ground of latelier.toml",
        _paths(fewer),
        tuple(name for name, f in by_size[1:] for _ in f),
    )


def _first_of_many(images: list[Image]) -> Finding | None:
    many = [i for i in images if i.facts.get("frames", 1) > 1]
    if not many:
        return None
    return Finding(
        "first-of-many",
        False,
        f"{plural(len(many), 'picture')} {_one(many, 'is', 'are')} the first of a moving or paged file",
        "Save the other pictures of these files on their own, if they are wanted too",
        _paths(many),
        tuple(f"{i.facts['frames']} pictures" for i in many),
    )


def _no_rights(images: list[Image]) -> Finding | None:
    if not images:
        return None
    return Finding(
        "no-rights",
        False,
        f"{plural(len(images), 'picture')} {_have(images)} no rights stated",
        "Say whose they are: add the same folder again with --rights, or with rights in latelier.toml",
        _paths(images),
    )


def _paths(images: Iterable[Image]) -> tuple[str, ...]:
    return tuple(i.path for i in images)


def _have(things: Sequence[object]) -> str:
    return _one(things, "has", "have")


def _one(things: Sequence[object], one: str, many: str) -> str:
    return one if len(things) == 1 else many
