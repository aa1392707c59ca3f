"""From a planned sheet to what is painted, with what should be known before it is printed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

from latelier import printing
from latelier.errors import Damaged
from latelier.files import sha256
from latelier.images import Pixels, read
from latelier.printing import Inscription, Paper, Picture, Preview, Print, Sheet, set_lines
from latelier.project import Image, Project
from latelier.steps._sheet_look import CAPTION_GAP, Design
from latelier.steps._sheet_plan import Place, Planned


@dataclass(frozen=True)
class Labels:
    """What is known of the images besides their pixels, by image id.

    Args:
        captions: what is written under each.
        credits: who made it.
        rights: what may be done with it.
    """

    captions: Mapping[int, str]
    credits: Mapping[int, str]
    rights: Mapping[int, str]


@dataclass(frozen=True)
class Painted:
    """A sheet ready to be put on paper.

    Args:
        name: of the sheet.
        sheet: what is painted.
        cells: where each image is, as the command line prints it; pixels of the whole file.
        prints: each image as it will be printed.
    """

    name: str
    sheet: Sheet
    cells: list[dict[str, Any]]
    prints: list[Print]


def painted(project: Project, planned: Planned, how: Design, labels: Labels) -> Painted:
    """A planned sheet as it is painted."""
    pictures, cells, prints, texts = [], [], [], []
    aligned = all(_drawn(p, how)[0][2] == p.box[2] for p in planned.places)
    for place in planned.places:
        image = place.image
        box, crop = _drawn(place, how)
        load = partial(_load, project, image, how.ground)
        pictures.append(Picture(box, crop, load, smooth=not how.look.nearest))
        cells.append(
            {
                "image": image.path,
                "x": box[0] + how.bleed,
                "y": box[1] + how.bleed,
                "w": box[2],
                "h": box[3],
                "row": place.cell[0],
                "column": place.cell[1],
            }
        )
        prints.append(
            Print(
                image.path,
                (crop[2] - crop[0], crop[3] - crop[1]),
                (box[2], box[3]),
                float(how.page.dpi),
                image.pixels_sha256,
                labels.credits.get(image.id, ""),
                labels.rights.get(image.id, ""),
            )
        )
        text = labels.captions.get(image.id, "")
        if text and how.caption:
            y = box[1] + box[3] + int(how.caption.size * CAPTION_GAP)
            ink = set_lines(text, how.caption, place.box[2], how.caption_lines, not aligned)
            texts.append(Inscription(place.box[0], y, ink))
    if how.title:
        left, top = (int(side) for side in how.lattice.start)
        words = title_of(how, planned.name)
        ink = set_lines(words, how.title, how.page.width - 2 * left, 1, centred=True)
        texts.append(Inscription(left, (top - len(ink)) // 2, ink))
    page = how.page
    sheet = Sheet(page.width, page.height, how.bleed, how.ground, how.ink, pictures, texts)
    return Painted(planned.name, sheet, cells, prints)


def paper(
    done: Painted, how: Design, title: str, author: str, on_band: Callable[[int], None]
) -> tuple[Paper, Preview]:
    """A painted sheet as it is handed to a print format, and the preview that gathers on the way."""
    bleed_in = Fraction(how.bleed) / how.page.dpi
    width, height = how.page.width + 2 * how.bleed, how.page.height + 2 * how.bleed
    preview = Preview(width, height)

    def bands() -> Iterator[Pixels]:
        for band in done.sheet.bands():
            on_band(len(band))
            yield preview.take(band)

    made = Paper(
        width=width,
        height=height,
        dpi=how.page.dpi,
        width_in=how.page.width_in + 2 * bleed_in,
        height_in=how.page.height_in + 2 * bleed_in,
        bleed_in=bleed_in,
        bands=bands,
        title=title,
        author=author,
    )
    return made, preview


def title_of(how: Design, name: str) -> str:
    """What is written over a sheet."""
    return how.look.title.replace("{sheet}", name)


def _drawn(place: Place, how: Design) -> tuple[Any, Any]:
    size = (place.image.width, place.image.height)
    return printing.fit(size, place.box, how.look.fill)


def _load(project: Project, image: Image, ground: tuple[int, int, int]) -> Pixels:
    file = project.images.file(image)
    if sha256(file) != image.sha256:
        raise Damaged(
            f"{image.path} is not the file any more that was added; see what changed with: "
            "latelier verify"
        )
    return read(file, ground, truncated=image.truncated)
