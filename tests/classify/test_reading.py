"""What is learnt from labelled pictures: nested, grouped, and honest when there is nothing to learn."""

import numpy as np
import pytest

from latelier.classify import crossed, reading
from latelier.classify.heads import (
    KINDS,
    MEMBERS,
    Choice,
    Head,
    View,
    choices,
    of_classes,
    probabilities,
)
from latelier.classify.reading import Wishes
from latelier.errors import TooFew, UnknownName


def clouds(
    n: int = 60, k: int = 3, apart: float = 3.0, seed: int = 0, d: int = 8
) -> tuple[np.ndarray, list[str]]:
    """(n, d) numbers about k middles, and their labels."""
    rng = np.random.default_rng(seed)
    middles = rng.normal(0, apart / 2, (k, d))
    y = np.arange(n) % k
    return middles[y] + rng.normal(0, 1, (n, d)), ["abcdef"[c] for c in y]


@pytest.mark.parametrize("name", KINDS)
def test_every_head_learns_and_gives_log_probabilities(name: str) -> None:
    x, labels = clouds()
    _, y = of_classes(labels)
    head = Head(choices(name)[0], 4).fit(x, y)
    logits = head.logits(x)
    assert logits.shape == (60, 4)
    assert (logits[:, 3] == -30).all()
    np.testing.assert_allclose(np.exp(logits[:, :3]).sum(axis=1), 1, atol=1e-9)
    assert (logits.argmax(axis=1) == y).mean() > 0.9
    if KINDS[name].linear:
        w, b = head.weights()
        plain = head.scaled(x) @ w.T + b
        np.testing.assert_allclose(
            plain[:, 0] - plain[:, 1], logits[:, 0] - logits[:, 1], atol=1e-9
        )


@pytest.mark.parametrize("name", KINDS)
def test_two_labels_and_a_number_that_never_varies_do_no_harm(name: str) -> None:
    x, labels = clouds(30, 2)
    x = np.hstack([x, np.full((30, 1), 7.0)])
    _, y = of_classes(labels)
    head = Head(choices(name)[0], 2).fit(x, y)
    moved = x.copy()
    moved[:, -1] = 1e6
    np.testing.assert_allclose(head.logits(moved), head.logits(x))


def test_copies_never_lie_on_both_sides() -> None:
    groups = np.repeat(np.arange(25), 4)
    labels = (groups % 3).astype(np.int64)
    folds = crossed.split(labels, groups, 5, 0)
    for group in range(25):
        assert len(set(folds[groups == group])) == 1
    assert set(folds) == set(range(5))


def test_copies_flatter_a_random_split_and_not_the_grouped_one() -> None:
    rng = np.random.default_rng(1)
    pictures = rng.normal(0, 1, (30, 20))  # nothing tells their labels
    groups = np.repeat(np.arange(30), 4)
    x = pictures[groups] + rng.normal(0, 0.01, (120, 20))
    labels = ["ab"[g % 2] for g in groups]
    honest = reading.read(x, labels, groups, Wishes(head="svm"))
    leaky, _ = reading.flattered(x, labels, head="svm")
    assert leaky > 0.9
    assert honest.figures.accuracy < 0.75
    assert honest.figures.by_chance


def test_heads_of_several_kinds_are_as_sure_as_each_other() -> None:
    x, labels = clouds(60, 3, 2.5, d=8)
    found = reading.read(x, labels, np.arange(60))
    # .3 and more where the folds' heads keep scales of their own
    assert found.calibration.error < 0.15
    jury, _ = crossed.best(x, found.labels, np.arange(60), choices("auto"))
    assert set(jury.settings) == set(MEMBERS)
    assert 1.0 not in jury.settings.values()
    assert crossed.best(x, found.labels, np.arange(60), choices("lda"))[1] == 1.0


def test_a_jury_says_the_mean_of_what_its_members_say() -> None:
    x, labels = clouds(60, 3, 1.5)
    _, y = of_classes(labels)
    warm = {"lda": 2.0, "svm": 0.5, "trees": 1.5}
    jury = Head(Choice("jury", warm), 3).fit(x, y)
    said = [np.exp(head.logits(jury.scaled(x))) for head in jury.model_.members_]
    np.testing.assert_allclose(probabilities(jury.logits(x)), np.mean(said, axis=0), atol=1e-9)
    assert [head.temperature for head in jury.model_.members_] == [2.0, 0.5, 1.5]


