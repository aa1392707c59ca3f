"""The holes of a binding are told from drawings, by standing evenly along an edge."""

import numpy as np
import pytest

from drawn_pages import page, plain
from latelier.cut.binding import holes
from latelier.cut.page import cut_page

SHAPE = (1754, 1240)


def marks(x: np.ndarray, y: np.ndarray, side: float) -> np.ndarray:
    return np.stack([x - side / 2, y - side / 2, x + side / 2, y + side / 2], 1)


def test_a_column_of_equal_marks_along_an_edge_is_a_binding() -> None:
    rng = np.random.default_rng(1)
    y = np.arange(30, 1720, 40.0)
    column = marks(30 + 0.02 * y + rng.normal(0, 0.7, len(y)), y, 17)
    drawings = marks(rng.uniform(200, 1100, 30), rng.uniform(60, 1700, 30), 60)
    for turned in (False, True):
        every = np.concatenate([column, drawings])
        if turned:
            every = every[:, [1, 0, 3, 2]]
        found = holes(every, SHAPE[::-1] if turned else SHAPE)
        assert found[: len(y)].all() and not found[len(y) :].any()


def test_drawings_in_a_column_at_the_edge_stay() -> None:
    rng = np.random.default_rng(2)
    y = np.arange(80, 1700, 110.0)
    for side in (90.0, 40.0):
        column = marks(np.full(len(y), 90.0), y, side)
        column[:, 2:] += rng.uniform(0, 0.6 * side, (len(y), 2))
        assert not holes(column, SHAPE).any()


@pytest.mark.parametrize("kind", ["free", "closed"])
def test_a_binding_is_counted_and_not_cut(kind: str) -> None:
    style = plain(kind, binding=True, cell=(190, 190), skew=2.0)
    drawn = page(np.random.default_rng(4), style)
    found = cut_page(drawn.pixels)
    assert all(d.bounds[0] > 70 for d in found.drawings)
    assert len(found.drawings) >= len(drawn.boxes)
    assert found.left_out["holes of a binding"] > 20


def test_a_binding_along_the_foot_is_said_and_how_to_turn_the_page() -> None:
    style = plain("free", width=900, height=1240, binding=True, cell=(110, 110))
    left = page(np.random.default_rng(4), style).pixels
    foot, head = np.ascontiguousarray(np.rot90(left)), np.ascontiguousarray(np.rot90(left, -1))
    assert "along the foot" in cut_page(foot).notes[0] and "--turn 180" in cut_page(foot).notes[0]
    assert not cut_page(head).notes and not cut_page(left).notes
