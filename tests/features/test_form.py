"""Facts of ink forms are counted exactly on forms whose counts are known."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from drawn_forms import KNOWN, form
from latelier.features.form import MEASURES, describe


def facts(pixels: NDArray[np.uint8]) -> dict[str, float]:
    return {m.name: float(v) for m, v in zip(MEASURES, describe(pixels), strict=True)}


def on_white(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.repeat((255 - ink)[..., None], 3, 2)


@pytest.mark.parametrize("start", range(0, 300, 50))
def test_eyes_strokes_ends_and_branches_are_exact_on_drawn_forms(start: int) -> None:
    seen = set()
    for seed in range(start, start + 50):
        drawn = form(np.random.default_rng(seed))
        found = facts(drawn.pixels)
        counted = tuple(found[n] for n in ("eyes", "strokes", "ends", "branches"))
        truth = (drawn.eyes, drawn.strokes, drawn.ends, drawn.branches)
        assert counted == truth, f"seed {seed}: {drawn.parts}"
        seen.update(drawn.parts)
    assert len(seen) > len(KNOWN) / 2


def test_white_that_the_edge_of_the_picture_helps_to_enclose_is_no_eye() -> None:
    ink = np.zeros((100, 100), np.uint8)
    cv2.circle(ink, (0, 50), 30, 255, 6)
    found = facts(on_white(ink))
    assert found["eyes"] == 0 and found["touches_border"] == 1
    whole = np.roll(ink, 50, 1)
    cv2.circle(whole, (50, 50), 30, 255, 6)
    assert facts(on_white(whole))["eyes"] == 1
    assert facts(on_white(whole))["touches_border"] == 0


def test_share_width_and_shape_are_those_of_the_geometry() -> None:
    disc, square, bar = (np.zeros((200, 200), np.uint8) for _ in range(3))
    cv2.circle(disc, (100, 100), 60, 255, -1)
    square[40:160, 40:160] = 255
    bar[90:110, 10:190] = 255
    round_, four, long = (facts(on_white(a)) for a in (disc, square, bar))
    assert round_["circularity"] == pytest.approx(1, abs=0.02)
    assert four["circularity"] == pytest.approx(np.pi / 4, abs=0.01)
    assert four["squareness"] == pytest.approx(1, abs=0.02)
    assert round_["squareness"] == pytest.approx(np.pi / 4, abs=0.02)
    assert long["squareness"] == pytest.approx(1 / 9, abs=0.01)
    assert four["ink_share"] == pytest.approx(0.36)
    assert long["stroke_width"] == pytest.approx(0.1, abs=0.01)
    assert min(round_["symmetry"], four["symmetry"], long["symmetry"]) > 0.95


def test_a_form_without_a_mirror_is_less_symmetric_and_turning_changes_nothing() -> None:
    ink = np.zeros((160, 160), np.uint8)
    points = np.array([[60, 30], [60, 120], [120, 120], [120, 90]])
    cv2.polylines(ink, [points], False, 255, 9)
    found = facts(on_white(ink))
    assert found["symmetry"] < 0.75
    turned = facts(on_white(np.rot90(ink).copy()))
    assert turned["symmetry"] == pytest.approx(found["symmetry"], abs=0.05)
    assert [turned[n] for n in ("eyes", "strokes", "ends", "branches")] == [0, 1, 2, 0]


def test_light_ink_on_a_dark_ground_is_counted_as_well_and_specks_are_none() -> None:
    ink = np.zeros((120, 120), np.uint8)
    cv2.circle(ink, (60, 60), 35, 255, 7)
    ink[5, 5] = 255
    dark = np.repeat(ink[..., None], 3, 2)
    assert [facts(dark)[n] for n in ("eyes", "strokes")] == [1, 1]
    assert not describe(np.full((40, 40, 3), 240, np.uint8)).any()
