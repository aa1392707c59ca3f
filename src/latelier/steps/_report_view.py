"""The project as the report sees it: pictures made small once, decisions, runs by their step."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from latelier import images
from latelier.copies.sheet import outlined
from latelier.errors import LatelierError
from latelier.printing._report import Picture, Wall, picture
from latelier.progress import Progress
from latelier.project import Image, Project, Run
from latelier.steps._pictures import pixels as read

THUMB = 144  # pixels: a wall of them is seen at about 110, and sharp on fine screens
MEDIUM = 288
MOST = 600  # pictures on one wall; more would make the page heavy and nobody the wiser


class View:
    """What the sections of the report are made from.

    Args:
        project: that is reported.
        on_progress: told while pictures are read.
    """

    def __init__(self, project: Project, on_progress: Progress) -> None:
        self.project = project
        self.on_progress = on_progress
        self.originals = project.sets.images("originals")
        self.generated = project.sets.images("generated")
        self.rights = project.journal.values("rights")
        self.credit = project.journal.values("credit")
        self.marks = project.journal.values("mark")
        self.groups = project.journal.values("group")
        self.by_path = {i.path: i for i in project.images.where()}
        self.runs: dict[str, list[Run]] = defaultdict(list)
        for run in project.runs.all():
            if run.finished:
                self.runs[run.step].append(run)
        self.missing: list[str] = []
        self._made: dict[tuple[str, int], Picture | None] = {}
        self._read = 0

    def last(self, step: str) -> Run | None:
        """The newest finished run of a step."""
        return self.runs[step][-1] if self.runs[step] else None

    def image(self, image: Image, side: int = THUMB, note: str = "") -> Picture | None:
        """An image of the project, made small; None where its file is gone."""
        shown = self.file(self.project.images.file(image), side, truncated=image.truncated)
        if shown is None:
            return None
        name, what = image.name, "picture of the collection"
        if image.role == "generated":
            what = "new image"
            name = f"Seed {image.seed}" if image.seed is not None else name
        alt = f"{image.name}, {what}"
        return Picture(shown.data, shown.width, shown.height, name, note, alt)

    def file(
        self,
        path: Path,
        side: int,
        name: str = "",
        note: str = "",
        alt: str = "",
        *,
        truncated: bool = False,
    ) -> Picture | None:
        """A picture file inside the project, made small; None where it is gone."""
        key = (str(path), side)
        if key not in self._made:
            try:
                pixels = images.read(path, self.project.config.ground_rgb, truncated=truncated)
                self._made[key] = picture(pixels, side)
            except LatelierError:
                self.missing.append(path.name)
                self._made[key] = None
            self._read += 1
            self.on_progress(self._read, None, f"making {path.name} small")
        made = self._made[key]
        if made is None:
            return None
        return Picture(made.data, made.width, made.height, name, note, alt or name)

    def outlined(
        self, image: Image, side: int, note: str, marks: tuple[list[Any], list[Any] | None]
    ) -> Picture | None:
        """An image made small, with what was changed outlined, and what it shares with another."""
        plain = self.image(image, side, note)
        if plain is None or not (marks[0] or marks[1]):
            return plain
        pixels = read(self.project, image)
        drawn = picture(outlined(images.fitted(pixels, side, side), *marks), side)
        return replace(plain, data=drawn.data, alt=f"{plain.alt}, its changes outlined")

    def wall(
        self,
        shown: Sequence[Image],
        size: str = "small",
        notes: Iterable[str] = (),
        *,
        title: str = "",
        most: int = MOST,
    ) -> Wall | None:
        """Images side by side, at the most so many of them, evenly chosen."""
        some = evenly(shown, most)
        side = {"small": THUMB, "medium": MEDIUM}.get(size, 2 * MEDIUM)
        said = list(notes) or [""] * len(some)
        made = [self.image(i, side, note) for i, note in zip(some, said, strict=False)]
        there = [p for p in made if p is not None]
        if not there:
            return None
        note = f"{len(some)} of {len(shown)}, evenly chosen." if len(some) < len(shown) else ""
        return Wall(there, size, note, title)

    def named(self, paths: Sequence[str], most: int) -> Wall | None:
        """The images of some paths side by side; paths of nothing known are passed over."""
        known = [self.by_path[p] for p in paths if p in self.by_path]
        return self.wall(known, most=most) if known else None


def evenly(things: Sequence[Any], most: int) -> list[Any]:
    """At the most so many, from first to last.

    >>> evenly([1, 2, 3, 4, 5], 3)
    [1, 3, 5]
    """
    if len(things) <= most:
        return list(things)
    if most == 1:
        return [things[0]]
    return [things[round(i * (len(things) - 1) / (most - 1))] for i in range(most)]


def counted(values: Iterable[str], most: int = 12) -> list[tuple[str, int]]:
    """Values and how often each stands there, the most frequent first; the rest in one line."""
    counts = Counter(values).most_common()
    if len(counts) <= most:
        return counts
    rest = sum(n for _, n in counts[most - 1 :])
    return [*counts[: most - 1], (f"{len(counts) - most + 1} others", rest)]
