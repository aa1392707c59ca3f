"""Labels that are probably slips: confident learning, and how often its suspicions are true.

Northcutt, Jiang and Chuang, Confident learning: estimating uncertainty in dataset labels (2021):
a label is suspected where a head that did not see the picture is more sure of another label than
it usually is of pictures that have that label (equation 2), and ranked by how little that head
believes the label given (their self-confidence). Over six collections a changed label is so found
among the others with an AUROC of .63 to 1.00, at most .03 below the same head shown the true labels;
ranked by how much surer of another, it is less on five of them, of batik .77 instead of .81.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from latelier.classify.heads import Table
from latelier.classify.intervals import wilson

SHARE = 0.05  # of the labels that are changed on purpose, to see how many are found
ROUNDS = 4
ODDS = 0.5  # precision in the trial down to which labels are called suspect


@dataclass(frozen=True)
class Doubts:
    """Labels in the order of doubt.

    Args:
        rows: pictures whose label confident learning would drop, the most doubtful first.
        instead: the label that each is taken for.
        doubt: (n,) of every label: how little the head believes it, 0 to 1.
    """

    rows: list[int]
    instead: list[int]
    doubt: NDArray[np.float64]

    def above(self, cut: float) -> "Doubts":
        """Those with a doubt of ``cut`` or more."""
        keep = [i for i, row in enumerate(self.rows) if self.doubt[row] >= cut]
        return Doubts([self.rows[i] for i in keep], [self.instead[i] for i in keep], self.doubt)


@dataclass(frozen=True)
class Trial:
    """How suspicion fared on labels that were changed on purpose.

    Args:
        planted: how many were changed, all rounds together.
        found: how many of them were suspected.
        suspected: how many labels were suspected in all.
        precision: the share of those that had been changed; at least, since other labels may be
            slips in truth.
        interval: of the precision, 95 %.
        cut: the doubt above which a label is suspected; what lies below is more often right.
        auroc: how often a changed label is more doubtful than one that was not changed.
        even: whether the suspicion is right at least half of the time.
    """

    planted: int
    found: int
    suspected: int
    precision: float
    interval: tuple[float, float]
    cut: float
    auroc: float
    even: bool


def doubts(p: Table, labels: NDArray[np.int64]) -> Doubts:
    """Doubt labels by held-out probabilities.

    Args:
        p: (n, k) each row by a head that had not seen the picture.
        labels: (n,).
    """
    n, k = p.shape
    usual = np.array([p[labels == c, c].mean() if (labels == c).any() else 1.0 for c in range(k)])
    sure = np.where(p >= usual, p, 0.0)
    instead = np.where(sure.max(axis=1) > 0, sure.argmax(axis=1), labels)
    doubt = 1 - p[np.arange(n), labels]
    rows = np.flatnonzero(instead != labels)
    rows = rows[np.argsort(-doubt[rows], kind="stable")]
    return Doubts([int(r) for r in rows], [int(instead[r]) for r in rows], doubt)


def tried_out(
    labels: NDArray[np.int64],
    again: Callable[[NDArray[np.int64]], Table],
    rng: np.random.Generator,
) -> Trial:
    """Change some labels on purpose, doubt anew, count, and find from which doubt on to suspect.

    Args:
        labels: (n,).
        again: labels to held-out probabilities (n, k) learnt from them.
        rng: draws which labels are changed, and to what.
    """
    n, k = len(labels), int(labels.max()) + 1
    count = max(2, round(SHARE * n))
    doubt, changed, dropped = [], [], []
    for _ in range(ROUNDS):
        rows = rng.choice(n, count, replace=False)
        wrong = labels.copy()
        wrong[rows] = (labels[rows] + rng.integers(1, k, count)) % k
        if np.bincount(wrong, minlength=k).min() < 2:
            continue  # a label would be left that cannot be held out
        found = doubts(again(wrong), wrong)
        doubt.append(found.doubt)
        changed.append(np.isin(np.arange(n), rows))
        dropped.append(np.isin(np.arange(n), found.rows))
    if not doubt:
        return Trial(0, 0, 0, 0.0, (0.0, 1.0), np.inf, 0.5, False)
    return _counted(np.concatenate(doubt), np.concatenate(changed), np.concatenate(dropped))


def _counted(
    doubt: NDArray[np.float64], changed: NDArray[np.bool_], dropped: NDArray[np.bool_]
) -> Trial:
    ranks = rankdata(doubt)
    a, b = int(changed.sum()), int((~changed).sum())
    auroc = float((ranks[changed].sum() - a * (a + 1) / 2) / (a * b))
    order = np.flatnonzero(dropped)[np.argsort(-doubt[dropped], kind="stable")]
    hits = np.cumsum(changed[order])
    good = np.flatnonzero(hits >= ODDS * np.arange(1, len(order) + 1))
    even = len(good) > 0 and good[-1] >= ROUNDS - 1
    # where suspicion is never right half of the time, the most doubtful few are still shown
    last = int(good[-1]) + 1 if even else min(a, len(order))
    found = int(hits[last - 1]) if last else 0
    return Trial(
        a,
        found,
        last,
        found / last if last else 0.0,
        wilson(found, last),
        float(doubt[order[last - 1]]) if last else np.inf,
        auroc,
        bool(even),
    )
