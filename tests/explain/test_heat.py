"""Heat maps point at what the head looks at, and say when they cannot be believed."""

import numpy as np
import pytest

from latelier.explain import heat


def planted(rng: np.random.Generator) -> tuple[np.ndarray, int, int]:
    """A grey cloth with one small checkered motif, and where its middle lies."""
    picture = rng.integers(110, 130, (84, 84, 3)).astype(np.uint8)
    y, x = rng.integers(4, 62, 2)
    motif = np.indices((18, 18)).sum(axis=0) // 3 % 2 * 255
    picture[y : y + 18, x : x + 18] = motif[..., None]
    return picture, int(y + 9), int(x + 9)


def contrast(pictures) -> np.ndarray:
    """A head that says how much there is of strong contrast, and one that says nothing."""
    found = [np.abs(np.diff(p[..., 0].astype(float), axis=1)).mean() / 20 for p in pictures]
    return np.stack([np.minimum(found, 1.0), np.zeros(len(found))], axis=1)


def hit(grid: np.ndarray, y: int, x: int, side: int = 84) -> bool:
    """Whether the hottest place lies on the motif (the pointing game)."""
    i, j = np.unravel_index(grid.argmax(), grid.shape)
    cell = side / grid.shape[0]
    reach = 9 + cell / 2
    return abs((i + 0.5) * cell - y) <= reach and abs((j + 0.5) * cell - x) <= reach


def test_occlusion_points_at_a_planted_motif() -> None:
    hits = []
    for seed in range(40):
        picture, y, x = planted(np.random.default_rng(seed))
        hits.append(hit(heat.occlusion(picture, contrast)[..., 0], y, x))
    assert np.mean(hits) >= 0.97


def test_rise_points_at_a_planted_motif_too() -> None:
    hits = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        picture, y, x = planted(rng)
        hits.append(hit(heat.rise(picture, contrast, rng)[..., 0], y, x))
    assert np.mean(hits) >= 0.9


def test_a_true_map_is_faithful_and_a_false_one_is_not() -> None:
    rng = np.random.default_rng(1)
    picture, _, _ = planted(rng)
    true = heat.occlusion(picture, contrast)[..., 0]

    def ask(pictures) -> np.ndarray:
        return contrast(pictures)[:, 0]

    good = heat.faith(picture, true, rng.random(true.shape), ask, rng)
    bad = heat.faith(picture, -true, rng.random(true.shape), ask, rng)
    assert good.score > 0.1 > 0 > bad.score
    assert good.deletion < good.random_deletion
    assert good.insertion > good.random_insertion
    assert "more than places at random" in good.words
    assert bad.words.startswith("Do not trust this map")
    same = heat.faith(picture, true, true, ask, rng)
    assert same.shuffled == pytest.approx(1)
    assert "heads that learnt nothing show nearly the same map" in same.words


def test_covering_leaves_what_is_open_and_blurs_the_rest() -> None:
    picture, _, _ = planted(np.random.default_rng(3))
    half = np.ones(picture.shape[:2])
    half[:, 42:] = 0
    shown = heat.covered(picture, half)
    np.testing.assert_array_equal(shown[:, :42], picture[:, :42])
    assert shown[:, 42:].std() < picture[:, 42:].std() / 2 or picture[:, 42:].std() < 10
    over = heat.overlay(picture, np.zeros((7, 7)))
    assert np.ptp(over, axis=2).max() == 0  # no heat, no colour
