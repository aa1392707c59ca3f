"""Sets of labels keep their promise, and are MAPIE's on the same scores."""

import numpy as np
import pytest
from mapie.classification import SplitConformalClassifier
from mapie.conformity_scores import RAPSConformityScore
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import StratifiedShuffleSplit

from latelier.classify import conformal
from latelier.errors import TooFew, UnknownName


def drawn(n: int, seed: int, k: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (n, k) that are true of the labels drawn from them."""
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.full(k, 0.6), n)
    return p, np.array([rng.choice(k, p=row) for row in p])


class Given(ClassifierMixin, BaseEstimator):
    """An estimator whose probabilities are its input."""

    def fit(self, x: np.ndarray, y: np.ndarray) -> "Given":
        self.classes_ = np.unique(y)
        self.fitted_ = True
        return self

    def predict_proba(self, x: np.ndarray) -> np.ndarray:
        return x

    def predict(self, x: np.ndarray) -> np.ndarray:
        return x.argmax(axis=1)


@pytest.mark.parametrize("alpha", [0.05, 0.1, 0.3])
def test_split_lac_sets_are_mapies(alpha: float) -> None:
    (p, y), (new, _) = drawn(80, 1), drawn(200, 2)
    oracle = SplitConformalClassifier(
        Given().fit(p, y), confidence_level=1 - alpha, conformity_score="lac", prefit=True
    ).conformalize(p, y)
    _, theirs = oracle.predict_set(new)
    scores = conformal.strangeness(p)[np.arange(80), y]
    ours = conformal.strangeness(new) <= conformal.threshold(scores, alpha) + conformal.TIE
    np.testing.assert_array_equal(ours, theirs[..., 0])
    by_p = conformal.sets(conformal.p_values(scores, conformal.strangeness(new)), alpha)
    np.testing.assert_array_equal(by_p, ours)


@pytest.mark.parametrize("alpha", [0.1, 0.3])
def test_split_aps_sets_are_mapies_with_the_same_draws(alpha: float) -> None:
    (p, y), (new, _) = drawn(80, 3), drawn(200, 4)
    oracle = SplitConformalClassifier(
        Given().fit(p, y),
        confidence_level=1 - alpha,
        conformity_score="aps",
        prefit=True,
        random_state=0,
    ).conformalize(p, y)
    theirs = oracle.predict_set(new, conformity_score_params={"include_last_label": False})[1]
    u = np.random.RandomState(0).uniform(size=80)
    scores = conformal.strangeness(p, "aps", u)[np.arange(80), y]
    ours = conformal.strangeness(new, "aps") <= conformal.threshold(scores, alpha) + conformal.TIE
    empty = ~ours.any(axis=1)  # MAPIE fills these with the most probable label
    ours[empty, new[empty].argmax(axis=1)] = True
    assert (ours == theirs[..., 0]).mean() > 0.999


@pytest.mark.parametrize(("alpha", "penalty", "free"), [(0.2, 0.2, 2), (0.3, 0.2, 2)])
def test_split_raps_sets_are_mapies_with_the_penalty_that_it_chose(
    alpha: float, penalty: float, free: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    (p, y), (new, _) = drawn(100, 5, 6), drawn(300, 6, 6)
    oracle = SplitConformalClassifier(
        Given().fit(p, y),
        confidence_level=1 - alpha,
        conformity_score=RAPSConformityScore(size_raps=0.1),
        prefit=True,
        random_state=0,
    ).conformalize(p, y)
    theirs = oracle.predict_set(new, conformity_score_params={"include_last_label": False})[1]
    # it sets a tenth aside to choose by how much to penalise labels beyond which one; we fix both
    parts = StratifiedShuffleSplit(n_splits=1, test_size=0.1, random_state=0)
    rest, _ = next(parts.split(p, y))
    monkeypatch.setattr(conformal, "PENALTY", penalty)
    monkeypatch.setattr(conformal, "FREE", free)
    u = np.random.RandomState(0).uniform(size=len(rest))
    scores = conformal.strangeness(p[rest], "raps", u)[np.arange(len(rest)), y[rest]]
    ours = conformal.strangeness(new, "raps") <= conformal.threshold(scores, alpha) + conformal.TIE
    empty = ~ours.any(axis=1)
    ours[empty, new[empty].argmax(axis=1)] = True
    assert (ours == theirs[..., 0]).mean() > 0.999
    without = conformal.strangeness(new, "aps") <= conformal.threshold(scores, alpha)
    assert (without != theirs[..., 0]).any(), "the penalty changes nothing"


def test_raps_penalises_labels_beyond_the_second() -> None:
    p = np.array([[0.5, 0.3, 0.15, 0.05]])
    np.testing.assert_allclose(conformal.strangeness(p, "aps"), [[0.5, 0.8, 0.95, 1.0]])
    np.testing.assert_allclose(conformal.strangeness(p, "raps"), [[0.5, 0.8, 1.0, 1.1]])
    np.testing.assert_allclose(
        conformal.strangeness(p, "aps", np.array([0.5])), [[0.25, 0.65, 0.875, 0.975]]
    )


@pytest.mark.parametrize("score", conformal.SCORES)
@pytest.mark.parametrize("per_label", [False, True])
def test_the_promise_is_kept_on_the_mean_over_many_calibrations(
    score: str, per_label: bool
) -> None:
    held = []
    for seed in range(60):
        (p, y), (new, true) = drawn(60, 10 + seed, 3), drawn(60, 900 + seed, 3)
        rng = np.random.default_rng(seed)
        own = conformal.strangeness(p, score, rng.random(60))[np.arange(60), y]
        strange = conformal.strangeness(new, score, rng.random(60))
        found = conformal.p_values(own, strange, labels=y if per_label else None)
        held.append(conformal.sets(found, 0.2)[np.arange(60), true].mean())
    # exact coverage lies in [0.8, 0.8 + 1 / (n + 1)); its mean over 60 has an error of 0.009
    assert 0.775 < np.mean(held) < (0.86 if per_label else 0.845)


def test_the_band_is_the_one_of_the_beta_distribution() -> None:
    low, high = conformal.coverage(50, 0.1)
    assert (round(low, 3), round(high, 3)) == (0.826, 0.960)
    covered = []
    for seed in range(400):
        scores = np.random.default_rng(seed).random(50)
        covered.append(conformal.threshold(scores, 0.1))  # of uniform scores it is the coverage
    assert 0.85 < np.mean([low <= c <= high for c in covered]) < 0.95


@pytest.mark.parametrize(("alpha", "fewest"), [(0.1, 9), (0.05, 19), (0.2, 4), (0.01, 99)])
def test_a_promise_that_nobody_could_keep_is_refused(alpha: float, fewest: int) -> None:
    assert conformal.needs(alpha) == fewest
    conformal.threshold(np.arange(float(fewest)), alpha)
    with pytest.raises(TooFew, match=f"it needs {fewest}"):
        conformal.threshold(np.arange(fewest - 1.0), alpha)


def test_heads_of_folds_are_counted_each_against_its_own_fold() -> None:
    scores, folds = np.array([0.1, 0.2, 0.8, 0.9]), np.array([0, 0, 1, 1])
    new = np.array([[[0.15]], [[0.85]]])  # head 0 finds it middling, so does head 1
    np.testing.assert_allclose(conformal.p_values(scores, new, folds=folds), [[3 / 5]])
    with pytest.raises(UnknownName, match="lac"):
        conformal.strangeness(np.ones((1, 2)), "lax")


@pytest.mark.parametrize("count", [11, 13, 18])
def test_few_calibration_pictures_hold_more_by_whole_pictures_or_exactly_by_a_draw(
    count: int,
) -> None:
    rng = np.random.default_rng(count)
    plain, smooth = [], []
    for _ in range(600):
        scores, new = rng.random(count).round(1), rng.random((20, 1)).round(1)  # many are equal
        plain.append(conformal.sets(conformal.p_values(scores, new), 0.1).mean())
        drawn_ = conformal.p_values(scores, new, u=rng.random(20))
        smooth.append(conformal.sets(drawn_, 0.1).mean())
    assert np.mean(plain) > conformal.kept(count, 0.1) - 0.01
    assert conformal.kept(count, 0.1) > 0.9
    assert np.mean(smooth) == pytest.approx(0.9, abs=0.012)
