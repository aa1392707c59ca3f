"""Make a dataset: pictures of a set at one size, as one array, with a share held out."""

import re
from dataclasses import dataclass
from typing import Any

from latelier import seeds
from latelier.errors import LatelierError, TooFew, UsageError
from latelier.prepare.dataset import Dataset, Row, finish, writing
from latelier.prepare.frames import Box
from latelier.prepare.split import SHARE, held_out
from latelier.progress import Progress, silent
from latelier.project import Image, Project, Run
from latelier.steps._bringing import Look, brought
from latelier.steps._copy_sets import copy_sets
from latelier.steps._found_copies import found_copies

ENOUGH = 16  # pictures; training needs so many


@dataclass(frozen=True)
class Prepared:
    """A dataset that was made.

    Args:
        run: that made it.
        dataset: the open dataset.
        left_out: pictures that are not in it, each with the reason.
        enlarged: how many rows were made larger than the picture they come from.
        compared: whether near copies were looked for among all these pictures.
    """

    run: Run
    dataset: Dataset
    left_out: tuple[tuple[str, str], ...]
    enlarged: int
    compared: bool

    def to_json(self) -> dict[str, Any]:
        """As the command prints it."""
        return {
            "dataset": self.dataset.name,
            "images": len(self.dataset),
            "size": self.dataset.size,
            "held_out": len(self.dataset.held_out),
            "channels": self.dataset.channels,
            "copy_sets": len(set(self.dataset.copy_sets.tolist())),
            "compared": self.compared,
            "left_out": [{"image": i, "reason": r} for i, r in self.left_out],
            "enlarged": self.enlarged,
            "run": self.run.name,
        }


def prepare(
    project: Project,
    name: str,
    *,
    set: str = "originals",
    size: int | str = 64,
    fit: str = "pad",
    tile: int = 0,
    ink: bool = False,
    threshold: int | None = None,
    centre: str = "mass",
    share: float = SHARE,
    ground: str = "",
    copies: str | None = None,
    seed: int | None = None,
    on_progress: Progress = silent,
) -> Prepared:
    """Make a dataset of the pictures of a set.

    Args:
        project: the project.
        name: what to call it; a later one of the same name takes its place.
        set: whose pictures.
        size: pixels a side, 32 to 1024, or ``"96x64"``.
        fit: ``pad``, ``crop`` or ``tiles``.
        tile: for ``tiles``, pixels of the picture that each is high; 0 for as high as it allows.
        ink: true black and white in one channel; with ``pad`` drawings keep their sizes beside
            each other, with ``crop`` each fills the frame.
        threshold: for ``ink``, the grey up to which pixels are dark; by Otsu's method if left out.
        centre: for ``ink``, what lies in the middle: the ``mass`` of the drawing or its ``box``.
        share: how much is held out, 0 to 0.5.
        ground: ``#rrggbb`` behind transparent parts and padding; the project's if left out.
        copies: the run of ``copies`` whose sets stay on one side; the newest if left out, none
            if empty.
        seed: of the draw; the project's if left out.
        on_progress: told after each picture.

    Raises:
        UsageError: a setting is off.
        TooFew: no picture is left.
        DiskError: the disk is full, read-only, or refuses.
    """
    look = Look(size, fit, tile, ink, threshold, centre, ground or project.config.ground)
    _check(name, share)
    pictures = project.sets.images(set)
    if not pictures:
        raise TooFew(f"There are no pictures in the set {set!r}; add some: latelier add PHOTOS")
    seed = project.config.seed if seed is None else seed
    if copies is None:
        newest = project.runs.last("copies")
        copies = newest.name if newest else ""
    own = {"name": name, "set": set, "share": share, "copies": copies, "seed": seed}
    settings = {**own, **look.to_json()}
    run = project.runs.start("prepare", settings, suffix=name, inputs=pictures)
    try:
        return _made(project, run, pictures, look, on_progress)
    except BaseException:
        run.discard()  # nothing half made stays, whether it was refused or stopped
        raise


def _made(
    project: Project, run: Run, pictures: list[Image], look: Look, on_progress: Progress
) -> Prepared:
    """Write the run's dataset.

    Raises:
        TooFew: no picture could be used.
    """
    settings = run.recipe["settings"]
    taken, left_out = _write(project, run, pictures, look, on_progress)
    if not taken:
        image, reason = left_out[0]
        raise TooFew(f"None of the {len(pictures)} pictures could be used; {image}: {reason}")
    found = found_copies(project, settings["copies"]) if settings["copies"] else None
    sets = copy_sets([image for image, _ in taken], found)
    rng = seeds.rng(settings["seed"], "prepare", "held out")
    held = held_out(sets, settings["share"], rng)
    rows = [
        Row(i, image.path, image.sha256, box.x, box.y, box.w, box.h, bool(held[i]), sets[i])
        for i, (image, box) in enumerate(taken)
    ]
    about = {k: settings[k] for k in ("fit", "ink", "ground")}
    dataset = finish(run.folder, settings["name"], rows, about)
    wide, high = look.frame
    enlarged = sum(not look.ink and min(wide / box.w, high / box.h) > 1 for _, box in taken)
    compared = found is not None and found.covers(image for image, _ in taken)
    prepared = Prepared(run, dataset, tuple(left_out), enlarged, compared)
    run.finish(prepared.to_json())
    return prepared


def _write(
    project: Project, run: Run, pictures: list[Image], look: Look, on_progress: Progress
) -> tuple[list[tuple[Image, Box]], list[tuple[str, str]]]:
    """Bring every picture to size and write it; gives what each row is, and what was left out."""
    taken: list[tuple[Image, Box]] = []
    left_out: list[tuple[str, str]] = []
    with writing(run.folder, look.shape) as writer:
        for done, (image, parts) in enumerate(brought(project, pictures, look), 1):
            if isinstance(parts, LatelierError):
                left_out.append((image.path, str(parts)))
                run.log(left_out=image.path, reason=str(parts))
            else:
                for box, pixels in parts:
                    writer.add(pixels)
                    taken.append((image, box))
            on_progress(done, len(pictures), image.name)
    return taken, left_out


def _check(name: str, share: float) -> None:
    if not re.fullmatch(r"\w[\w .-]{0,79}", name):
        raise UsageError(f"A dataset cannot be called {name!r}; take letters, digits, dots, dashes")
    if not 0 <= share <= 0.5:
        raise UsageError(f"A share of {share} cannot be held out; take 0 to 0.5, such as 0.1")
