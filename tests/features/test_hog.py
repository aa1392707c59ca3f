"""The histogram of oriented gradients is scikit-image's."""

import numpy as np
import pytest
from skimage.feature import hog as oracle

from drawn import cloth, ink_form
from latelier.features import hog
from latelier.features._plane import lightness


@pytest.mark.parametrize("seed", range(3))
def test_it_equals_scikit_images(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pixels = cloth(rng, 128, 128) if seed else ink_form(rng, 128)
    light = lightness(pixels, hog.SIDE)
    theirs = oracle(light, 9, (32, 32), (4, 4), block_norm="L2-Hys", transform_sqrt=False)
    np.testing.assert_allclose(hog.describe(pixels), theirs, atol=2e-3)


def test_an_upright_line_is_told_where_it_stands() -> None:
    pixels = np.full((128, 128, 3), 255, np.uint8)
    pixels[4:28, 100:104] = 0
    found = dict(zip((m.name for m in hog.MEASURES), hog.describe(pixels), strict=True))
    assert max(found, key=lambda name: found[name]) == "top_right_0"
