"""Text on sheets: accents, lines, what is cut, and what no font can write."""

from pathlib import Path

import numpy as np
import pytest

from latelier.errors import PictureError
from latelier.printing import Lettering, can_join, missing, set_lines

STYLE = Lettering(24)


def ink(text: str, width: int = 600, **more) -> np.ndarray:
    return set_lines(text, STYLE, width, **more)


@pytest.mark.parametrize("pair", ["ño no", "é e", "ç c", "Œ O", "ü u", "ø o", "Ł L", "ή η", "Й И"])
def test_an_accent_is_drawn(pair: str) -> None:
    with_accent, without = pair.split() if " " in pair else pair
    assert missing(pair) == ""
    assert not np.array_equal(ink(with_accent), ink(without))


def test_latin_greek_cyrillic_hebrew_and_arabic_can_be_written_and_chinese_is_named() -> None:
    assert missing("Año ĀāŐőŞşŽž “” — … € ½ × αβγ Привет שלום سلام") == ""
    assert missing("a 織物 b 織") == "織物"


def test_letters_that_join_are_joined() -> None:
    if not can_join():
        pytest.skip("this build of Pillow cannot join letters")
    joined, apart = ink("سلام").sum(axis=0) > 0, sum(int((ink(c) > 0).any(0).sum()) for c in "سلام")
    assert 0 < joined.sum() < apart  # joined forms are narrower than letters on their own


def test_long_text_goes_on_in_a_second_line_and_then_ends_in_an_ellipsis() -> None:
    long = "huipil de San Andrés Larráinzar, brocado en algodón con grecas y aves"
    one, two = ink(long, 300), ink(long, 300, most=2)
    assert one.shape == (STYLE.line_height, 300)
    assert two.shape == (2 * STYLE.line_height, 300)
    assert (two[STYLE.line_height :] > 0).any()
    assert not np.array_equal(one, two[: STYLE.line_height])  # the cut line has its ellipsis
    assert not (one[:, -1] > 0).any()


def test_a_file_name_is_broken_at_its_marks_and_keeps_its_ending() -> None:
    from latelier.printing import _lettering

    font = _lettering._font_for("a", STYLE)
    lines = _lettering._broken("mixtecos_24_santa-maria-zacatepec", font, 220, 2)
    assert lines[0][-1] in "-_"
    cut = _lettering._broken("mixtecos_24_santa-maria-zacatepec.jpg", font, 220, 1)
    assert cut[0].endswith("….jpg")


def test_nothing_and_very_little_room_are_no_trouble() -> None:
    assert ink("").shape == (STYLE.line_height, 600)
    assert set_lines("a long text without room", STYLE, 3, 2).shape == (2 * STYLE.line_height, 3)


def test_a_text_in_the_middle_has_as_much_room_on_both_sides() -> None:
    across = np.flatnonzero(ink("nono", centred=True).max(axis=0) > 20)
    assert abs(across[0] - (599 - across[-1])) <= 3


def test_what_is_no_font_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.ttf").write_text("no font", encoding="utf-8")
    with pytest.raises(PictureError, match=r"a\.ttf is no font that can be read"):
        set_lines("a", Lettering(20, tmp_path / "a.ttf"), 100)
