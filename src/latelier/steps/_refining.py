"""Pictures sent through a chain of refinements, one after the other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from latelier.errors import PictureError
from latelier.images import Pixels, read
from latelier.project import Image, Project
from latelier.refine._chain import Link
from latelier.refine._contract import Written
from latelier.refine._tones import dark_of

Refused = list[tuple[str, str]]


@dataclass
class Passing:
    """A picture on its way through a chain.

    Args:
        of: the images it comes from; more than one after an average.
        before: as it was.
        pixels: as it is now.
        changed: the refinements that changed it.
        files: what was written of it.
    """

    of: list[Image]
    before: Pixels
    pixels: Pixels
    changed: list[str] = field(default_factory=list)
    files: list[Written] = field(default_factory=list)


def passed(
    project: Project, images: Sequence[Image], chain: Sequence[Link], refused: Refused
) -> Iterator[Passing]:
    """Every picture after the whole chain; what cannot be refined is added to ``refused``."""
    flow: Iterator[Passing] = _opened(project, images, refused)
    for link in chain:
        flow = (_one if link.plugin.OF != "several" else _several)(flow, link, refused)
    yield from flow


def _opened(project: Project, images: Sequence[Image], refused: Refused) -> Iterator[Passing]:
    for image in images:
        try:
            pixels = read(project.images.file(image), project.config.ground_rgb)
        except PictureError as error:
            refused.append((image.path, str(error)))
            continue
        yield Passing([image], pixels, pixels)


def _one(flow: Iterator[Passing], link: Link, refused: Refused) -> Iterator[Passing]:
    """One picture of each."""
    plugin = link.plugin
    for passing in flow:
        try:
            if plugin.TONES == "two" and dark_of(passing.pixels) is None:
                raise PictureError(
                    f"{link.name} takes true black and white; put threshold before it"
                )
            made = plugin.refine(passing.pixels, **link.settings)
        except PictureError as error:
            refused.append((passing.of[0].path, str(error)))
            continue
        if isinstance(made, Written):
            passing.files.append(made)
        else:
            if made.shape != passing.pixels.shape or not np.array_equal(made, passing.pixels):
                passing.changed.append(link.name)
            passing.pixels = made
        yield passing


def _several(flow: Iterator[Passing], link: Link, refused: Refused) -> Iterator[Passing]:
    """One picture of several."""
    taken: list[Passing] = []
    most = round(float(link.settings["of"]))
    for passing in flow:
        taken.append(passing)
        if len(taken) == most:
            yield from _joined(taken, link, refused)
            taken = []
    yield from _joined(taken, link, refused)


def _joined(taken: list[Passing], link: Link, refused: Refused) -> Iterator[Passing]:
    if not taken:
        return
    of = [image for passing in taken for image in passing.of]
    try:
        made = link.plugin.refine([p.pixels for p in taken], **link.settings)
    except PictureError as error:
        refused.append((of[0].path, str(error)))
        return
    changed = list(dict.fromkeys([*(c for p in taken for c in p.changed), link.name]))
    yield Passing(of, taken[0].before, made, changed)
