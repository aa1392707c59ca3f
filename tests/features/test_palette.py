"""The palette: colours and their amounts, wherever they stand."""

import numpy as np
import pytest
from skimage.color import rgb2lab

from drawn import cloth
from latelier.features import palette
from latelier.features._colour import lab


def flat(*colour: int) -> np.ndarray:
    return np.broadcast_to(np.array(colour, np.uint8), (16, 16, 3))


def shares(pixels: np.ndarray) -> dict[str, float]:
    found = palette.describe(pixels) ** 2
    return {m.name: v for m, v in zip(palette.MEASURES, found, strict=True) if v > 1e-9}


def test_lab_is_that_of_scikit_image() -> None:
    every = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    np.testing.assert_allclose(lab(every), rgb2lab(every), atol=0.02)  # its white has 5 digits


def test_white_black_and_grey_have_no_hue() -> None:
    greys = lab(np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1))
    np.testing.assert_allclose(greys[:, 1:], 0, atol=1e-4)  # of single precision
    assert shares(flat(255, 255, 255)) == pytest.approx({"light_grey": 1})
    assert shares(flat(0, 0, 0)) == pytest.approx({"dark_grey": 1})


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ((200, 30, 30), "red"),
        ((230, 200, 30), "yellow"),
        ((40, 150, 50), "green"),
        ((30, 60, 170), "blue"),
        ((150, 60, 180), "violet"),
    ],
)
def test_the_largest_share_bears_the_name_that_people_give(colour, name: str) -> None:
    found = shares(flat(*colour))
    by_hue = {h: sum(v for n, v in found.items() if n.endswith("_" + h)) for h in palette.HUES}
    assert max(by_hue, key=by_hue.__getitem__) == name


def test_shares_add_up_to_the_whole() -> None:
    found = palette.describe(cloth(np.random.default_rng(3), 90, 60))
    assert (found**2).sum() == pytest.approx(1)


def test_place_does_not_matter() -> None:
    pixels = cloth(np.random.default_rng(1), 64, 64)
    turned = palette.describe(pixels[::-1, ::-1])
    np.testing.assert_allclose(turned, palette.describe(pixels), rtol=1e-6)


def test_a_hair_of_difference_in_colour_moves_it_by_a_hair() -> None:
    near = np.linalg.norm(palette.describe(flat(120, 60, 60)) - palette.describe(flat(121, 60, 61)))
    far = np.linalg.norm(palette.describe(flat(120, 60, 60)) - palette.describe(flat(60, 60, 120)))
    assert near < 0.05 < far
