"""Light: the slow tones of one picture fall on another, and nothing else of it does."""

import numpy as np
import pytest

from latelier.weave.light import MOST, lit_as

rng = np.random.default_rng(5)
FALLING = np.linspace(0.75, 0.55, 40, dtype=np.float32)[None, :, None]  # brighter on the left


def cloth(height: int = 32, width: int = 40) -> np.ndarray:
    """A fine pattern that is nowhere lighter than elsewhere."""
    tile = rng.uniform(0.2, 0.8, (8, 8, 3)).astype(np.float32)
    return np.tile(tile, (height // 8, width // 8, 1))


def ratio(picture: np.ndarray) -> float:
    """Of the mean tone of the left quarter to that of the right one."""
    quarter = picture.shape[1] // 4
    return float(picture[:, :quarter].mean() / picture[:, -quarter:].mean())


def test_a_side_that_is_brighter_there_becomes_brighter_here() -> None:
    plain = cloth()
    shown = np.broadcast_to(FALLING, (32, 40, 3)).astype(np.float32)
    lit = lit_as(plain, shown)
    assert ratio(plain) == pytest.approx(1, abs=0.05)
    assert ratio(lit) == pytest.approx(ratio(shown), abs=0.05)
    assert lit.mean() == pytest.approx(plain.mean(), abs=1e-3)


def test_a_dark_picture_becomes_no_darker() -> None:
    dark = cloth() * np.float32(0.02)
    lit = lit_as(dark, np.broadcast_to(FALLING, (32, 40, 3)).astype(np.float32))
    assert lit.mean() == pytest.approx(dark.mean(), rel=1e-3)


def test_it_may_be_of_any_size_and_taken_over_in_part() -> None:
    plain = cloth()
    shown = np.broadcast_to(np.linspace(0.8, 0.6, 16)[None, :, None], (16, 16, 3))
    whole, half = (lit_as(plain, shown.astype(np.float32), far) for far in (1.0, 0.5))
    assert ratio(plain) < ratio(half) < ratio(whole)
    assert np.allclose(lit_as(plain, shown.astype(np.float32), 0.0), plain, atol=1e-6)


def test_what_is_drawn_there_does_not_come_with_the_light() -> None:
    plain, drawn = cloth(), np.full((32, 40, 3), 0.5, dtype=np.float32)
    drawn[:, ::2] = 0.3
    assert np.allclose(lit_as(plain, drawn), lit_as(plain, np.full_like(drawn, 0.4)), atol=0.02)


def test_no_tone_changes_by_more_than_is_allowed() -> None:
    plain = np.full((32, 32, 3), 0.5, dtype=np.float32)
    night = np.full((32, 32, 3), 0.01, dtype=np.float32)
    night[:, :16] = 1.0
    lit = lit_as(plain, night)
    assert lit.max() / lit.min() < np.exp(2 * MOST) + 1e-3
    assert np.isfinite(lit_as(np.zeros_like(plain), night)).all()


def test_grey_stays_grey_and_what_is_clear_stays_clear() -> None:
    grey = cloth()[..., :1]
    assert lit_as(grey, FALLING.repeat(32, 0).repeat(3, 2)).shape == grey.shape
    clear = np.dstack([cloth(), np.full((32, 40), 0.4, dtype=np.float32)])
    lit = lit_as(clear, FALLING.repeat(32, 0).repeat(3, 2))
    assert (lit[..., 3] == np.float32(0.4)).all()
