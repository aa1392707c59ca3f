"""A square standing on its corner, filled."""

from latelier.layout._contract import Cell, nearest_to_centre

PATTERN = True


def _inside(rows: int, cols: int) -> list[Cell]:
    return [
        (r, c)
        for r in range(rows)
        for c in range(cols)
        if abs(2 * r - rows + 1) * cols + abs(2 * c - cols + 1) * rows <= rows * cols
    ]


def capacity(rows: int, cols: int) -> int:
    """The cells whose centres lie in the diamond that touches the lattice's sides: 24 on 6 x 6."""
    return len(_inside(rows, cols))


def cells(rows: int, cols: int, count: int) -> list[Cell]:
    """The ``count`` cells of the diamond nearest to the middle.

    >>> cells(3, 3, 5)
    [(0, 1), (1, 0), (1, 1), (1, 2), (2, 1)]
    """
    return nearest_to_centre(_inside(rows, cols), rows, cols, count)
