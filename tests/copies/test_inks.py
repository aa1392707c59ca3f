"""What else is drawn on a sheet in the same ink makes a picture a part of it; writing does not."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from latelier.copies.inks import second_drawing
from latelier.copies.judge import DRAWN
from latelier.copies.pixels import Map, Sight
from latelier.copies.shown import Shown
from planted import Picture, ink, kinds

SIDE = 256
SET_IN: Map = np.array([[0.75, 0, 0.0], [0, 0.75, 24.0]])  # of 128 pixels


def sight(picture: Picture) -> Sight:
    return Sight(np.asarray(picture.resize((128, 128), Image.Resampling.BOX)))


def on_a_sheet(picture: Picture, at: tuple[int, int] = (0, 48), side: int = 192) -> Picture:
    page = Image.new("RGB", (SIDE, SIDE), "white")
    page.paste(picture.resize((side, side), Image.Resampling.LANCZOS), at)
    return page


def struck(page: Picture, colour: str) -> Picture:
    """With a heavy line along the top and down the right side."""
    copy = page.copy()
    ImageDraw.Draw(copy).line([(4, 60), (180, 62), (185, 230)], fill=colour, width=9)
    return copy


@pytest.mark.parametrize("seed", range(4))
def test_strokes_in_the_same_ink_are_another_drawing_and_red_ones_are_written_over(
    seed: int,
) -> None:
    first = ink(seed, SIDE)
    pages = [struck(on_a_sheet(first), colour) for colour in ("red", "black")]
    shares = [second_drawing(Shown(sight(first), sight(page), SET_IN)) for page in pages]
    assert shares[0] == 0
    assert shares[1] >= DRAWN


@pytest.mark.parametrize("seed", range(3))
def test_what_is_drawn_where_the_frames_coincide_is_drawn_on_the_picture(seed: int) -> None:
    first = ink(seed, SIDE)
    assert second_drawing(Shown(sight(first), sight(struck(first, "black")), np.eye(2, 3))) == 0


@pytest.mark.parametrize("seed", range(3))
def test_a_drawing_on_less_than_half_of_a_sheet_is_a_part_and_in_a_border_a_copy(
    seed: int,
) -> None:
    first = ink(seed, SIDE)
    assert kinds(first, on_a_sheet(first, (100, 20), 150)) == {(0, 1): "part"}
    assert kinds(first, on_a_sheet(first, (26, 24), 204)) == {(0, 1): "near"}
