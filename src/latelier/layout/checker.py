"""Every second cell, as on a chessboard."""

from latelier.layout._contract import Cell, nearest_to_centre

PATTERN = True


def capacity(rows: int, cols: int) -> int:
    """Half of the cells, the corner at the top left included: 18 on 6 x 6."""
    return (rows * cols + 1) // 2


def cells(rows: int, cols: int, count: int) -> list[Cell]:
    """The ``count`` of them nearest to the middle.

    >>> cells(2, 3, 3)
    [(0, 0), (0, 2), (1, 1)]
    """
    every_second = [(r, c) for r in range(rows) for c in range(cols) if (r + c) % 2 == 0]
    return nearest_to_centre(every_second, rows, cols, count)
