"""Folds: what stands on a domain shows where it should, and nowhere else."""

import numpy as np
import pytest

from latelier.weave.fold import WAYS, Fold, resample


def test_a_wrapped_domain_repeats() -> None:
    domain = np.arange(12).reshape(3, 4)
    whole = Fold(3, 4, "wrap", "wrap").unfold(domain, 7, 9)
    assert (whole[3:6] == whole[:3]).all() and (whole[:, 4:8] == whole[:, :4]).all()


def test_half_a_picture_unfolds_to_one_that_is_its_own_mirror_image() -> None:
    domain = np.random.default_rng(0).random((5, 4))
    whole = Fold(5, 4, "free", "half").unfold(domain, 5, 8)
    assert (whole == whole[:, ::-1]).all() and (whole[:, :4] == domain).all()
    odd = Fold(5, 4, "free", "half").unfold(domain, 5, 7)
    assert (odd[:, :4] == domain).all()


def test_mirrored_cells_are_reflected_at_both_ends() -> None:
    domain = np.random.default_rng(0).random((3, 3))
    whole = Fold(3, 3, "mirror", "mirror").unfold(domain, 12, 12)
    assert (whole == whole[::-1]).all() and (whole == whole[:, ::-1]).all()
    assert (whole[6:] == whole[:6]).all()


def test_a_half_drop_moves_every_other_row_of_cells_sideways() -> None:
    domain = np.random.default_rng(0).random((4, 6))
    whole = Fold(4, 6, "wrap", "wrap", drop=3).unfold(domain, 8, 12)
    assert (whole[4:8, 3:9] == whole[:4, :6]).all()
    assert not (whole[4:8, :6] == whole[:4, :6]).all()


@pytest.mark.parametrize("way", WAYS)
def test_every_pixel_of_a_picture_is_counted_once(way: str) -> None:
    fold = Fold(5, 4, way, way)
    assert fold.seen(10, 8).sum() == 80


def test_folding_what_was_unfolded_gives_it_back() -> None:
    domain = np.random.default_rng(0).random((6, 5, 3)).astype(np.float32)
    for fold in (Fold(6, 5, "half", "half"), Fold(6, 5, "wrap", "wrap", 2), Fold(6, 5)):
        size = (12, 10) if fold.rows != "free" else (6, 5)
        assert np.allclose(fold.folded(fold.unfold(domain, *size)), domain, atol=1e-6)


def test_places_beyond_a_free_edge_are_outside() -> None:
    fold = Fold(4, 4, "free", "half")
    y, x = np.mgrid[-2:6, -2:10]
    assert fold.inside(y, x).sum() == 4 * 8


def test_resampling_keeps_a_flat_colour_and_the_mean() -> None:
    flat = np.full((20, 30, 3), 0.4, dtype=np.float32)
    assert np.allclose(resample(flat, 7, 11), 0.4, atol=1e-6)
    picture = np.random.default_rng(0).random((32, 32, 1)).astype(np.float32)
    assert resample(picture, 8, 8).mean() == pytest.approx(picture.mean(), abs=1e-5)


@pytest.mark.parametrize(
    ("fold", "tiles"),
    [
        (Fold(8, 12, "wrap", "wrap"), True),
        (Fold(8, 12, "wrap", "wrap", 6), True),
        (Fold(16, 12, "wrap", "wrap", 6), False),
        (Fold(7, 12, "wrap", "wrap"), False),
        (Fold(8, 12, "wrap", "mirror"), True),
        (Fold(8, 24, "wrap", "mirror"), False),
        (Fold(16, 24), False),
    ],
)
def test_a_fold_tiles_where_its_picture_goes_on_into_itself(fold: Fold, tiles: bool) -> None:
    assert fold.tiles(16, 24) == tiles
    domain = np.random.default_rng(0).random((fold.height, fold.width))
    wide = fold.unfold(domain, 32, 48)
    assert np.array_equal(wide, np.tile(fold.unfold(domain, 16, 24), (2, 2))) == tiles
