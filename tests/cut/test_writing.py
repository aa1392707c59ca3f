"""Writing is told from drawings, and tells when a page stands on its head."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from drawn_pages import page, plain
from latelier.cut.page import cut_page

WORDS = ["the", "painter", "keeps", "her", "small", "notebooks", "in", "a", "drawer", "by", "and"]
WORDS += [
    "draws",
    "forms",
    "with",
    "brush",
    "that",
    "grandmother",
    "left",
    "behind",
    "one",
    "night",
]
SCRIPT, PLAIN = cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, cv2.FONT_HERSHEY_SIMPLEX


def written(
    on: NDArray[np.uint8], box: tuple[int, int, int, int], font: int, scale: float, seed: int
) -> None:
    """Lines of words by an unsteady hand, on a page, in place."""
    rng = np.random.default_rng(seed)
    for y in range(box[1], box[3], int(62 * scale)):
        x = box[0] + rng.uniform(-8, 8)
        while True:
            word, size = str(rng.choice(WORDS)), scale * rng.uniform(0.92, 1.08)
            wide = cv2.getTextSize(word, font, size, 2)[0][0]
            if x + wide > box[2]:
                break
            cv2.putText(
                on, word, (int(x), int(y + rng.normal(0, 2))), font, size, 40, 2, cv2.LINE_AA
            )
            x += wide + rng.uniform(14, 26) * scale


def text(font: int, scale: float) -> NDArray[np.uint8]:
    sheet = np.full((1100, 900), 245, np.uint8)
    written(sheet, (80, 90, 840, 1040), font, scale, 1)
    grain = np.random.default_rng(0).normal(0, 3, sheet.shape)
    return np.clip(sheet + grain, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(("font", "scale"), [(SCRIPT, 0.8), (SCRIPT, 1.2), (PLAIN, 1.0)])
def test_a_page_of_handwriting_is_told_and_its_way_up(font: int, scale: float) -> None:
    sheet = text(font, scale)
    upright, on_its_head = cut_page(sheet), cut_page(np.ascontiguousarray(sheet[::-1, ::-1]))
    for found in (upright, on_its_head):
        assert found.kind == "none" and "page of writing" in found.notes[0]
    assert "--turn 180" not in upright.notes[0] and "--turn 180" in on_its_head.notes[0]


@pytest.mark.parametrize("turned", [False, True])
def test_words_beside_drawings_are_flagged_and_the_drawings_are_not(turned: bool) -> None:
    style = plain("free", arrangement="lattice", cell=(190, 190), gutter=70, parts=2)
    drawn = page(np.random.default_rng(11), style)
    sheet = drawn.pixels.copy()
    sheet[1240:] = 246
    truth = drawn.boxes[drawn.boxes[:, 1] + drawn.boxes[:, 3] < 1230]
    written(sheet, (120, 1340, 1120, 1700), SCRIPT, 0.9, 5)
    found = cut_page(np.ascontiguousarray(sheet[::-1, ::-1]) if turned else sheet)
    below = [d.bounds[3] < 500 if turned else d.bounds[1] > 1240 for d in found.drawings]
    foot = [d for d, low in zip(found.drawings, below, strict=True) if low]
    rest = [d for d, low in zip(found.drawings, below, strict=True) if not low]
    assert len(foot) > 20 and np.mean(["writing" in d.flags for d in foot]) > 0.9
    assert len(rest) >= len(truth) and not any("writing" in d.flags for d in rest)
    assert ("--turn 180" in " ".join(found.notes)) == turned


@pytest.mark.parametrize(("size", "apart"), [(14, 0), (16, 4), (20, 3), (24, 1)])
def test_print_is_told_however_wide_its_letters_are_set(size: int, apart: int) -> None:
    rng, font = np.random.default_rng(size), ImageFont.load_default(size)
    sheet = Image.new("L", (900, 700), 248)
    draw = ImageDraw.Draw(sheet)
    for y in range(50, 640, int(1.5 * size)):
        x = 50.0
        for letter in " ".join(rng.choice(WORDS, 16)):
            if x < 840:
                draw.text((x, y), letter, font=font, fill=30)
            x += font.getlength(letter) + apart
    upright, on_its_head = cut_page(np.asarray(sheet)), cut_page(np.asarray(sheet.rotate(180)))
    for found in (upright, on_its_head):
        assert found.kind == "none" and "page of writing" in found.notes[0]
    assert "--turn 180" not in upright.notes[0]
    assert "--turn 180" in on_its_head.notes[0] or size < 20


def test_drawings_alone_are_no_writing() -> None:
    for seed, arrangement in enumerate(("rows", "lattice", "scattered")):
        drawn = page(np.random.default_rng(seed), plain("free", arrangement=arrangement))
        found = cut_page(drawn.pixels)
        assert found.kind == "free" and not found.notes
        assert np.mean(["writing" in d.flags for d in found.drawings]) < 0.03
