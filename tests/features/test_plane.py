"""What families of features share: planes that are made once, and resizing as Pillow does it."""

import numpy as np
import pytest
from PIL import Image

from drawn import cloth
from latelier.features._lanczos import resized
from latelier.features._plane import line, planes


@pytest.mark.parametrize("size", [(1024, 819), (300, 240), (120, 96), (80, 64), (10, 8)])
def test_grey_is_resized_as_pillow_does_it(size: tuple[int, int]) -> None:
    grey = cloth(np.random.default_rng(0), 120, 96)[..., 0]
    theirs = np.asarray(Image.fromarray(grey).resize(size[::-1], Image.Resampling.LANCZOS))
    off = np.abs(resized(grey, size).astype(int) - theirs)
    assert off.max() <= 1
    assert (off > 0).mean() < 1e-3


def test_planes_of_the_same_picture_are_made_once_and_those_of_another_anew() -> None:
    pixels = cloth(np.random.default_rng(1), 64, 48)
    first = planes(pixels)
    assert planes(pixels.copy()) is first
    assert planes(pixels, 128) is not first
    assert planes(pixels, 512, enlarge=False) is planes(pixels, 64)
    pixels[0, 0] = 255 - pixels[0, 0]  # the same array, changed
    assert planes(pixels) is not first
    assert not np.array_equal(planes(pixels).small, first.small)


def test_a_line_is_numpys() -> None:
    x, y = np.random.default_rng(2).normal(size=(2, 30))
    np.testing.assert_allclose(line(x, y), np.polyfit(x, y, 1))
