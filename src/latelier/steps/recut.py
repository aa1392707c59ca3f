"""Correct the cutting of a page: join drawings, part them, drop them, add what was missed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from latelier.cut import amend, order
from latelier.cut.crop import Frame, window
from latelier.cut.ink import grey_of
from latelier.cut.page import CutPage, Drawing
from latelier.errors import UsageError
from latelier.progress import Progress, silent
from latelier.project import Image, NewImage, Project, Run
from latelier.steps._alike import record_of
from latelier.steps._cutting import (
    Opened,
    as_turned,
    drawings_of,
    write_drawing,
    write_overlay,
)
from latelier.steps._pages import PagePixels, read_page

Reference = str | int | Path


@dataclass(frozen=True)
class Recut:
    """What came of a correction.

    Args:
        run: its name.
        page: the page.
        made: new drawings.
        hidden: drawings that went.
        drawings: all that the page has now, in reading order.
        told: the page as ``cut`` prints it, with these drawings.
    """

    run: str
    page: Image
    made: tuple[Image, ...]
    hidden: tuple[Image, ...]
    drawings: tuple[Image, ...]
    told: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "run": self.run,
            "pages": [self.told],
            "drawings": len(self.drawings),
            "made": [i.path for i in self.made],
            "hidden": [i.path for i in self.hidden],
        }


def recut(
    project: Project,
    page: str | Path,
    *,
    merge: Sequence[Sequence[Reference]] = (),
    split: Sequence[Reference] = (),
    drop: Sequence[Reference] = (),
    add: Sequence[Sequence[float]] = (),
    on_progress: Progress = silent,
) -> Recut:
    """Correct the cutting of one page; what is not named stays as it is, with all its marks.

    Args:
        project: the project.
        page: a page that was cut.
        merge: groups of drawings that are one.
        split: drawings that are several.
        drop: drawings that are none.
        add: boxes x, y, width, height in pixels of the page where drawings were missed.
        on_progress: told when the page is read and written.

    Drawings are named by their number on the overlay, in reading order, or as images.

    Raises:
        UsageError: the page was not cut, a number is not there, or nothing is to be done.
        PictureError: the page cannot be read any more.
        DiskError: the disk is full, read-only, or refuses.
    """
    image = project.images.find(page)
    now = in_order(project, image, told := record_of(project, image))
    groups = [[_named(project, image, now, r) for r in group] for group in merge]
    parts = [_named(project, image, now, r) for r in split]
    gone = [_named(project, image, now, r) for r in drop]
    boxes = [[float(v) for v in box] for box in add]
    _check(image, groups, parts, gone, boxes)
    recipe = _recipe(image, groups, parts, gone, boxes)
    hidden = [*(i for g in groups for i in g), *parts, *gone]
    ids = {i.id for i in hidden}
    kept = [i for i in now if i.id not in ids]
    run = project.runs.start("recut", recipe, suffix=Path(image.name).stem, inputs=[image])
    on_progress(0, 2, f"reading {image.name}")
    try:
        work = _Work(project, run, image, told)
        files = work.made(groups, parts, boxes)
        on_progress(1, 2, "drawing the overlay")
        shown = work.page_of([*kept, *files])
        told = {k: v for k, v in told.items() if k not in ("run", "settings")}
        told |= {**shown, "notes": []}
    except BaseException:
        run.discard()
        raise
    said = f"Corrected {image.name}: {len(files)} drawings made, {len(hidden)} hidden"
    with project.store.write():
        made = run.finish({"pages": [told], "drawings": len(kept) + len(files)}, files)
        entry = project.journal.decide("recut", said, "hidden", {i.id: "1" for i in hidden})
        project.journal.record_added(said, [i.id for i in made], {}, entry)
    on_progress(2, 2)
    left = in_order(project, image, told)
    return Recut(run.name, image, tuple(made), tuple(hidden), tuple(left), told)


def _recipe(
    page: Image,
    groups: list[list[Image]],
    parts: list[Image],
    gone: list[Image],
    boxes: list[list[float]],
) -> dict[str, Any]:
    return {
        "page": page.path,
        "merge": [[i.path for i in group] for group in groups],
        "split": [i.path for i in parts],
        "drop": [i.path for i in gone],
        "add": boxes,
    }


def in_order(project: Project, page: Image, told: dict[str, Any]) -> list[Image]:
    """The drawings of a page that are not hidden, as one reads them."""
    found = drawings_of(project, page)
    return [
        found[k]
        for k in _reading([_drawing(i, page, told["turned"]) for i in found], told["angle"])
    ]


def _reading(drawings: Sequence[Drawing], angle: float) -> list[int]:
    if not drawings:
        return []
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    level = np.stack([d.polygon for d in drawings]) @ np.array([[c, s], [-s, c]])
    return order.reading_order(np.concatenate([level.min(1), level.max(1)], 1))


def _named(project: Project, page: Image, now: list[Image], reference: Reference) -> Image:
    """The drawing of the page that a number on the overlay or a name means.

    Raises:
        UsageError: there is none.
    """
    text = str(reference)
    if text.isdecimal():
        if not 1 <= int(text) <= len(now):
            raise UsageError(f"{page.name} has {len(now)} drawings; there is no number {text}")
        return now[int(text) - 1]
    image = project.images.find(text)
    if image.parent != page.id or image.role != "drawing":
        raise UsageError(f"{image.name} is no drawing of {page.name}")
    return image


def _check(
    page: Image,
    groups: list[list[Image]],
    parts: list[Image],
    gone: list[Image],
    boxes: list[list[float]],
) -> None:
    """Hold a call to what can be done.

    Raises:
        UsageError: it cannot.
    """
    if not (groups or parts or gone or boxes):
        raise UsageError("Say what to correct: --merge, --split, --drop or --add")
    if any(len({i.id for i in group}) < 2 for group in groups):
        raise UsageError("Two or more drawings are merged into one; name at least two, as 3,4")
    named = [i.id for i in [*(i for g in groups for i in g), *parts, *gone]]
    if len(named) != len(set(named)):
        raise UsageError(
            "A drawing was named twice; do one thing with each, and the rest in a second call"
        )
    for box in boxes:
        if len(box) != 4 or min(box[2:]) < 2:
            raise UsageError(
                "A box to add is X,Y,WIDTH,HEIGHT in pixels of the page, such as 120,80,100,100"
            )
        if (
            box[0] >= page.width
            or box[1] >= page.height
            or box[0] + box[2] <= 0
            or box[1] + box[3] <= 0
        ):
            raise UsageError(
                f"The box {box} lies outside of {page.name}, which is {page.width} x {page.height}"
            )


def _drawing(image: Image | NewImage, page: Image, turned: int) -> Drawing:
    """A stored drawing in pixels of the page as it was turned."""
    size = page.width, page.height
    polygon = as_turned(np.array(image.facts["polygon"], np.float64), turned, size)
    x, y, w, h = image.facts["box"]
    corners = as_turned(np.array([[x, y], [x + w, y + h]], np.float64), turned, size)
    low, high = corners.min(0), corners.max(0)
    return Drawing(
        polygon,
        (low[0], low[1], high[0], high[1]),
        image.facts["boxed"],
        image.facts["confidence"],
        tuple(image.facts["flags"]),
    )


class _Work:
    """The corrections of one page."""

    def __init__(self, project: Project, run: Run, page: Image, told: dict[str, Any]) -> None:
        self.project, self.run, self.page, self.told = project, run, page, told
        self.turned = int(told["turned"])
        self.pixels: PagePixels = read_page(project, page, self.turned)
        self.found = CutPage(
            kind=told["kind"],
            drawings=(),
            angle=told["angle"],
            stroke=told["stroke"],
            line=told["line"],
            usual=(told["usual"][0], told["usual"][1]),
            threshold=told["threshold"],
            left_out={},
            notes=(),
        )

    def made(
        self, groups: list[list[Image]], parts: list[Image], boxes: list[list[float]]
    ) -> list[NewImage]:
        """Write what merging, splitting and adding make."""
        files = []
        for group in groups:
            numbers = "+".join(Path(i.name).stem.rpartition("-")[2] for i in group)
            joined = amend.merged([self._of(i) for i in group], self.found.angle)
            files.append(self._write(f"{self._stem(group[0])}-{numbers}", joined))
        for image in parts:
            pieces = self._parted(self._of(image))
            if len(pieces) < 2:
                raise UsageError(f"{image.name} has no ink that could be parted; drop it instead")
            for letter, piece in zip(_letters(len(pieces)), pieces, strict=True):
                files.append(self._write(f"{Path(image.name).stem}{letter}", piece))
        for number, box in enumerate(boxes, 1):
            corners = np.array([[box[0], box[1]], [box[0] + box[2], box[1] + box[3]]])
            placed = as_turned(corners, self.turned, (self.page.width, self.page.height))
            x, y = placed.min(0)
            w, h = placed.max(0) - placed.min(0)
            drawing = amend.added((x, y, w, h), self.pixels.pixels.shape)
            files.append(self._write(f"{Path(self.page.name).stem}-added-{number}", drawing))
        return files

    def page_of(self, images: Sequence[Image | NewImage]) -> dict[str, Any]:
        """The page's drawings and overlay as ``cut`` tells them."""
        drawings = [_drawing(i, self.page, self.turned) for i in images]
        reading = _reading(drawings, self.found.angle)
        found = replace(self.found, drawings=tuple(drawings[k] for k in reading))
        keys = ("box", "polygon", "boxed", "confidence", "flags")
        return {
            "drawings": [
                {"image": images[k].path, **{f: images[k].facts[f] for f in keys}} for k in reading
            ],
            "overlay": write_overlay(
                self.project, self.run, Path(self.page.name).stem, self.pixels, found
            ),
            "preview": "",
        }

    def _of(self, image: Image) -> Drawing:
        return _drawing(image, self.page, self.turned)

    def _stem(self, image: Image) -> str:
        return Path(image.name).stem.rpartition("-")[0]

    def _write(self, name: str, drawing: Drawing) -> NewImage:
        opened = Opened(self.page, self.pixels, self.turned)
        return write_drawing(self.project, self.run, opened, name, self.found, drawing)

    def _parted(self, drawing: Drawing) -> list[Drawing]:
        frame = Frame(drawing.polygon, False, self.found.line, self.found.stroke, 0)
        left, top, right, bottom = window(frame, self.pixels.pixels.shape)
        part = grey_of(self.pixels.window(left, top, right, bottom))
        return amend.parted(drawing, part, (left, top), self.found.threshold, self.found.angle)


def _letters(count: int) -> list[str]:
    """a, b, ... z, a1, b1, ..."""
    return [chr(97 + k % 26) + (str(k // 26) if k >= 26 else "") for k in range(count)]
