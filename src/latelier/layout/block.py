"""A block in the middle of the page, as near to a full rectangle as the number of pictures allows."""

from latelier.layout._contract import Cell, compact

CENTRED = True


def capacity(rows: int, cols: int) -> int:
    """Every cell."""
    return rows * cols


def cells(rows: int, cols: int, count: int) -> list[Cell]:
    """``count`` cells row by row: 13 on 6 x 6 are rows of 5, 5 and 3.

    >>> cells(6, 6, 8)[3:5]
    [(0, 3), (1, 0)]
    """
    return compact(rows, cols, count)
