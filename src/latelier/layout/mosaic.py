"""Every cell, in random order: the large sheet of everything."""

import numpy as np

from latelier.layout._contract import Cell, Vectors, filled


def capacity(rows: int, cols: int) -> int:
    """Every cell."""
    return rows * cols


def cells(rows: int, cols: int, count: int) -> list[Cell]:
    """The first ``count`` cells in reading order."""
    return filled([(r, c) for r in range(rows) for c in range(cols)], count)


def arrange(
    cells: list[Cell],
    vectors: Vectors,
    anchors: list[tuple[Cell, Vectors]],
    rng: np.random.Generator,
) -> list[int]:
    """A picture drawn by lot for each cell."""
    return [int(i) for i in rng.permutation(len(cells))]
