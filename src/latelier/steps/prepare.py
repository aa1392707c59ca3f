"""Make a dataset: pictures of a set at one size, as one array, with a share held out."""

import re
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latelier import images, seeds
from latelier.errors import DiskError, LatelierError, PictureError, TooFew, UnknownName, UsageError
from latelier.files import sha256
from latelier.prepare import ink as ink_room
from latelier.prepare.dataset import Dataset, Row, finish, writing
from latelier.prepare.frames import FITS, GAP, Box, boxes, framed
from latelier.prepare.split import SHARE, held_out
from latelier.progress import Progress, silent
from latelier.project import Image, Project, Run
from latelier.steps._copy_sets import copy_sets

SMALLEST, LARGEST = 32, 1024  # pixels a side of a dataset
LEAST_SIDE = 8  # pixels of a picture; below that there is nothing to learn from
ENOUGH = 16  # pictures; training needs so many


@dataclass(frozen=True)
class Prepared:
    """A dataset that was made.

    Args:
        run: that made it.
        dataset: the open dataset.
        left_out: pictures that are not in it, each with the reason.
        enlarged: how many rows were made larger than the picture they come from.
    """

    run: Run
    dataset: Dataset
    left_out: tuple[tuple[str, str], ...]
    enlarged: int

    def to_json(self) -> dict[str, Any]:
        """As the command prints it."""
        return {
            "dataset": self.dataset.name,
            "images": len(self.dataset),
            "size": self.dataset.size,
            "held_out": len(self.dataset.held_out),
            "channels": self.dataset.channels,
            "copy_sets": len(set(self.dataset.copy_sets.tolist())),
            "left_out": [{"image": i, "reason": r} for i, r in self.left_out],
            "enlarged": self.enlarged,
            "run": self.run.name,
        }


@dataclass(frozen=True)
class _Look:
    """How every picture is brought to size."""

    size: tuple[int, int]
    fit: str
    tile: int
    ink: bool
    threshold: int | None
    ground: tuple[int, int, int]


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
    share: float = SHARE,
    ground: str = "",
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
        ink: true black and white in one channel, centred by mass.
        threshold: for ``ink``, the grey up to which pixels are dark; by Otsu's method if left out.
        share: how much is held out, 0 to 0.5.
        ground: ``#rrggbb`` behind transparent parts and padding; the project's if left out.
        seed: of the draw; the project's if left out.
        on_progress: told after each picture.

    Raises:
        UsageError: a setting is off.
        TooFew: no picture is left.
        DiskError: the disk is full, read-only, or refuses.
    """
    ground = ground or project.config.ground
    look = _Look(_size(size), fit, tile, ink, threshold, _rgb(ground))
    _check(name, look, share)
    pictures = project.sets.images(set)
    if not pictures:
        raise TooFew(f"There are no pictures in the set {set!r}; add some: latelier add PHOTOS")
    settings = {
        "name": name,
        "set": set,
        "size": size,
        "fit": fit,
        "tile": tile,
        "ink": ink,
        "threshold": threshold,
        "share": share,
        "ground": ground,
        "seed": project.config.seed if seed is None else seed,
    }
    run = project.runs.start("prepare", settings, suffix=name, inputs=pictures)
    try:
        return _made(project, run, pictures, look, on_progress)
    except LatelierError:
        run.discard()
        raise


def _made(
    project: Project, run: Run, pictures: list[Image], look: _Look, on_progress: Progress
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
    sets = copy_sets([image for image, _ in taken])
    rng = seeds.rng(settings["seed"], "prepare", "held out")
    held = held_out(sets, settings["share"], rng)
    rows = [
        Row(i, image.path, image.sha256, box.x, box.y, box.w, box.h, bool(held[i]), sets[i])
        for i, (image, box) in enumerate(taken)
    ]
    about = {k: settings[k] for k in ("fit", "ink", "ground")}
    dataset = finish(run.folder, settings["name"], rows, about)
    enlarged = sum(min(look.size[0] / box.w, look.size[1] / box.h) > 1 for _, box in taken)
    prepared = Prepared(run, dataset, tuple(left_out), enlarged)
    run.finish(prepared.to_json())
    return prepared


def _write(
    project: Project, run: Run, pictures: list[Image], look: _Look, on_progress: Progress
) -> tuple[list[tuple[Image, Box]], list[tuple[str, str]]]:
    """Bring every picture to size and write it; gives what each row is, and what was left out."""
    taken: list[tuple[Image, Box]] = []
    left_out: list[tuple[str, str]] = []
    channels = 1 if look.ink else 3
    with writing(run.folder, (look.size[1], look.size[0], channels)) as writer:
        for done, (image, parts) in enumerate(_brought(project, pictures, look), 1):
            if isinstance(parts, LatelierError):
                left_out.append((image.path, str(parts)))
                run.log(left_out=image.path, reason=str(parts))
            else:
                for box, pixels in parts:
                    writer.add(pixels)
                    taken.append((image, box))
            on_progress(done, len(pictures), image.name)
    return taken, left_out


Parts = list[tuple[Box, NDArray[np.uint8]]]


def _brought(
    project: Project, pictures: list[Image], look: _Look
) -> Iterator[tuple[Image, Parts | LatelierError]]:
    """Each picture's parts at their size, in order; two are worked on while one is written."""
    with ThreadPoolExecutor(2) as threads:
        ahead: deque[tuple[Image, Future[Parts]]] = deque()

        def first() -> tuple[Image, Parts | LatelierError]:
            image, parts = ahead.popleft()
            try:
                return image, parts.result()
            except (PictureError, DiskError) as error:
                return image, error

        for image in pictures:
            ahead.append((image, threads.submit(_parts, project, image, look)))
            if len(ahead) > 3:
                yield first()
        while ahead:
            yield first()


