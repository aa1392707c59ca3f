"""The lattice of a cloth is found as it was printed, and none where there is none."""

import numpy as np
import pytest
from scipy import ndimage

from latelier.weave.fold import Fold
from latelier.weave.lattice import lattice_of


def printed(down: int, across: int, drop: int, seed: int = 0, side: int = 64) -> np.ndarray:
    """A soft random cell, repeated, with noise and light, (side, side)."""
    rng = np.random.default_rng(seed)
    cell = ndimage.gaussian_filter(rng.standard_normal((down, across)), 1.2, mode="wrap")
    whole = Fold(down, across, "wrap", "wrap", drop).unfold(cell / cell.std(), side, side)
    return whole + 0.5 * rng.standard_normal((side, side))


@pytest.mark.parametrize(
    ("down", "across", "drop"), [(16, 16, 0), (12, 20, 0), (14, 24, 12), (20, 15, 5), (25, 30, 0)]
)
def test_repeats_straight_in_half_drop_and_stepped_are_found_over_seeds(
    down: int, across: int, drop: int
) -> None:
    right = 0
    for seed in range(6):
        found = lattice_of(printed(down, across, drop, seed))
        sides = (found.down * 64, found.across * 64, found.drop * 64)
        right += sides == pytest.approx((down, across, drop), abs=1.01)
        assert found.score > 0.5
    assert right >= 5


def test_what_does_not_repeat_has_no_lattice() -> None:
    rng = np.random.default_rng(0)
    for blur in (0.0, 1.0, 3.0):
        drawn = [ndimage.gaussian_filter(rng.standard_normal((64, 64)), blur) for _ in range(20)]
        assert np.mean([lattice_of(d - d.mean()).score > 0 for d in drawn]) <= 0.05
    assert lattice_of(np.zeros((64, 64))).score == 0
    assert lattice_of(np.zeros((8, 40))).score == 0


def test_stripes_repeat_one_way_only_and_make_no_lattice_of_any_width() -> None:
    rng = np.random.default_rng(1)
    stripes = np.tile(rng.standard_normal(16), 4)[None, :].repeat(64, 0)
    found = lattice_of(stripes + 0.1 * rng.standard_normal((64, 64)))
    assert found.score == 0 or found.across * 64 == pytest.approx(16)
