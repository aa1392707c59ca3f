"""Pictures sent through a chain of refinements, one after the other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from latelier.errors import PictureError
from latelier.images import Pixels
from latelier.project import Image, Project
from latelier.refine._chain import Link
from latelier.refine._contract import Written
from latelier.refine._tones import dark_of
from latelier.steps._pictures import pixels as read
from latelier.steps._threads import Threads

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
        story: what must be told of it where it was woven anew.
        woven: its pixels when that was.
    """

    of: list[Image]
    before: Pixels
    pixels: Pixels
    changed: list[str] = field(default_factory=list)
    files: list[Written] = field(default_factory=list)
    story: dict[str, Any] = field(default_factory=dict)
    woven: Pixels | None = None


def passed(
    threads: Threads, images: Sequence[Image], chain: Sequence[Link], refused: Refused
) -> Iterator[Passing]:
    """Every picture after the whole chain; what cannot be refined is added to ``refused``."""
    flow: Iterator[Passing] = _opened(threads.project, images, refused)
    for link in chain:
        if link.plugin.OF == "several":
            flow = _several(flow, link, refused)
        else:
            flow = _one(flow, link, refused, threads)
    yield from flow


def _opened(project: Project, images: Sequence[Image], refused: Refused) -> Iterator[Passing]:
    for image in images:
        try:
            pixels = read(project, image)
        except PictureError as error:
            refused.append((image.path, str(error)))
            continue
        yield Passing([image], pixels, pixels)


def _one(
    flow: Iterator[Passing], link: Link, refused: Refused, threads: Threads
) -> Iterator[Passing]:
    """One picture of each."""
    plugin = link.plugin
    for passing in flow:
        try:
            if plugin.TONES == "two" and dark_of(passing.pixels) is None:
                raise PictureError(
                    f"{link.name} takes true black and white; put threshold before it"
                )
            made = _refined(passing, link, threads)
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


def _refined(passing: Passing, link: Link, threads: Threads) -> Any:
    if link.plugin.OF != "woven":
        return link.plugin.refine(passing.pixels, **link.settings)
    told = link.plugin.refine(passing.pixels, threads.originals, **link.settings)
    passing.story, passing.woven = told.story, told.pixels
    return told.pixels


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
