"""Ink drawings as true black on true white."""

import numpy as np
import pytest
from scipy import ndimage
from skimage.filters import threshold_otsu

from drawn import ink_form as drawn_form
from latelier.errors import PictureError
from latelier.prepare.ink import ink_form, ink_mask, otsu, without_dust


def scanned(seed: int = 0, size: int = 200) -> np.ndarray:
    """A drawn form on toned, grainy paper."""
    rng = np.random.default_rng(seed)
    pixels = drawn_form(rng, size) * 0.75 + 40 + rng.normal(0, 6, (size, size, 1))
    return np.clip(pixels, 0, 255).astype(np.uint8)


def test_otsu_is_scikit_images() -> None:
    for seed in range(5):
        grey = scanned(seed)[..., 0]
        assert otsu(grey) == threshold_otsu(grey)


def test_ink_is_found_on_toned_paper_and_on_a_dark_ground() -> None:
    true = drawn_form(np.random.default_rng(0), 200)[..., 0] == 0
    for pixels in (scanned(), 255 - scanned()):
        found = ink_mask(pixels)
        assert (found != true).mean() < 0.002


def test_a_fixed_threshold_is_taken_as_given() -> None:
    pixels = np.repeat(np.arange(0, 250, 10, dtype=np.uint8)[None, :, None], 9, 0).repeat(3, -1)
    pixels[0] = pixels[-1] = 255
    assert ink_mask(pixels, 100)[4].tolist() == [g <= 100 for g in range(0, 250, 10)]


@pytest.mark.parametrize("threshold", [None, 5])
def test_an_empty_sheet_is_refused(threshold: int | None) -> None:
    with pytest.raises(PictureError, match="no drawing"):
        ink_mask(np.full((40, 40, 3), 244, np.uint8), threshold)
    with pytest.raises(PictureError, match="no drawing"):
        ink_mask(np.clip(scanned().astype(int) + 60, 0, 255).astype(np.uint8), 3)


@pytest.mark.parametrize("fit", ["pad", "crop"])
@pytest.mark.parametrize("size", [(100, 100), (64, 64), (96, 48), (300, 300)])
def test_a_form_is_black_and_white_whole_and_centred_by_its_mass(
    size: tuple[int, int], fit: str
) -> None:
    ink = np.zeros((240, 180), bool)
    ink[20:60, 100:170] = True
    ink[60:150, 150:160] = True
    form = ink_form(ink, size, fit)
    assert form.shape == (size[1], size[0], 1)
    assert set(np.unique(form)) == {0, 255}
    black = form[..., 0] == 0
    y, x = ndimage.center_of_mass(black)
    assert abs(x + 0.5 - size[0] / 2) < 1.25
    assert abs(y + 0.5 - size[1] / 2) < 1.25
    assert not (black[0].any() or black[-1].any() or black[:, 0].any() or black[:, -1].any())
    ys, xs = np.nonzero(black)
    proportion = (np.ptp(xs) + 1) / (np.ptp(ys) + 1)
    assert proportion == pytest.approx(70 / 130, abs=0.08)


def test_pad_keeps_sizes_beside_each_other_and_crop_fills_the_frame() -> None:
    small = np.zeros((200, 200), bool)
    small[80:100, 80:100] = True
    assert (ink_form(small, (100, 100), "pad") == 0).sum() == 100
    assert (ink_form(small, (100, 100), "crop") == 0).sum() > 7000


def test_the_box_can_lie_in_the_middle_instead() -> None:
    ink = np.zeros((100, 100), bool)
    ink[10:90, 10:20] = True
    ink[80:90, 10:70] = True
    ys, xs = np.nonzero(ink_form(ink, (100, 100), "pad", "box")[..., 0] == 0)
    assert abs(xs.min() + xs.max() - 99) <= 1
    assert abs(ys.min() + ys.max() - 99) <= 1


@pytest.mark.parametrize("width", [4, 8, 16, 40])
@pytest.mark.parametrize("angle", [0, 10, 27, 45, 80, 90])
def test_a_stroke_stays_in_one_piece_however_small_it_is_made(width: int, angle: int) -> None:
    y, x = np.mgrid[:900, :900]
    turn = np.deg2rad(angle)
    along = (x - 451.3) * np.cos(turn) + (y - 447.7) * np.sin(turn)
    across = -(x - 451.3) * np.sin(turn) + (y - 447.7) * np.cos(turn)
    ink = (np.abs(across) <= width / 2) & (np.abs(along) < 380)
    black = ink_form(ink, (64, 64), "pad")[..., 0] == 0
    _, pieces = ndimage.label(black, np.ones((3, 3)))
    assert pieces == 1
    true = width * 64 / 900
    drawn = black.sum() / (760 * 64 / 900) * max(abs(np.cos(turn)), abs(np.sin(turn)))
    assert drawn <= max(2, 1.6 * true)


def test_two_close_strokes_do_not_run_together() -> None:
    ink = np.zeros((400, 400), bool)
    for x in range(60, 340, 20):
        ink[60:340, x : x + 8] = True
    black = ink_form(ink, (80, 80), "pad")[..., 0] == 0
    assert ndimage.label(black, np.ones((3, 3)))[1] == 14


def test_specks_and_remains_of_a_box_line_go_and_a_dot_stays() -> None:
    ink = np.zeros((100, 100), bool)
    ink[30:70, 46:52] = True  # a stroke, 6 px wide
    ink[20:26, 46:52] = True  # its dot
    whole = ink.copy()
    ink[5, 80] = ink[90:93, 10:12] = True  # specks
    ink[0:2, 10:60] = ink[20:90:9, 99] = True  # what is left of a box
    assert np.array_equal(without_dust(ink), whole)
    faint = np.zeros((50, 50), bool)
    faint[10, 10] = faint[30, 30] = True
    assert without_dust(faint).sum() in (1, 2), "what is dust alone is the drawing"
