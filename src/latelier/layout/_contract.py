"""What every layout is: how many cells of a lattice it uses, and which, for a number of pictures.

A layout file ``layout/<name>.py`` defines two functions::

    def capacity(rows, cols) -> int                  # how many cells it can use
    def cells(rows, cols, count) -> list[Cell]       # the cells for `count` pictures, in their order

and, where it matters which picture stands where, a third::

    def arrange(cells, vectors, anchors, rng) -> list[int]    # which picture stands on each cell

    PATTERN = True                   # if it is a figure, best seen whole: sheets are filled first
    CENTRED = True                   # if the block of its cells belongs into the middle of the page
    VECTORS = True                   # if ``arrange`` looks at the vectors; they are costly to make

``cells`` gives exactly ``count`` distinct cells of the lattice for every count from 0 to the
capacity. ``place`` joins them with the places that a person has locked.
"""

from collections.abc import Mapping, Sequence
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from latelier.errors import DoesNotFit, UsageError

Cell = tuple[int, int]  # (row, column), counted from 0 at the top left
Vectors = NDArray[np.float64]  # (pictures, numbers): alike pictures are near each other


def place(
    layout: ModuleType,
    shape: tuple[int, int],
    count: int,
    *,
    locked: Mapping[int, Cell],
    vectors: Vectors | None,
    rng: np.random.Generator,
) -> list[Cell]:
    """The cell of each picture, in the order of the pictures.

    Args:
        layout: the module of a layout.
        shape: rows and columns of the lattice.
        count: how many pictures there are.
        locked: number of a picture to the cell that it must have.
        vectors: one row a picture, for layouts that arrange by likeness.
        rng: for layouts that draw lots.

    Raises:
        DoesNotFit: more pictures than the layout can hold.
        UsageError: a locked cell is none of the layout's, or is asked for twice.
    """
    rows, cols = shape
    name = layout.__name__.rpartition(".")[2]
    room = layout.capacity(rows, cols)
    if count > room:
        raise DoesNotFit(
            f"{count} pictures do not fit into the {room} places that {name!r} has on "
            f"{cols} x {rows} cells; take more cells or several sheets"
        )
    _check_locks(name, locked, set(layout.cells(rows, cols, room)), shape)
    taken = set(locked.values())
    free_cells = [c for c in layout.cells(rows, cols, count) if c not in taken]
    free = [i for i in range(count) if i not in locked]
    free_cells = free_cells[: len(free)]
    order = list(range(len(free)))
    if hasattr(layout, "arrange") and free:
        known = np.zeros((count, 1)) if vectors is None else vectors
        anchors = [(cell, known[i]) for i, cell in locked.items()]
        order = layout.arrange(free_cells, known[free], anchors, rng)
    placed = {**locked, **{free[i]: c for i, c in zip(order, free_cells, strict=True)}}
    return [placed[i] for i in range(count)]


def _check_locks(
    name: str, locked: Mapping[int, Cell], used: set[Cell], shape: tuple[int, int]
) -> None:
    for i, (row, col) in locked.items():
        if (row, col) not in used:
            raise UsageError(
                f"Place {row},{col} cannot be locked: {name!r} does not use it on a lattice of "
                f"{shape[0]} rows and {shape[1]} columns (counted from 0,0 at the top left)"
            )
        if list(locked.values()).count((row, col)) > 1:
            raise UsageError(f"Place {row},{col} is locked for two pictures; lock one of them")
        if i < 0:
            raise UsageError("A picture's number is 0 or more")


def nearest_to_centre(cells: Sequence[Cell], rows: int, cols: int, count: int) -> list[Cell]:
    """The ``count`` cells nearest to the middle of the lattice, in reading order.

    Cells at one distance are taken as opposite pairs, so that what is left out is left out evenly.

    >>> nearest_to_centre([(0, 0), (0, 2), (1, 1), (2, 0), (2, 2)], 3, 3, 3)
    [(0, 0), (1, 1), (2, 2)]
    """

    def rank(cell: Cell) -> tuple[int, Cell, Cell]:
        row, col = cell
        opposite = (rows - 1 - row, cols - 1 - col)
        distance = (2 * row - rows + 1) ** 2 + (2 * col - cols + 1) ** 2
        return distance, min(cell, opposite), cell

    return sorted(sorted(cells, key=rank)[:count])


def compact(rows: int, cols: int, count: int) -> list[Cell]:
    """``count`` cells as a block at the top left, as near to a full rectangle as there is one.

    Of blocks with equally many holes the one whose proportions are nearest to the lattice's wins.

    >>> compact(6, 6, 6), compact(6, 6, 13)[-3:]
    ([(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)], [(2, 0), (2, 1), (2, 2)])
    """

    def holes(width: int) -> tuple[int, int, int]:
        height = -(-count // width)
        return height * width - count, abs(height * cols - width * rows), -width

    widths = [w for w in range(1, cols + 1) if -(-count // w) <= rows]
    if count == 0 or not widths:
        return []
    width = min(widths, key=holes)
    return [divmod(i, width) for i in range(count)]
