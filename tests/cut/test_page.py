"""Drawn notebook pages come apart into their drawings: boxes closed or broken, forms without boxes."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from drawn_pages import any_style, page
from latelier.cut import walls
from latelier.cut.page import CutPage, cut_page


def f1(found: NDArray[np.float64], truth: NDArray[np.float64], iou_at_least: float) -> float:
    """F1 of boxes (n, 4) left, top, width, height, each matched at most once."""
    a, b = found[:, None], truth[None]
    low = np.maximum(a[..., :2], b[..., :2])
    high = np.minimum(a[..., :2] + a[..., 2:], b[..., :2] + b[..., 2:])
    shared = np.clip(high - low, 0, None).prod(-1)
    iou = shared / (a[..., 2:].prod(-1) + b[..., 2:].prod(-1) - shared)
    rows, columns = linear_sum_assignment(-iou)
    return 2 * float((iou[rows, columns] >= iou_at_least).sum()) / (len(found) + len(truth))


def boxes(cut: CutPage) -> NDArray[np.float64]:
    bounds = np.array([d.bounds for d in cut.drawings], dtype=np.float64).reshape(-1, 4)
    return np.concatenate([bounds[:, :2], bounds[:, 2:] - bounds[:, :2]], 1)


@pytest.mark.parametrize(("kind", "least"), [("closed", 0.99), ("broken", 0.95), ("free", 0.8)])
def test_drawings_are_found_at_iou_point_9(kind: str, least: float) -> None:
    scores = []
    for seed in range(100, 104):
        drawn = page(rng := np.random.default_rng(seed), any_style(rng, kind))
        scores.append(f1(boxes(cut_page(drawn.pixels)), drawn.boxes, 0.9))
    assert np.mean(scores) >= least, scores


def test_boxes_above_and_drawings_without_below_come_apart_on_one_page() -> None:
    scores = []
    for seed in (7708, 7712, 7715):  # dense forms below; two rows of boxes; forms in boxes' place
        rng = np.random.default_rng([seed, 6])
        high = max(400, int(1754 * rng.choice([0.25, 0.35, 0.5])))
        styles = []
        for kind, height in (("closed", high), ("free", 1754 - high)):
            style = replace(any_style(rng, kind), skew=0.0, perspective=0.0, shading=0.0, noise=3.0)
            style = replace(style, paper="plain", binding=False, stains=0, pencil=0, height=height)
            styles.append(replace(style, arrangement="boxes") if kind == "closed" else style)
        parts = [page(rng, style) for style in styles]
        below = parts[1].boxes + np.array([0, high, 0, 0])
        truth = np.concatenate([parts[0].boxes, below])
        found = cut_page(np.concatenate([part.pixels for part in parts]))
        assert found.kind == "mixed"
        scores.append(f1(boxes(found), truth, 0.9))
    assert min(scores) > 0.9, scores  # .00 where two rows of boxes were laid aslant


def test_two_rows_of_boxes_say_nothing_of_how_a_page_leans_from_row_to_row() -> None:
    rng = np.random.default_rng(5)
    x, y = np.tile(48.0 + 68 * np.arange(8), 2), np.repeat([33.0, 117.0], 8)
    bounds = np.stack([x, y, x + 53, y + 70], 1) + rng.normal(0, 0.4, (16, 4))
    sides = walls.Sides(bounds, rng.normal(0, 0.04, (16, 4)), np.ones((16, 4)))
    level, upright = walls.lean_of(sides, bounds).at(x, y)
    assert np.abs(level).max() < 0.02 and np.abs(upright).max() < 0.02


def test_a_blank_page_has_no_drawings() -> None:
    blank = np.full((600, 400), 245, dtype=np.uint8)
    assert cut_page(blank).drawings in ([], ())


def test_a_blot_is_flagged_and_a_single_stroke_along_the_page_is_not() -> None:
    sheet = np.full((880, 620), 248, np.uint8)
    for x in range(60, 560, 120):
        for y in range(60, 800, 120):
            sheet[y : y + 6, x : x + 60] = 30
    sheet[60:100, 60:100] = 30
    found = cut_page(sheet)
    dense = [d.box for d in found.drawings if "very-dense" in d.flags]
    assert len(found.drawings) == 35 and dense == [(60, 60, 60, 40)], dense
