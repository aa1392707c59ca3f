"""The labelled pictures of a criterion with their numbers: what a head can learn from."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latelier.classify.reading import FEWEST
from latelier.errors import TooFew, UnknownName
from latelier.progress import Progress, silent
from latelier.project import Image, Project
from latelier.steps._copy_sets import copy_sets
from latelier.steps._found_copies import FoundCopies
from latelier.steps._measured import Numbers, measured, usual_families
from latelier.wording import plural


@dataclass(frozen=True)
class Lesson:
    """Labelled pictures.

    Args:
        numbers: of the pictures learnt from, row by row.
        labels: of each.
        groups: (n,) pictures of one number are copies, or of one page.
        said: sentences on what was left out, and why.
        families: of the numbers.
    """

    numbers: Numbers
    labels: list[str]
    groups: NDArray[np.int64]
    said: list[str]
    families: list[str]


def lesson(
    project: Project,
    criterion: str,
    *,
    features: Sequence[str] | None = None,
    given: Mapping[str, str] | None = None,
    unsure: bool = False,
    copies: FoundCopies | None = None,
    on_progress: Progress = silent,
) -> Lesson:
    """Gather what can be learnt from.

    Args:
        project: whose labels.
        criterion: its name.
        features: families of numbers and encoders; those that suit the pictures if left out.
        given: labels by image path, instead of the project's own.
        unsure: learn from unsure labels too.
        copies: the copies that were found, which stay on one side of every split.
        on_progress: told how many pictures are measured.

    Raises:
        UnknownName: nothing is labelled under that criterion, or no family has that name.
        TooFew: one label is left, or none.
    """
    held, said = _held(project, criterion, given, unsure)
    images = project.images.by_id(list(held))
    groups, few, about = _apart(images, held, copies)
    said += about
    counts = Counter(held.values())
    keep = [i for i in images if held[i.id] not in few]
    kept = {held[i.id] for i in keep}
    if len(kept) < 2:
        once = "; copies count once" if any(counts[v] >= FEWEST for v in few) else ""
        one = f"only {next(iter(kept))!r}" if kept else "no label"
        left_out = "".join(f" {sentence}" for sentence in said)
        raise TooFew(
            f"Under {criterion!r} {one} has {FEWEST} pictures or more that stand for themselves "
            f"({_counted(counts)}{once}); two labels with {FEWEST} pictures each are needed, some ten "
            f"each to say much.{left_out}"
        )
    for value in sorted(few):
        n = counts[value]
        why = f"{n} picture{'s' if n != 1 else ''}" + (", or copies" if n >= FEWEST else "")
        said.append(f"{value!r} was left out: {why}; it needs {FEWEST} that stand for themselves.")
    names = list(features or usual_families(project, keep, on_progress=on_progress))
    numbers = measured(project, keep, names, on_progress=on_progress)
    if numbers.unread:
        said.append(f"{len(numbers.unread)} labelled pictures cannot be read any more.")
    place = {i.id: g for i, g in zip(images, groups, strict=True)}
    rows = numbers.images
    if copies is None:
        said.append(
            "Copies were not looked for yet; near-copies on both sides flatter: latelier copies."
        )
    labels = [held[i.id] for i in rows]
    return Lesson(numbers, labels, np.array([place[i.id] for i in rows], np.int64), said, names)


def _held(
    project: Project, criterion: str, given: Mapping[str, str] | None, unsure: bool
) -> tuple[dict[int, str], list[str]]:
    """The labels to learn from by image id, and what was left out."""
    if given is not None:
        return {project.images.find(path).id: value for path, value in given.items()}, []
    all_of = project.criteria.labels(criterion)
    if not all_of:
        known = project.criteria.names()
        if not known:
            raise TooFew(
                "Nothing is labelled yet; begin with: latelier label "
                f"{criterion} IMAGE... --as NAME"
            )
        raise UnknownName("criterion", criterion, known)
    shown = {i.id: i for i in project.sets.images("all")}
    there = {i for i in all_of if i in shown and project.images.file(shown[i]).is_file()}
    said = []
    if gone := len(all_of) - len(there):
        said.append(f"{plural(gone, 'label')} of pictures that are hidden or gone: left out.")
    doubted = {i for i in there if all_of[i].unsure}
    if doubted and not unsure:
        was = "was" if len(doubted) == 1 else "were"
        said.append(f"{plural(len(doubted), 'unsure label')} {was} not learnt from.")
        there -= doubted
    return {i: all_of[i].value for i in sorted(there)}, said


def _apart(
    images: Sequence[Image], held: Mapping[int, str], copies: FoundCopies | None
) -> tuple[NDArray[np.int64], set[str], list[str]]:
    """What stays together, the labels of too few pictures, and a warning where pages are few."""
    groups = together(images, copies)
    few = _few(images, held, groups)
    if len(set(held.values()) - few) >= 2 or not any(i.role == "drawing" for i in images):
        return groups, few, []
    groups, pages = together(images, copies, pages=False), len({i.parent for i in images})
    warning = (
        f"These drawings come from {pages} page{'s' if pages != 1 else ''} only, so pages could "
        "not be kept apart: drawings of one page are on both sides, and the figures flatter."
    )
    return groups, _few(images, held, groups), [warning]


def _few(images: Sequence[Image], held: Mapping[int, str], groups: NDArray[np.int64]) -> set[str]:
    """Labels of too few pictures that stand for themselves."""
    apart = defaultdict(set)
    for image, group in zip(images, groups, strict=True):
        apart[held[image.id]].add(int(group))
    return {value for value, found in apart.items() if len(found) < FEWEST}


def together(
    images: Sequence[Image], copies: FoundCopies | None, *, pages: bool = True
) -> NDArray[np.int64]:
    """(n,) a number for each image; copies share one, and so do drawings cut from one page."""
    first: dict[Hashable, int] = {}
    root = list(range(len(images)))

    def top(i: int) -> int:
        while root[i] != i:
            i = root[i]
        return i

    for i, (image, number) in enumerate(zip(images, copy_sets(images, copies), strict=True)):
        marks: list[Hashable] = [("copy", number)]
        if pages and image.role == "drawing" and image.parent is not None:
            marks.append(("page", image.parent))
        for mark in marks:
            a, b = sorted((top(i), top(first.setdefault(mark, i))))
            root[b] = a
    return np.array([top(i) for i in range(len(images))], np.int64)


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{value} {n}" for value, n in counts.items()) or "none"
