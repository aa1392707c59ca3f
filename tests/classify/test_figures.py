"""What held-out predictions are worth, and when that is no better than chance."""

from statistics import mean

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, confusion_matrix

from latelier.classify import intervals
from latelier.classify.figures import figures, verdict


def test_counts_are_scikit_learns() -> None:
    rng = np.random.default_rng(0)
    y, said = rng.integers(0, 3, 200), rng.integers(0, 3, 200)
    said[:120] = y[:120]
    found = figures(list("abc"), y, said, np.arange(200))
    np.testing.assert_array_equal(found.confusion, confusion_matrix(y, said))
    assert found.balanced == pytest.approx(balanced_accuracy_score(y, said))
    assert found.interval[0] < found.accuracy < found.interval[1]
    assert found.balanced_interval[0] < found.balanced < found.balanced_interval[1]
    assert not found.by_chance
    assert verdict(found, 200, "family").startswith("Better than chance at family")


def test_guesses_are_called_chance_about_as_often_as_promised() -> None:
    called = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        y = rng.integers(0, 3, 60)
        called.append(figures(list("abc"), y, rng.integers(0, 3, 60), np.arange(60)).by_chance)
    assert mean(called) > 0.85
    rng = np.random.default_rng(0)
    found = figures(list("ab"), np.arange(40) % 2, rng.integers(0, 2, 40), np.arange(40))
    assert verdict(found, 40, "eyes").startswith("No better than chance at eyes")


def test_copies_that_agree_do_not_make_chance_look_like_skill() -> None:
    called = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        groups = np.repeat(np.arange(10), 12)  # ten pictures, twelve copies of each
        y, said = rng.integers(0, 2, 10)[groups], rng.integers(0, 2, 10)[groups]
        y[:12], y[12:24] = 0, 1
        called.append(figures(list("ab"), y, said, groups).by_chance)
    assert mean(called) > 0.8
    right = y == said
    wide = np.ptp(intervals.share(right, groups))
    assert wide > 2 * np.ptp(intervals.share(right, np.arange(120)))


def test_groups_that_hold_every_label_do_not_make_skill_look_like_chance() -> None:
    groups = np.repeat(np.arange(8), 6)  # eight pages, each with three of both labels
    y = np.tile([0, 0, 0, 1, 1, 1], 8)
    said = y.copy()
    said[::9] = 1 - said[::9]
    assert figures(list("ab"), y, said, groups).p < 0.01


def test_always_the_frequent_label_is_not_better_than_the_base_line() -> None:
    y = np.array([0] * 500 + [1] * 20)
    said = np.zeros(520, np.int64)
    said[500:504] = 1
    found = figures(["usual", "rare"], y, said, np.arange(520))
    assert found.accuracy > 0.96
    assert not found.beats_baseline
    assert "not surely better than always saying 'usual'" in verdict(found, 520, "kind")


@pytest.mark.parametrize("share", [0.5, 0.9, 1.0])
def test_intervals_hold_the_truth_as_often_as_promised(share: float) -> None:
    rng = np.random.default_rng(5)
    held = []
    for _ in range(400):
        low, high = intervals.share(rng.random(40) < share, np.arange(40))
        held.append(low <= share <= high)
    assert mean(held) > 0.92
