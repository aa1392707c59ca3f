"""The project in a folder, made where it is not there yet, if there are pictures to put into it."""

from pathlib import Path

from latelier.collection import folder as pictures
from latelier.errors import PictureError
from latelier.project.config import FILE
from latelier.steps.open_project import Atelier, new_project, open_project


def project_in(place: str, title: str, source: str | None = None) -> Atelier:
    """Open the project in ``place``, or make it.

    Args:
        place: the project folder.
        title: of a new project: words, or a folder whose name it takes.
        source: a folder of pictures; nothing is made where it holds none.

    Raises:
        UsageError: ``source`` does not exist, or ``place`` holds other things.
        PictureError: ``source`` holds no pictures.
        DiskError: the project cannot be made there.
    """
    if (Path(place) / FILE).is_file():
        return open_project(place)
    if source is not None and not pictures.find(source).found:
        raise PictureError(
            f"There are no pictures in {source}. "
            "PNG, JPEG, TIFF, WebP, BMP, GIF and AVIF can be taken in."
        )
    return new_project(place, Path(title).expanduser().resolve().name if source else title)
