"""Colour statistics on pictures whose numbers are known."""

import numpy as np
import pytest

from drawn import cloth
from latelier.features import colour


def of(pixels: np.ndarray) -> dict[str, float]:
    found = colour.describe(pixels)
    return {m.name: float(v) for m, v in zip(colour.MEASURES, found, strict=True)}


def halves(left: tuple[int, int, int], right: tuple[int, int, int]) -> np.ndarray:
    pixels = np.empty((256, 256, 3), np.uint8)
    pixels[:, :128], pixels[:, 128:] = left, right
    return pixels


def test_black_and_white_halves() -> None:
    found = of(halves((0, 0, 0), (255, 255, 255)))
    assert found["lightness_mean"] == pytest.approx(50, abs=1e-6)
    assert found["lightness_spread"] == pytest.approx(50, abs=1e-6)
    assert (found["lightness_low"], found["lightness_high"]) == pytest.approx((0, 100), abs=1e-6)
    assert found["lightness_entropy"] == pytest.approx(np.log(2) / np.log(32))
    assert found["chroma_mean"] == pytest.approx(0, abs=1e-6)
    assert found["hue_entropy"] == 0
    assert found["colourfulness"] == 0


def test_red_and_green_pull_apart_along_their_own_axis() -> None:
    found = of(halves((200, 40, 40), (40, 160, 60)))
    assert found["green_red_spread"] > 3 * found["blue_yellow_spread"]
    assert found["hue_entropy"] == pytest.approx(np.log(2) / np.log(32), abs=0.02)


def test_colourfulness_is_hasler_and_suesstrunks() -> None:
    pixels = halves((255, 0, 0), (0, 0, 255))
    # red: rg = 255, yb = 127.5; blue: rg = 0, yb = -255
    spread = np.hypot(255 / 2, 382.5 / 2)
    middle = np.hypot(255 / 2, (127.5 - 255) / 2)
    assert colour.colourfulness(pixels) == pytest.approx(spread + 0.3 * middle)


def test_place_does_not_matter() -> None:
    pixels = cloth(np.random.default_rng(1), 256, 256)
    turned = np.ascontiguousarray(pixels[::-1, ::-1])
    np.testing.assert_allclose(colour.describe(turned), colour.describe(pixels), atol=1e-9)
