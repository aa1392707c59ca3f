"""Texture equals scikit-image's, pattern by pattern and pair by pair."""

import numpy as np
import pytest
from skimage.feature import graycomatrix, graycoprops, local_binary_pattern

from drawn import cloth
from latelier.features import texture
from latelier.features._plane import lightness
from latelier.features.texture import LEVELS, haralick, patterns, together

GREYS = [lightness(cloth(np.random.default_rng(seed), 60, 47)) for seed in range(3)]


@pytest.mark.parametrize("grey", GREYS)
def test_patterns_equal_scikit_images(grey: np.ndarray) -> None:
    theirs = local_binary_pattern((grey * 2.5).astype(np.uint8), 8, 1, "uniform")
    ours = patterns((grey * 2.5).astype(np.uint8).astype(float))
    # between equal pixels scikit-image's own rounding decides: in 12 of 51,456 here
    assert (ours != theirs).mean() < 1e-3


@pytest.mark.parametrize("distance", texture.DISTANCES)
@pytest.mark.parametrize("grey", GREYS)
def test_pairs_and_their_measures_equal_scikit_images(grey: np.ndarray, distance: int) -> None:
    levels = np.clip(grey * (LEVELS / 100), 0, LEVELS - 1).astype(np.uint8)
    angles = [0, np.pi / 4, np.pi / 2, 3 * np.pi / 4]
    theirs = graycomatrix(levels, [distance], angles, LEVELS, symmetric=True, normed=True)
    mean = theirs.mean(axis=3, keepdims=True)
    ours = together(levels.astype(np.uint8), distance)
    np.testing.assert_allclose(ours, mean[:, :, 0, 0], atol=1e-12)
    names = ("contrast", "homogeneity", "energy", "correlation")
    expected = [graycoprops(mean, name)[0, 0] for name in names]
    np.testing.assert_allclose(haralick(ours), expected, atol=1e-10)


def test_a_checkerboard_alternates_at_one_pixel_and_not_at_two() -> None:
    y, x = np.mgrid[:64, :64]
    levels = ((x + y) % 2 * (LEVELS - 1)).astype(np.uint8)
    straight_1 = haralick(together(levels, 1))
    straight_2 = haralick(together(levels, 2))
    assert straight_1[0] == pytest.approx((LEVELS - 1) ** 2 / 2, rel=0.02)  # diagonals are equal
    assert straight_2[0] == 0


def test_an_even_surface_is_even() -> None:
    assert (patterns(np.full((20, 20), 77.7))[1:-1, 1:-1] == 8).all()


def test_turning_a_picture_over_changes_nothing() -> None:
    pixels = cloth(np.random.default_rng(3), 64, 64)
    there = texture.describe(pixels)
    np.testing.assert_allclose(texture.describe(pixels[::-1]), there, atol=0.02)
    np.testing.assert_allclose(texture.describe(pixels.transpose(1, 0, 2)), there, atol=0.02)
