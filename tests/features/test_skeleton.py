"""How far the lines of a form lie from its ground, near and far."""

import cv2
import numpy as np
import pytest
from skimage.morphology import skeletonize

from latelier.features import _skeleton


@pytest.mark.parametrize("side, thick", [(60, 1), (200, 5), (200, 14), (200, 60), (500, 9)])
def test_lines_lie_as_far_from_the_ground_as_opencv_says(side: int, thick: int) -> None:
    rng = np.random.default_rng(side + thick)
    plane = np.zeros((side, side + 30), np.uint8)
    for points in rng.integers(0, side, (4, 4)).tolist():
        cv2.line(plane, tuple(points[:2]), tuple(points[2:]), 1, thick)
    ink = np.pad(plane > 0, 2)  # strokes run over the edge
    line = skeletonize(ink)
    theirs = cv2.distanceTransform(ink.view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    ours = _skeleton._away(ink, line)
    np.testing.assert_allclose(ours[line], theirs[line], rtol=1e-6)
    assert (ours >= theirs - 1e-3)[ink].all()


def test_strokes_of_uneven_width_are_as_thick_as_they_are() -> None:
    ink = np.zeros((204, 204), bool)
    ink[40:42, 10:190] = True  # most of it is thin, so that the ground is looked for nearby
    ink[100:160, 60:120] = True
    line = np.zeros_like(ink)
    line[41, 10:190] = line[130, 90] = True
    assert _skeleton._away(ink, line)[130, 90] == pytest.approx(30)


def test_empty_paper_around_a_form_changes_nothing() -> None:
    plane = np.zeros((90, 70), np.uint8)
    cv2.circle(plane, (35, 30), 22, 1, 5)
    cv2.line(plane, (35, 50), (35, 89), 1, 7)
    form = _skeleton.skeleton_of(plane > 0)
    assert (form.ends, form.branches) == (1, 1)
    assert _skeleton.skeleton_of(np.pad(plane > 0, ((40, 3), (0, 200)))) == form
    assert _skeleton.skeleton_of(np.zeros((9, 9), bool)).ends == 0
