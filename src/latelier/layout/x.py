"""The two diagonals: a cross, as on the canvases of Latent Fabrics."""

from latelier.layout._contract import Cell, nearest_to_centre

PATTERN = True


def _diagonals(rows: int, cols: int) -> list[Cell]:
    long = max(rows, cols)
    steps = max(long - 1, 1)
    found = set()
    for i in range(long):
        row, col = (i * (rows - 1) + steps // 2) // steps, (i * (cols - 1) + steps // 2) // steps
        found |= {(row, col), (row, cols - 1 - col)}
    return sorted(found)


def capacity(rows: int, cols: int) -> int:
    """The cells of both diagonals: 12 on 6 x 6, 13 on 7 x 7."""
    return len(_diagonals(rows, cols))


def cells(rows: int, cols: int, count: int) -> list[Cell]:
    """The ``count`` cells of the diagonals nearest to the middle: fewer pictures, a smaller cross.

    >>> cells(3, 3, 5)
    [(0, 0), (0, 2), (1, 1), (2, 0), (2, 2)]
    """
    return nearest_to_centre(_diagonals(rows, cols), rows, cols, count)
