"""The lines of a box go from a drawing, and nothing else does."""

import cv2
import numpy as np

from latelier.cut.crop import box_lines


def drawing(side: int = 120) -> np.ndarray:
    ink = np.zeros((side, side), np.uint8)
    cv2.circle(ink, (62, 55), 26, 255, 4)
    cv2.line(ink, (20, 100), (95, 92), 255, 5)  # the drawing's own stroke, slanting
    ink[12:16, 60:64] = 255  # a dot near the wall
    return ink


def test_stretches_of_a_line_that_lie_farther_inside_go_and_the_drawing_stays() -> None:
    own = drawing()
    for stray in ("left", "corner", "top"):
        ink = own.copy()
        if stray in ("left", "corner"):
            ink[30:110, 11:14] = 255
        if stray == "corner":
            ink[108:111, 11:70] = 255
        if stray == "top":
            ink[7:10, 5:50] = 255
        gone = box_lines(ink, 2.5) > 0
        assert not ((ink > 0) & ~gone & (own == 0)).any(), stray
        assert not ((own > 0) & gone & (cv2.dilate(ink - own, np.ones((5, 5))) == 0)).any(), stray


def test_a_drawing_without_lines_loses_nothing() -> None:
    assert not box_lines(drawing(), 2.5).any()
