"""A map is found again from places that agree on it, among places that do not, and more than once."""

import numpy as np
import pytest

from latelier.tracing.agree import Pairs, agreements, fitted
from latelier.tracing.marks import Marks


def _marks(places: np.ndarray) -> Marks:
    n = len(places)
    return Marks(
        places.astype(np.float32),
        np.zeros((n, 128), np.uint8),
        np.zeros(n, np.uint8),
        np.zeros((8, 8), np.uint8),
        (1.0, 1.0),
    )


def _taken(original: np.ndarray, angle: float, size: float, at: tuple[float, float]) -> np.ndarray:
    """Places of an original as a design has them that took it turned, sized and moved."""
    c, s = size * np.cos(angle), size * np.sin(angle)
    x, y = original[:, 0], original[:, 1]
    return np.c_[
        c * x - s * y + at[0], s * x + c * y + at[1], original[:, 2] * size, original[:, 3] + angle
    ]


@pytest.fixture
def original() -> np.ndarray:
    rng = np.random.default_rng(4)
    return np.c_[rng.random((40, 2)), rng.uniform(0.02, 0.05, 40), rng.uniform(-3, 3, 40)]


def test_a_part_turned_and_made_smaller_is_found_among_strays(original: np.ndarray) -> None:
    rng = np.random.default_rng(5)
    design = _taken(original, 0.7, 0.4, (0.3, 0.2))
    design[:, :2] += rng.normal(0, 0.001, (40, 2))
    rows = np.r_[np.arange(40), rng.integers(0, 40, 60)]
    others = np.r_[np.arange(40), rng.integers(0, 40, 60)]
    pairs = Pairs(rows, others, np.full(100, 0.9, np.float32), np.ones(100, np.float32))
    found = agreements(_marks(design), _marks(original), pairs)
    assert len(found[0].rows) >= 38
    back = design[:, :2] @ found[0].map[:, :2].T + found[0].map[:, 2]
    assert np.abs(back - original[:, :2]).max() < 0.02
    assert np.sqrt(np.linalg.det(found[0].map[:, :2])) == pytest.approx(1 / 0.4, rel=0.02)


def test_a_part_taken_twice_is_found_twice(original: np.ndarray) -> None:
    design = np.r_[
        _taken(original, 0.0, 0.4, (0.05, 0.05)), _taken(original, 1.2, 0.3, (0.7, 0.55))
    ]
    pairs = Pairs(
        np.arange(80),
        np.tile(np.arange(40), 2),
        np.full(80, 0.9, np.float32),
        np.ones(80, np.float32),
    )
    found = agreements(_marks(design), _marks(original), pairs)
    assert len(found) == 2
    assert {len(f.rows) for f in found} == {40}


def test_places_that_agree_on_nothing_give_nothing(original: np.ndarray) -> None:
    rng = np.random.default_rng(6)
    most = 0
    for _ in range(20):
        design = np.c_[rng.random((40, 2)), rng.uniform(0.02, 0.05, 40), rng.uniform(-3, 3, 40)]
        pairs = Pairs(
            np.arange(40), np.arange(40), np.full(40, 0.9, np.float32), np.ones(40, np.float32)
        )
        found = agreements(_marks(design), _marks(original), pairs)
        most = max([most, *(len(f.rows) for f in found)])
    assert most < 8


def test_a_similarity_is_fitted_exactly() -> None:
    points = np.random.default_rng(1).random((9, 2))
    m = np.array([[0.6, -0.8, 0.1], [0.8, 0.6, 0.4]])
    found = fitted(points, points @ m[:, :2].T + m[:, 2], affine=False)
    assert np.allclose(found, m)
