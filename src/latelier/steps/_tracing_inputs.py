"""The designs that are traced: files from anywhere, or images of the project."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from latelier.collection import Readers, Refused, folder, processors
from latelier.errors import DiskError, PictureError, UnknownName, UsageError
from latelier.files import sha256
from latelier.progress import Progress
from latelier.project import Image, Project
from latelier.steps._names import readable

A_READER = 50  # files that are worth a reading process more


@dataclass(frozen=True)
class Design:
    """A picture that is traced.

    Args:
        name: its path in the project, or where it lies outside of it.
        file: the same, to be opened.
        sha256: of the file.
        pixels_sha256: of its pixels.
        truncated: it was taken into the project although it ends before its picture does.
    """

    name: str
    file: Path
    sha256: str
    pixels_sha256: str
    truncated: bool = False

    @classmethod
    def of(cls, project: Project, image: Image) -> Self:
        """An image of the project."""
        file = project.images.file(image)
        return cls(image.path, file, image.sha256, image.pixels_sha256, image.truncated)


def designs(
    project: Project, place: str | Path, on_progress: Progress
) -> tuple[list[Design], list[dict[str, str]]]:
    """The pictures at a place, and the files there that could not be read, each with its reason.

    A file or folder outside the project is read as a stranger; else an image, a set, a run or a
    folder of the project is meant.

    Raises:
        UsageError: nothing answers to that name.
        PictureError: there is no picture there.
    """
    path = Path(place).expanduser()
    if path.exists() and not path.resolve().is_relative_to(project.root):
        return _strangers(project, path, on_progress)
    found = _of_project(project, place, path)
    if not found:
        raise PictureError(f"There are no pictures in {place}; name a picture, a folder, or a set.")
    return [Design.of(project, image) for image in found], []


def _of_project(project: Project, place: str | Path, path: Path) -> list[Image]:
    if path.exists():
        inside = project.relative(path)
        below = [i for i in project.images.where() if i.path.startswith(f"{inside}/")]
        if below or path.is_dir():
            return below
        return [project.images.find(inside)]
    try:
        return project.sets.images(str(place))
    except UnknownName as error:
        try:
            return [project.images.find(str(place))]
        except UsageError:
            raise UsageError(
                f"{place} is neither a file or folder, nor a set or image of this project; "
                "name a picture, a folder of pictures, or a set such as 'generated'."
            ) from error


def _strangers(
    project: Project, path: Path, on_progress: Progress
) -> tuple[list[Design], list[dict[str, str]]]:
    listing = folder.find(path, leave_out=project.root)
    if not listing.found:
        raise PictureError(
            f"There are no pictures in {path}: PNG, JPEG, TIFF, WebP, BMP, GIF and AVIF can be traced."
        )
    files = [each.file for each in listing.found]
    made: list[Design] = []
    refused: list[dict[str, str]] = []
    count = min(processors(), 8, 1 + len(files) // A_READER)
    with Readers(count, ground=project.config.ground_rgb) as readers:
        for done, (file, answer) in enumerate(readers.read(files), 1):
            on_progress(done, len(files), f"looking at {readable(file.name)}")
            name = readable(str(file))
            if isinstance(answer, Refused):
                refused.append({"image": name, "reason": answer.reason})
                continue
            try:
                made.append(Design(name, file, sha256(file), answer.pixels_sha256))
            except DiskError as error:
                refused.append({"image": name, "reason": str(error)})
    if not made and len(refused) == 1:
        raise PictureError(f"{refused[0]['image']} could not be read: {refused[0]['reason']}")
    return made, refused


def itself(design: Design, originals: Sequence[Image]) -> list[int]:
    """The rows of originals that are the design itself: the same bytes, or the same pixels."""
    return [
        row
        for row, o in enumerate(originals)
        if o.sha256 == design.sha256
        or (o.pixels_sha256 and o.pixels_sha256 == design.pixels_sha256)
    ]
