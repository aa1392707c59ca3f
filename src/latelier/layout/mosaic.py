"""Every cell, in random order: the large sheet of everything."""

import numpy as np

from latelier.layout._contract import Cell, Vectors, compact

CENTRED = True


def capacity(rows: int, cols: int) -> int:
    """Every cell."""
    return rows * cols


def cells(rows: int, cols: int, count: int) -> list[Cell]:
    """``count`` cells as a block."""
    return compact(rows, cols, count)


def arrange(
    cells: list[Cell],
    vectors: Vectors,
    anchors: list[tuple[Cell, Vectors]],
    rng: np.random.Generator,
) -> list[int]:
    """A picture drawn by lot for each cell."""
    return [int(i) for i in rng.permutation(len(cells))]
