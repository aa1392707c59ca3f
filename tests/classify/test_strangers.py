"""Pictures unlike anything that was shown: how far is too far, and whose word counts."""

import numpy as np

from latelier.classify import strangers


def drawn(seed: int, originals: int, copies: int) -> tuple[np.ndarray, np.ndarray]:
    """(originals x copies, 12) numbers with uneven tails, and the original of each."""
    rng = np.random.default_rng(seed)
    middles = rng.standard_t(4, (originals, 12))
    groups = np.repeat(np.arange(originals), copies)
    return middles[groups] + rng.normal(0, 0.05, (len(groups), 12)), groups


def test_of_new_pictures_of_the_same_hand_one_in_a_hundred_is_a_stranger() -> None:
    called = []
    for seed in range(10):
        known = strangers.shown(*drawn(seed, 150, 1))
        called.append(known.strangers(drawn(1000 + seed, 300, 1)[0]).mean())
    assert 0.001 < np.mean(called) < 0.015


def test_copies_make_nobody_a_stranger_that_their_originals_would_not() -> None:
    once, often = [], []
    for seed in range(20):
        new, _ = drawn(1000 + seed, 200, 1)
        once.append(strangers.shown(*drawn(seed, 12, 1)).strangers(new).mean())
        often.append(strangers.shown(*drawn(seed, 12, 2)).strangers(new).mean())
    assert np.mean(often) < 0.01  # .025 where 24 pictures of 12 originals count as 24
    assert np.mean(often) <= np.mean(once) + 0.005


def test_what_lies_far_from_all_is_a_stranger_among_few_and_among_many() -> None:
    for originals in (12, 40, 150):
        x, groups = drawn(3, originals, 2)
        assert strangers.shown(x, groups).strangers(x + 30).all()
        assert not strangers.shown(x, groups).strangers(x[:5]).any()