def _parts(project: Project, image: Image, look: _Look) -> Parts:
    if min(image.width, image.height) < LEAST_SIDE:
        raise PictureError(
            f"{image.width} x {image.height} pixels are too few; at least {LEAST_SIDE} a side"
        )
    file = project.images.file(image)
    if not file.is_file():
        raise PictureError("its file is not there any more")
    if sha256(file) != image.sha256:
        raise PictureError("its file has changed since it was added; see: latelier verify")
    if look.ink:
        mask = ink_room.ink_mask(images.read(file, look.ground), look.threshold)
        return [(Box(0, 0, image.width, image.height), ink_room.ink_form(mask, look.size))]
    parts = boxes((image.width, image.height), look.size, look.fit, look.tile)
    least = min(
        max(image.width * look.size[0] / b.w, image.height * look.size[1] / b.h) for b in parts
    )
    pixels = images.read(file, look.ground, at_least=round(least * GAP))
    scale = pixels.shape[1] / image.width
    return [(box, framed(pixels, box, look.size, look.ground, scale)) for box in parts]


def _size(size: int | str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d+)(?:x(\d+))?", str(size))
    width, height = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not (SMALLEST <= width <= LARGEST and SMALLEST <= height <= LARGEST):
        raise UsageError(
            f"A size of {size} cannot be made; take {SMALLEST} to {LARGEST} pixels a side, "
            "such as 64, or 96x64 for width and height"
        )
    return width, height


def _rgb(colour: str) -> tuple[int, int, int]:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise UsageError(f"{colour!r} is no colour; write it like #ffffff")
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def _check(name: str, look: _Look, share: float) -> None:
    if not re.fullmatch(r"\w[\w .-]{0,79}", name):
        raise UsageError(f"A dataset cannot be called {name!r}; take letters, digits, dots, dashes")
    if look.fit not in FITS:
        raise UnknownName("fit", look.fit, FITS)
    if not 0 <= share <= 0.5:
        raise UsageError(f"A share of {share} cannot be held out; take 0 to 0.5, such as 0.1")
    if look.threshold is not None and not 0 <= look.threshold <= 254:
        raise UsageError(f"A threshold of {look.threshold} cannot be; take 0 to 254, such as 128")
    if look.tile < 0:
        raise UsageError(f"Tiles of {look.tile} pixels cannot be; take 0 or more")
