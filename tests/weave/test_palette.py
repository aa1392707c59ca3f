"""Colours of pictures: told apart whatever is drawn in them, and carried over without the paper."""

import numpy as np
import pytest

from latelier.weave.palette import in_palette, palette_of


def mottled(rng: np.random.Generator, *colours: tuple[float, float, float]) -> np.ndarray:
    """A picture (24, 24, 3) of spots in the given colours."""
    spots = rng.integers(0, len(colours), (24, 24))
    noise = rng.normal(0, 0.02, (24, 24, 3))
    return np.clip(np.array(colours)[spots] + noise, 0, 1).astype(np.float32)


RED = mottled(np.random.default_rng(0), (0.7, 0.1, 0.1), (0.5, 0.1, 0.2), (0.6, 0.3, 0.2))
BLUE = mottled(np.random.default_rng(1), (0.1, 0.2, 0.6), (0.2, 0.2, 0.5), (0.2, 0.4, 0.7))


def test_at_full_strength_a_picture_has_the_mean_and_the_spread_of_the_one_that_leads() -> None:
    moved = in_palette(RED, BLUE, 1.0)
    here, there = moved.reshape(-1, 3), BLUE.reshape(-1, 3)
    assert np.abs(here.mean(0) - there.mean(0)).max() < 0.02
    assert np.abs(np.cov(here.T) - np.cov(there.T)).max() < 0.004


def test_half_the_strength_goes_half_the_way_and_none_changes_nothing() -> None:
    half = in_palette(RED, BLUE, 0.5)
    assert half == pytest.approx((RED + in_palette(RED, BLUE, 1.0)) / 2, abs=0.01)
    assert in_palette(RED, BLUE, 0.0) is RED


def test_what_is_drawn_stays() -> None:
    moved = in_palette(RED, BLUE, 1.0)
    here, there = (p.mean(-1).ravel() for p in (RED, moved))
    assert np.corrcoef(here, there)[0, 1] > 0.8


def test_paper_keeps_its_white_and_alpha_its_shape() -> None:
    paper = np.ones((24, 24, 4), dtype=np.float32)
    paper[6:18, 6:18, :3] = RED[6:18, 6:18]
    paper[:4, :, 3] = 0.25
    moved = in_palette(paper, np.dstack([BLUE, np.ones((24, 24))]).astype(np.float32), 0.8)
    assert (moved[5:19, 2:5, :3] == 1).all() and np.array_equal(moved[..., 3], paper[..., 3])
    assert moved[10:14, 10:14, 2].mean() > paper[10:14, 10:14, 2].mean() + 0.1


def test_contrast_is_not_blown_up_where_a_picture_has_none() -> None:
    flat = np.full((24, 24, 3), 0.5, dtype=np.float32)
    flat[::2] += 0.002
    moved = in_palette(flat, BLUE, 1.0)
    assert np.ptp(moved, axis=(0, 1)).max() <= 0.02


def test_the_same_colours_elsewhere_are_the_same_palette() -> None:
    mixed = np.random.default_rng(2).permutation(RED.reshape(-1, 3)).reshape(RED.shape)
    apart = np.abs(palette_of(RED) - palette_of(BLUE)).mean()
    assert np.abs(palette_of(RED) - palette_of(mixed)).mean() < 1e-6 < apart


def test_paper_does_not_count_as_a_colour() -> None:
    lying = np.ones((48, 48, 3), dtype=np.float32)
    lying[12:36, 12:36] = RED
    wide = np.abs(palette_of(lying) - palette_of(RED)).mean()
    assert wide < 0.25 * np.abs(palette_of(lying) - palette_of(BLUE)).mean()


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_grey_and_translucent_pictures_have_palettes_too(channels: int) -> None:
    flat = np.zeros((8, 8, channels), dtype=np.float32)
    assert palette_of(flat).shape == (96,) and not palette_of(flat).any()
