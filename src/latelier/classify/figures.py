"""What held-out predictions are worth: accuracy, confusion, the base line, and chance.

Whether predictions tell the labels at all is judged by a permutation test (Ojala and Garriga,
Permutation tests for studying classifier performance, 2010, test 1, without learning anew): the
labels are dealt out at random, those of copies together, and how often the mean recall is then
as high is the p value.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latelier.classify.crossed import balanced
from latelier.classify.intervals import share, wilson
from latelier.seeds import rng

DEALS = 999
ALPHA = 0.05


@dataclass(frozen=True)
class Figures:
    """What held-out predictions are worth; every interval is one of 95 %.

    Args:
        classes: the labels' names.
        confusion: (k, k) counts, a row a true label, a column what was said.
        accuracy: the share that is right.
        interval: of the accuracy.
        balanced: the mean over labels of the share of each that was told.
        balanced_interval: of that.
        recalls: of each label the share that was told, with its interval.
        baseline: the accuracy of always saying the most frequent label.
        p: how often labels dealt out at random are told as well as these.
    """

    classes: list[str]
    confusion: NDArray[np.int64]
    accuracy: float
    interval: tuple[float, float]
    balanced: float
    balanced_interval: tuple[float, float]
    recalls: list[tuple[float, float, float]]
    baseline: float
    p: float

    @property
    def by_chance(self) -> bool:
        """Whether chance explains them."""
        return self.p > ALPHA

    @property
    def beats_baseline(self) -> bool:
        """Whether they are surely right more often than always saying the most frequent label."""
        return self.interval[0] > self.baseline

    def to_json(self) -> dict[str, Any]:
        """As ``result.json`` keeps it."""
        return {
            "classes": self.classes,
            "confusion": self.confusion.tolist(),
            "accuracy": round(self.accuracy, 4),
            "interval": [round(end, 4) for end in self.interval],
            "balanced_accuracy": round(self.balanced, 4),
            "balanced_interval": [round(end, 4) for end in self.balanced_interval],
            "recalls": {
                c: [round(x, 4) for x in r] for c, r in zip(self.classes, self.recalls, strict=True)
            },
            "baseline": round(self.baseline, 4),
            "p": round(self.p, 4),
        }


def figures(
    classes: Sequence[str],
    labels: NDArray[np.int64],
    said: NDArray[np.int64],
    groups: NDArray[np.int64],
    seed: int = 0,
) -> Figures:
    """Count, and say how sure the counts are.

    Args:
        classes: the labels' names.
        labels: (n,) the labels, as places among ``classes``.
        said: (n,) what was said by heads that had not seen the picture.
        groups: (n,) pictures of one number are copies, or of one page.
        seed: of the deals.
    """
    k = len(classes)
    right = labels == said
    counts = np.bincount(labels, minlength=k)
    recalls = []
    for c in range(k):
        of = labels == c
        low, high = share(right[of], groups[of]) if of.any() else wilson(0, 0)
        recalls.append((float(right[of].mean()) if of.any() else 0.0, low, high))
    return Figures(
        list(classes),
        np.bincount(labels * k + said, minlength=k * k).reshape(k, k),
        float(right.mean()),
        share(right, groups),
        balanced(labels, said),
        _balanced_interval(labels, said, groups),
        recalls,
        float(counts.max() / counts.sum()),
        dealt(labels, said, groups, seed),
    )


def dealt(
    labels: NDArray[np.int64], said: NDArray[np.int64], groups: NDArray[np.int64], seed: int
) -> float:
    """The p value of the permutation test.

    Pictures are laid in a row, group by group; the groups' labels are dealt out along it in
    another order of the groups and within each, so that copies keep their labels together and
    groups that hold every label have them mixed.
    """
    draw = rng(seed, "deal")
    _, of = np.unique(groups, return_inverse=True)
    row = np.argsort(of, kind="stable")
    of, labels, said = of[row], labels[row], said[row]
    k = int(max(labels.max(), said.max())) + 1
    counts = np.maximum(np.bincount(labels, minlength=k), 1)
    at_least, mine = 1, (np.bincount(labels[labels == said], minlength=k) / counts).sum()
    for _ in range(DEALS):
        rank = draw.permutation(int(of.max()) + 1)
        given = labels[np.lexsort((draw.random(len(of)), rank[of]))]
        told = np.bincount(given[given == said], minlength=k)
        at_least += bool((told / counts).sum() >= mine - 1e-9)
    return at_least / (DEALS + 1)


def _balanced_interval(
    labels: NDArray[np.int64], said: NDArray[np.int64], groups: NDArray[np.int64]
) -> tuple[float, float]:
    """From the intervals of the recalls, taken as independent: MOVER (Zou and Donner, 2008)."""
    found = np.array(
        [
            [(labels[of] == said[of]).mean(), *share(labels[of] == said[of], groups[of])]
            for of in (labels == c for c in np.unique(labels))
        ]
    )
    middle, low, high = found.T
    k = len(found)
    down = np.sqrt(((middle - low) ** 2).sum()) / k
    up = np.sqrt(((high - middle) ** 2).sum()) / k
    return float(max(0.0, middle.mean() - down)), float(min(1.0, middle.mean() + up))


def verdict(found: Figures, count: int, criterion: str) -> str:
    """What the figures mean, in one sentence that does not flatter."""
    right, low, high = found.accuracy, *found.interval
    k = len(found.classes)
    share = "all" if right == 1 else f"{min(right, 0.99):.0%}"  # 510 of 512 are not 100 %
    words = f"right on {share} of {count} pictures it had not seen ({low:.0%} to {high:.0%})"
    if found.by_chance:
        return (
            f"No better than chance at {criterion}: {words}, and labels dealt out at random are "
            f"told as well {found.p:.0%} of the time."
        )
    always = f"always saying {found.classes[int(found.confusion.sum(axis=1).argmax())]!r}"
    if not found.beats_baseline:
        return (
            f"It tells some of {criterion}, but is not surely better than {always} "
            f"({found.baseline:.0%}): {words}."
        )
    weak = [c for c, r in zip(found.classes, found.recalls, strict=True) if r[0] < 1 / k]
    but = f"; it fails at {', '.join(weak)}" if weak else ""
    return f"Better than chance at {criterion}: {words}; {always} is {found.baseline:.0%}{but}."
