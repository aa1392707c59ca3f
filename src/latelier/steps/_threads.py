"""The originals as threads: what can be woven from, and who is to be named for it."""

import base64
import zlib
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
from PIL import Image as Pillow

from latelier.curate.borrowed import borrowed
from latelier.errors import PictureError
from latelier.files import write_bytes
from latelier.images import Pixels, png_bytes
from latelier.project import Image, Project, Run
from latelier.refine._contract import Originals
from latelier.steps._pictures import reduced
from latelier.weave.enlarge import Shelf, shelf_of

THUMB = 48  # pixels a side


class Threads:
    """The originals of a project; they are opened when first asked for.

    Args:
        project: whose originals.
    """

    def __init__(self, project: Project) -> None:
        self.project = project

    @cached_property
    def _found(self) -> tuple[list[Image], Pixels]:
        images, thumbs = [], []
        for image in self.project.sets.images("originals"):
            try:
                pixels = self._read(image, THUMB)
            except PictureError:
                continue  # what cannot be read is no thread; `check` names it
            thumbs.append(np.asarray(Pillow.fromarray(pixels).resize((THUMB, THUMB))))
            images.append(image)
        return images, np.stack(thumbs) if thumbs else np.zeros((0, THUMB, THUMB, 3), np.uint8)

    @cached_property
    def _shelf(self) -> Shelf:
        return shelf_of([thumb.astype(np.float32) / np.float32(255) for thumb in self._found[1]])

    @property
    def originals(self) -> Originals:
        """As a refinement takes them."""
        images = self._found[0]
        return Originals(self._shelf, lambda row, side: self._read(images[row], side))

    def _read(self, image: Image, side: int) -> Pixels:
        return reduced(self.project, image, side)[0]

    @cached_property
    def _said(self) -> dict[str, Mapping[int, str]]:
        return {kind: self.project.journal.values(kind) for kind in ("credit", "rights")}

    def told(self, run: Run, stem: str, pixels: Pixels, story: dict[str, Any]) -> dict[str, Any]:
        """A story with its parents named, and its map drawn into the run's folder."""
        images, thumbs = self._found
        story = dict(story)
        named, shown = [], []
        for parent in story["parents"]:
            image = images[parent["row"]]
            said = {kind: values.get(image.id, "") for kind, values in self._said.items()}
            named.append({**parent, "image": image.path, **said})
            shown.append((thumbs[parent["row"]], f"{image.name}\n{parent['share']:.0%}"))
        owners = np.frombuffer(zlib.decompress(base64.b64decode(story["map"])), dtype=np.uint8)
        path = run.folder / "borrowed" / f"{stem}.png"
        drawing = borrowed(pixels, owners.reshape(pixels.shape[:2]), shown)
        write_bytes(path, png_bytes(drawing))
        return {**story, "parents": named, "map": path.relative_to(run.folder).as_posix()}
