"""The lattice of a page: equal cells at an equal pitch, in the middle of the page, exact to the pixel.

Whatever is not wished follows from the rest. The usual page is the one of Latent Fabrics, measured
on its canvas 4b: six cells a side, a margin of one eighth of the page, 3 mm between cells.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from latelier.errors import DoesNotFit
from latelier.layout._contract import Cell
from latelier.layout._lengths import nearest

CELLS = 6  # on the shorter side, where neither count nor size of cells is wished
GUTTER_MM = 3  # canvas 4b: 23.6 px at 200 dpi are 2.997 mm
MARGIN = Fraction(12, 100)  # of the shorter side, at least; canvas 4b: 273 of 2200 px are 0.124
OWN_SIZE = Fraction(3, 100)  # a cell this near to the pictures' own size, or a multiple, takes it:
#                              nothing is resampled, at the price of a slightly wider margin
MOST = 400  # cells a side

Sides = tuple[Fraction, Fraction]  # width and height in pixels


@dataclass(frozen=True)
class Wish:
    """What a person wishes of a lattice; None: whatever follows.

    Args:
        cells: on the shorter side, or (columns, rows).
        cell: (width, height) of a cell in pixels.
        gutter: between cells, in pixels.
        margin: around the lattice, in pixels.
        caption: height kept under each cell, in pixels.
        own: (width, height) that all pictures share, in pixels, or None.
    """

    cells: int | tuple[int, int] | None = None
    cell: tuple[Fraction, Fraction] | None = None
    gutter: Fraction | None = None
    margin: Fraction | None = None
    caption: int = 0
    own: tuple[int, int] | None = None


@dataclass(frozen=True)
class Lattice:
    """Cells on a page.

    Args:
        rows: how many.
        cols: how many.
        cell: (width, height) in pixels; whole, except where cells touch and share out the page.
        pitch: (across, down) from one cell to the next, exact, in pixels.
        start: (x, y) of the first cell, exact, in pixels.
    """

    rows: int
    cols: int
    cell: tuple[Fraction, Fraction]
    pitch: tuple[Fraction, Fraction]
    start: tuple[Fraction, Fraction]

    def box(self, cell: Cell, shift: Cell = (0, 0)) -> tuple[int, int, int, int]:
        """x, y, width and height of a cell in whole pixels.

        The pitch stays exact and each edge goes to its nearest pixel, so that no error adds up.
        Cells of whole pixels stay equally large; touching ones leave no line between them.

        Args:
            cell: row and column.
            shift: half pitches down and across, to put a smaller block in the middle.
        """
        row, col = 2 * cell[0] + shift[0], 2 * cell[1] + shift[1]
        left = self.start[0] + self.pitch[0] * Fraction(col, 2)
        top = self.start[1] + self.pitch[1] * Fraction(row, 2)
        x, y = nearest(left), nearest(top)
        return x, y, nearest(left + self.cell[0]) - x, nearest(top + self.cell[1]) - y


def lattice(width: int, height: int, dpi: Fraction, wish: Wish) -> Lattice:
    """The lattice of a page.

    Args:
        width: of the page, in pixels.
        height: of the page, in pixels.
        dpi: dots per inch.
        wish: what is fixed.

    Raises:
        DoesNotFit: the cells do not fit on the page.
    """
    gutter = dpi * Fraction(5 * GUTTER_MM, 127) if wish.gutter is None else wish.gutter
    margin = min(width, height) * MARGIN if wish.margin is None else wish.margin
    room = (width - 2 * margin, height - 2 * margin)
    if wish.cell is None:
        cols, rows, cell = _from_count(room, gutter, wish)
    else:
        cell = (Fraction(nearest(wish.cell[0])), Fraction(nearest(wish.cell[1])))
        cols, rows = _from_size(room, (width, height), cell, gutter, wish)
    if min(cell) < 1 or min(cols, rows) < 1:
        raise DoesNotFit(_too_large(width, height, cell, margin, wish))
    spans = ((width, cols, cell[0], 0), (height, rows, cell[1], wish.caption))
    tight = wish.gutter is None and wish.margin is not None
    pitches, starts = [], []
    for side, count, size, caption in spans:
        pitch = size + caption + gutter
        if tight and count > 1:  # the margin is fixed, so the gutter takes what is left
            pitch = (side - 2 * margin - size - caption) / Fraction(count - 1)
        block = pitch * (count - 1) + size + caption
        if block > side or pitch < size + caption:
            raise DoesNotFit(_too_large(width, height, cell, margin, wish))
        pitches.append(pitch)
        starts.append((side - block) / 2)
    return Lattice(rows, cols, cell, (pitches[0], pitches[1]), (starts[0], starts[1]))


def smallest(fits: Callable[[int], bool]) -> int:
    """The smallest number of cells a side for which ``fits`` holds.

    Raises:
        DoesNotFit: none up to the largest lattice.
    """
    found = next((n for n in range(1, MOST + 1) if fits(n)), None)
    if found is None:
        raise DoesNotFit(f"More pictures than {MOST} x {MOST} cells hold; take several sheets")
    return found


def _from_count(
    room: tuple[Fraction, Fraction], gutter: Fraction, wish: Wish
) -> tuple[int, int, Sides]:
    """Columns, rows and the largest cell, from the count of cells.

    Cells are square when only the count on the shorter side is wished; columns and rows share out
    the whole room.
    """

    def largest(axis: int, count: int) -> Fraction:
        under = wish.caption if axis == 1 else 0
        return max((room[axis] - (count - 1) * gutter) / count - under, Fraction(0))

    if isinstance(wish.cells, tuple):
        cols, rows = wish.cells
        sides = (largest(0, cols), largest(1, rows))
    else:
        counts = [wish.cells or CELLS] * 2
        long = 0 if room[0] > room[1] else 1
        step = largest(1 - long, counts[0]) + gutter + (wish.caption if long == 1 else 0)
        counts[long] = max(counts[long], int((room[long] + gutter) / step) if step > 0 else 0)
        cols, rows = counts
        sides = (min(largest(0, cols), largest(1, rows)),) * 2
    cell = sides if gutter == 0 else (Fraction(int(sides[0])), Fraction(int(sides[1])))
    return cols, rows, _own_size(cell, wish) if min(cell) >= 1 else cell


def _own_size(cell: Sides, wish: Wish) -> Sides:
    """The pictures' own size or a multiple of it, where the cell is near enough."""
    if wish.own is None or wish.margin is not None:
        return cell
    times = max(nearest(min(c / o for c, o in zip(cell, wish.own, strict=True))), 1)
    own = (Fraction(wish.own[0] * times), Fraction(wish.own[1] * times))
    near = all(abs(o - c) <= OWN_SIZE * c for o, c in zip(own, cell, strict=True))
    return own if near else cell


