"""What was changed is outlined where it was changed; the sheet shows it."""

import numpy as np
from PIL import Image

from latelier.copies.outlines import changed, shared
from latelier.copies.pixels import Sight
from latelier.copies.sheet import CHANGED, KEEPER, Shown, outlined, sheet
from planted import CHANGES, brocade

SAME = np.eye(2, 3)


def sight(picture) -> Sight:
    return Sight(np.asarray(picture.resize((128, 128), Image.Resampling.LANCZOS)))


def test_what_is_written_over_is_outlined_and_nothing_else() -> None:
    first, second = brocade(0), CHANGES["written over"](brocade(0))
    (outline,) = changed(sight(first), sight(second), SAME)
    x, y = np.array(outline).T
    assert abs(x.min() - 0.55) < 0.1
    assert abs(x.max() - 0.90) < 0.1
    assert abs(y.min() - 0.60) < 0.1
    assert abs(y.max() - 0.85) < 0.1
    assert changed(sight(first), sight(CHANGES["recoloured"](first)), SAME) == []


def test_what_is_shared_is_outlined_where_it_is_not_all() -> None:
    whole = sight(brocade(0))
    assert shared(whole, whole, SAME) is None
    half = np.array([[0.5, 0, 0.25], [0, 0.5, 0.5]])
    x, y = np.array(shared(whole, whole, half)).T
    assert np.allclose([x.min(), x.max(), y.min(), y.max()], [0.25, 0.75, 0.5, 1], atol=0.02)


def test_the_sheet_edges_the_keeper_and_draws_the_outlines() -> None:
    pixels = np.full((90, 120, 3), 200, np.uint8)
    square = [[0.2, 0.2], [0.8, 0.2], [0.8, 0.8], [0.2, 0.8]]
    drawn = outlined(pixels, [square], None)
    assert tuple(drawn[18, 60]) == CHANGED
    assert tuple(drawn[45, 60]) == (200, 200, 200)
    page = sheet(
        [
            [
                Shown(pixels, ["jardín.png", "the largest"], keeper=True),
                Shown(pixels, ["b.png"], changed=[square]),
            ]
        ],
        "Copies: 1 set",
    )
    assert (page == KEEPER).all(axis=2).sum() > 1000
    assert (page == CHANGED).all(axis=2).sum() > 300
