"""Which originals an image is nearest to, how near, and whether that is nearer than usual."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latelier import images
from latelier.curate import near as room
from latelier.curate.beside import beside
from latelier.errors import Damaged, LatelierError, TooFew, UnknownName
from latelier.files import write_bytes
from latelier.images import png_bytes
from latelier.progress import Progress, silent
from latelier.project import Image, Project
from latelier.steps._pictures import pixels as read
from latelier.steps._training import dataset_of

FEWEST = 3  # originals; with fewer nothing says what is usual
READ_AT = 96  # pixels that originals are read at to be compared
SHOWN_AT = 480  # pixels that a neighbour is read at to be shown


@dataclass(frozen=True)
class Neighbour:
    """An original and how far it is.

    Args:
        image: its path in the project.
        distance: root mean square of colour over aligned thumbnails, 0 to 1.
    """

    image: str
    distance: float


@dataclass(frozen=True)
class Nearness:
    """How near an image is to the originals.

    Args:
        image: its path.
        neighbours: the nearest originals, nearest first.
        ratio: the nearest distance over the usual one between originals, or over what others keep
            from that one where this is less; 1 is as usual.
        alone: the nearest distance over the second nearest; under a third only a copy has.
        compared: with how many originals.
        crowded: whether the latter was less.
        copy: whether it is nearly one original.
        close: whether it is nearer than originals are to each other.
        verdict: all that in one sentence.
        shown: the picture with all side by side.
    """

    image: str
    neighbours: list[Neighbour]
    ratio: float
    alone: float
    compared: int
    crowded: bool
    copy: bool
    close: bool
    verdict: str
    shown: str

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return asdict(self)


def near(
    project: Project,
    image: str | int | Image,
    *,
    count: int = 5,
    on_progress: Progress = silent,
) -> Nearness:
    """Compare an image with the originals, and put it beside the nearest in `out/near/`.

    A generated image is compared with all pictures of the dataset that its model learned from;
    any other image with the originals that are not hidden, itself left out.

    Args:
        project: that holds both.
        image: its path, name or number.
        count: how many neighbours to show.
        on_progress: told while originals are read.

    Raises:
        UnknownName: there is no such image.
        TooFew: fewer than three originals.
        PictureError: the image cannot be read.
    """
    asked = image if isinstance(image, Image) else project.images.find(image)
    pixels = read(project, asked)
    names, pictures = _originals(project, asked, on_progress)
    if len(names) < FEWEST:
        raise TooFew(
            f"{len(names)} originals to compare with; it needs {FEWEST} to say what is usual. "
            "Add pictures first."
        )
    found = room.Originals(pictures).near(room.thumbs(pixels[None]), max(1, count))[0]
    neighbours = [
        Neighbour(names[row], round(distance, 4))
        for row, distance in zip(found.rows, found.distances, strict=True)
    ]
    said = verdict(found, names[found.rows[0]])
    path = project.out / "near" / (_file_name(asked.path))
    than = "others' distance from it" if found.crowded else "the usual distance"
    captions = [f"{asked.name}\n{found.ratio:.2f} of {than}"] + [
        f"{n.image.rpartition('/')[2]}\n{n.distance:.3f}" for n in neighbours
    ]
    row = [pixels, *(_read(project, n.image) for n in neighbours)]
    write_bytes(path, png_bytes(beside(row, captions)))
    return Nearness(
        image=asked.path,
        neighbours=neighbours,
        ratio=round(found.ratio, 4),
        alone=round(found.alone, 4),
        compared=len(names),
        crowded=found.crowded,
        copy=found.copy,
        close=found.close,
        verdict=said,
        shown=project.relative(path),
    )


def _file_name(path: str) -> str:
    """The image's path in one name, without what all paths have in common."""
    parts = [
        p for p in PurePosixPath(path).with_suffix(".png").parts if p not in ("runs", "images")
    ]
    return " ".join(parts)


def verdict(found: room.Near, nearest: str) -> str:
    """How near, in one sentence."""
    name = nearest.rpartition("/")[2]
    if found.copy:
        return f"Nearly a copy of {name}: {found.ratio:.2f} of {_yardstick(found)}."
    if found.close:
        return (
            f"Close to {name}: {found.ratio:.2f} of {_yardstick(found)}; "
            "look at both before you show it."
        )
    others = (
        "other originals are from that one" if found.crowded else "originals are from each other"
    )
    return f"Its own picture: the nearest original, {name}, is {found.ratio:.2f} times as far as {others}."


def _yardstick(found: room.Near) -> str:
    """What the nearest distance was divided by."""
    if found.crowded:
        return "the distance that other originals keep from it"
    return "the usual distance between originals"


def _originals(
    project: Project, asked: Image, on_progress: Progress
) -> tuple[Sequence[str], Iterable[NDArray[np.uint8]]]:
    """The paths of the originals, and the pictures, row by row."""
    if run := asked.facts.get("model_run"):
        try:
            dataset = dataset_of(project, project.runs.find(run))
            return [row.image for row in dataset.rows], dataset.pixels
        except (Damaged, UnknownName):
            pass  # the dataset has gone: the pictures themselves are still there
    names, pictures = [], []
    originals = [o for o in project.sets.images("originals") if o.id != asked.id]
    for done, original in enumerate(originals, 1):
        try:
            pixels = read(project, original, at_least=READ_AT)
        except LatelierError:
            continue  # `check` and `verify` tell of it
        names.append(original.path)
        pictures.append(images.fitted(pixels, READ_AT, READ_AT))
        on_progress(done, len(originals), original.name)
    return names, pictures


def _read(project: Project, path: str) -> images.Pixels:
    try:
        return read(project, project.images.find(path), at_least=SHOWN_AT)
    except LatelierError:
        return np.full((32, 32, 3), 128, np.uint8)  # gone since: a grey square
