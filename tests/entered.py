"""Drawn pictures as images of a project, without the importer."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from latelier import images
from latelier.files import sha256, write_bytes
from latelier.project import Image, NewImage, Project


def enter(
    project: Project, pictures: Mapping[str, NDArray[np.uint8]], role: str = "source"
) -> list[Image]:
    """Each picture as a PNG under ``sources/`` by its name, and as an image of the project."""
    new = []
    for name, pixels in pictures.items():
        path = project.root / "sources" / name
        write_bytes(path, images.png_bytes(pixels))
        height, width = pixels.shape[:2]
        size = path.stat().st_size
        new.append(NewImage(f"sources/{name}", role, sha256(path), size, width, height))
    return project.images.add(new)