def _from_size(
    room: tuple[Fraction, Fraction],
    page: tuple[int, int],
    cell: Sides,
    gutter: Fraction,
    wish: Wish,
) -> tuple[int, int]:
    """Columns and rows, from the size of a cell: those wished, or as many as fit."""
    if min(cell) < 1:
        return 0, 0
    if isinstance(wish.cells, tuple):
        return wish.cells
    tall = (cell[0], cell[1] + wish.caption)
    most = [int((room[i] + gutter) / (tall[i] + gutter)) for i in (0, 1)]
    if wish.margin is None:  # nobody asked for the usual margin: rather less of it than no picture
        most = [m or int((page[i] + gutter) / (tall[i] + gutter)) for i, m in enumerate(most)]
    if wish.cells is None:
        return most[0], most[1]
    wide = page[0] > page[1]
    return (
        (max(most[0], wish.cells), wish.cells) if wide else (wish.cells, max(most[1], wish.cells))
    )


def _too_large(width: int, height: int, cell: Sides, margin: Fraction, wish: Wish) -> str:
    of = f" of {nearest(cell[0])} x {nearest(cell[1])} px" if min(cell) >= 1 else ""
    count = wish.cells or (CELLS if wish.cell is None else None)
    number = "Cells"
    if count is not None:
        cols, rows = count if isinstance(count, tuple) else (count, count)
        number = f"{cols} x {rows} cells"
    captions = " with captions" if wish.caption else ""
    return (
        f"{number}{of}{captions} and a margin of {float(margin):.0f} px do not fit on a page of "
        f"{width} x {height} px; take a larger --size, fewer or smaller cells, or less --margin."
    )
