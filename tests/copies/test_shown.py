"""A frame's own edge is no detail; what lies around a picture tells a part from a crop."""

import numpy as np
import pytest
from PIL import Image, ImageOps

from latelier.copies.laid import laid
from latelier.copies.pixels import Sight
from latelier.copies.shown import Shown, edges, outside
from planted import CHANGES, brocade, ink


def sight(picture: Image.Image) -> Sight:
    return Sight(np.asarray(picture.convert("RGB").resize((128, 128), Image.Resampling.BOX)))


def inside(share: float) -> np.ndarray:
    """The map of a picture into the middle of another, of whose sides it takes up a share."""
    return np.array([[share, 0, 64 * (1 - share)], [0, share, 64 * (1 - share)]])


def framed(picture: Image.Image, colour: str = "black") -> Image.Image:
    return ImageOps.expand(picture, round(picture.width / 8), colour)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("draw", [ink, brocade])
def test_a_border_drawn_around_a_picture_takes_nothing_from_it(draw, seed: int) -> None:
    first, second = sight(framed(draw(seed))), sight(draw(seed))
    m = np.array([[1.25, 0, -16], [0, 1.25, -16]])
    of_first, of_second = Shown(first, second, m).shares(laid(first, second, m).agreed)
    assert of_first > 0.75
    assert of_second > 0.75
    plain = float(first.weight[laid(first, second, m).agreed].sum() / first.weight.sum())
    assert draw is brocade or plain < 0.6  # with the border's edge it is most of the detail


def test_two_drawings_in_the_same_border_have_nothing_in_common() -> None:
    first, second = sight(framed(ink(1))), sight(framed(ink(2)))
    seen = laid(first, second, np.eye(2, 3))
    assert seen.share > 0.5
    assert max(Shown(first, second, np.eye(2, 3)).shares(seen.agreed)) < 0.4


def test_paper_around_a_drawing_has_no_edge_and_a_border_has_four() -> None:
    corners = np.array([[14, 14], [113, 14], [113, 113], [14, 113]], float)
    bordered = edges(sight(framed(ink(3))), corners)
    assert bordered[3:29, 3].all()
    assert bordered[28, 4:28].all()
    assert not bordered[10:22, 10:22].any()
    assert not edges(sight(framed(ink(3), "white")), corners).any()
    assert not edges(sight(brocade(3)), corners).any()


def test_what_is_drawn_around_a_picture_makes_it_a_part_and_a_border_does_not() -> None:
    page = Image.new("RGB", (400, 400), "white")
    page.paste(ink(0, 200), (100, 100))
    drawn = page.copy()
    for k, at in enumerate([(0, 0), (300, 0), (0, 300), (300, 300)]):
        drawn.paste(ink(k + 5, 100), at)
    small = sight(ink(0, 200))
    assert Shown(small, sight(drawn), inside(0.5)).around() > 0.4
    assert Shown(small, sight(framed(framed(page), "white")), inside(0.32)).around() == 0
    crop = ink(0, 400).crop((50, 50, 350, 350))
    assert Shown(sight(crop), sight(ink(0, 400)), inside(0.75)).around() == 0


def test_what_a_part_was_set_into_lies_around_what_agrees_and_what_is_drawn_on_it_among_it() -> (
    None
):
    part, host = brocade(0, 300), brocade(7, 300)
    page = host.copy()
    page.paste(part.crop((60, 60, 240, 240)), (60, 60))
    as_it_is = np.array([[1.0, 0, 0], [0, 1, 0]])
    assert outside(laid(sight(part), sight(page), as_it_is)) > 0.3
    assert outside(laid(sight(part), sight(CHANGES["written over"](part)), as_it_is)) < 0.1
