"""A page made upright and small, for looking at its lines; points go back to the page as stored."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.cut.ink import Mask
from latelier.cut.skew import ENOUGH, page_angle, printed_angle

Floats = NDArray[np.float64]
LONG = 1500  # pixels: the longest side at which lines are looked at


@dataclass(frozen=True)
class View:
    """A page turned level and made smaller.

    Args:
        mask: (h, w) uint8, its ink.
        scale: pixels here for one of the page.
        angle: by how many degrees it was turned, clockwise positive.
        order: how clearly the page showed its angle; below ``skew.ENOUGH`` it was left as it is.
        matrix: (2, 3) from the page to here.
        printed: whether printed lines told the angle.
    """

    mask: Mask
    scale: float
    angle: float
    order: float
    matrix: Floats
    printed: bool = False

    def to_page(self, points: Floats) -> Floats:
        """Points (..., 2) here as points of the page."""
        back = cv2.invertAffineTransform(self.matrix)
        return np.asarray(points @ back[:, :2].T + back[:, 2], np.float64)

    def to_view(self, points: Floats) -> Floats:
        """Points (..., 2) of the page as points here."""
        return np.asarray(points @ self.matrix[:, :2].T + self.matrix[:, 2], np.float64)


def upright(mask: Mask, pale: Mask | None = None) -> View:
    """Turn a page level by its printed lines or the order of its ink, at half its size or less.

    Args:
        mask: (h, w) uint8, its ink.
        pale: (h, w) uint8, what is paler than ink; not looked at if left out.
    """
    h, w = mask.shape
    scale = min(0.5, LONG / max(h, w)) if max(h, w) > 1000 else 1.0
    small = _shrunk(mask, scale)
    lines = None if pale is None else printed_angle(pale, small, scale)
    angle, order = page_angle(small) if lines is None else (lines, ENOUGH)
    if order < ENOUGH:
        angle = 0.0
    sh, sw = small.shape
    grow = cv2.getRotationMatrix2D((sw / 2, sh / 2), -angle, 1.0)
    nw, nh = sw, sh
    if turned := abs(angle) > 0.05:
        c, s = abs(np.cos(np.radians(angle))), abs(np.sin(np.radians(angle)))
        nw, nh = int(np.ceil(sw * c + sh * s)), int(np.ceil(sw * s + sh * c))
        grow[:, 2] += ((nw - sw) / 2, (nh - sh) / 2)
    fx, fy = sw / w, sh / h
    shrink = np.array([[fx, 0, (fx - 1) / 2], [0, fy, (fy - 1) / 2], [0, 0, 1]])
    level = _turned(small, grow, (nw, nh)) if turned else small
    return View(level, scale, angle if turned else 0.0, order, grow @ shrink, lines is not None)


def seen_as(view: View, mask: Mask) -> Mask:
    """Another mask of the same page, turned and made smaller like the view's own."""
    small = _shrunk(mask, view.scale)
    if not view.angle:
        return small
    h, w = mask.shape
    sh, sw = small.shape
    fx, fy = sw / w, sh / h
    grow = np.array([[1 / fx, 0, (1 / fx - 1) / 2], [0, 1 / fy, (1 / fy - 1) / 2], [0, 0, 1]])
    return _turned(small, view.matrix @ grow, view.mask.shape[::-1])


def _shrunk(mask: Mask, scale: float) -> Mask:
    """A smaller mask in which lines of a pixel survive."""
    if scale >= 1:
        return mask
    h, w = mask.shape
    size = (max(1, round(w * scale)), max(1, round(h * scale)))
    small = cv2.resize(mask, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.threshold(small, 70, 255, cv2.THRESH_BINARY)[1], np.uint8)


def _turned(mask: Mask, matrix: Floats, size: tuple[int, ...]) -> Mask:
    soft = cv2.warpAffine(mask, matrix, (int(size[0]), int(size[1])), flags=cv2.INTER_LINEAR)
    return np.asarray(cv2.threshold(soft, 90, 255, cv2.THRESH_BINARY)[1], np.uint8)
