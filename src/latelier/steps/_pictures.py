"""A project's images as pixels, on the project's ground.

A file that was taken although it ends too early is read as far as it goes; every other one has to be
whole, so that one that broke on the disk since is told, never looked at half grey.
"""

from pathlib import Path

from latelier import images
from latelier.errors import PictureError
from latelier.images import Pixels
from latelier.project.folder import Project
from latelier.project.images import Image


def pixels(project: Project, image: Image, *, at_least: int = 0) -> Pixels:
    """An image as ``images.read`` gives it.

    Raises:
        PictureError: its file is gone, or cannot be read any more.
    """
    return images.read(
        _file(project, image),
        project.config.ground_rgb,
        at_least=at_least,
        truncated=image.truncated,
    )


def reduced(project: Project, image: Image, side: int) -> tuple[Pixels, tuple[int, int]]:
    """An image as ``images.read_reduced`` gives it.

    Raises:
        PictureError: its file is gone, or cannot be read any more.
    """
    file = _file(project, image)
    return images.read_reduced(file, side, project.config.ground_rgb, truncated=image.truncated)


def _file(project: Project, image: Image) -> Path:
    file = project.images.file(image)
    if not file.is_file():
        raise PictureError(
            f"{image.path} has no file any more; put it back, or see what else is gone with: "
            "latelier check"
        )
    return file
