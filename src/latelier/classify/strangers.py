"""Pictures unlike anything that was shown: a conformal p value of how far they lie.

How far: Mahalanobis' distance from the middle of the labelled pictures by their shrunk covariance
(Ledoit and Wolf, 2004), more where many numbers lie beyond all that was seen. A picture is a
stranger where no more than one in a hundred of the labelled pictures lies as far from the others,
copies not counted as others (Bates and others, Testing for outliers with conformal p-values, 2023;
each labelled picture is measured without its own fold, Vovk, Cross-conformal predictors, 2015).

Of six collections, each held against six others (36 pairs), half of its own pictures against the
foreign ones: AUROC .992 on the mean, .98 or more in 32 pairs and .91 at the least; the nearest three
pictures, as before, gave .969, 18 and .84; distances of MobileNetV2's numbers .886, 11 and .33. The
least is close-ups of cloth beside painters; no other distance tried moves it: from the nearest label's
middle, the nearest three once whitened, all numbers, or the product of this one and each of them or
MobileNetV2's (.78 to .92 where this one, on two draws, gives .93).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular
from sklearn.covariance import ledoit_wolf

from latelier.classify.heads import RIDGE, Table

FOLDS = 5
CUT = 6.0  # spreads; one number that is far off must not hide what the others say
BEYOND = (
    2.0  # a tenth of the numbers beyond all that was seen makes it a fifth farther; from 1 to 4
)
#               the mean AUROC stays within .001
FAR = 0.01  # p value; fewer than 99 labelled pictures can never go so low, see ``strangers``
FEW = 19  # with as many, one in twenty of the pictures like them is called a stranger


@dataclass(frozen=True)
class Crowd:
    """Labelled pictures as a cloud.

    Args:
        middle: (d,) of the numbers.
        spread: (d,) of them.
        low: (d,) the smallest seen, in spreads.
        high: (d,) the largest.
        root: (d, d) the lower root of the covariance, in spreads.
        columns: the numbers that count, d of them.
    """

    middle: NDArray[np.float64]
    spread: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    root: Table
    columns: NDArray[np.int64]

    def distances(self, numbers: Table) -> NDArray[np.float64]:
        """(m,) how far pictures lie out; about 1 for those it was learnt from."""
        apart = (numbers[:, self.columns] - self.middle) / self.spread
        beyond = ((apart < self.low - 1e-9) | (apart > self.high + 1e-9)).mean(axis=1)
        straight = solve_triangular(self.root, np.clip(apart, -CUT, CUT).T, lower=True)
        far = np.sqrt((straight**2).mean(axis=0))
        return np.asarray(far * np.exp(BEYOND * beyond))


@dataclass(frozen=True)
class Shown:
    """The labelled pictures, to hold strangers against.

    Args:
        crowd: all of them.
        usual: (n,) sorted distances of each from the others.
        apart: how many of them are no copies of each other; only these carry a promise.
    """

    crowd: Crowd
    usual: NDArray[np.float64]
    apart: int

    def distances(self, numbers: Table) -> NDArray[np.float64]:
        """(m,) how far new pictures lie."""
        return self.crowd.distances(numbers)

    def p_values(self, numbers: Table) -> NDArray[np.float64]:
        """(m,) the share of labelled pictures that lie as far, the picture itself counted in."""
        beyond = len(self.usual) - np.searchsorted(self.usual, self.distances(numbers), "left")
        return np.asarray((1 + beyond) / (len(self.usual) + 1))

    def strangers(self, numbers: Table) -> NDArray[np.bool_]:
        """(m,) which are unlike anything that was shown.

        With few labelled pictures a p value cannot go under ``FAR``; then a picture has to lie
        farther than all of them, and half as far again where they are fewer than ``FEW``. Copies
        count once.
        """
        if self.apart + 1 >= 1 / FAR:
            return np.asarray(self.p_values(numbers) <= FAR)
        least = self.usual[-1] * (1.0 if self.apart >= FEW else 1.5)
        return np.asarray(self.distances(numbers) > least)


def shown(numbers: Table, groups: NDArray[np.int64], columns: Sequence[int] = ()) -> Shown:
    """Learn what is usual.

    Args:
        numbers: (n, d) of the labelled pictures, three or more.
        groups: (n,) pictures of one number are copies, or of one page.
        columns: the numbers that count; all if empty.
    """
    counted = np.array(columns or range(numbers.shape[1]), np.int64)
    _, of = np.unique(groups, return_inverse=True)
    folds = of % min(FOLDS, int(of.max()) + 1)
    usual = np.zeros(len(numbers))
    for fold in np.unique(folds):
        mine = folds == fold
        others = numbers[~mine] if (~mine).sum() > 1 else numbers  # all are copies of each other
        usual[mine] = _crowd(others, counted).distances(numbers[mine])
    return Shown(_crowd(numbers, counted), np.sort(usual), int(of.max()) + 1)


def _crowd(numbers: Table, columns: NDArray[np.int64]) -> Crowd:
    held = numbers[:, columns]
    middle, spread = held.mean(axis=0), held.std(axis=0)
    varies = spread > 1e-9 * (1 + np.abs(middle))
    # what never varied says nothing while it stays, and is beyond all that was seen when it does not
    spread = np.where(varies, spread, 1e-6 * (1 + np.abs(middle)))
    scaled = (held - middle) / spread
    low, high = scaled.min(axis=0), scaled.max(axis=0)
    scaled = np.clip(scaled * varies, -CUT, CUT)
    covariance, _ = ledoit_wolf(scaled)
    covariance += RIDGE * (np.trace(covariance) / len(covariance) + 1e-9) * np.eye(len(covariance))
    covariance[np.diag_indices_from(covariance)] += np.where(varies, 0.0, 1.0)
    return Crowd(middle, spread, low, high, cholesky(covariance, lower=True), columns)
