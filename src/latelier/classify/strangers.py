"""Pictures unlike anything that was shown: a conformal p value of how far they lie.

How far: the mean distance to the three nearest labelled pictures, each number in its spreads. A
picture is a stranger where no more than one in a hundred of the labelled pictures lies as far
from the others, copies not counted as others (Bates and others, Testing for outliers with
conformal p-values, 2023). Of five collections held against each other, distances in the shrunk
covariance's own directions told strangers no better in 16 of 20 pairs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from latelier.classify.heads import Table

NEAREST = 3
FAR = 0.01  # p value; fewer than 99 labelled pictures can never go so low, see ``usual``


@dataclass(frozen=True)
class Shown:
    """The labelled pictures, to hold strangers against.

    Args:
        middle: (d,) of the numbers.
        spread: (d,) of them; infinite where all are alike.
        points: (n, d) the labelled pictures there.
        usual: (n,) sorted distances of each from the nearest others.
    """

    middle: NDArray[np.float64]
    spread: NDArray[np.float64]
    points: Table
    usual: NDArray[np.float64]

    def distances(self, numbers: Table) -> NDArray[np.float64]:
        """(m,) how far new pictures lie."""
        apart = cdist(self._scaled(numbers), self.points)
        k = min(NEAREST, apart.shape[1])
        return np.asarray(np.sort(apart, axis=1)[:, :k].mean(axis=1))

    def p_values(self, numbers: Table) -> NDArray[np.float64]:
        """(m,) the share of labelled pictures that lie as far, the picture itself counted in."""
        beyond = len(self.usual) - np.searchsorted(self.usual, self.distances(numbers), "left")
        return np.asarray((1 + beyond) / (len(self.usual) + 1))

    def strangers(self, numbers: Table) -> NDArray[np.bool_]:
        """(m,) which are unlike anything that was shown.

        With few labelled pictures a p value cannot go under ``FAR``; then a picture has to lie
        half as far again as the farthest of them.
        """
        if len(self.usual) + 1 >= 1 / FAR:
            return np.asarray(self.p_values(numbers) <= FAR)
        return np.asarray(self.distances(numbers) > 1.5 * self.usual[-1])

    def _scaled(self, numbers: Table) -> Table:
        scaled: Table = (numbers - self.middle) / self.spread
        return scaled


def shown(numbers: Table, groups: NDArray[np.int64], columns: Sequence[int] = ()) -> Shown:
    """Learn what is usual.

    Args:
        numbers: (n, d) of the labelled pictures, three or more.
        groups: (n,) pictures of one number are copies, or of one page.
        columns: the numbers that count; all if empty.
    """
    middle, spread = numbers.mean(axis=0), numbers.std(axis=0)
    spread = np.where(spread > 1e-9 * (1 + np.abs(middle)), spread, np.inf)
    if len(columns):
        kept = np.full_like(spread, np.inf)
        kept[list(columns)] = spread[list(columns)]
        spread = kept
    points = (numbers - middle) / spread
    apart = cdist(points, points)
    apart[groups[:, None] == groups[None, :]] = np.inf
    near = np.sort(apart, axis=1)[:, :NEAREST]
    near = np.where(np.isfinite(near), near, near[:, :1])  # fewer than three others: the nearest
    usual = near[np.isfinite(near[:, 0])].mean(axis=1)
    return Shown(middle, spread, points, np.sort(usual))
