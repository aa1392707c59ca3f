"""What would change its mind: the fewest numbers that, had they another label's usual value, would.

A counterfactual (Wachter, Mittelstadt and Russell, 2018) whose every value is one that pictures of
the other label really have: their median.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latelier.explain.shapley import Table, Value

MOST = 6  # numbers; a reason of more is none


@dataclass(frozen=True)
class Turn:
    """The numbers that would change its mind.

    Args:
        columns: which, the most telling first.
        values: what each would have to be.
        turned: whether the other label then wins.
    """

    columns: list[int]
    values: list[float]
    turned: bool


def turn(margin: Value, x: Table, usual: Table) -> Turn:
    """Give the picture another label's usual values one by one, each time the most telling.

    Args:
        margin: (m, d) numbers to (m,) how far the label said leads the other; below 0 it lost.
        x: (d,) of the picture.
        usual: (d,) of the other label.
    """
    now, columns = x.copy(), []
    for _ in range(min(MOST, len(x))):
        left = [j for j in range(len(x)) if j not in columns]
        tried = np.repeat(now[None], len(left), axis=0)
        tried[np.arange(len(left)), left] = usual[left]
        margins = margin(tried)
        best = int(np.argmin(margins))
        columns.append(left[best])
        now = tried[best]
        if margins[best] < 0:
            return Turn(columns, [float(usual[j]) for j in columns], True)
    return Turn(columns, [float(usual[j]) for j in columns], False)


def alike(
    x: Table,
    others: Table,
    spread: NDArray[np.float64],
    skip: Sequence[bool],
    groups: Sequence[int],
    count: int = 3,
) -> tuple[list[int], list[float]]:
    """The rows most like the picture, and how far each is in spreads a number.

    Args:
        x: (d,).
        others: (n, d).
        spread: (d,) of each number; infinite ones count nothing.
        skip: (n,) rows that are left out: the picture itself and its copies.
        groups: (n,) of copies one is enough.
        count: how many.
    """
    apart = np.sqrt((((others - x) / spread) ** 2).mean(axis=1))
    chosen: dict[int, int] = {}
    for i in np.argsort(apart, kind="stable"):
        if not skip[i] and len(chosen) < count:
            chosen.setdefault(int(groups[i]), int(i))
    rows = list(chosen.values())
    return rows, [float(apart[i]) for i in rows]
