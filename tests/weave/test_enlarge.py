"""Small pictures woven large: known again from far, detailed from near, within the bounds."""

from functools import lru_cache

import numpy as np
import pytest

from drawn import cloth
from latelier.weave.enlarge import Shelf, enlarged, shelf_of
from latelier.weave.fold import resample
from latelier.weave.weaving import Bounds, Woven


def cloths(n: int, side: int) -> np.ndarray:
    drawn = [cloth(np.random.default_rng(i), side, side) for i in range(n)]
    return np.stack(drawn).astype(np.float32) / 255


def small(left: float = 0.2, right: float = 0.8) -> np.ndarray:
    """A plan of 16 x 16: a dark half beside a light one, uneven."""
    plan = np.full((16, 16, 3), left, dtype=np.float32)
    plan[:, 9:] = right
    return plan + np.linspace(0, 0.1, 16, dtype=np.float32)[:, None, None]


@lru_cache
def usual() -> Woven:
    return woven(small())


def woven(plan: np.ndarray, seed: int = 0, side: int = 64, bounds: Bounds | None = None) -> Woven:
    return enlarged(plan, cloths(10, side), bounds or Bounds(), np.random.default_rng(seed))


def test_from_far_it_is_the_small_picture() -> None:
    plan = small()
    far = resample(usual().picture, 16, 16)
    assert np.corrcoef(far.ravel(), plan.ravel())[0, 1] > 0.9
    assert np.abs(far - plan).mean() < 0.1


def test_from_near_it_has_the_detail_of_the_originals() -> None:
    made, plan = usual().picture, small()
    smooth = resample(plan, 64, 64)

    def detail(picture: np.ndarray) -> float:
        return float(np.abs(np.diff(picture, axis=0)).mean())

    assert detail(made) > 4 * detail(smooth)


def test_the_bounds_hold_and_can_be_set() -> None:
    made = usual()
    assert made.met and made.piece <= 1 / 16 and made.shares.max() <= 1 / 3
    assert made.shares.sum() == pytest.approx(1, abs=1e-5)
    assert woven(small(), bounds=Bounds(1 / 16, 0.2)).shares.max() <= 0.2


def test_it_is_the_same_to_the_bit_for_the_same_chance() -> None:
    first, again, other = (woven(small(), seed, 48).picture for seed in (1, 1, 2))
    assert np.array_equal(first, again) and not np.array_equal(first, other)


def test_mirror_halves_are_kept_to_the_pixel() -> None:
    half = np.random.default_rng(0).random((8, 4, 3)).astype(np.float32).repeat(4, 0).repeat(4, 1)
    made = woven(np.concatenate([half, half[:, ::-1]], axis=1), side=64).picture
    assert np.array_equal(made, made[:, ::-1])


def test_paper_stays_paper() -> None:
    plan = np.ones((16, 16, 3), dtype=np.float32)
    plan[4:12, 4:12] = small()[4:12, 4:12]
    made = woven(plan).picture
    assert made[:12].min() > 0.97 and made[:, :12].min() > 0.97
    assert made[24:40, 24:40].mean() < 0.8


def test_the_nearest_originals_are_those_of_its_colours() -> None:
    reds = 0.3 * cloths(6, 32) + np.float32([0.6, 0, 0])
    blues = 0.3 * cloths(6, 32) + np.float32([0, 0, 0.6])
    shelf = shelf_of(list(np.concatenate([reds, blues])))
    assert set(shelf.nearest(blues[2], 5).tolist()) < set(range(6, 12))
    assert shelf.nearest(reds[1], 1).tolist() == [1]


def test_an_empty_shelf_is_one() -> None:
    shelf = shelf_of([])
    assert isinstance(shelf, Shelf) and len(shelf.palettes) == 0
