"""The spectrum on pictures whose spectrum is known."""

import numpy as np
import pytest

from latelier.features import spectrum
from latelier.features.spectrum import fading, repeats, running


def noise(slope: float, seed: int, side: int = 256) -> np.ndarray:
    """Noise whose power falls as frequency to ``slope``, without an edge that does not meet."""
    white = np.fft.fft2(np.random.default_rng(seed).normal(size=(side, side)))
    far = np.hypot(*np.meshgrid(np.fft.fftfreq(side), np.fft.fftfreq(side), indexing="ij"))
    far[0, 0] = 1
    return np.fft.ifft2(white * far ** (slope / 2)).real


def grating(angle: float, period: float = 12.0, side: int = 128) -> np.ndarray:
    """Lines that run ``angle`` degrees to the right's upward side."""
    y, x = np.mgrid[:side, :side]
    a = np.radians(angle)
    return np.sin(2 * np.pi / period * (x * np.sin(a) + y * np.cos(a)))


@pytest.mark.parametrize("slope", [0.0, -1.0, -2.0, -3.0])
def test_the_slope_of_fractal_noise_is_found(slope: float) -> None:
    found = []
    for seed in range(4):
        found.append(fading(spectrum.spectrum(noise(slope, seed)), 256))
    assert np.mean([s for s, _ in found]) == pytest.approx(slope, abs=0.1)
    assert np.mean([stray for _, stray in found]) < 0.1, "an even fading does not stray"


@pytest.mark.parametrize(("angle", "way"), [(0, 0), (45, 1), (90, 2), (135, 3)])
def test_lines_run_the_way_they_were_drawn(angle: int, way: int) -> None:
    found = running(spectrum.spectrum(grating(angle)), 128)
    assert np.argmax(found[:4]) == way
    assert found[way] > 0.95
    assert found[4] > 0.95


def test_noise_runs_all_ways_alike() -> None:
    found = running(spectrum.spectrum(noise(0, 1)), 256)
    np.testing.assert_allclose(found[:4], 0.25, atol=0.03)
    assert found[4] < 0.05


@pytest.mark.parametrize(("down", "across"), [(24, 40), (32, 16), (15, 50)])
def test_a_tiling_repeats_at_its_own_step(down: int, across: int) -> None:
    tile = np.random.default_rng(down).normal(size=(down, across))
    light = np.tile(tile, (256 // down + 1, 256 // across + 1))[:256, :256]
    exact, step_x, step_y = repeats(light - light.mean())
    assert exact > 0.95
    step = (round(step_y * 256), round(step_x * 256))
    assert step == ((down, 0) if down < across else (0, across))


def test_noise_repeats_nowhere_and_evenness_says_nothing() -> None:
    light = noise(0, 2)
    assert repeats(light - light.mean())[0] < 0.1
    assert (spectrum.describe(np.full((30, 40, 3), 90, np.uint8)) == 0).all()
