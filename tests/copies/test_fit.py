"""Corners a little off their places skew no map; a picture that was stretched stays stretched."""

import numpy as np
import pytest

from latelier.copies.align import stretch
from latelier.copies.fit import MANY, Matches, fitted


def matches(seed: int, linear: np.ndarray, off: float) -> Matches:
    """So many corners that agree on a map to within ``off``, and a third as many that do not."""
    rng = np.random.default_rng(seed)
    source = rng.uniform(0, 1, (160, 2))
    target = source @ linear.T + 0.1 + rng.uniform(-off, off, source.shape)
    target[:40] = rng.uniform(0, 1, (40, 2))
    rows = np.tile(np.arange(160), (2, 1))
    return Matches(rows, source.astype(np.float32), target.astype(np.float32), 1.0, 0.0)


@pytest.mark.parametrize("seed", range(4))
def test_corners_a_little_off_skew_no_map(seed: int) -> None:
    turn = np.deg2rad(168)
    linear = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    fit = fitted(matches(seed, linear, 0.005))
    assert fit is not None
    assert fit.corners >= MANY
    assert stretch(fit.map) == pytest.approx(1, abs=1e-6)
    assert np.abs(fit.map[:, :2] - linear).max() < 0.02


@pytest.mark.parametrize("seed", range(4))
def test_a_stretched_picture_stays_stretched(seed: int) -> None:
    fit = fitted(matches(seed, np.diag([1.0, 0.7]), 0.002))
    assert fit is not None
    assert stretch(fit.map) == pytest.approx(1 / 0.7, abs=0.02)
