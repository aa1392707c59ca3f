"""Every feature is held to the contract of its room."""

import numpy as np
import pytest

from drawn import cloth, ink_form
from latelier import registry

NAMES = registry.names("features")
PICTURES = {
    "cloth": cloth(np.random.default_rng(5), 48, 64),
    "ink": ink_form(np.random.default_rng(5), 40),
    "one pixel": np.full((1, 1, 3), 77, np.uint8),
    "a line": np.full((1, 50, 3), 200, np.uint8),
    "black": np.zeros((33, 20, 3), np.uint8),
    "white": np.full((20, 33, 3), 255, np.uint8),
}


@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_it_is(name: str) -> None:
    feature = registry.load("features", name)
    assert isinstance(feature.SAME_SIZE, bool)
    assert isinstance(feature.STANDARDISE, bool)
    assert feature.BLIND.endswith(".")
    names = [m.name for m in feature.MEASURES]
    assert len(set(names)) == len(names)
    assert bool(names) != feature.SAME_SIZE
    for measure in feature.MEASURES:
        assert measure.name == measure.name.lower().replace(" ", "_")
        assert measure.unit
        assert measure.low < measure.high
        assert measure.says.endswith(".")


@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("name", NAMES)
def test_it_gives_finite_numbers_within_its_ranges_and_leaves_the_picture_alone(
    name: str, picture: str
) -> None:
    feature = registry.load("features", name)
    pixels = PICTURES[picture].copy()
    pixels.setflags(write=False)
    found = feature.describe(pixels)
    assert found.ndim == 1
    assert np.isfinite(found).all()
    np.testing.assert_array_equal(feature.describe(PICTURES[picture].copy()), found)
    if feature.MEASURES:
        assert len(found) == len(feature.MEASURES)
        for measure, value in zip(feature.MEASURES, found, strict=True):
            assert measure.low - 1e-9 <= value <= measure.high + 1e-9, measure.name
