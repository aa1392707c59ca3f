"""Boxes of all sizes anywhere are told from the rooms that arrows and lanes close."""

import cv2
import numpy as np

from latelier.cut import scattered

BOXES = [(60, 60, 170, 120), (300, 50, 400, 125), (80, 300, 200, 365), (420, 310, 520, 380)]


def diagram() -> np.ndarray:
    """Boxes with a word in each, on a page of 600 x 480."""
    mask = np.zeros((480, 600), np.uint8)
    for x0, y0, x1, y1 in BOXES:
        cv2.rectangle(mask, (x0, y0), (x1, y1), 255, 2)
        for x in range(x0 + 30, x1 - 30, 14):
            cv2.circle(mask, (x, (y0 + y1) // 2), 5, 255, 2)
    return mask


def chosen(*masks: np.ndarray) -> set[tuple[int, ...]]:
    bounds, _ = scattered.choose(scattered.find_candidates(list(masks)), None, diagram=True)
    return {tuple(min(BOXES, key=lambda b: np.abs(np.array(b) - k).max())) for k in bounds} | {
        tuple(np.rint(k).astype(int).tolist())
        for k in bounds
        if min(np.abs(np.array(b) - k).max() for b in BOXES) > 4
    }


def test_boxes_of_several_sizes_are_found() -> None:
    assert chosen(diagram()) == set(BOXES)


def test_a_room_whose_sides_run_on_past_its_corners_is_none() -> None:
    mask = diagram()
    for a, b in (((230, 170), (560, 170)), ((250, 240), (590, 240))):
        cv2.line(mask, a, b, 255, 2)  # a lane
    for x in (270, 390):
        cv2.line(mask, (x, 150), (x, 290), 255, 2)  # arrows across it
    for x in range(300, 360, 14):
        cv2.circle(mask, (x, 205), 5, 255, 2)
    rooms = scattered.find_candidates([mask])
    lane = np.abs(rooms.bounds - np.array([270, 170, 390, 240])).max(1) < 8
    assert lane.any() and rooms.onward[lane].min() >= 6
    assert chosen(mask) == set(BOXES)


def test_of_two_finds_of_one_box_the_larger_is_it() -> None:
    mask = diagram()
    cv2.line(mask, (92, 60), (92, 104), 255, 1)  # a ruled line, partly as dark as ink,
    paler = mask.copy()
    cv2.line(paler, (92, 60), (92, 120), 255, 1)  # parts a strip from the box
    cv2.line(mask, (60, 88), (60, 90), 0, 3)  # whose own side has a gap
    assert chosen(mask, paler) == set(BOXES)
