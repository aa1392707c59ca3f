"""A thing on paper in other proportions."""

import numpy as np
import pytest

from latelier.weave.structure import paper_of, stretched


def shirt() -> np.ndarray:
    """A dark box of 20 x 30 on white, (60, 60, 3)."""
    picture = np.ones((60, 60, 3), dtype=np.float32)
    picture[20:40, 15:45] = 0.2
    return picture


def sides(picture: np.ndarray) -> tuple[int, int]:
    """Height and width of what lies on paper."""
    there = ~paper_of(picture)
    return int(there.any(1).sum()), int(there.any(0).sum())


@pytest.mark.parametrize(("wider", "taller"), [(1.2, 0.8), (0.7, 1.3), (1.0, 1.0)])
def test_it_is_wider_and_taller_and_still_lies_on_its_paper(wider: float, taller: float) -> None:
    there, across, down = stretched(shirt(), wider, taller)
    assert (across, down) == (wider, taller) and there.shape == (60, 60, 3)
    assert sides(there) == (
        pytest.approx(20 * taller, abs=2),
        pytest.approx(30 * wider, abs=2),
    )
    assert np.allclose(there[0], 1, atol=0.02) and np.allclose(there[30, 30], 0.2, atol=0.02)


def test_it_never_leaves_the_picture() -> None:
    there, across, down = stretched(shirt(), 5.0, 5.0)
    assert 1 < across < 2 and 1 < down < 3
    assert sides(there)[0] < 60 and sides(there)[1] < 60


def test_a_cloth_without_paper_and_an_empty_page_are_left() -> None:
    plain = np.ones((40, 40, 3), dtype=np.float32)
    assert stretched(plain, 1.2, 1.2)[0].shape == plain.shape
