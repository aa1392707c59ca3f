"""Gabor energies are those of filtered pictures, and name the stripes that are there."""

import numpy as np
import pytest
from scipy import fft

from latelier.features import gabor
from latelier.features._plane import lightness


def stripes(period: float, angle: float, side: int = 256) -> np.ndarray:
    y, x = np.mgrid[:side, :side]
    t = np.radians(angle)
    wave = np.sin(2 * np.pi / period * (x * np.sin(t) + y * np.cos(t)))
    return np.repeat((128 + 80 * wave).astype(np.uint8)[..., None], 3, axis=2)


@pytest.mark.parametrize("period", gabor.PERIODS)
@pytest.mark.parametrize("angle", [0, 60, 90, 150])
def test_stripes_are_named_by_their_period_and_angle(period: int, angle: int) -> None:
    found = gabor.describe(stripes(period, angle))
    assert gabor.MEASURES[int(found.argmax())].name == f"every_{period}_at_{angle}"


def test_energies_are_those_of_filtered_pictures_by_parseval() -> None:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (256, 192, 3)).astype(np.uint8)
    light = lightness(pixels)
    h, w = light.shape
    windowed = (light - light.mean()) * np.outer(gabor._hann(h), gabor._hann(w))
    periods, angles = gabor._filters(h, w)
    filters = np.sqrt(periods[:, None] * angles[None]).reshape(24, -1)
    spectrum = fft.rfft2(windowed)
    energies = [(fft.irfft2(spectrum * f.reshape(h, -1), (h, w)) ** 2).sum() for f in filters]
    total = (windowed**2).sum()
    # a real filter must mirror itself at the finest row, which these do nearly
    np.testing.assert_allclose(
        gabor.describe(pixels), energies / max(total, sum(energies)), rtol=2e-3
    )


def test_an_even_picture_has_none() -> None:
    assert not gabor.describe(np.full((50, 40, 3), 90, np.uint8)).any()
