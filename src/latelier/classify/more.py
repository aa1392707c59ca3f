"""How much more labels would help: the learning curve, and where it is heading.

The share of mistakes falls as a power of the number of pictures learnt from (Cortes, Jackel and
others, Learning curves: asymptotic values and rate of convergence, 1993).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latelier.classify.heads import Choice, Head, Table
from latelier.seeds import rng

PARTS = (0.25, 0.5, 0.75, 1.0)
ROUNDS = 3


@dataclass(frozen=True)
class Curve:
    """Held-out accuracy by the number of pictures learnt from.

    Args:
        counts: pictures learnt from, rising.
        accuracies: the share right at each.
        twice: what twice as many labels may bring, from the falling of mistakes; None where the
            curve does not rise.
        rate: the power of that fall; 0.5 halves the mistakes with four times the labels.
    """

    counts: list[int]
    accuracies: list[float]
    twice: float | None
    rate: float

    @property
    def enough(self) -> bool:
        """Whether nearly all is told as it is."""
        return self.accuracies[-1] > 0.99

    @property
    def words(self) -> str:
        """What the curve says about labelling more."""
        steps = ", ".join(
            f"{a:.0%} after {n}" for n, a in zip(self.counts, self.accuracies, strict=True)
        )
        if self.enough:
            return f"More labels are not needed: right on {steps} labels."
        if self.twice is None:
            return (
                f"More labels of this kind would hardly help: right on {steps} labels. Clearer "
                "labels or other features may."
            )
        return (
            f"More labels would help: right on {steps} labels; twice as many may bring it to "
            f"about {self.twice:.0%}."
        )


def curve(
    numbers: Table,
    labels: NDArray[np.int64],
    folds: NDArray[np.int64],
    groups: NDArray[np.int64],
    choice: Choice,
    *,
    seed: int = 0,
) -> Curve:
    """Learn from parts of the labels, and test each on the fold held out."""
    k = int(labels.max()) + 1
    last = int(folds.max()) + 1
    right = np.zeros(len(PARTS))
    tested = np.zeros(len(PARTS))
    counts = np.zeros(len(PARTS))
    rounds = 1 if choice.kind == "jury" else ROUNDS  # a jury takes ten times as long
    for fold in range(last):
        for turn in range(rounds):
            order = _shuffled(folds != fold, groups, rng(seed, "curve", fold, turn))
            test = folds == fold
            for at, part in enumerate(PARTS):
                if part == 1.0 and turn:
                    continue  # all is all each time
                rows = order[: max(2, round(part * len(order)))]
                if len(np.unique(labels[rows])) < 2:
                    continue
                head = Head(choice, k, seed % 2**32).fit(numbers[rows], labels[rows])
                right[at] += (head.logits(numbers[test]).argmax(axis=1) == labels[test]).sum()
                tested[at] += test.sum()
                counts[at] += len(rows) * test.sum()
    there = tested > 0
    learnt = [round(c) for c in counts[there] / tested[there]]
    return _heading(learnt, list(right[there] / tested[there]))


def _shuffled(
    rest: NDArray[np.bool_], groups: NDArray[np.int64], draw: np.random.Generator
) -> NDArray[np.int64]:
    """The pictures learnt from in a random order, copies one after the other."""
    rows = np.flatnonzero(rest)
    names, of = np.unique(groups[rows], return_inverse=True)
    return rows[np.argsort(draw.permutation(len(names))[of], kind="stable")]


def _heading(counts: Sequence[int], accuracies: Sequence[float]) -> Curve:
    n, e = np.array(counts, float), np.maximum(1 - np.array(accuracies), 1e-3)
    rate = 0.0
    if len(n) > 2:
        rate = -float(np.polyfit(np.log(n), np.log(e), 1)[0])
    twice = 1 - float(e[-1]) * 2**-rate if rate > 0.05 else None
    return Curve(list(counts), [round(float(a), 4) for a in accuracies], twice, round(rate, 4))
