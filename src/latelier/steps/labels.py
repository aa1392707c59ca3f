"""List the labels: how many of each, who is unsure, how consistent the answers are."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from latelier.classify.intervals import wilson
from latelier.errors import UnknownName
from latelier.project import Project
from latelier.project.criteria import Label
from latelier.steps._label_table import write_table


@dataclass(frozen=True)
class Criterion:
    """The labels under one criterion.

    Args:
        counts: how many images each label has, most first.
        unsure: how many labels are unsure.
        notes: how many carry a note.
        unlabelled: originals without a label.
        gone: labels of images that are hidden now, or whose file is gone.
        asked_twice: how many were answered a second time.
        same: how many of those the same way.
        interval: of the share that is answered the same way, 95 %.
        differs: images answered differently: path to both answers.
    """

    counts: dict[str, int]
    unsure: int
    notes: int
    unlabelled: int
    gone: int
    asked_twice: int
    same: int
    interval: tuple[float, float]
    differs: dict[str, tuple[str, str]]


@dataclass(frozen=True)
class Listed:
    """All labels of a project.

    Args:
        criteria: by name.
        written: the table that was put out, or empty.
    """

    criteria: dict[str, Criterion]
    written: str

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "criteria": {name: dict(vars(found)) for name, found in self.criteria.items()},
            "written": self.written,
        }


def labels(
    project: Project, criterion: str | None = None, *, to: str | Path | None = None
) -> Listed:
    """Count the labels under one criterion or all, and put them out as CSV if asked.

    Args:
        project: whose labels.
        criterion: its name; all if left out.
        to: a CSV file for the labels of the criterion.

    Raises:
        UnknownName: there are no labels under that criterion.
        UsageError: a table is asked for without saying of which criterion.
        DiskError: the table cannot be written.
    """
    known = project.criteria.names()
    if (criterion is not None or to is not None) and criterion not in known:
        raise UnknownName("criterion", criterion or "", known)
    images = {i.id: i for i in project.images.where()}
    if to is not None and criterion is not None:
        write_table(Path(to), images, project.criteria.labels(criterion))
    names = [criterion] if criterion is not None else known
    return Listed({name: _counted(project, name) for name in names}, str(to or ""))


def _counted(project: Project, criterion: str) -> Criterion:
    held = project.criteria.labels(criterion)
    shown = {i.id for i in project.sets.images("all")}
    paths = {i.id: i.path for i in project.images.where()}
    there = {i for i in held if i in shown and (project.root / paths[i]).is_file()}
    twice = {i: x for i, x in held.items() if x.again is not None}
    same = sum(x.value == x.again for x in twice.values())
    return Criterion(
        counts=dict(Counter(held[i].value for i in sorted(there)).most_common()),
        unsure=sum(held[i].unsure for i in there),
        notes=sum(bool(held[i].note) for i in there),
        unlabelled=sum(i.id not in held for i in project.sets.images("originals")),
        gone=len(held) - len(there),
        asked_twice=len(twice),
        same=same,
        interval=wilson(same, len(twice)),
        differs={paths[i]: _both(x) for i, x in twice.items() if x.value != x.again},
    )


def _both(label: Label) -> tuple[str, str]:
    return label.value, label.again or ""
