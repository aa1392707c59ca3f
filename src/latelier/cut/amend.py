"""Corrections of a cut page: drawings joined, parted, or added by hand."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.cut import forms
from latelier.cut.crop import ink_of
from latelier.cut.page import Drawing

Floats = NDArray[np.float64]
CLOSER = 0.8  # each try joins over gaps that much narrower
TRIES = 16


def merged(drawings: Sequence[Drawing], angle: float) -> Drawing:
    """One drawing around several, framed parallel to the page's rows.

    Args:
        drawings: two or more.
        angle: by how many degrees the page runs uphill.
    """
    corners = np.concatenate([d.polygon for d in drawings])
    bounds = np.array([d.bounds for d in drawings])
    return Drawing(
        polygon=framed(corners, angle),
        bounds=(*bounds[:, :2].min(0), *bounds[:, 2:].max(0)),
        boxed=False,
        confidence=1.0,
    )


def framed(points: Floats, angle: float) -> Floats:
    """The corners of the smallest frame around points whose sides run parallel to rows at an angle."""
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    turn = np.array([[c, s], [-s, c]])
    level = points @ turn
    (x0, y0), (x1, y1) = level.min(0), level.max(0)
    return np.asarray(np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]) @ turn.T)


def added(box: tuple[float, float, float, float], shape: tuple[int, ...]) -> Drawing:
    """A drawing where a person says there is one.

    Args:
        box: x, y, width, height in pixels of the page.
        shape: height and width of the page.
    """
    x, y, w, h = box
    x0, y0 = max(0.0, x), max(0.0, y)
    x1, y1 = min(float(shape[1]), x + w), min(float(shape[0]), y + h)
    corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
    return Drawing(corners, (x0, y0, x1, y1), False, 1.0)


def parted(
    drawing: Drawing,
    part: NDArray[np.uint8],
    corner: tuple[int, int],
    threshold: float,
    angle: float,
) -> list[Drawing]:
    """A drawing taken apart: at the widest gap between its pieces, or across its thinnest place.

    Args:
        drawing: to take apart.
        part: (h, w) uint8, the grey window of the page around it.
        corner: x and y of the window's top left pixel on the page.
        threshold: of ink against paper, in levels of a flattened page.
        angle: by how many degrees the page runs uphill.
    """
    mask = ink_of(part, threshold)
    inside = np.zeros_like(mask)
    shape = np.rint(drawing.polygon - np.array(corner)).astype(np.int32)
    cv2.fillConvexPoly(inside, shape, 255)
    if drawing.boxed:
        inside = cv2.erode(inside, np.ones((9, 9), np.uint8))
    mask = cv2.bitwise_and(mask, inside)
    reach = 1.0
    for _ in range(TRIES):
        found = forms.gather(mask, angle, reach)
        large = (found.bounds[:, 2:] - found.bounds[:, :2]).max(1) > 1.5 * found.stroke
        if large.sum() > 1:
            offset = np.array(corner, np.float64)
            return [
                replace(
                    drawing,
                    polygon=found.corners[k] + offset,
                    bounds=(*(found.bounds[k, :2] + offset), *(found.bounds[k, 2:] + offset)),
                    boxed=False,
                    confidence=1.0,
                    flags=(),
                )
                for k in np.nonzero(large)[0]
            ]
        reach *= CLOSER
    return _halves(drawing, mask, corner)


def _halves(drawing: Drawing, mask: NDArray[np.uint8], corner: tuple[int, int]) -> list[Drawing]:
    """Two halves of a single piece, cut across the least ink near the middle of its longer side."""
    ys, xs = np.nonzero(mask)
    if not len(xs):
        return [drawing]
    x0, y0, x1, y1 = xs.min(), ys.min(), xs.max() + 1, ys.max() + 1
    wide = x1 - x0 >= y1 - y0
    ink = (mask[y0:y1, x0:x1] > 0).sum(0 if wide else 1).astype(np.float64)
    n = len(ink)
    away = np.abs(np.arange(n) - (n - 1) / 2) / max(n, 1)
    cut = int(np.argmin(np.where(away < 0.3, ink + 0.2 * ink.mean() * away, np.inf)))
    halves = []
    for low, high in ((0, cut + 1), (cut + 1, n)):
        a, b, c, d = (x0 + low, y0, x0 + high, y1) if wide else (x0, y0 + low, x1, y0 + high)
        box = np.array([a, b, c, d], np.float64) + np.array([*corner, *corner])
        corners = box[[0, 1, 2, 1, 2, 3, 0, 3]].reshape(4, 2)
        halves.append(Drawing(corners, (*box,), False, 1.0))
    return halves
