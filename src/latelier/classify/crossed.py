"""Held-out predictions: nested cross-validation in which copies and pages stay on one side.

Of each fold the head and its settings are chosen by an inner cross-validation that never sees the
fold (Varma and Simon, Bias in error estimation when using cross-validation for model selection,
2006); both ways of splitting keep sets of copies whole.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

from latelier.classify.calibration import temperature
from latelier.classify.heads import EVERYTHING, MEMBERS, Choice, Head, Table, View, member
from latelier.progress import Progress, silent
from latelier.seeds import child

FOLDS, INNER = 5, 3


@dataclass(frozen=True)
class HeldOut:
    """What was said of each picture by a head that had not seen it, nor a copy of it.

    Args:
        logits: (n, k).
        folds: (n,) the fold each picture was held out in.
        heads: the head that learnt without each fold; together they tell new pictures.
    """

    logits: Table
    folds: NDArray[np.int64]
    heads: list[Head]

    @property
    def chosen(self) -> list[Choice]:
        """The kind and settings of each fold's head."""
        return [head.choice for head in self.heads]

    @property
    def said(self) -> NDArray[np.int64]:
        """(n,) the label said of each."""
        return self.logits.argmax(axis=1)

    def together(self, numbers: Table) -> Table:
        """(folds, m, k) the logits of new pictures by the head of each fold."""
        return np.stack([head.logits(numbers) for head in self.heads])


def split(
    labels: NDArray[np.int64], groups: NDArray[np.int64], folds: int, seed: int
) -> NDArray[np.int64]:
    """(n,) a fold for each picture; groups whole, labels spread as evenly as they allow."""
    smallest = min(len(np.unique(groups[labels == c])) for c in np.unique(labels))
    folds = max(2, min(folds, smallest))
    at = np.zeros(len(labels), np.int64)
    parts = StratifiedGroupKFold(folds, shuffle=True, random_state=seed % 2**32)
    for fold, (_, test) in enumerate(parts.split(labels[:, None], labels, groups)):
        at[test] = fold
    return at


def held_out(
    numbers: Table,
    labels: NDArray[np.int64],
    groups: NDArray[np.int64],
    tried: Sequence[Choice],
    *,
    views: Sequence[View] = (EVERYTHING,),
    seed: int = 0,
    on_progress: Progress = silent,
) -> HeldOut:
    """Say of each picture what a head says that learnt from the others.

    Args:
        numbers: (n, d).
        labels: (n,) 0 ... k - 1, each in at least two groups.
        groups: (n,) pictures of one number stay together.
        tried: the heads to choose from.
        views: the numbers to choose from, the plainest first.
        seed: of the splits.
        on_progress: told which fold.
    """
    k = int(labels.max()) + 1
    folds = split(labels, groups, FOLDS, child(seed, "folds"))
    logits, heads = np.full((len(labels), k), -30.0), []
    for fold in range(int(folds.max()) + 1):
        on_progress(fold, int(folds.max()) + 1, "learning and testing")
        rest = folds != fold
        inside = numbers[rest], labels[rest], groups[rest]
        choice, t = best(*inside, tried, views=views, seed=child(seed, fold))
        head = Head(choice, k, child(seed, "head") % 2**32, t).fit(numbers[rest], labels[rest])
        logits[~rest] = head.logits(numbers[~rest])
        heads.append(head)
    return HeldOut(logits, folds, heads)


def best(
    numbers: Table,
    labels: NDArray[np.int64],
    groups: NDArray[np.int64],
    tried: Sequence[Choice],
    *,
    views: Sequence[View] = (EVERYTHING,),
    seed: int = 0,
) -> tuple[Choice, float]:
    """The plainest view and head whose recall in a grouped cross-validation is not surely below the best.

    Surely: by one standard error (Breiman and others, Classification and Regression Trees, 1984,
    section 3.4.3). The view is chosen by linear discriminants, the head on that view. With it comes
    the temperature of its held-out logits, so that heads of several kinds are as sure as each other;
    where one is tried, nothing is compared, and it is 1. A jury's members each get their own.
    """
    alone = min(len(np.unique(groups[labels == c])) for c in np.unique(labels)) < 2
    settled = len(tried) == 1 and (tried[0].kind != "jury" or bool(tried[0].settings))
    if (settled and len(views) == 1) or (alone and len(tried) == 1):
        return replace(tried[0], view=views[0]), 1.0
    folds = split(labels, groups, INNER, seed)

    def asked(choice: Choice) -> Table:
        k = int(labels.max()) + 1
        logits = np.zeros((len(labels), k))
        for fold in range(int(folds.max()) + 1):
            rest = folds != fold
            if len(np.unique(labels[rest])) < 2:
                logits[~rest, labels[rest][0]] = 1.0
                continue
            head = Head(choice, k, seed % 2**32).fit(numbers[rest], labels[rest])
            logits[~rest] = head.logits(numbers[~rest])
        return logits

    view = views[0]
    if len(views) > 1:
        view = views[_plainest([asked(Choice("lda", {}, v)) for v in views], labels)]
    tried = [replace(choice, view=view) for choice in tried]
    if len(tried) == 1 and tried[0].kind == "jury" and not tried[0].settings:
        sure = {kind: temperature(asked(member(kind, view)), labels) for kind in MEMBERS}
        return replace(tried[0], settings=sure), 1.0
    if len(tried) == 1:
        return tried[0], 1.0
    found = [asked(choice) for choice in tried]
    first = _plainest(found, labels)
    return tried[first], temperature(found[first], labels)


def _plainest(found: Sequence[Table], labels: NDArray[np.int64]) -> int:
    """The first whose recall is within one standard error of the best."""
    scores = [balanced(labels, logits.argmax(axis=1)) for logits in found]
    top = max(scores)
    error = np.sqrt(top * (1 - top) / len(labels))
    return next(i for i, score in enumerate(scores) if score >= top - error)


def balanced(labels: NDArray[np.int64], said: NDArray[np.int64]) -> float:
    """The mean over the labels of the share of its pictures that were told."""
    return float(np.mean([(said[labels == c] == c).mean() for c in np.unique(labels)]))


def most_chosen(chosen: Sequence[Choice]) -> str:
    """Which head was chosen how often, in words."""
    counts = Counter(choice.words for choice in chosen)
    return ", ".join(f"{words} {n} of {len(chosen)} times" for words, n in counts.most_common())
