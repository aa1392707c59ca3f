"""In a copy every place lies where the map puts it; in another weaving each lies a little elsewhere."""

import cv2
import numpy as np
import pytest
from PIL import ImageFilter

from latelier.copies.align import exact
from latelier.copies.evidence import looked_at
from latelier.copies.pixels import Sight
from latelier.copies.strays import NOWHERE, equally_sharp, strays
from planted import CHANGES, brocade, ink

AS_IT_IS = np.eye(2, 3)


def sight(picture) -> Sight:
    picture.thumbnail((128, 128))
    return Sight(np.asarray(picture.convert("RGB")))


@pytest.mark.parametrize("change", ["scanned", "recoloured", "blurred", "smaller"])
def test_the_places_of_a_copy_do_not_stray(change: str) -> None:
    for seed in range(4):
        first, second = sight(brocade(seed)), sight(CHANGES[change](brocade(seed)))
        scale = second.size[0] / first.size[0]
        m = np.array([[scale, 0, (scale - 1) / 2], [0, scale, (scale - 1) / 2]])
        small, large = (first, second) if scale >= 1 else (second, first)
        m = m if scale >= 1 else np.linalg.inv(np.r_[m, [[0, 0, 1]]])[:2]
        assert strays(small, large, exact(small, large, m)) < 0.3


@pytest.mark.parametrize("by", [2.0, 3.5])
def test_a_blurred_stroke_has_not_moved(by: float) -> None:
    for seed in range(4):
        first = sight(ink(seed, 400))
        second = sight(ink(seed, 400).filter(ImageFilter.GaussianBlur(by * 400 / 256)))
        assert strays(first, second, AS_IT_IS) < 0.25


def test_the_sharper_of_two_pictures_is_made_as_blunt_as_the_other() -> None:
    rng = np.random.default_rng(0)
    sharp = cv2.GaussianBlur(rng.normal(0, 40, (128, 128)).astype(np.float32), (0, 0), 1.0)
    blunt = cv2.GaussianBlur(sharp, (0, 0), 1.7)
    for x, y in ((sharp, blunt), (blunt, sharp)):
        one, other = equally_sharp(x, y)
        assert np.abs(one - other).std() < 0.15 * blunt.std()
    assert equally_sharp(sharp, sharp)[0] is sharp


def test_the_places_of_another_weaving_stray() -> None:
    for seed in range(4):
        first, second = sight(brocade(seed)), sight(brocade(seed, hand="b"))
        assert strays(first, second, exact(first, second, AS_IT_IS)) > 0.4


def test_where_nothing_is_alike_nothing_is_claimed() -> None:
    blank = Sight(np.full((128, 128, 3), 250, np.uint8))
    assert strays(blank, blank, AS_IT_IS) == NOWHERE
    assert looked_at(blank, blank, AS_IT_IS, 50) is None
