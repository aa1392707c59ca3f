"""Probabilities that mean what they say."""

import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression

from latelier.classify import calibration
from latelier.classify.heads import probabilities
from latelier.errors import UnknownName


def overconfident(n: int, seed: int = 0, times: float = 3.0) -> tuple[np.ndarray, np.ndarray]:
    """Logits (n, 3) that are ``times`` too large, and labels."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 1.2, (n, 3))
    labels = np.array([rng.choice(3, p=row) for row in probabilities(logits)])
    return logits * times, labels


def test_temperature_finds_how_much_too_sure_a_head_is() -> None:
    logits, labels = overconfident(3000)
    assert calibration.temperature(logits, labels) == pytest.approx(3.0, rel=0.1)


@pytest.mark.parametrize("method", calibration.METHODS)
def test_each_method_mends_a_head_that_is_too_sure_on_pictures_held_out(method: str) -> None:
    logits, labels = overconfident(221)
    found = calibration.calibrated(method, logits, labels, np.arange(221) % 5)
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1)
    assert found.before > 0.15
    assert found.error < 0.09
    assert found.error < found.before / 2


def test_a_head_that_learnt_nothing_is_given_the_base_rates() -> None:
    surprises, bare, off = [], [], []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        labels = rng.choice(3, 150, p=[0.6, 0.3, 0.1])
        logits = rng.normal(0, 1.2, (150, 3))  # of nothing
        p = calibration.calibrated("temperature", logits, labels, np.arange(150) % 5).probabilities
        t = calibration.temperature(logits, labels)
        rows = np.arange(150)
        surprises.append(-np.log(p[rows, labels]).mean())
        bare.append(-np.log(probabilities(logits, t)[rows, labels]).mean())
        off.append(np.abs(p - [0.6, 0.3, 0.1]).max(axis=1).mean())
    assert np.mean(surprises) < 0.95  # the base rates' own is .90
    assert np.mean(bare) > 1.05  # all that a temperature alone can do, shown the labels themselves
    assert np.mean(off) < 0.12


def test_a_head_that_was_always_right_is_not_trusted_without_bound() -> None:
    labels = np.arange(60) % 3
    logits = 4.0 * np.eye(3)[labels]
    alone = calibration.by_temperature_alone(logits, labels)(logits)[np.arange(60), labels]
    assert (alone > 1 - 1e-9).all()
    p = calibration.by_temperature(logits, labels)(logits)[np.arange(60), labels]
    assert (p > 0.98).all()
    assert (p < 0.9999).all()


def test_copies_of_what_was_right_make_a_head_less_sure_than_strangers_do() -> None:
    logits, labels = overconfident(60, 2)
    logits = np.concatenate([logits, np.repeat(8.0 * np.eye(3)[:1], 40, axis=0)])
    labels = np.concatenate([labels, np.zeros(40, np.int64)])
    groups = np.r_[np.arange(60), np.full(40, 60)]
    sure = calibration.by_temperature(logits, labels)(logits).max(axis=1)
    less = calibration.by_temperature(logits, labels, groups)(logits).max(axis=1)
    assert less.mean() < sure.mean() - 0.01


def test_the_error_of_true_probabilities_is_nearly_nothing_at_few_pictures() -> None:
    errors, plain = [], []
    for seed in range(30):
        logits, labels = overconfident(221, seed, 1.0)
        errors.append(calibration.error(probabilities(logits), labels) ** 2)
        plain.append(calibration.plain_error(probabilities(logits), labels))
    assert np.sqrt(np.mean(errors)) < 0.06
    assert np.mean(plain) > 0.06  # why it is not the one that is told


def test_venn_abers_is_isotonic_regression_with_the_new_score_as_either() -> None:
    rng = np.random.default_rng(3)
    scores = np.round(rng.random(40), 2)
    true = rng.random(40) < scores
    new = np.array([0.0, 0.31, scores[5], 0.99, 1.0])
    low, high = calibration.venn_abers(scores, true, new)
    for i, s in enumerate(new):
        for guess, ours in ((0, low[i]), (1, high[i])):
            fit = IsotonicRegression().fit(np.append(scores, s), np.append(true, guess))
            assert fit.predict([s])[0] == pytest.approx(ours)
    assert (low < high).all()


def test_an_unknown_way_lists_the_known_ones() -> None:
    with pytest.raises(UnknownName, match="temperature"):
        calibration.calibrated("heat", np.zeros((4, 2)), np.zeros(4, np.int64), np.arange(4))