def test_the_numbers_to_look_at_are_chosen_without_the_fold() -> None:
    x, labels = clouds(120, 3, 4.0, d=4)
    noise = np.random.default_rng(5).normal(0, 1, (120, 30))
    both = np.hstack([noise, x])
    views = [View("noise", tuple(range(30))), View("all", tuple(range(34)))]
    found = reading.read(both, labels, np.arange(120), Wishes(head="lda"), views=views)
    assert {choice.view.name for choice in found.held.chosen} == {"all"}
    assert found.figures.accuracy > 0.75
    only = reading.read(both, labels, np.arange(120), Wishes(head="lda"), views=views[:1])
    assert only.figures.accuracy < 0.5
    moved = both.copy()
    moved[:, 30:] = 50  # what it does not look at makes nobody a stranger, nor changes a word
    np.testing.assert_array_equal(only.say(moved).p, only.say(both).p)
    assert not only.say(moved).strangers.any()
    w, _ = only.held.heads[0].weights()
    assert (w[:, 30:] == 0).all()


def test_a_reading_tells_new_pictures_and_strangers() -> None:
    x, labels = clouds(150, 3, 4.0)
    found = reading.read(x, labels, np.arange(150), Wishes(head="lda"))
    assert found.figures.accuracy > 0.9
    assert found.calibration.error < 0.06
    new, true = clouds(90, 3, 4.0)
    said = found.say(new + 0.01)
    right = np.array([found.classes[c] for c in said.p.argmax(axis=1)]) == np.array(true)
    assert right.mean() > 0.9
    assert said.inside is not None
    assert said.inside[np.arange(90), of_classes(true)[1]].mean() > 0.82
    assert said.strangers.mean() < 0.1
    assert found.say(new + 25).strangers.all()


def test_labels_changed_on_purpose_are_suspected() -> None:
    hits = 0
    for seed in range(3):
        x, labels = clouds(150, 3, 4.0, seed)
        wrong = list(labels)
        for row in (3, 50, 77, 120):
            wrong[row] = "abc"[("abc".index(labels[row]) + 1) % 3]
        found = reading.read(x, wrong, np.arange(150), Wishes(head="lda"))
        hits += len({3, 50, 77, 120} & set(found.doubts.rows[:6]))
        assert found.trial.precision > 0.5
        assert found.trial.auroc > 0.95
        first = found.doubts.rows[0]
        assert found.classes[found.doubts.instead[0]] == labels[first]
    assert hits >= 8, "of 12"


def test_a_label_that_its_own_copies_contradict_is_doubted_first() -> None:
    rng = np.random.default_rng(3)
    middles = rng.normal(0, 1, (24, 12))  # of one kind all: labels say nothing of strangers
    x = np.repeat(middles, 4, axis=0) + rng.normal(0, 0.02, (96, 12))
    y = np.repeat(np.arange(24) % 2, 4)
    slips = [5, 38, 70, 91]
    y[slips] = 1 - y[slips]
    p = reading.believed(x, y, Choice("svm", {"C": 10.0}), 0)
    doubt = 1 - p[np.arange(96), y]
    rank = (doubt[slips][:, None] > np.delete(doubt, slips)[None]).mean()
    assert rank > 0.95
    apart = crossed.held_out(x, y, np.repeat(np.arange(24), 4), [Choice("svm", {"C": 10.0})])
    doubt = 1 - probabilities(apart.logits)[np.arange(96), y]
    assert (doubt[slips][:, None] > np.delete(doubt, slips)[None]).mean() < 0.8, "copies apart"


def test_more_labels_are_said_to_help_where_they_would() -> None:
    x, labels = clouds(120, 6, 2.0, d=20)
    found = reading.read(x, labels, np.arange(120), Wishes(head="lda"))
    assert found.curve.counts == sorted(found.curve.counts)
    assert found.curve.twice is not None
    assert found.curve.words.startswith("More labels would help")
    none = reading.read(*_noise(), np.arange(60), Wishes(head="lda"))
    assert none.figures.by_chance


def _noise() -> tuple[np.ndarray, list[str]]:
    return np.random.default_rng(7).normal(0, 1, (60, 6)), ["ab"[i % 2] for i in range(60)]


@pytest.mark.parametrize("n", [6, 9])
def test_three_pictures_a_label_are_read_without_any_promise(n: int) -> None:
    x, labels = clouds(n, 2)
    found = reading.read(x, labels, np.arange(n), Wishes(head="logistic"))
    assert found.sets is None
    assert found.say(x).inside is None
    assert np.ptp(found.figures.interval) > 0.25


@pytest.mark.parametrize(
    ("x", "labels", "says"),
    [
        (np.eye(4), ["a"] * 4, "All labelled pictures are 'a'"),
        (np.eye(4), ["a", "a", "a", "b"], "1 pictures of 'b'"),
        (np.ones((6, 3)), ["a", "b"] * 3, "alike in every number"),
    ],
)
def test_what_cannot_be_learnt_is_said(x: np.ndarray, labels: list[str], says: str) -> None:
    with pytest.raises(TooFew, match=says):
        reading.read(x, labels, np.arange(len(labels)))


def test_an_unknown_head_lists_the_known_ones() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'forest'"):
        choices("forrest")
