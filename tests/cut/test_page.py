"""Drawn notebook pages come apart into their drawings: boxes closed or broken, forms without boxes."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from drawn_pages import any_style, page
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
