"""The checkerboard score: fair pictures have none, whatever they show; a bad upsampling has one."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from drawn import cloth, ink_form
from latelier.train.grid import PERIODS, checkerboard, lattice

Pictures = NDArray[np.uint8]


def cloths(first: int, n: int, height: int = 64, width: int = 64) -> Pictures:
    return np.stack([cloth(np.random.default_rng(first + i), height, width) for i in range(n)])


def soft(n: int, side: int = 64) -> Pictures:
    """Soft clouds with a gradient and straight borders, as photographs have."""
    rng = np.random.default_rng(4)
    clouds = gaussian_filter(rng.normal(0, 1, (n, side, side, 3)), (0, 2, 2, 0)) * 400
    slope = np.linspace(-60, 60, side)[None, :, None, None]
    grain = rng.normal(0, 4, (n, side, side, 3))
    return np.clip(clouds + 128 + slope + grain, 0, 255).astype(np.uint8)


def test_pictures_like_photographs_have_no_grid() -> None:
    assert checkerboard(soft(96)) < 1.6
    grain = np.random.default_rng(4).normal(128, 30, (96, 64, 64, 3))
    assert checkerboard(np.clip(grain, 0, 255).astype(np.uint8)) < 1.6


@pytest.mark.parametrize("period", [2, 4, 8])
@pytest.mark.parametrize("way", ["down", "across", "both"])
def test_the_grid_of_a_bad_upsampling_is_seen_at_its_period(period: int, way: str) -> None:
    pictures = soft(32).astype(int)
    if way in ("down", "both"):
        pictures[:, ::period] += 20
    if way in ("across", "both"):
        pictures[:, :, ::period] += 20
    pictures = np.clip(pictures, 0, 255).astype(np.uint8)
    row = PERIODS.index(period)
    found = lattice(pictures)
    for column in {"down": [0], "across": [1], "both": [0, 1]}[way]:
        assert found[row, column] > 3
    assert checkerboard(pictures) == found.max()


def test_a_grid_that_the_originals_have_is_no_fault() -> None:
    woven = soft(128).astype(int)
    woven[:, ::8] += 20
    woven = np.clip(woven, 0, 255).astype(np.uint8)
    assert checkerboard(woven[:64]) > 3
    assert checkerboard(woven[:64], lattice(woven[64:])) < 1.8


def test_transposed_convolutions_leave_a_grid_and_smooth_doubling_none() -> None:
    torch.manual_seed(1)
    small = torch.rand(48, 8, 32, 32)
    up = torch.nn.ConvTranspose2d(8, 3, 3, stride=2, padding=1, output_padding=1)
    with torch.no_grad():
        grown = up(small)
    uneven = (torch.sigmoid(grown) * 255).permute(0, 2, 3, 1).numpy().astype(np.uint8)
    assert checkerboard(uneven) > 10
    smooth = torch.nn.functional.interpolate(small[:, :3], scale_factor=2, mode="bilinear")
    even = (smooth * 255).permute(0, 2, 3, 1).numpy().astype(np.uint8)
    assert checkerboard(even) < 3


def test_flat_small_grey_odd_and_clear_pictures_are_measured_too() -> None:
    flat = np.full((4, 64, 64, 3), 90, np.uint8)
    assert checkerboard(flat) == pytest.approx(1, abs=0.01)
    flat[:, ::2] += 1  # one grey level is seen by nobody
    assert checkerboard(flat) < 6
    assert np.isfinite(checkerboard(cloths(0, 4, 16, 16)))
    assert np.isfinite(checkerboard(cloths(0, 4, 41, 67)[..., :1]))
    assert np.isfinite(checkerboard(np.stack([ink_form(np.random.default_rng(1), 48)])))
    clear = np.zeros((2, 32, 32, 4), np.uint8)
    assert checkerboard(clear) == pytest.approx(1, abs=0.01)
