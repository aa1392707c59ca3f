"""Which pictures are held out."""

import numpy as np
import pytest

from latelier.prepare.split import FEWEST, TINY, held_out


@pytest.mark.parametrize("seed", range(20))
def test_copies_stay_on_one_side(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sets = rng.integers(0, 60, 200).tolist()
    held = held_out(sets, 0.1, rng)
    for number in set(sets):
        assert len({bool(h) for h, s in zip(held, sets, strict=True) if s == number}) == 1
    assert 14 <= held.sum() <= 20


def test_the_same_seed_draws_the_same_and_every_picture_has_its_chance() -> None:
    sets = list(range(50))
    draws = [held_out(sets, 0.1, np.random.default_rng(s)) for s in range(200)]
    assert np.array_equal(draws[3], held_out(sets, 0.1, np.random.default_rng(3)))
    counts = np.sum(draws, axis=0)
    assert counts.sum() == 200 * 5
    assert counts.min() > 5
    assert counts.max() < 45  # 20 expected; 5.7 standard deviations


@pytest.mark.parametrize(
    ("count", "share", "wanted"),
    [
        (0, 0.1, 0),
        (TINY - 1, 0.1, 0),
        (TINY, 0.1, FEWEST),
        (24, 0.1, 2),
        (39, 0.1, 4),
        (100, 0.25, 25),
        (100, 0, 0),
    ],
)
def test_few_pictures_are_all_learnt_from_or_nearly(count: int, share: float, wanted: int) -> None:
    assert held_out(list(range(count)), share, np.random.default_rng(0)).sum() == wanted


def test_one_huge_set_of_copies_is_never_held_out() -> None:
    sets = [0] * 90 + list(range(1, 31))
    held = held_out(sets, 0.1, np.random.default_rng(1))
    assert not held[:90].any()
    assert held.sum() == 12
