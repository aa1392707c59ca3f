"""Small pictures, small pages, and what stands on them: shared by the tests of sheets."""

from typing import Any

import numpy as np
import pikepdf
from numpy.typing import NDArray
from PIL import Image

from drawn import cloth
from latelier.steps.open_project import Atelier
from latelier.steps.sheet import Sheets

SMALL: dict[str, Any] = {"size": "2x2in", "dpi": 100}  # a page of 200 px keeps the tests cheap


def cloths(count: int, side: int = 32, height: int | None = None) -> dict[str, NDArray[np.uint8]]:
    return {
        f"{i:03d}.png": cloth(np.random.default_rng([7, i]), height or side, side)
        for i in range(count)
    }


def pixels_of(project: Atelier, file: str) -> NDArray[np.uint8]:
    """What stands in a written file, read by Pillow or pikepdf."""
    path = project.root / file
    if path.suffix != ".pdf":
        with Image.open(path) as picture:
            return np.asarray(picture)
    with pikepdf.open(path) as document:
        (image,) = document.pages[0].get_images().values()
        return np.asarray(pikepdf.PdfImage(image).as_pil_image().convert("RGB"))


def boxes(done: Sheets) -> list[tuple[int, int, int, int]]:
    return [(c["x"], c["y"], c["w"], c["h"]) for f in done.files for c in f.cells]
