"""The lines of a box go from a drawing, and nothing else does."""

import cv2
import numpy as np

from latelier.cut.crop import Frame, box_lines, cut_out, window


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


def test_nothing_of_a_box_is_left_where_the_lines_of_squared_paper_cross_it() -> None:
    sheet = np.full((160, 160), 225, np.uint8)
    for k in range(10, 160, 30):
        sheet[k : k + 2] = sheet[:, k : k + 2] = 150
    cv2.rectangle(sheet, (20, 20), (140, 140), 30, 3)
    cv2.circle(sheet, (80, 80), 30, 30, 4)
    sheet = cv2.GaussianBlur(sheet, (0, 0), 0.9)
    corners = np.array([[20.0, 20], [140, 20], [140, 140], [20, 140]])
    frame = Frame(corners, True, 3.0, 4.0, 110.0)
    left, top, right, bottom = window(frame, sheet.shape)
    cut = cut_out(sheet[top:bottom, left:right], (left, top), frame)
    rim = np.concatenate([cut[0], cut[-1], cut[:, 0], cut[:, -1]])
    assert rim.min() > 160, rim.min()  # as pale as the lines of the paper
    assert cut[30:90, 30:90].min() < 60
