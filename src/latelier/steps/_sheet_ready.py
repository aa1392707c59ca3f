"""Everything of a sheet but the printing: which images, how arranged, and what should be known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from types import ModuleType
from typing import Any

import numpy as np

from latelier import registry
from latelier.errors import TooFew, UsageError
from latelier.layout import Cell
from latelier.printing import Finding, can_join, joins, missing, preflight
from latelier.progress import Progress
from latelier.project import Image, Project
from latelier.steps._credits import credits, rights
from latelier.steps._gather import gather
from latelier.steps._grouping import grouped, reading_order
from latelier.steps._sheet_look import Design, Look, Pictures, design
from latelier.steps._sheet_paper import Labels, Painted, painted, title_of
from latelier.steps._sheet_plan import Order, plan
from latelier.steps._too_near import parted
from latelier.wording import plural

WITHOUT = "ungrouped"
_FIRST = {"group": "latelier groups", "mark": "latelier mark keep IMAGE"}


@dataclass(frozen=True)
class Asked:
    """What a person asked for, as it can be asked for again.

    Args:
        set_name: a set, or image paths.
        to: where the files go.
        by: group, mark or tag; or image path to label; or None.
        look: how the sheets look.
        locked: image to its cell.
        shuffle_seed: an order by lot, or None.
        features: what likeness is judged by.
        one_file: all sheets in one file.
        leave_out: images that are too near to an original: copies, close or None.
    """

    set_name: str | Sequence[str]
    to: str
    by: str | Mapping[str, str] | None
    look: Look
    locked: Mapping[str, Cell]
    shuffle_seed: int | None
    features: str
    one_file: bool
    leave_out: str | None = None

    def settings(self) -> dict[str, Any]:
        """The keyword arguments of the step, as JSON."""
        return {
            **vars(self.look),
            "set_name": self.set_name if isinstance(self.set_name, str) else list(self.set_name),
            "to": self.to,
            "by": self.by if self.by is None or isinstance(self.by, str) else dict(self.by),
            "lock": {image: list(cell) for image, cell in self.locked.items()},
            "shuffle_seed": self.shuffle_seed,
            "features": self.features,
            "one_file": self.one_file,
            "leave_out": self.leave_out,
        }


@dataclass(frozen=True)
class Ready:
    """Sheets that only have to be printed.

    Args:
        images: all that are on them.
        labels: image path to the label that it is grouped under; empty without groups.
        how: the look, with all that follows from it.
        sheets: in order.
        findings: what should be known before printing.
    """

    images: list[Image]
    labels: dict[str, str]
    how: Design
    sheets: list[Painted]
    findings: list[Finding]

    def again(self) -> dict[str, Any]:
        """Settings that give the same sheets even after sets and groups have changed."""
        return {"set_name": [i.path for i in self.images], "by": self.labels or None}


def made_ready(project: Project, asked: Asked, on_progress: Progress) -> Ready:
    """Choose, arrange and look over.

    Raises:
        UnknownName: no set, layout, feature or image has that name.
        UsageError: a size, colour, count or place is none.
        TooFew: the set is empty, or no image of it has a label.
        DoesNotFit: the cells do not fit on the page.
    """
    layout = registry.load("layout", asked.look.layout)
    images, sections, left = _sections(project, asked)
    texts = _texts(project, images, asked.look.captions)
    sizes = {(i.width, i.height) for i in images}
    how = design(
        asked.look,
        Pictures(
            most=max(len(members) for members in sections.values()),
            own=next(iter(sizes)) if len(sizes) == 1 else None,
            captions=list(texts.captions.values()),
        ),
    )
    order = Order(
        locked=_locked(project, images, asked.locked),
        vectors=_vectors(project, images, layout, asked.features, on_progress),
        shuffle=asked.shuffle_seed,
        seed=project.config.seed,
    )
    sheets = [painted(project, p, how, texts) for p in plan(sections, how, order)]
    findings = preflight([p for s in sheets for p in s.prints])
    findings += _letters(how, sheets, texts) + left
    labels = {i.path: label for label, members in sections.items() for i in members if label}
    return Ready(images, labels, how, sheets, findings)


def _sections(
    project: Project, asked: Asked
) -> tuple[list[Image], dict[str, list[Image]], list[Finding]]:
    """The images, the same by label (empty where nothing is grouped), and what was left out."""
    if isinstance(asked.set_name, str):
        name, images = repr(asked.set_name), project.sets.images(asked.set_name)
    else:
        name, images = "the list", [project.images.find(path) for path in asked.set_name]
    if not images:
        raise TooFew(f"There is no image in {name} to put on a sheet; take another set")
    left: list[Finding] = []
    if asked.leave_out:
        images, near = parted(project, images, asked.leave_out)
        if not images:
            raise TooFew(
                f"All of the {plural(len(near), 'image')} in {name} are too near to an original; "
                "look at them with: latelier near IMAGE"
            )
        if near:
            words = f"{plural(len(near), 'image')} left out that came too near to an original"
            left = [Finding("near", words, [i.path for i in near])]
    if asked.by is None:
        return images, {"": images}, left
    if isinstance(asked.by, str):
        sections, without = grouped(project, images, asked.by)
        if not sections:
            first = _FIRST.get(asked.by, "add a folder with subfolders")
            raise TooFew(
                f"None of the {plural(len(images), 'image')} in {name} has a {asked.by}; "
                f"first: {first}"
            )
    else:
        labels = {project.images.find(path).id: str(v) for path, v in asked.by.items()}
        sections, without = {}, [i for i in images if i.id not in labels]
        for label in sorted({labels[i.id] for i in images if i.id in labels}, key=reading_order):
            sections[label] = [i for i in images if labels.get(i.id) == label]
    if without:
        sections[WITHOUT if WITHOUT not in sections else f"{WITHOUT} too"] = without
    return images, sections, left


def _texts(project: Project, images: Sequence[Image], captions: str) -> Labels:
    named, allowed = credits(project, images), rights(project, images)
    written = {
        "name": {i.id: PurePosixPath(i.name).stem for i in images},
        "credit": named,
        "seed": {i.id: f"seed {i.seed}" for i in images if i.seed is not None},
    }
    return Labels(written.get(captions, {}), named, allowed)


def _locked(
    project: Project, images: Sequence[Image], locked: Mapping[str, Cell]
) -> dict[int, Cell]:
    there = {i.id for i in images}
    found = {}
    for reference, cell in locked.items():
        image = project.images.find(reference)
        if image.id not in there:
            raise UsageError(f"{image.name} is locked, but is not among the images of the sheet")
        found[image.id] = cell
    return found


def _vectors(
    project: Project,
    images: Sequence[Image],
    layout: ModuleType,
    features: str,
    on_progress: Progress,
) -> dict[int, np.ndarray]:
    """Each image's numbers, where the layout looks at them; else nothing."""
    if not getattr(layout, "VECTORS", False):
        return {}
    feature = registry.load("features", features)
    table = gather(project, images, feature, on_progress=on_progress).table.astype(np.float64)
    if feature.STANDARDISE:
        table = (table - table.mean(axis=0)) / np.maximum(table.std(axis=0), 1e-9)
    return {i.id: row for i, row in zip(images, table, strict=True)}


def _letters(how: Design, sheets: Sequence[Painted], texts: Labels) -> list[Finding]:
    """What no font here can write, said before an empty box is printed."""
    font = how.caption.font if how.caption else how.title.font if how.title else None
    written = "".join(texts.captions.values()) if how.caption else ""
    if how.title:
        written += "".join(title_of(how, s.name) for s in sheets)
    shown = sorted({c["image"] for s in sheets for c in s.cells}) if how.caption else []
    findings = []
    if lacking := missing(written, font):
        few = lacking[:12] + ("..." if len(lacking) > 12 else "")
        words = (
            f"the fonts here lack {plural(len(lacking), 'character')} of the text ({few}), which "
            "will be printed as empty boxes: give a font that has them with --font"
        )
        findings.append(Finding("letters", words, shown))
    if joins(written) and not can_join():
        words = "letters that join or run from right to left cannot be set by this build of Pillow"
        findings.append(Finding("letters", words, shown))
    return findings
