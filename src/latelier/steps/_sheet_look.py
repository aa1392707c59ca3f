"""How sheets are to look: what a person asked for, checked once, with all that follows from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from types import ModuleType

from PIL import ImageColor

from latelier import registry
from latelier.errors import UnknownName, UsageError
from latelier.layout import Cell, Lattice, Page, Wish, lattice, length, page, smallest
from latelier.printing import Lettering, ink_on

CAPTIONS = ("none", "name", "credit", "seed")
SPLITS = ("even", "full")
FIT = 0  # the count of cells that means: as few as hold a group
POINT = Fraction(1, 72)  # inch
CAPTION_PT = (6, 11)  # smallest and largest; below 6 pt thin strokes break up in offset print
CAPTION_SHARE = Fraction(7, 100)  # of a cell's width, between the two
CAPTION_GAP = Fraction(1, 2)  # between picture and caption, in font sizes
TITLE_SHARE = Fraction(18, 1000)  # of the shorter side of the page: 14 pt on 11 in
TITLE_PT = 9  # the smallest


@dataclass(frozen=True)
class Look:
    """What a person asked for; texts as typed, so that it can be asked for again.

    Args:
        size: of the page after cutting.
        dpi: dots per inch.
        layout: a layout by name.
        cells: count on the shorter side, ``columns x rows``, or ``fit``: as few as hold a group.
        cell: size of a cell, or None.
        gutter: between cells, or None.
        margin: around the lattice, or None.
        ground: a colour.
        bleed: on each side.
        captions: none, name, credit or seed.
        title: over the pictures; ``{sheet}`` stands for the sheet's name.
        fill: crop pictures to their cells.
        nearest: enlarge without smoothing.
        split: even or full, or None: full for figures, even for the rest.
        font: a font file, or None.
    """

    size: str
    dpi: float
    layout: str
    cells: int | str | None
    cell: str | None
    gutter: str | None
    margin: str | None
    ground: str
    bleed: str
    captions: str
    title: str
    fill: bool
    nearest: bool
    split: str | None
    font: str | None


@dataclass(frozen=True)
class Design:
    """A look with all that follows from it.

    Args:
        look: what was asked for.
        page: its size.
        layout: the layout's module.
        lattice: the cells.
        bleed: in whole pixels.
        ground: the colour of the paper.
        ink: the colour of text.
        title: how the title is set.
        caption: how captions are set; None without.
        caption_lines: how many lines a caption has at the most.
    """

    look: Look
    page: Page
    layout: ModuleType
    lattice: Lattice
    bleed: int
    ground: tuple[int, int, int]
    ink: tuple[int, int, int]
    title: Lettering | None
    caption: Lettering | None
    caption_lines: int

    @property
    def capacity(self) -> int:
        """How many pictures a sheet holds."""
        found: int = self.layout.capacity(self.lattice.rows, self.lattice.cols)
        return found


@dataclass(frozen=True)
class Pictures:
    """What the lattice has to know of the pictures.

    Args:
        most: of how many the largest group consists.
        own: the size that all of them share, in pixels, or None.
        captions: what is going to be written under them.
    """

    most: int
    own: tuple[int, int] | None
    captions: Sequence[str] = field(default_factory=list)


def design(look: Look, pictures: Pictures) -> Design:
    """Check a look, and work out page, lattice and lettering.

    Raises:
        UnknownName: there is no such layout, caption, split or alignment.
        UsageError: a size, length, count or colour is none.
        DoesNotFit: the cells do not fit on the page.
    """
    _check_words(look)
    layout = registry.load("layout", look.layout)
    sheet = page(look.size, look.dpi)
    wish = _wish(look, sheet, pictures.own)

    def made(cells: int | tuple[int, int] | None, caption: int = 0) -> Lattice:
        asked = replace(wish, cells=cells, caption=caption)
        return lattice(sheet.width, sheet.height, sheet.dpi, asked)

    cells = _count(look.cells)
    if cells == FIT:
        most = pictures.most
        cells = smallest(lambda n: layout.capacity(made(n).rows, made(n).cols) >= most)
    font = Path(look.font).expanduser() if look.font else None
    lettering, lines, height = None, 0, 0
    if look.captions != "none":
        plain = made(cells)
        lettering = Lettering(_caption_px(plain, sheet.dpi), font)
        lines = 2 if lettering.is_wider(pictures.captions, int(plain.cell[0])) else 1
        height = int(lettering.size * CAPTION_GAP) + lines * lettering.line_height
    found = made(cells, height)
    ground = colour(look.ground)
    bleed = length(look.bleed, sheet.dpi, "bleed")
    return Design(
        look=look,
        page=sheet,
        layout=layout,
        lattice=found,
        bleed=-int(-bleed // 1),
        ground=ground,
        ink=ink_on(ground),
        title=_title(look.title, sheet, found, font),
        caption=lettering,
        caption_lines=lines,
    )


def locks(asked: Mapping[str, Sequence[int]]) -> dict[str, Cell]:
    """Locked places as cells.

    Raises:
        UsageError: a place is not a row and a column.
    """
    found = {}
    for image, where in asked.items():
        if len(where) != 2 or any(not isinstance(n, int) or n < 0 for n in where):
            raise UsageError(f"{list(where)} is no place for {image}; give row,column from 0,0")
        found[image] = (where[0], where[1])
    return found


def colour(text: str) -> tuple[int, int, int]:
    """A colour as people write it: ``white``, ``#f4efe6``.

    Raises:
        UsageError: it is none.
    """
    try:
        red, green, blue = ImageColor.getrgb(text)[:3]
    except ValueError as error:
        raise UsageError(f"{text!r} is no colour; write white, black or #f4efe6") from error
    return red, green, blue


def plain_number(value: Fraction) -> float:
    """A whole number where it is one."""
    return int(value) if value.denominator == 1 else float(value)


def paper_size(how: Design) -> str:
    """The page in words, in both units.

    Args:
        how: a design.
    """
    inches = (how.page.width_in, how.page.height_in)
    first, second = (f"{float(side):.4g}" for side in inches)
    words = (
        f"{first} x {second} in ({float(inches[0]) * 2.54:.4g} x {float(inches[1]) * 2.54:.4g} cm)"
    )
    if how.bleed:
        words += f" and {float(how.bleed / how.page.dpi) * 25.4:.2g} mm bleed"
    return words


def _check_words(look: Look) -> None:
    for kind, word, known in (
        ("caption", look.captions, CAPTIONS),
        ("way to split", look.split or "even", SPLITS),
    ):
        if word not in known:
            raise UnknownName(kind, word, known)


def _wish(look: Look, sheet: Page, own: tuple[int, int] | None) -> Wish:
    def asked(text: str | None, what: str) -> Fraction | None:
        return None if text is None else length(text, sheet.dpi, what)

    cell = None
    if look.cell is not None:
        sides = page(look.cell, sheet.dpi)
        cell = (sides.width_in * sheet.dpi, sides.height_in * sheet.dpi)
    return Wish(
        cell=cell,
        gutter=asked(look.gutter, "gutter"),
        margin=asked(look.margin, "margin"),
        own=None if look.fill else own,
    )


def _count(cells: int | str | None) -> int | tuple[int, int] | None:
    text = str(cells or "").strip().casefold().replace("×", "x")
    if text in ("", "fit"):
        return FIT if text else None
    parts = text.split("x")
    if len(parts) <= 2 and all(p.strip().isdecimal() and int(p) > 0 for p in parts):
        numbers = [int(p) for p in parts]
        return numbers[0] if len(numbers) == 1 else (numbers[0], numbers[1])
    raise UsageError(
        f"{cells!r} is no count of cells; write 6 (on the shorter side), 4x6 (columns x rows) or fit"
    )


def _caption_px(plain: Lattice, dpi: Fraction) -> int:
    least, most = (pt * POINT * dpi for pt in CAPTION_PT)
    return max(1, int(min(max(plain.cell[0] * CAPTION_SHARE, least), most)))


def _title(text: str, sheet: Page, found: Lattice, font: Path | None) -> Lettering | None:
    if not text:
        return None
    least = TITLE_PT * POINT * sheet.dpi
    size = int(max(min(sheet.width, sheet.height) * TITLE_SHARE, least))
    room = found.start[1]
    if room < 2 * least:
        raise UsageError(
            f"A title needs more room above the pictures than {float(room):.0f} px; "
            "give a wider --margin, for example 15mm"
        )
    size = min(size, int(room / 2))
    return Lettering(size, font)
