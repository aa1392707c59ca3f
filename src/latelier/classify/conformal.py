"""Sets of labels that hold the true one as often as was promised, whatever the head is worth.

Conformal prediction: split (Papadopoulos and others, 2002; Vovk, Gammerman and Shafer, 2005),
cross by the heads of a cross-validation (Vovk, Cross-conformal predictors, 2015), per label
(Mondrian; Vovk, Lindsay, Nouretdinov and Gammerman, 2003). How strange a label would be is told
by LAC (Sadinle, Lei and Wasserman, 2019), APS (Romano, Sesia and Candès, 2020) or RAPS
(Angelopoulos and others, 2021). The true coverage of a split set varies about the promise by a Beta
distribution (Vovk, Conditional validity of inductive conformal predictors, 2012). Of crossed sets
about 1 - 2 alpha is proved (Barber, Candès, Ramdas and Tibshirani, Predictive inference with the
jackknife+, 2021, theorems 1 and 4); measured they hold .92 to .99 where .90 is promised.
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

from latelier.classify.heads import Table
from latelier.errors import TooFew, UnknownName

SCORES = ("lac", "aps", "raps")
PENALTY, FREE = 0.05, 2  # of RAPS: a label beyond the second costs 5 % each
TIE = 1e-9  # scores so near are equal; sums of probabilities differ so in their last digits


def strangeness(p: Table, method: str = "lac", u: NDArray[np.float64] | None = None) -> Table:
    """(n, k) how strange each label would be of each picture.

    Args:
        p: (n, k) probabilities.
        method: lac, aps or raps.
        u: (n,) draws in [0, 1) that take away a part of the label itself, so that aps and raps
            cover exactly; without them they cover more.

    Raises:
        UnknownName: there is no such score.
    """
    if method not in SCORES:
        raise UnknownName("conformal score", method, SCORES)
    if method == "lac":
        return 1 - p
    order = np.argsort(-p, axis=1, kind="stable")
    sums = np.cumsum(np.take_along_axis(p, order, axis=1), axis=1)
    if method == "raps":
        sums = sums + PENALTY * np.maximum(0, np.arange(1, p.shape[1] + 1) - FREE)
    found = np.zeros_like(p)
    np.put_along_axis(found, order, sums, axis=1)
    return found if u is None else found - u[:, None] * p


def needs(alpha: float) -> int:
    """The fewest calibration pictures that a promise of 1 - alpha can be kept with.

    >>> needs(0.1), needs(0.05)
    (9, 19)
    """
    return math.ceil(1 / alpha - 1 - 1e-9)


def enough(count: int, alpha: float, where: str = "") -> None:
    """Refuse a promise that nobody could keep.

    Raises:
        TooFew: there are fewer than 1 / alpha - 1 calibration pictures.
    """
    if count < needs(alpha):
        raise TooFew(
            f"{count} labelled pictures{where} cannot carry a promise of {1 - alpha:.0%}; "
            f"it needs {needs(alpha)}. Label more, or promise less."
        )


def threshold(scores: NDArray[np.float64], alpha: float) -> float:
    """The score up to which a label belongs to the set.

    Args:
        scores: (n,) of the true labels of calibration pictures.
        alpha: how often the set may fail.

    Raises:
        TooFew: there are fewer than 1 / alpha - 1 of them.
    """
    enough(len(scores), alpha)
    rank = math.ceil((len(scores) + 1) * (1 - alpha) - 1e-9)
    return float(np.sort(scores)[rank - 1])


def coverage(count: int, alpha: float, level: float = 0.9) -> tuple[float, float]:
    """The interval in which the true coverage lies, by the luck of the calibration pictures.

    >>> [round(end, 3) for end in coverage(50, 0.1)]
    [0.826, 0.96]
    """
    l = math.floor((count + 1) * alpha + 1e-9)
    low, high = beta.ppf([(1 - level) / 2, (1 + level) / 2], count + 1 - l, l)
    return float(low), float(high)


def kept(count: int, alpha: float) -> float:
    """What a promise of 1 - alpha comes to on the mean: a set fails by whole pictures only.

    Calibrated on 13, it may leave out 1 of 14, which is less than 1 in 10.

    >>> round(kept(13, 0.1), 3), kept(99, 0.1)
    (0.929, 0.9)
    """
    return 1 - math.floor((count + 1) * alpha + 1e-9) / (count + 1)


def p_values(
    scores: NDArray[np.float64],
    new: NDArray[np.float64],
    *,
    folds: NDArray[np.int64] | None = None,
    labels: NDArray[np.int64] | None = None,
    u: NDArray[np.float64] | None = None,
) -> Table:
    """(m, k) how many calibration pictures are as strange as each label of each new picture.

    A set of promise 1 - alpha is the labels with a value above alpha. With a draw for each picture
    the values are smoothed (Vovk, Gammerman and Shafer, 2005): sets then fail exactly alpha of the
    time however few calibration pictures there are, and hang on that draw.

    Args:
        scores: (n,) of the true labels of calibration pictures, each by a head that did not
            learn from it.
        new: (f, m, k) scores of the new pictures by the head of each fold, or (m, k) by one head.
        folds: (n,) which head each calibration picture's score is from; all the first if None.
        labels: (n,) the calibration pictures' labels, to count per label only; all if None.
        u: (m,) draws in [0, 1): which part of itself and of those as strange each picture counts.
    """
    new = new[None] if new.ndim == 2 else new
    of = np.zeros(len(scores), np.int64) if folds is None else folds
    m, k = new.shape[1:]
    found = np.zeros((m, k))
    for c in range(k):
        mine = np.ones(len(scores), bool) if labels is None else labels == c
        part = np.ones(m) if u is None else u
        at_least = part.copy()
        for fold in range(len(new)):
            there = np.sort(scores[mine & (of == fold)])
            as_strange = len(there) - np.searchsorted(there, new[fold, :, c] - TIE, "left")
            stranger = len(there) - np.searchsorted(there, new[fold, :, c] + TIE, "right")
            at_least += stranger + part * (as_strange - stranger)
        found[:, c] = at_least / (mine.sum() + 1)
    return found


def sets(p: Table, alpha: float) -> NDArray[np.bool_]:
    """(m, k) whether each label belongs to the set of promise 1 - alpha."""
    inside: NDArray[np.bool_] = p > alpha + TIE
    return inside
