"""Every cell, row by row from the top left: the contact sheet."""

from latelier.layout._contract import Cell


def capacity(rows: int, cols: int) -> int:
    """Every cell."""
    return rows * cols


def cells(rows: int, cols: int, count: int) -> list[Cell]:
    """The first ``count`` cells in reading order.

    >>> cells(2, 3, 4)
    [(0, 0), (0, 1), (0, 2), (1, 0)]
    """
    return [divmod(i, cols) for i in range(count)]
