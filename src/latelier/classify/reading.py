"""All that can be learnt from labelled pictures, and what it says of new ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latelier.classify import calibration, conformal, doubtful, more
from latelier.classify.calibration import Calibrated, Calibration
from latelier.classify.crossed import HeldOut, held_out
from latelier.classify.doubtful import Doubts, Trial
from latelier.classify.figures import Figures, figures
from latelier.classify.heads import EVERYTHING, Choice, Table, View, choices, of_classes
from latelier.classify.intervals import share
from latelier.classify.more import Curve
from latelier.classify.strangers import Shown, shown
from latelier.errors import TooFew
from latelier.progress import Progress, silent
from latelier.seeds import child, rng

SPLITS = 2  # of which beliefs are the mean
FEWEST = 3  # pictures of a label, no two of them copies: two to learn from, one to test


@dataclass(frozen=True)
class Wishes:
    """How to learn.

    Args:
        head: the kind of head, or auto.
        calibrate: temperature, isotonic or venn-abers.
        score: of the sets: lac, aps or raps.
        promise: how often a set holds the true label, 0.5 to 0.99.
        per_label: keep the promise for each label, not only on the whole.
        seed: of all splits and draws.
    """

    head: str = "auto"
    calibrate: str = "temperature"
    score: str = "lac"
    promise: float = 0.9
    per_label: bool = False
    seed: int = 0


@dataclass(frozen=True)
class Sets:
    """Sets of labels for the labelled pictures, each calibrated without its own fold.

    Args:
        inside: (n, k) whether each label belongs to the set.
        calibrated_on: how many pictures, no two copies of each other.
        band: where the true share of sets that hold the true label would lie, 90 %, had so many
            pictures been set aside to calibrate on; folds hold more rather than less.
        held: the share that did.
        held_interval: of that share, 95 %.
        size: how many labels a set has on the mean.
    """

    inside: NDArray[np.bool_]
    calibrated_on: int
    band: tuple[float, float]
    held: float
    held_interval: tuple[float, float]
    size: float


@dataclass(frozen=True)
class Said:
    """What is said of new pictures.

    Args:
        p: (m, k) probabilities.
        inside: (m, k) the sets; None where too few labels carry the promise.
        strangers: (m,) which are unlike anything that was shown.
        usual: (m,) the share of labelled pictures that lie as far out.
    """

    p: Table
    inside: NDArray[np.bool_] | None
    strangers: NDArray[np.bool_]
    usual: NDArray[np.float64]


@dataclass(frozen=True)
class Reading:
    """What was learnt from labelled pictures.

    Args:
        wishes: how.
        classes: the labels' names.
        labels: (n,) places among them.
        groups: (n,) pictures of one number are copies, or of one page.
        held: the held-out logits and the heads of the folds.
        calibration: of the held-out probabilities.
        to_probabilities: logits to calibrated probabilities.
        figures: what the held-out predictions are worth.
        curve: what more labels would bring.
        doubts: labels that are suspected.
        trial: how such suspicions fare on labels changed on purpose.
        sets: None where too few labels carry the promise.
        shown: the labelled pictures, for telling strangers.
    """

    wishes: Wishes
    classes: list[str]
    labels: NDArray[np.int64]
    groups: NDArray[np.int64]
    held: HeldOut
    calibration: Calibration
    to_probabilities: Calibrated
    figures: Figures
    curve: Curve
    doubts: Doubts
    trial: Trial
    sets: Sets | None
    shown: Shown

    def say(self, numbers: Table) -> Said:
        """What the heads of all folds say together of (m, d) new pictures."""
        each = np.stack([self.to_probabilities(x) for x in self.held.together(numbers)])
        inside = None
        if self.sets is not None:
            strange = np.stack([conformal.strangeness(p, self.wishes.score) for p in each])
            rows = once(self.groups, self.wishes.seed)
            own = conformal.strangeness(self.calibration.probabilities, self.wishes.score)
            p_values = conformal.p_values(
                own[rows, self.labels[rows]],
                strange,
                folds=self.held.folds[rows],
                labels=self.labels[rows] if self.wishes.per_label else None,
            )
            inside = conformal.sets(p_values, 1 - self.wishes.promise)
        return Said(
            each.mean(axis=0),
            inside,
            self.shown.strangers(numbers),
            self.shown.p_values(numbers),
        )


def read(
    numbers: Table,
    labels: Sequence[str],
    groups: NDArray[np.int64],
    wishes: Wishes = Wishes(),
    *,
    views: Sequence[View] = (EVERYTHING,),
    on_progress: Progress = silent,
) -> Reading:
    """Learn labels from numbers, and measure what was learnt on pictures held out.

    Args:
        numbers: (n, d) of the labelled pictures.
        labels: (n,) of them; each in ``FEWEST`` groups or more, two labels or more.
        groups: (n,) pictures of one number are copies, or of one page.
        wishes: how.
        views: the numbers to choose from, the plainest first.
        on_progress: told where it stands.

    Raises:
        TooFew: one label only, a label of too few pictures, or all pictures are alike.
        UnknownName: there is no such head, calibration or score.
    """
    classes, y = of_classes(labels)
    _worth(numbers, classes, y, groups)
    tried = choices(wishes.head)
    held = held_out(
        numbers, y, groups, tried, views=views, seed=wishes.seed, on_progress=on_progress
    )
    calibrated = calibration.calibrated(wishes.calibrate, held.logits, y, held.folds, groups)
    usual = most(held)

    def again(changed: NDArray[np.int64]) -> Table:
        return believed(numbers, changed, usual, wishes.seed)

    on_progress(1, 1, "trying to find labels changed on purpose")
    trial = doubtful.tried_out(y, again, rng(wishes.seed, "slips"))
    return Reading(
        wishes,
        classes,
        y,
        groups,
        held,
        calibrated,
        calibration.METHODS[wishes.calibrate](held.logits, y, groups),
        figures(classes, y, calibrated.probabilities.argmax(axis=1), groups, wishes.seed),
        more.curve(numbers, y, held.folds, groups, usual, seed=wishes.seed),
        doubtful.doubts(again(y), y).above(trial.cut),
        trial,
        _sets(calibrated.probabilities, y, groups, held.folds, wishes),
        shown(numbers, groups, usual.view.columns),
    )


def believed(numbers: Table, labels: NDArray[np.int64], usual: Choice, seed: int) -> Table:
    """(n, k) how far each label is believed of each picture, to doubt labels by.

    Held out picture by picture, and the mean of ``SPLITS`` splits. Copies and pages are not kept
    together: nobody asks here what a stranger would be called, and a label that a picture's own copies
    contradict is the surest slip.
    """
    alone, found = np.arange(len(labels)), []
    for split in range(SPLITS):
        held = held_out(
            numbers, labels, alone, [usual], views=[usual.view], seed=child(seed, split)
        )
        cooled = calibration.by_temperature_alone
        found.append(calibration.across(cooled, held.logits, labels, held.folds))
    return np.asarray(np.mean(found, axis=0))


def most(held: HeldOut) -> Choice:
    """The head that was chosen most often, the first of equals; its settings are that fold's."""
    words = [c.words for c in held.chosen]
    return max(held.chosen, key=lambda c: words.count(c.words))


