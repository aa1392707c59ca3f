"""One self-contained HTML page from sections of pictures, curves, tables and words; pure."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latelier.images import fitted
from latelier.printing._curve import Curve

PAGE = Path(__file__).with_name("_page")
LONG, FIRST = 160, 120  # pictures: of a wall longer than LONG the FIRST are seen at once
WEBP_QUALITY = 80  # thumbnails of 144 px: 4 to 8 kB; at 90 twice that, and no eye saw why


@dataclass(frozen=True)
class Picture:
    """A picture inside the page.

    Args:
        data: a ``data:`` address.
        width: in pixels.
        height: in pixels.
        name: what stands under it.
        note: a second, smaller line.
        alt: what it shows, for those who do not see it.
    """

    data: str
    width: int
    height: int
    name: str = ""
    note: str = ""
    alt: str = ""


@dataclass(frozen=True)
class Wall:
    """Pictures side by side; those of a long wall after the first stay folded until asked for.

    Args:
        pictures: in order.
        size: ``small``, ``medium``, ``large`` or ``whole`` (one a row).
        note: a sentence under it.
        title: a few words above it.
    """

    pictures: Sequence[Picture]
    size: str = "small"
    note: str = ""
    title: str = ""
    kind: str = "wall"

    @property
    def first(self) -> int:
        """How many are seen at once: all, unless they would fill the page."""
        return len(self.pictures) if len(self.pictures) <= LONG else FIRST


@dataclass(frozen=True)
class Facts:
    """A few figures, large."""

    facts: Sequence[tuple[str, str]]
    kind: str = "facts"


@dataclass(frozen=True)
class Table:
    """Rows of words; long ones are folded away."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    folded: bool = False
    kind: str = "table"


@dataclass(frozen=True)
class Words:
    """A paragraph; ``calm``, ``care`` or ``stop`` colours its edge, each said in words as well."""

    text: str
    tone: str = ""
    kind: str = "words"


@dataclass(frozen=True)
class Origins:
    """A picture and those that it came from or is like; ``small`` shows all at one size."""

    picture: Picture
    others: Sequence[Picture]
    text: str
    small: bool = False
    kind: str = "origins"


@dataclass(frozen=True)
class Points:
    """Pictures at places.

    Args:
        points: a picture with x and y, 0 to 1 from the left and from the top, of its middle.
        side: of each picture, as a share of the width.
    """

    points: Sequence[tuple[Picture, float, float]]
    side: float
    kind: str = "points"


@dataclass(frozen=True)
class Plot:
    """A curve and what it says."""

    curve: Curve
    kind: str = "plot"

    @property
    def svg(self) -> str:
        """The drawing."""
        return self.curve.svg()


@dataclass(frozen=True)
class Commands:
    """What was typed, a command a line."""

    lines: Sequence[str]
    kind: str = "commands"


Block = Wall | Facts | Table | Words | Origins | Points | Plot | Commands


@dataclass(frozen=True)
class Section:
    """A part of the page.

    Args:
        id: of its anchor.
        title: two or three words.
        lead: one or two sentences.
        blocks: what it shows.
        terms: word and sentence of each term that a reader may not know.
    """

    id: str
    title: str
    lead: str = ""
    blocks: Sequence[Block] = ()
    terms: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Page:
    """The whole page.

    Args:
        title: of the collection.
        line: one sentence on what is here.
        made: who and when, a short line.
        sections: in order.
        cover: pictures at the top.
    """

    title: str
    line: str
    made: str
    sections: Sequence[Section]
    cover: Sequence[Picture] = ()


def picture(
    pixels: NDArray[np.uint8], side: int, name: str = "", note: str = "", alt: str = ""
) -> Picture:
    """A picture made small enough and put into an address.

    Args:
        pixels: (h, w, 3) uint8 sRGB.
        side: the longest side in the page, in pixels; smaller pictures stay as they are.
        name: what stands under it.
        note: a second, smaller line.
        alt: what it shows; the name if left out.
    """
    h, w = pixels.shape[:2]
    small = fitted(pixels, min(side, w), min(side, h)) if max(h, w) > side else pixels
    file = io.BytesIO()
    Image.fromarray(small).save(file, "WEBP", quality=WEBP_QUALITY, method=2)
    data = "data:image/webp;base64," + base64.b64encode(file.getvalue()).decode()
    return Picture(data, small.shape[1], small.shape[0], name, note, alt or name)


def html(page: Page) -> str:
    """The page as HTML that needs no network, no font and no other file."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PAGE),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    style = (PAGE / "page.css").read_text(encoding="utf-8")
    script = (PAGE / "page.js").read_text(encoding="utf-8")
    template = environment.get_template("page.html.j2")
    return template.render(page=page, style=style, script=script)
