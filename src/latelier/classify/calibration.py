"""Probabilities that mean what they say: of pictures told with 70 %, seven in ten are so.

Temperature scaling (Guo and others, On calibration of modern neural networks, 2017), isotonic
regression one label against the rest (Zadrozny and Elkan, 2002), inductive Venn-Abers predictors
(Vovk, Petej and Fedorova, Large-scale probabilistic predictors with and without guarantees of
validity, 2015), and the error that is left, without its bias at few pictures (Kumar, Liang and Ma,
Verified uncertainty calibration, 2019, definition 4.1, for the label that was said).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.isotonic import IsotonicRegression, isotonic_regression

from latelier.classify.heads import Table, probabilities
from latelier.errors import UnknownName

BINS = 10
Labels = NDArray[np.int64]
Calibrated = Callable[[Table], Table]


def temperature(logits: Table, labels: Labels) -> float:
    """The number that logits are divided by for the highest likelihood of held-out labels."""
    rows = np.arange(len(labels))

    def surprise(log_t: float) -> float:
        p = probabilities(logits, float(np.exp(log_t)))
        return float(-np.log(np.maximum(p[rows, labels], 1e-12)).mean())

    found = minimize_scalar(surprise, bounds=(-3.0, 4.0), method="bounded")
    return float(np.exp(found.x))


def by_temperature(logits: Table, labels: Labels) -> Calibrated:
    """Logits to probabilities, by the temperature learnt from held-out logits."""
    t = temperature(logits, labels)
    return lambda new: probabilities(new, t)


def by_isotonic(logits: Table, labels: Labels) -> Calibrated:
    """Logits to probabilities that rise with them in steps, learnt label against the rest."""
    p = probabilities(logits)
    curves = [
        IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(p[:, c], labels == c)
        for c in range(p.shape[1])
    ]

    def calibrated(new: Table) -> Table:
        q = probabilities(new)
        return _shares(np.stack([f.predict(q[:, c]) for c, f in enumerate(curves)], axis=1), q)

    return calibrated


def by_venn_abers(logits: Table, labels: Labels) -> Calibrated:
    """Logits to the probabilities between the two of Venn-Abers, label against the rest."""
    p = probabilities(logits)

    def calibrated(new: Table) -> Table:
        q = probabilities(new)
        found = np.zeros_like(q)
        for c in range(q.shape[1]):
            low, high = venn_abers(p[:, c], labels == c, q[:, c])
            found[:, c] = high / (1 - low + high)  # the least regret of log loss, section 4
        return _shares(found, q)

    return calibrated


def venn_abers(
    scores: NDArray[np.float64], true: NDArray[np.bool_], new: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The two probabilities of each new score: as if its label were false, and as if true.

    Args:
        scores: (n,) of pictures that were held out.
        true: (n,) whether each has the label.
        new: (m,) scores to calibrate.
    """
    order = np.argsort(scores, kind="stable")
    s, y = scores[order], true[order].astype(np.float64)
    found = np.zeros((2, len(new)))
    for i, score in enumerate(new):
        low, high = np.searchsorted(s, score, "left"), np.searchsorted(s, score, "right")
        tied = y[low:high]  # equal scores share one step
        for guess in (0, 1):
            values = np.concatenate([y[:low], [(tied.sum() + guess) / (len(tied) + 1)], y[high:]])
            weights = np.ones(len(values))
            weights[low] = len(tied) + 1
            found[guess, i] = isotonic_regression(values, sample_weight=weights)[low]
    return found[0], found[1]


METHODS: dict[str, Callable[[Table, Labels], Calibrated]] = {
    "temperature": by_temperature,
    "isotonic": by_isotonic,
    "venn-abers": by_venn_abers,
}


@dataclass(frozen=True)
class Calibration:
    """Held-out probabilities, each calibrated on the other folds, and how far they are off.

    Args:
        probabilities: (n, k).
        error: of the probability of the label said, root mean square, without its bias.
        plain_error: the usual one of ten bins of equal count; high at few pictures by itself.
        before: ``error`` of the probabilities as the head gave them.
    """

    probabilities: Table
    error: float
    plain_error: float
    before: float


def calibrated(method: str, logits: Table, labels: Labels, folds: NDArray[np.int64]) -> Calibration:
    """Calibrate each fold on the others, and measure what is left.

    Raises:
        UnknownName: there is no such method.
    """
    if method not in METHODS:
        raise UnknownName("way to calibrate", method, METHODS)
    p = np.zeros_like(logits)
    for fold in np.unique(folds):
        rest = folds != fold
        p[~rest] = METHODS[method](logits[rest], labels[rest])(logits[~rest])
    raw = probabilities(logits)
    return Calibration(p, error(p, labels), plain_error(p, labels), error(raw, labels))


def error(p: Table, labels: Labels) -> float:
    """The root mean square of confidence less truth over bins of equal count, bias taken off."""
    total = 0.0
    for confident, right in _bins(p, labels):
        n = len(right)
        share = right.mean()
        noise = share * (1 - share) / max(n - 1, 1)
        total += n * ((confident.mean() - share) ** 2 - noise)
    return float(np.sqrt(max(0.0, total / len(labels))))


def plain_error(p: Table, labels: Labels) -> float:
    """The mean distance of confidence from truth over bins of equal count."""
    parts = [len(r) * abs(c.mean() - r.mean()) for c, r in _bins(p, labels)]
    return float(sum(parts) / len(labels))


def _bins(p: Table, labels: Labels) -> list[tuple[NDArray[np.float64], NDArray[np.bool_]]]:
    confident, right = p.max(axis=1), p.argmax(axis=1) == labels
    order = np.argsort(confident, kind="stable")
    parts = np.array_split(order, min(BINS, len(order)))
    return [(confident[rows], right[rows]) for rows in parts]


def _shares(found: Table, otherwise: Table) -> Table:
    """Rows that sum to 1; a row of nothing becomes the other."""
    total = found.sum(axis=1, keepdims=True)
    shares: Table = np.where(total > 1e-12, found / np.maximum(total, 1e-12), otherwise)
    return shares