def flattered(
    numbers: Table,
    labels: Sequence[str],
    seed: int = 0,
    head: str = "auto",
    views: Sequence[View] = (EVERYTHING,),
) -> tuple[float, tuple[float, float]]:
    """The accuracy and its interval if copies might lie on both sides of the split."""
    classes, y = of_classes(labels)
    alone = np.arange(len(y))
    held = held_out(numbers, y, alone, choices(head), views=views, seed=seed)
    found = figures(classes, y, held.said, alone, seed)
    return found.accuracy, found.interval


def once(groups: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """One row of each group, drawn; calibration counts on pictures that are strangers."""
    draw = rng(seed, "once")
    order = draw.permutation(len(groups))
    _, first = np.unique(groups[order], return_index=True)
    return np.sort(order[first])


def _worth(
    numbers: Table, classes: Sequence[str], labels: NDArray[np.int64], groups: NDArray[np.int64]
) -> None:
    if len(classes) < 2:
        raise TooFew(
            f"All labelled pictures are {classes[0]!r}; two labels or more are needed to tell apart."
            if classes
            else "No picture is labelled yet."
        )
    for c, name in enumerate(classes):
        count = len(np.unique(groups[labels == c]))
        if count < FEWEST:
            raise TooFew(
                f"{count} pictures of {name!r} that are no copies of each other; it needs {FEWEST}."
            )
    if not (numbers.std(axis=0) > 1e-9 * (1 + np.abs(numbers).mean(axis=0))).any():
        raise TooFew(
            f"All {len(numbers)} labelled pictures are alike in every number; nothing can tell "
            "them apart."
        )


def _sets(
    p: Table,
    labels: NDArray[np.int64],
    groups: NDArray[np.int64],
    folds: NDArray[np.int64],
    wishes: Wishes,
) -> Sets | None:
    """The sets of the labelled pictures; None where they are too few for the promise."""
    alpha = 1 - wishes.promise
    rows = once(groups, child(wishes.seed, "sets"))
    strange = conformal.strangeness(p, wishes.score)
    fewest = min(
        (labels[rows] == c).sum() if wishes.per_label else len(rows) for c in np.unique(labels)
    )
    if fewest - np.bincount(folds).max() < conformal.needs(alpha):
        return None
    inside = np.zeros(p.shape, bool)
    for fold in np.unique(folds):
        there = rows[folds[rows] != fold]
        found = conformal.p_values(
            strange[there, labels[there]],
            strange[folds == fold],
            labels=labels[there] if wishes.per_label else None,
        )
        inside[folds == fold] = conformal.sets(found, alpha)
    held = inside[np.arange(len(labels)), labels]
    return Sets(
        inside,
        int(fewest),
        conformal.coverage(int(fewest), alpha),
        float(held.mean()),
        share(held, groups),
        float(inside.sum(axis=1).mean()),
    )


def to_json(reading: Reading) -> dict[str, Any]:
    """What was learnt, as ``result.json`` keeps it."""
    trial, sets = reading.trial, reading.sets
    return {
        **reading.figures.to_json(),
        "heads": [c.words for c in reading.held.chosen],
        "calibration": {
            "method": reading.wishes.calibrate,
            "error": round(reading.calibration.error, 4),
            "plain_error": round(reading.calibration.plain_error, 4),
            "before": round(reading.calibration.before, 4),
        },
        "sets": None
        if sets is None
        else {
            "promise": reading.wishes.promise,
            "score": reading.wishes.score,
            "calibrated_on": sets.calibrated_on,
            "band": [round(end, 4) for end in sets.band],
            "held": round(sets.held, 4),
            "held_interval": [round(end, 4) for end in sets.held_interval],
            "size": round(sets.size, 4),
        },
        "learning_curve": {
            "counts": reading.curve.counts,
            "accuracies": reading.curve.accuracies,
            "rate": reading.curve.rate,
            "twice": reading.curve.twice and round(reading.curve.twice, 4),
        },
        "slips": {
            "suspected": len(reading.doubts.rows),
            "planted": trial.planted,
            "found": trial.found,
            "auroc": round(trial.auroc, 4),
            "precision": round(trial.precision, 4),
            "interval": [round(end, 4) for end in trial.interval],
        },
    }
