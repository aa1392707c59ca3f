"""Every cell, row by row, as one reads."""

from latelier.layout._contract import Cell, filled


def capacity(rows: int, cols: int) -> int:
    """Every cell."""
    return rows * cols


def cells(rows: int, cols: int, count: int) -> list[Cell]:
    """The first ``count`` cells in reading order.

    >>> cells(2, 3, 4)
    [(0, 0), (0, 1), (0, 2), (1, 0)]
    """
    return filled([(r, c) for r in range(rows) for c in range(cols)], count)
