"""The checkerboard score: fair pictures have none, whatever they show; a bad upsampling has one."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from drawn import cloth, ink_form
from latelier.train.grid import checkerboard, lattice

Pictures = NDArray[np.uint8]


def cloths(first: int, n: int, height: int = 64, width: int = 64) -> Pictures:
    return np.stack([cloth(np.random.default_rng(first + i), height, width) for i in range(n)])


def soft(n: int, side: int = 64, seed: int = 4) -> Pictures:
    """Soft clouds with a gradient and straight borders, as photographs have."""
    rng = np.random.default_rng(seed)
    clouds = gaussian_filter(rng.normal(0, 1, (n, side, side, 3)), (0, 2, 2, 0)) * 400
    slope = np.linspace(-60, 60, side)[None, :, None, None]
    grain = rng.normal(0, 4, (n, side, side, 3))
    return np.clip(clouds + 128 + slope + grain, 0, 255).astype(np.uint8)


def woven(period: float, n: int = 64, off: float = 0.1) -> Pictures:
    """Sharp threads across and down, of nearly one period in all pictures, each begun anywhere."""
    rng, place = np.random.default_rng(5), np.arange(64)
    sheets = soft(n).astype(float)
    for sheet in sheets:
        for turned in (sheet, sheet.transpose(1, 0, 2)):
            wave = place / (period * rng.uniform(1 - off, 1 + off)) + rng.random()
            turned += 25 * np.sign(np.sin(2 * np.pi * wave))[:, None, None]
    return np.clip(sheets, 0, 255).astype(np.uint8)


def banded(narrowest: int, widest: int, n: int = 64) -> Pictures:
    """Broad bands of plain colours, half of the pictures across and half down."""
    rng, sheets = np.random.default_rng(6), []
    for i in range(n):
        wide = rng.integers(narrowest, widest + 1, 64)
        colours = rng.integers(0, 256, (64, 3))
        sheet = np.repeat(np.repeat(colours, wide, axis=0)[:64, None], 64, axis=1)
        sheets.append(sheet if i % 2 else sheet.transpose(1, 0, 2))
    return np.stack(sheets).astype(np.uint8)


def grown(stride: int, strength: float, n: int = 64) -> Pictures:
    """Small pictures grown smoothly, and by a transposed convolution of uneven overlap besides."""
    torch.manual_seed(stride)
    small = F.avg_pool2d(torch.rand(n, 8, 64 // stride, 64 // stride), 3, 1, 1)
    up = torch.nn.ConvTranspose2d(8, 3, stride + 1, stride, padding=1, output_padding=1, bias=False)
    with torch.no_grad():
        uneven = up(small)[:, :, :64, :64]
    smooth = F.interpolate(small[:, :3], size=uneven.shape[2:], mode="bicubic")
    both = [(x - x.mean()) / x.std() for x in (smooth, uneven)]
    x = (both[0] + strength * both[1]) * 40 + 128
    return x.clamp(0, 255).permute(0, 2, 3, 1).numpy().astype(np.uint8)


def test_pictures_like_photographs_blurs_and_noise_have_no_grid() -> None:
    for seed in range(3):
        assert checkerboard(soft(64, seed=seed)) < 1.3
        noise = np.random.default_rng(seed).integers(0, 256, (64, 64, 64, 3)).astype(np.uint8)
        assert checkerboard(noise) < 1.2
    blurred = gaussian_filter(soft(64).astype(float), (0, 4, 4, 0)).astype(np.uint8)
    assert checkerboard(blurred) < 1.2


@pytest.mark.parametrize(("narrowest", "widest"), [(3, 20), (6, 10), (8, 30)])
def test_broad_bands_are_no_grid(narrowest: int, widest: int) -> None:
    assert checkerboard(banded(narrowest, widest)) < 1.4


@pytest.mark.parametrize("period", [3, 5, 6, 7, 7.5, 9, 12, 16])
def test_a_plaid_of_another_period_is_no_grid(period: float) -> None:
    assert checkerboard(woven(period)) < 1.3


@pytest.mark.parametrize("period", [4, 8])
def test_threads_of_a_grids_period_that_begin_anywhere_are_no_grid(period: int) -> None:
    assert checkerboard(woven(period, off=0.0)) < 1.5


@pytest.mark.parametrize("side", [8, 16, 32])
def test_repeats_and_patches_set_together_are_no_grid(side: int) -> None:
    rng = np.random.default_rng(7)
    patches = rng.integers(0, 256, (64, 64 // side, 64 // side, 3))
    assert checkerboard(patches.repeat(side, 1).repeat(side, 2).astype(np.uint8)) < 1.3
    if side > 8:
        tiles = soft(64, side=64)[:, :side, :side]
        assert checkerboard(np.tile(tiles, (1, 64 // side, 64 // side, 1))) < 1.5


@pytest.mark.parametrize("period", [2, 4, 8])
@pytest.mark.parametrize("way", ["down", "across", "both"])
def test_the_grid_of_a_bad_upsampling_is_seen_at_its_period(period: int, way: str) -> None:
    pictures = soft(32).astype(int)
    if way in ("down", "both"):
        pictures[:, ::period] += 6
    if way in ("across", "both"):
        pictures[:, :, ::period] += 6
    found = lattice(np.clip(pictures, 0, 255).astype(np.uint8))
    down, across = (waves[:: 8 // period].max() for waves in (found[:, 0], found[0]))
    assert (down > 3) == (way != "across") and (across > 3) == (way != "down")


@pytest.mark.parametrize("stride", [2, 4])
def test_transposed_convolutions_leave_a_grid_as_strong_as_they_are(stride: int) -> None:
    scores = [checkerboard(grown(stride, strength)) for strength in (0.0, 0.05, 0.1, 0.3)]
    assert scores[0] < 1.3
    assert scores[1] > 2 and scores[2] > 2 * scores[1] and scores[3] > 4 * scores[2]


def test_a_grid_that_the_originals_have_is_no_fault() -> None:
    threads = soft(128).astype(int)
    threads[:, ::8] += 20
    threads = np.clip(threads, 0, 255).astype(np.uint8)
    assert checkerboard(threads[:64]) > 10
    assert checkerboard(threads[:64], lattice(threads[64:])) < 1.5


def test_flat_small_grey_odd_and_clear_pictures_are_measured_too() -> None:
    flat = np.full((4, 64, 64, 3), 90, np.uint8)
    assert checkerboard(flat) == 1
    flat[:, ::2] += 1  # one grey level is seen by nobody
    assert checkerboard(flat) < 6
    assert np.isfinite(checkerboard(cloths(0, 4, 16, 16)))
    assert np.isfinite(checkerboard(cloths(0, 4, 41, 67)[..., :1]))
    assert np.isfinite(checkerboard(np.stack([ink_form(np.random.default_rng(1), 48)])))
    clear = np.zeros((2, 32, 32, 4), np.uint8)
    assert checkerboard(clear) == 1
