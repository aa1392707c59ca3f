"""Rows of drawings and printed lines tell a page's angle better than the ink alone."""

import cv2
import numpy as np
import pytest

from drawn_pages import page, plain
from latelier.cut.ink import find_ink
from latelier.cut.page import cut_page
from latelier.cut.rows import lean
from latelier.cut.skew import printed_angle


def in_rows(degrees: float, jitter: float, rng: np.random.Generator) -> np.ndarray:
    """Bounds of drawings of many sizes that stand in eight rows of six, turned about the page."""
    x, y = np.meshgrid(np.arange(6) * 120.0, np.arange(8) * 110.0)
    middle = np.stack([x, y], -1).reshape(-1, 2) + rng.normal(0, jitter, (48, 2))
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    middle = middle @ np.array([[c, -s], [s, c]])
    half = rng.uniform(20, 50, (48, 2))
    return np.concatenate([middle - half, middle + half], 1)


@pytest.mark.parametrize("degrees", [-0.5, 0.0, 0.35])
def test_drawings_set_in_rows_tell_the_angle_to_some_hundredths(degrees: float) -> None:
    rng = np.random.default_rng(3)
    assert lean(in_rows(degrees, 0.3, rng)) == pytest.approx(degrees, abs=0.03)


def test_drawings_strewn_about_change_next_to_nothing() -> None:
    for seed in range(8):
        rng = np.random.default_rng(seed)
        middle = rng.uniform(0, 900, (40, 2))
        half = rng.uniform(15, 40, (40, 2))
        assert abs(lean(np.concatenate([middle - half, middle + half], 1))) < 0.15
    assert lean(np.zeros((0, 4))) == 0.0


def test_drawings_as_large_as_their_places_tell_more_than_small_ones() -> None:
    errors = []
    for seed in range(24):
        rng = np.random.default_rng(seed)
        x, y = np.meshgrid(np.arange(7) * 120.0, np.arange(9) * 120.0)
        side = 100 * rng.uniform(0.45, 1.0, (63, 1))
        middle = np.stack([x, y], -1).reshape(-1, 2)
        middle += rng.uniform(-0.5, 0.5, (63, 2)) * (100 - side)
        c, s = np.cos(np.radians(0.4)), np.sin(np.radians(0.4))
        middle = middle @ np.array([[c, -s], [s, c]])
        errors.append(lean(np.concatenate([middle - side / 2, middle + side / 2], 1)) - 0.4)
    assert np.sqrt(np.mean(np.square(errors))) < 0.12, errors  # all alike: .17


def test_printed_lines_tell_the_angle_where_the_ink_is_far_off() -> None:
    rng = np.random.default_rng(8)
    paper = np.zeros((1500, 1100), np.uint8)
    for y in range(-200, 1700, 40):
        cv2.line(paper, (0, y), (1100, y - 200), 255, 2)
    ink = np.zeros_like(paper)
    for x, y in rng.integers(60, 1000, (30, 2)).tolist():
        cv2.rectangle(ink, (x, y), (x + 60, y + 60), 255, 4)
    seen = printed_angle(paper & ~ink, ink, 1.0)
    assert seen == pytest.approx(np.degrees(np.arctan(200 / 1100)), abs=0.02)


@pytest.mark.parametrize("paper", ["lined", "squared"])
def test_printed_lines_tell_the_angle_to_a_hundredth(paper: str) -> None:
    style = plain("free", width=930, height=1300, skew=1.37, paper=paper, arrangement="scattered")
    found = find_ink(page(np.random.default_rng(2), style).pixels)
    seen = printed_angle(found.pale, found.mask, 1.0)
    assert seen is not None and abs(seen - 1.37) < 0.01


def test_paper_without_lines_tells_nothing() -> None:
    found = find_ink(page(np.random.default_rng(2), plain("free", width=620, height=880)).pixels)
    assert printed_angle(found.pale, found.mask, 1.0) is None


def test_free_forms_are_deskewed_to_a_tenth_of_a_degree() -> None:
    errors = []
    for seed, (arrangement, paper) in enumerate([("lattice", "plain"), ("rows", "lined")]):
        style = plain("free", skew=-2.43, arrangement=arrangement, paper=paper, parts=2)
        errors.append(abs(cut_page(page(np.random.default_rng(seed), style).pixels).angle + 2.43))
    assert max(errors) <= 0.1, errors
