"""Pages and lattices, exact to the pixel in every unit."""

from fractions import Fraction
from itertools import pairwise

import pytest

from latelier.errors import DoesNotFit, UsageError
from latelier.layout import Wish, lattice, length, page

DPI = Fraction(200)


def made(wish: Wish, width: int = 2200, height: int = 2200, dpi: Fraction = DPI):
    return lattice(width, height, dpi, wish)


@pytest.mark.parametrize(
    ("text", "dpi", "pixels"),
    [
        ("11x11in", 200, (2200, 2200)),
        ('11" x 8.5"', 300, (3300, 2550)),
        ("29.7 x 21 cm", 300, (3508, 2480)),
        ("29,7x21cm", 300, (3508, 2480)),
        ("297mm x 21cm", 300, (3508, 2480)),
        ("A4-landscape", 300, (3508, 2480)),
        ("A4", 300, (2480, 3508)),
        ("a3", 150, (1754, 2480)),
        ("20cm", 254, (2000, 2000)),
        ("2200x1100px", 200, (2200, 1100)),
        ("40×40in", 300, (12000, 12000)),
        ("10x10cm", 72.5, (285, 285)),
    ],
)
def test_sizes_as_people_write_them(text: str, dpi: float, pixels: tuple[int, int]) -> None:
    found = page(text, dpi)
    assert (found.width, found.height) == pixels


def test_a_page_keeps_its_exact_size_whatever_the_pixels() -> None:
    assert page("11x11in", 199).width_in * 72 == 792
    assert page("A4", 300).width_in == Fraction(2100, 254)


@pytest.mark.parametrize("text", ["11x11", "eleven", "", "11x11ft", "x", "0in", "-3x4in", "A9"])
def test_what_is_no_size_is_refused_with_examples(text: str) -> None:
    with pytest.raises((UsageError, DoesNotFit)) as said:
        page(text, 200)
    assert text in str(said.value)


def test_a_page_beyond_all_paper_is_refused() -> None:
    with pytest.raises(DoesNotFit, match="60000 px"):
        page("1000x1000in", 300)
    with pytest.raises(UsageError, match="between 1 and 4800"):
        page("11x11in", 0)


def test_lengths_want_a_unit() -> None:
    assert length("0.5in", DPI, "gutter") == 100
    assert length("25,4mm", DPI, "gutter") == 200
    assert length("0", DPI, "gutter") == 0
    with pytest.raises(UsageError, match="'5' is no length for the gutter"):
        length("5", DPI, "gutter")


def test_the_usual_lattice_is_the_one_of_latent_fabrics() -> None:
    """Canvas 4b has its cells at 273 + 279.6 k; six a side of 256 px, margin 273, gap 23.6."""
    found = made(Wish(own=(256, 256)))
    assert (found.rows, found.cols, found.cell) == (6, 6, (256, 256))
    corners = [found.box((0, k))[0] for k in range(6)]
    assert corners == [273, 553, 832, 1112, 1391, 1671]
    assert [found.box((k, 0))[1] for k in range(6)] == corners
    assert 2200 - (corners[-1] + 256) == 273
    wished = made(Wish(cells=6, cell=(Fraction(256), Fraction(256)), margin=Fraction(273)))
    assert wished.pitch == (Fraction(2796, 10), Fraction(2796, 10))
    assert [wished.box((0, k))[0] for k in range(6)] == corners


def test_a_cell_takes_the_pictures_own_size_or_a_multiple_when_it_is_near() -> None:
    assert made(Wish(own=(64, 64))).cell == (256, 256)  # four times: nothing is blurred
    assert made(Wish(own=(300, 300))).cell == (258, 258)  # too far: what the page allows
    assert made(Wish(own=(256, 256), margin=Fraction(0))).cell == (346, 346)  # a margin is a margin


