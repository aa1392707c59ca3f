"""What families of features share: planes that are made once, and resizing as Pillow does it."""

import numpy as np
import pytest
from PIL import Image

from drawn import cloth
from latelier.features._fourier import half_spectrum
from latelier.features._lanczos import enlarged, resized
from latelier.features._plane import line, median, planes


@pytest.mark.parametrize("size", [(1024, 819), (300, 240), (120, 96), (80, 64), (10, 8)])
def test_grey_is_resized_as_pillow_does_it(size: tuple[int, int]) -> None:
    grey = cloth(np.random.default_rng(0), 120, 96)[..., 0]
    theirs = np.asarray(Image.fromarray(grey).resize(size[::-1], Image.Resampling.LANCZOS))
    off = np.abs(resized(grey, size).astype(int) - theirs)
    assert off.max() <= 1
    assert (off > 0).mean() < 1e-3


@pytest.mark.parametrize("shape, times", [((64, 51), 4), ((40, 60), 2), ((7, 30), 16), ((6, 9), 3)])
def test_grey_that_grows_by_a_whole_number_is_what_it_is_by_any(
    shape: tuple[int, int], times: int
) -> None:
    grey = np.random.default_rng(3).integers(0, 256, shape, np.uint8)
    size = shape[0] * times, shape[1] * times
    off = np.abs(enlarged(grey, size).astype(int) - resized(grey, size))
    assert off.max() <= 1, "where a sum lies between two steps"
    assert (off > 0).mean() < 1e-3
    np.testing.assert_array_equal(enlarged(grey, (99, 77)), resized(grey, (99, 77)))


@pytest.mark.parametrize("shape", [(16, 16), (12, 17), (7, 2), (5, 1), (1, 9)])
def test_half_a_spectrum_is_numpys(shape: tuple[int, int]) -> None:
    plane = np.random.default_rng(4).normal(size=shape)
    found = half_spectrum(plane.astype(np.float32))
    np.testing.assert_allclose(found, np.fft.rfft2(plane), atol=1e-4)


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


def test_grey_is_pillows_to_the_last_step() -> None:
    pixels = np.random.default_rng(5).integers(0, 256, (256, 256, 3), np.uint8)
    pixels[:64] = pixels[:64, :, :1]  # greys
    theirs = np.asarray(Image.fromarray(pixels).convert("L"))
    np.testing.assert_array_equal(planes(pixels).grey, theirs)


def test_a_picture_that_nobody_can_change_is_known_again_and_another_like_it_too() -> None:
    pixels = cloth(np.random.default_rng(6), 64, 48)
    pixels.setflags(write=False)
    first = planes(pixels)
    assert planes(pixels) is first
    assert planes(np.array(pixels)) is first
    held = np.array(pixels)
    view = held[:]
    view.setflags(write=False)  # of a picture that can be changed
    assert planes(view) is first
    held[0, 0] = 255 - held[0, 0]
    assert not np.array_equal(planes(view).small, first.small)


@pytest.mark.parametrize("count", [1, 2, 7, 40])
def test_the_median_is_numpys(count: int) -> None:
    values = np.random.default_rng(count).normal(size=count)
    assert median(values) == np.median(values)
