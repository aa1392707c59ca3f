"""What each refinement does to a drawn picture."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from drawn import cloth, ink_form
from latelier.errors import PictureError
from latelier.refine import _svg
from latelier.refine._chain import link
from latelier.refine._tones import dark_of, picture_of

Picture = NDArray[np.uint8]


def refined(words: str, *pictures: Picture) -> Picture:
    one = link(words)
    given = list(pictures) if one.plugin.OF == "several" else pictures[0]
    return one.plugin.refine(given, **one.settings)


def ring(size: int = 100, hole: int = 12, thick: int = 8) -> Picture:
    sheet = np.full((size, size), 255, np.uint8)
    cv2.circle(sheet, (size // 2, size // 2), hole + thick, 0, -1)
    cv2.circle(sheet, (size // 2, size // 2), hole, 255, -1)
    return np.repeat(sheet[..., None], 3, 2)


def pieces(dark: NDArray[np.bool_]) -> int:
    return cv2.connectedComponents(dark.astype(np.uint8), connectivity=8)[0] - 1


def test_despeckling_takes_what_is_as_small_as_said_and_nothing_larger() -> None:
    picture = ring()
    picture[5:8, 5:9] = 0  # 12 pixels
    picture[80:83, 5:8] = 0  # 9 pixels
    picture[50, 32:34] = 255  # a hole of 2 pixels in the ring
    assert np.array_equal(refined("despeckle:area=1", picture), picture)
    nine = dark_of(refined("despeckle:area=9", picture))
    assert nine[6, 6] and not nine[81, 6] and nine[50, 32]
    assert pieces(dark_of(refined("despeckle:area=12", picture))) == 1
    black = dark_of(refined("despeckle:area=12,what=black", picture))
    assert not black[50, 32] and not black[6, 6]
    assert np.array_equal(
        refined("despeckle:area=0.0012", picture), refined("despeckle:area=12", picture)
    ), "below 1 it is a share of 10,000 pixels"


def test_a_speck_on_coloured_cloth_goes_and_the_cloth_stays() -> None:
    plain = cloth(np.random.default_rng(2), 60, 60)
    light = plain // 2 + 120
    speckled = light.copy()
    speckled[20:22, 30:32] = 0
    clean = refined("despeckle:area=6,what=black", speckled)
    assert (clean[20:22, 30:32] > 60).all()
    assert (clean == speckled).mean() > 0.97


def test_thresholds_make_true_black_and_white_and_sauvola_sees_through_a_shadow() -> None:
    drawn = ring()
    shadow = np.linspace(1, 0.35, 100)[None, :, None]
    grey = np.clip(drawn * 0.7 + 60, 0, 255) * shadow
    picture = grey.astype(np.uint8)
    for words in ("threshold", "threshold:fixed", "threshold:sauvola"):
        assert dark_of(refined(words, picture)) is not None
    missed = dark_of(refined("threshold:sauvola", picture)) ^ dark_of(drawn)
    assert missed.mean() < 0.03
    assert (dark_of(refined("threshold:fixed", picture)) ^ dark_of(drawn)).mean() > 0.1


def test_smoothing_along_the_curve_keeps_the_area_and_takes_the_bumps() -> None:
    rough = ring(hole=20, thick=10)
    angles = np.linspace(0, 2 * np.pi, 60)
    for a in angles[::2]:
        y, x = round(50 + 30 * np.sin(a)), round(50 + 30 * np.cos(a))
        rough[y - 1 : y + 2, x - 1 : x + 2] = 0

    def length(picture: Picture) -> float:
        lines, _ = cv2.findContours(
            dark_of(picture).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE
        )
        return sum(cv2.arcLength(line, True) for line in lines)

    smooth = refined("smooth:2.5", rough)
    assert length(smooth) < 0.93 * length(rough)
    assert dark_of(smooth).sum() == pytest.approx(dark_of(rough).sum(), rel=0.05)


@pytest.mark.parametrize("method", ["curvature", "morphology"])
def test_smoothing_keeps_thin_strokes(method: str) -> None:
    picture = np.full((80, 80, 3), 255, np.uint8)
    cv2.line(picture, (8, 10), (70, 60), (0, 0, 0), 2)
    cv2.circle(picture, (55, 20), 9, (0, 0, 0), -1)
    smooth = dark_of(refined(f"smooth:2,method={method}", picture))
    before = dark_of(picture)
    assert (smooth & before).sum() > 0.85 * before.sum()
    assert pieces(smooth) == 2


def test_soft_output_comes_back_crisp_and_larger_without_stairs() -> None:
    soft = cv2.GaussianBlur(ring(64, 12, 6), (0, 0), 1.0)
    crisp = refined("threshold", refined("enlarge:8", soft))
    dark = dark_of(crisp)
    assert dark.shape == (512, 512)
    assert pieces(dark) == 1 and pieces(~dark) == 2
    true = np.kron(dark_of(ring(64, 12, 6)), np.ones((8, 8), bool))
    assert (dark & true).sum() / (dark | true).sum() > 0.9
    stairs = refined("enlarge:8", ring(64, 12, 6))
    assert (dark_of(stairs) & true).sum() / (dark_of(stairs) | true).sum() > 0.93


def test_filling_closes_a_narrow_gap_and_leaves_the_eye() -> None:
    picture = ring(hole=4)
    picture[48:51, 50:75] = 255  # the ring opened, 3 pixels wide
    assert pieces(~dark_of(picture)) == 1
    filled = dark_of(refined("gaps:6", picture))
    eye = ring(hole=4)
    assert pieces(~dark_of(refined("gaps:12", eye))) == 2, "a whole eye stays"
    assert filled[49, 58]


def test_opening_parts_what_only_touches_and_leaves_thin_strokes() -> None:
    picture = np.full((80, 120, 3), 255, np.uint8)
    cv2.circle(picture, (30, 40), 18, (0, 0, 0), -1)
    cv2.circle(picture, (85, 40), 18, (0, 0, 0), -1)
    picture[39:41, 45:70] = 0  # a bridge two pixels thick
    picture[5:7, 5:100] = 0  # a thin stroke of its own
    opened = dark_of(refined("gaps:5,how=open", picture))
    assert pieces(dark_of(picture)) == 2
    assert pieces(opened) == 3
    assert opened[5:7, 5:100].all()


@pytest.mark.parametrize("by", ["mass", "box"])
def test_centring_brings_the_drawing_into_the_middle_whole(by: str) -> None:
    picture = np.full((90, 120, 3), 255, np.uint8)
    cv2.ellipse(picture, (30, 25), (20, 12), 0, 0, 360, (0, 0, 0), -1)
    moved = dark_of(refined(f"centre:{by}", picture))
    ys, xs = np.nonzero(moved)
    assert abs(xs.mean() + 0.5 - 60) <= 1 and abs(ys.mean() + 0.5 - 45) <= 1
    assert moved.sum() == dark_of(picture).sum()
    large = dark_of(refined(f"centre:by={by},margin=0.1,size=200", picture))
    columns = np.nonzero(large.any(0))[0]
    assert large.shape == (200, 200)
    assert columns[0] == pytest.approx(20, abs=3) and columns[-1] == pytest.approx(180, abs=3)
    with pytest.raises(PictureError, match="no drawing"):
        refined("centre", np.full((20, 20, 3), 255, np.uint8))


def test_an_average_lays_shifted_pictures_on_each_other() -> None:
    one = ring()
    others = [np.roll(one, (dy, dx), (0, 1)) for dy, dx in ((3, -4), (-5, 2))]
    assert np.array_equal(refined("average", one, *others), one)
    assert not np.array_equal(refined("average:align=none", one, *others), one)
    with pytest.raises(PictureError, match="one size"):
        refined("average", one, one[:50])


@pytest.mark.parametrize("seed", range(4))
def test_a_trace_keeps_to_its_nodes_and_lies_on_the_form(seed: int) -> None:
    picture = ink_form(np.random.default_rng(seed), 96)
    written = refined("trace", picture)
    shapes = _svg.shapes_of(written.text)
    assert sum(s.nodes for s in shapes) == written.facts["nodes"] <= 40
    drawn = _svg.filled(shapes, (96, 96))[..., 0] < 128
    dark = dark_of(picture)
    assert (drawn & dark).sum() / (drawn | dark).sum() > 0.96
    few = refined("trace:nodes=16", picture)
    assert few.facts["nodes"] <= 16 and few.facts["differs"] >= written.facts["differs"]


def test_a_trace_of_an_eye_is_open_and_corners_stay_sharp() -> None:
    picture = picture_of(np.zeros((80, 80), bool))
    picture[10:70, 10:70] = 0
    picture[30:50, 30:50] = 255
    written = refined("trace", picture)
    assert written.facts["nodes"] <= 12
    assert written.facts["differs"] < 0.01
    assert 'width="80" height="80"' in written.text and "evenodd" in written.text


def test_colours_are_traced_within_their_nodes() -> None:
    picture = cv2.GaussianBlur(cloth(np.random.default_rng(1), 64, 64), (0, 0), 1)
    written = refined("trace:nodes=300", picture)
    assert 0 < written.facts["nodes"] <= 300
    assert len({s.colour for s in _svg.shapes_of(written.text)}) > 2