def test_a_fixed_gutter_leaves_the_rest_to_the_margin_and_the_other_way_round() -> None:
    cell = (Fraction(100), Fraction(100))
    by_gutter = made(Wish(cells=4, cell=cell, gutter=Fraction(50)))
    assert [by_gutter.box((0, k))[0] for k in range(4)] == [825, 975, 1125, 1275]
    by_margin = made(Wish(cells=4, cell=cell, margin=Fraction(100)))
    assert [by_margin.box((0, k))[0] for k in range(4)] == [100, 733, 1367, 2000]
    both = made(Wish(cells=4, gutter=Fraction(0), margin=Fraction(0)))
    assert [both.box((0, k)) for k in (0, 3)] == [(0, 0, 550, 550), (1650, 0, 550, 550)]


@pytest.mark.parametrize(("side", "cells"), [(200, 3), (2200, 13), (2480, 9)])
def test_touching_cells_cover_the_page_without_a_line_between(side: int, cells: int) -> None:
    found = made(Wish(cells=cells, gutter=Fraction(0), margin=Fraction(0)), side, side)
    boxes = [found.box((0, k)) for k in range(cells)]
    assert boxes[0][0] == 0
    assert boxes[-1][0] + boxes[-1][2] == side
    assert all(a[0] + a[2] == b[0] for a, b in pairwise(boxes))
    assert max(b[2] for b in boxes) - min(b[2] for b in boxes) <= 1


def test_as_many_cells_of_a_size_as_the_page_holds() -> None:
    cell = (Fraction(256), Fraction(256))
    found = made(Wish(cell=cell, gutter=Fraction(0), margin=Fraction(0)))
    assert (found.cols, found.rows) == (8, 8)
    assert found.box((0, 0))[:2] == (76, 76)


def test_a_long_page_has_more_cells_on_its_longer_side() -> None:
    found = made(Wish(cells=6), 2480, 3508, Fraction(300))
    assert (found.cols, found.rows) == (6, 9)
    turned = made(Wish(cells=6), 3508, 2480, Fraction(300))
    assert (turned.cols, turned.rows) == (9, 6)


def test_columns_and_rows_share_out_the_whole_room() -> None:
    asked = made(Wish(cells=(2, 3), gutter=Fraction(0), margin=Fraction(0)), 2480, 3508)
    assert (asked.cols, asked.rows, asked.cell) == (2, 3, (1240, Fraction(3508, 3)))
    one = made(Wish(cells=(1, 1), margin=Fraction(100), own=(2, 3)), 2480, 3508)
    assert one.box((0, 0)) == (100, 100, 2280, 3308)


def test_captions_take_their_height_from_the_cells_not_from_their_count() -> None:
    found = made(Wish(cells=6, caption=40))
    assert (found.rows, found.cols) == (6, 6)
    x, y, w, h = found.box((5, 5))
    assert x + w <= 2200
    assert y + h + 40 <= 2200 - 264
    assert found.pitch[1] - found.pitch[0] == 40


@pytest.mark.parametrize("side", [2200, 3543, 997])
@pytest.mark.parametrize("cells", [1, 2, 5, 7, 13])
def test_cells_never_touch_nor_leave_the_page(side: int, cells: int) -> None:
    found = made(Wish(cells=cells), side, side)
    boxes = [found.box((0, k)) for k in range(found.cols)]
    assert all(b[2:] == found.cell for b in boxes)
    assert all(a[0] + a[2] < b[0] for a, b in pairwise(boxes))
    assert abs((boxes[0][0]) - (side - boxes[-1][0] - boxes[-1][2])) <= 1


@pytest.mark.parametrize(
    "wish",
    [
        Wish(cell=(Fraction(3000), Fraction(3000))),
        Wish(cells=6, cell=(Fraction(400), Fraction(400))),
        Wish(cells=300),
        Wish(cells=(6, 100)),
        Wish(margin=Fraction(1100)),
        Wish(cells=6, margin=Fraction(1000), cell=(Fraction(100), Fraction(100))),
        Wish(gutter=Fraction(500)),
    ],
)
def test_cells_that_do_not_fit_are_one_clear_sentence(wish: Wish) -> None:
    with pytest.raises(DoesNotFit, match="do not fit on a page of 2200 x 2200 px; take a larger"):
        made(wish)
