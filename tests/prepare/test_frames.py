"""Which part of a picture is taken, and how it becomes one of the dataset's size."""

import numpy as np
import pytest
from PIL import Image

from drawn import cloth
from latelier.prepare.frames import Box, boxes, framed, is_blank


def test_pad_takes_everything_and_crop_the_middle() -> None:
    assert boxes((300, 200), (64, 64), "pad") == [Box(0, 0, 300, 200)]
    assert boxes((300, 200), (64, 64), "crop") == [Box(50, 0, 200, 200)]
    assert boxes((200, 301), (64, 64), "crop") == [Box(0, 50, 200, 200)]
    assert boxes((300, 200), (64, 32), "crop") == [Box(0, 25, 300, 150)]


@pytest.mark.parametrize("size", [(64, 64), (96, 64), (33, 64)])
@pytest.mark.parametrize("tile", [0, 40, 100, 5000])
@pytest.mark.parametrize("picture", [(300, 200), (200, 950), (61, 60), (40, 40), (9, 700)])
def test_tiles_lie_inside_overlap_little_and_are_spread_evenly(
    picture: tuple[int, int], size: tuple[int, int], tile: int
) -> None:
    parts = boxes(picture, size, "tiles", tile)
    assert parts
    assert len(set(parts)) == len(parts)
    for box in parts:
        assert 0 <= box.x <= picture[0] - box.w
        assert 0 <= box.y <= picture[1] - box.h
        assert abs(box.w / box.h - size[0] / size[1]) <= 1.0 / box.h + 1e-9
    for whole, starts, part in (
        (picture[0], sorted({b.x for b in parts}), parts[0].w),
        (picture[1], sorted({b.y for b in parts}), parts[0].h),
    ):
        steps = np.diff(starts)
        assert len(starts) <= -(-whole // part)
        if len(starts) > 1:
            assert steps.min() >= part * 2 / 3 - 1
            assert steps.max() - steps.min() <= 1
        left = whole - part - starts[-1]
        assert abs(starts[0] - left) <= 2


def test_a_picture_keeps_its_proportions_on_the_ground() -> None:
    pixels = np.full((50, 100, 3), 40, np.uint8)
    shown = framed(pixels, Box(0, 0, 100, 50), (64, 64), (255, 0, 0))
    inside = (shown == 40).all(-1)
    assert inside.sum() == 64 * 32
    assert inside[16:48].all()
    assert (shown[~inside] == (255, 0, 0)).all()


def test_reduction_is_lanczos_and_a_smaller_reading_comes_out_nearly_the_same() -> None:
    pixels = cloth(np.random.default_rng(1), 480, 480)
    shown = framed(pixels, Box(0, 0, 480, 480), (60, 60), (0, 0, 0))
    exact = np.asarray(Image.fromarray(pixels).resize((60, 60), Image.Resampling.LANCZOS))
    assert np.abs(shown.astype(int) - exact).mean() < 1.5
    half = np.asarray(Image.fromarray(pixels).reduce(2))
    again = framed(half, Box(0, 0, 480, 480), (60, 60), (0, 0, 0), scale=0.5)
    assert np.abs(shown.astype(int) - again).mean() < 1.5
    part = framed(half, Box(120, 40, 240, 240), (60, 60), (0, 0, 0), scale=0.5)
    whole = framed(pixels, Box(120, 40, 240, 240), (60, 60), (0, 0, 0))
    assert np.abs(part.astype(int) - whole).mean() < 4


def test_a_picture_that_fits_exactly_is_not_touched() -> None:
    pixels = cloth(np.random.default_rng(1), 64, 96)
    assert np.array_equal(framed(pixels, Box(0, 0, 96, 64), (96, 64), (0, 0, 0)), pixels)


@pytest.mark.parametrize("box", [Box(0, 0, 900, 9), Box(0, 0, 9, 900), Box(5, 3, 31, 32)])
def test_extreme_shapes_still_fill_the_frame(box: Box) -> None:
    pixels = cloth(np.random.default_rng(1), 900, 900)
    assert framed(pixels, box, (64, 64), (1, 2, 3)).shape == (64, 64, 3)


def test_blank_tiles_are_known_and_plain_cloth_is_not_taken_for_one() -> None:
    blank = np.full((64, 64, 3), 250, np.uint8)
    blank[:8, :30] = 20
    assert is_blank(blank)
    weave = np.random.default_rng(0).normal(128, 6, (64, 64, 3)).astype(np.uint8)
    assert not is_blank(weave)
