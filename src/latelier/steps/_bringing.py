"""Pictures brought to one size: a few at a time, in order, and only as they were when added."""

import re
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latelier import images
from latelier.collection import processors
from latelier.errors import DiskError, LatelierError, PictureError, UnknownName, UsageError
from latelier.files import sha256
from latelier.prepare.frames import FITS, GAP, Box, boxes, framed, is_blank
from latelier.prepare.ink import CENTRES, ink_form, ink_mask
from latelier.project import Image, Project

SMALLEST, LARGEST = 32, 1024  # pixels a side of a dataset
LEAST_SIDE = 8  # pixels of a picture; below that there is nothing to learn from
GIANT = 30_000_000  # pixels; of such pictures one at a time is in memory, at 7 bytes each
_giants = threading.Lock()
Parts = list[tuple[Box, NDArray[np.uint8]]]


@dataclass(frozen=True)
class Look:
    """How every picture is brought to size; the names are those of ``prepare``.

    Raises:
        UsageError: a setting is off.
    """

    size: int | str
    fit: str
    tile: int
    ink: bool
    threshold: int | None
    centre: str
    ground: str

    def __post_init__(self) -> None:
        if not all(SMALLEST <= side <= LARGEST for side in self.frame):
            raise UsageError(
                f"A size of {self.size} cannot be made; take {SMALLEST} to {LARGEST} pixels a "
                "side, such as 64, or 96x64 for width and height"
            )
        if self.fit not in FITS:
            raise UnknownName("fit", self.fit, FITS)
        if self.centre not in CENTRES:
            raise UnknownName("centre", self.centre, CENTRES)
        if self.ink and self.fit == "tiles":
            raise UsageError("Ink drawings are not cut into tiles; take the fit pad or crop")
        if self.threshold is not None and not 0 <= self.threshold <= 254:
            raise UsageError(
                f"A threshold of {self.threshold} cannot be; take 0 to 254, such as 128"
            )
        if self.tile < 0:
            raise UsageError(f"Tiles of {self.tile} pixels cannot be; take 0 or more")
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", self.ground):
            raise UsageError(f"{self.ground!r} is no colour; write it like #ffffff")

    @property
    def frame(self) -> tuple[int, int]:
        """Width and height."""
        found = re.fullmatch(r"(\d+)(?:x(\d+))?", str(self.size))
        return (int(found[1]), int(found[2] or found[1])) if found else (0, 0)

    @property
    def ground_rgb(self) -> tuple[int, int, int]:
        """The ground as three numbers, 0 to 255."""
        red, green, blue = bytes.fromhex(self.ground[1:])
        return red, green, blue

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of one picture, (h, w, c)."""
        return self.frame[1], self.frame[0], 1 if self.ink else 3

    def to_json(self) -> dict[str, Any]:
        """The settings as they were given."""
        return asdict(self)


def brought(
    project: Project, pictures: Sequence[Image], look: Look
) -> Iterator[tuple[Image, Parts | LatelierError]]:
    """Each picture with its parts at their size, or the reason why there are none."""
    workers = min(4, processors())
    with ThreadPoolExecutor(workers) as threads:
        ahead: deque[tuple[Image, Future[Parts]]] = deque()

        def first() -> tuple[Image, Parts | LatelierError]:
            image, parts = ahead.popleft()
            try:
                return image, parts.result()
            except (PictureError, DiskError) as error:
                return image, error

        for image in pictures:
            ahead.append((image, threads.submit(_parts, project, image, look)))
            if len(ahead) > workers + 1:
                yield first()
        while ahead:
            yield first()


def _parts(project: Project, image: Image, look: Look) -> Parts:
    if min(image.width, image.height) < LEAST_SIDE:
        raise PictureError(
            f"{image.width} x {image.height} pixels are too few; at least {LEAST_SIDE} a side"
        )
    file = project.images.file(image)
    if not file.is_file():
        raise PictureError("its file is not there any more")
    if sha256(file) != image.sha256:
        raise PictureError("its file has changed since it was added; see: latelier verify")
    with _giants if image.width * image.height > GIANT else nullcontext():
        return _cut(image, file, look)


def _cut(image: Image, file: Path, look: Look) -> Parts:
    whole = image.width, image.height
    read = partial(images.read, file, look.ground_rgb, truncated=image.truncated)
    if look.ink:
        mask = ink_mask(read(), look.threshold)
        return [(Box(0, 0, *whole), ink_form(mask, look.frame, look.fit, look.centre))]
    parts = boxes(whole, look.frame, look.fit, look.tile)
    width, height = look.frame
    needed = max(max(whole[0] * width / b.w, whole[1] * height / b.h) for b in parts)
    pixels = read(at_least=round(needed * GAP))
    scale = pixels.shape[1] / image.width
    cut = [(box, framed(pixels, box, look.frame, look.ground_rgb, scale)) for box in parts]
    if look.fit != "tiles":
        return cut
    if kept := [(box, tile) for box, tile in cut if not is_blank(tile)]:
        return kept
    raise PictureError("it is all of one colour")
