"""The outermost cells, clockwise from the top left: a frame around an empty middle."""

from latelier.layout._contract import Cell

PATTERN = True


def _frame(rows: int, cols: int) -> list[Cell]:
    top = [(0, c) for c in range(cols)]
    right = [(r, cols - 1) for r in range(1, rows)]
    bottom = [(rows - 1, c) for c in range(cols - 2, -1, -1)] if rows > 1 else []
    left = [(r, 0) for r in range(rows - 2, 0, -1)] if cols > 1 else []
    return top + right + bottom + left


def capacity(rows: int, cols: int) -> int:
    """The cells at the edge of the lattice: 20 on 6 x 6."""
    return len(_frame(rows, cols))


def cells(rows: int, cols: int, count: int) -> list[Cell]:
    """``count`` cells of the frame, as evenly apart as the lattice allows.

    >>> cells(3, 3, 4)
    [(0, 0), (0, 2), (2, 2), (2, 0)]
    """
    frame = _frame(rows, cols)
    return [frame[i * len(frame) // count] for i in range(count)]
