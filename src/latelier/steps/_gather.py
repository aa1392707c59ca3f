"""The pictures of a set at one size, and as a table of what a feature says of them."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from threadpoolctl import threadpool_limits

from latelier.errors import TooFew, disk_error
from latelier.images import Pixels, fitted
from latelier.progress import Progress, silent
from latelier.project import Image, Project
from latelier.steps._pictures import pixels as read

AS_IS = 512 * 512  # pixels; pictures of one size up to this are compared pixel for pixel
SIDE = 128  # px, square root of the area that others are brought to: a choice, as there is no true
#             one; on 210 batiks two groups have a silhouette of .15 at 128 and .13 at 256 px
ROUNDED = 9  # decimals; two dots of one colour differ in the sixteenth
EXACT = 3000  # pictures; above, n x n numbers would no longer fit a small machine (3000: 72 MB)
MANY_SIDE = 32  # px, the same for more than EXACT pictures: 3072 numbers, whose squares fit
EVEN, MOST_OF_IT = 24, 0.95  # an edge is even if 95 % of it lies within 24 of 255 of its middle:
#                              of cut-out garments they lie within 1, of scanned pages within 4,
#                              of batiks and cloth in close-up within 53 at the least
IN_MEMORY = 128 << 20  # bytes; larger tables lie in a nameless file in the project folder


@dataclass(frozen=True)
class Gathered:
    """The pictures of a set, row by row.

    Args:
        images: which; row i of everything belongs to ``images[i]``.
        pictures: (n, h, w, 3) uint8 sRGB, each picture whole.
        aspects: (n,) width by height to show each in; not w / h where it was stretched.
        table: (n, d) the feature's numbers.
        said: one sentence on how they were brought to one size, or empty if they had it.
    """

    images: list[Image]
    pictures: NDArray[np.uint8]
    aspects: NDArray[np.float64]
    table: NDArray[Any]
    said: str

    @property
    def whole(self) -> bool:
        """Whether the table is the pictures themselves, pixel for pixel."""
        return np.shares_memory(self.table, self.pictures)

    @property
    def distinct(self) -> int:
        """How many rows of the table differ, by more than a sum in another order makes of it."""
        return len({row.round(ROUNDED).tobytes() for row in self.table})


def gather(
    project: Project,
    images: Sequence[Image],
    feature: ModuleType,
    *,
    on_progress: Progress = silent,
) -> Gathered:
    """Read the pictures once: bring them to one size, and ask the feature about each.

    Args:
        project: whose images.
        images: at least one.
        feature: a module of the room ``features``.
        on_progress: told how many have been read.

    Raises:
        PictureError: a file cannot be read any more.
        DiskError: a large table does not fit on the disk.
    """
    width, height, said = _common_size(images)
    described: list[NDArray[Any]] = []
    aspects: list[float] = []

    def rows() -> Iterator[Pixels]:
        for done, image in enumerate(images):
            on_progress(done, len(images), image.name)
            pixels = read(project, image)
            if not feature.SAME_SIZE:
                described.append(feature.describe(pixels))
            picture, aspect = _brought_to(pixels, width, height)
            aspects.append(aspect)
            yield picture

    with threadpool_limits(1):  # a feature's matrices are small; more threads wait for each other
        pictures = _stacked(rows(), (len(images), height, width, 3), project)
    if feature.SAME_SIZE:
        table = pictures.reshape(len(images), -1)
    else:
        table, said = np.stack(described), ""
    return Gathered(list(images), pictures, np.array(aspects), table, said)


def asked_for(project: Project, set_name: str | Sequence[str]) -> tuple[str, list[Image]]:
    """A name for the images of a set or a list of paths, and the images.

    Raises:
        UnknownName: no set or image has that name.
    """
    if isinstance(set_name, str):
        return set_name, project.sets.images(set_name)
    return f"{len(set_name)} images", [project.images.find(path) for path in set_name]


def plain(set_name: str | Sequence[str]) -> str | list[str]:
    """The set or the paths as a recipe keeps them."""
    return set_name if isinstance(set_name, str) else list(set_name)


def enough(images: Sequence[Image], name: str, needed: int, what: str) -> None:
    """Say plainly that a set has too few images.

    Raises:
        TooFew: it has.
    """
    if len(images) < needed:
        count = f"{len(images)} image{'' if len(images) == 1 else 's'}"
        raise TooFew(f"{count} in {name!r}; {what} needs {needed}. Add more, or take a larger set.")


def _common_size(images: Sequence[Image]) -> tuple[int, int, str]:
    """The width and height that all are brought to, and the sentence that says so."""
    sizes = {(i.width, i.height) for i in images}
    width, height = next(iter(sizes))
    many = len(images) > EXACT
    side = MANY_SIDE if many else SIDE
    if len(sizes) == 1 and width * height <= (side * side if many else AS_IS):
        return width, height, ""
    aspect = float(np.median([i.width / i.height for i in images]))
    aspect = min(max(aspect, 1 / 8), 8.0)
    w, h = max(1, round(side * aspect**0.5)), max(1, round(side / aspect**0.5))
    why = (
        f"more than {EXACT} pictures are compared small"
        if many
        else "they have different sizes"
        if len(sizes) > 1
        else "they are large"
    )
    said = (
        f"Each picture was compared at {w} x {h} pixels, because {why}: a picture with an even edge "
        "got more of it around, any other was stretched."
    )
    return w, h, said


def _brought_to(pixels: Pixels, width: int, height: int) -> tuple[Pixels, float]:
    """The whole picture at ``width`` x ``height``, and the proportions to show it in.

    A picture whose edge is one even colour gets more of that colour around it; another one is
    stretched, for bars of any colour beside it would count as likeness.
    """
    h, w = pixels.shape[:2]
    small = fitted(pixels, width, height)
    fits = small.shape[1] >= width - 1 and small.shape[0] >= height - 1
    colour = None if fits else _even_edge(small)
    if colour is None:
        if small.shape[:2] == (height, width):
            return small, width / height
        whole = Pillow.fromarray(pixels).resize((width, height), Pillow.Resampling.LANCZOS)
        return np.asarray(whole), width / height if fits else w / h
    laid = np.empty((height, width, 3), np.uint8)
    laid[:] = colour
    top, left = (height - small.shape[0]) // 2, (width - small.shape[1]) // 2
    laid[top : top + small.shape[0], left : left + small.shape[1]] = small
    return laid, width / height


def _even_edge(pixels: Pixels) -> NDArray[np.uint8] | None:
    """The colour of the picture's edge if nearly all of it has one."""
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]).astype(np.int16)
    colour = np.median(edge, axis=0)
    near = np.abs(edge - colour).max(axis=1) <= EVEN
    return colour.astype(np.uint8) if near.mean() >= MOST_OF_IT else None


def _stacked(
    rows: Iterator[Pixels], shape: tuple[int, int, int, int], project: Project
) -> NDArray[np.uint8]:
    """The rows as one array: in memory, or mapped from a file that has no name and dies with us."""
    if np.prod(shape, dtype=np.int64) <= IN_MEMORY:
        held = np.empty(shape, np.uint8)
        for at, row in enumerate(rows):
            held[at] = row
        return held
    try:
        with tempfile.TemporaryFile(dir=project.root) as file:
            for row in rows:
                file.write(row.tobytes())
            file.flush()
            return np.memmap(file, np.uint8, "r", shape=shape)
    except OSError as error:
        raise disk_error(error, "laying the pictures side by side") from error
