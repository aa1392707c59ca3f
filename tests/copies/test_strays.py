"""In a copy every place lies where the map puts it; in another weaving each lies a little elsewhere."""

import numpy as np
import pytest

from latelier.copies.align import exact
from latelier.copies.evidence import looked_at
from latelier.copies.pixels import Sight
from latelier.copies.strays import NOWHERE, strays
from planted import CHANGES, brocade

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


def test_the_places_of_another_weaving_stray() -> None:
    for seed in range(4):
        first, second = sight(brocade(seed)), sight(brocade(seed, hand="b"))
        assert strays(first, second, exact(first, second, AS_IT_IS)) > 0.4


def test_where_nothing_is_alike_nothing_is_claimed() -> None:
    blank = Sight(np.full((128, 128, 3), 250, np.uint8))
    assert strays(blank, blank, AS_IT_IS) == NOWHERE
    assert looked_at(blank, blank, AS_IT_IS, 50) is None
