"""The wallpaper group of drawn patterns, their lattice, and nothing where nothing repeats."""

import numpy as np
import pytest

from drawn import ink_form
from latelier.features import wallpaper
from wallpapers import GROUPS, lattice
from wallpapers import wallpaper as drawn


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_is_told_whatever_the_turn_noise_and_ink(group: str) -> None:
    told = [
        wallpaper.wallpaper(drawn(group, np.random.default_rng([i, 77]))).group for i in range(3)
    ]
    assert told.count(group) >= 2, told


def test_the_lattice_is_found_to_a_hundredth() -> None:
    for seed in range(3):
        rng = np.random.default_rng([seed, 5])
        cell = lattice("square", np.random.default_rng([seed, 5]))
        found = wallpaper.wallpaper(drawn("p4", rng))
        np.testing.assert_allclose(np.hypot(*found.steps.T), cell[0, 0], rtol=0.01)
        assert found.turns[4] > 0.95
        assert found.turns[3] == 0  # a square lattice has no thirds


def test_nothing_is_said_of_pictures_that_do_not_repeat() -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (200, 200, 3)).astype(np.uint8)
    for pixels in (noise, ink_form(rng, 128), np.full((64, 64, 3), 9, np.uint8)):
        assert not wallpaper.describe(pixels).any()


def test_orders_of_turns_are_those_of_the_trace() -> None:
    turns = {
        2: [[-1, 0], [0, -1]],
        3: [[0, -1], [1, -1]],
        4: [[0, -1], [1, 0]],
        6: [[1, -1], [1, 0]],
    }
    for order, matrix in turns.items():
        power, found = np.eye(2, dtype=int), 0
        while found == 0 or not (power == np.eye(2)).all():
            power, found = power @ np.array(matrix), found + 1
        assert found == order == wallpaper._order(np.array(matrix))
