"""Outlines as few cubic curves, never farther from them than a tolerance.

P. Schneider, "An algorithm for automatically fitting digitized curves", Graphics Gems (1990): least
squares with given tangents (eq. 7), Newton's steps on the parameters, a split where it is farthest.
"""

import itertools
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.measure import find_contours

from latelier.refine._outlines import EVEN, averaged, evenly

Floats = NDArray[np.float64]  # points: (n, 2) x, y
STAIRS = 1.2  # pixels along an outline; averages the stairs of a slanting edge away
LOOK = 3.0  # pixels before and after a point by which a corner is told
STEPS = 4  # of Newton before a piece is split


@dataclass(frozen=True)
class Form:
    """Connected ink: an outline and its holes, each as cubic curves (n, 4, 2), end to end."""

    loops: list[Floats]

    @property
    def nodes(self) -> int:
        """Points a person can take hold of."""
        return sum(len(loop) for loop in self.loops)


def outlines(dark: NDArray[np.uint8], least: float) -> list[list[Floats]]:
    """The outlines of what is darker than half: forms, each an outer loop and then its holes.

    Args:
        dark: (h, w) uint8, 255 where there is ink.
        least: loops around a smaller area, in pixels, are left out.
    """
    outer: list[Floats] = []
    holes: list[Floats] = []
    for line in find_contours(np.pad(dark, 1).astype(np.float32), 127.5):
        loop = line[:-1, ::-1] - 0.5  # corners of pixels, not their middles, and no padding
        area = _area(loop)
        if abs(area) < max(least, 0.5):
            continue
        (outer if area > 0 else holes).append(evenly(loop))
    outer.sort(key=lambda loop: abs(_area(loop)))
    forms = [[loop] for loop in outer]
    for hole in holes:
        at = (float(hole[0, 0]), float(hole[0, 1]))
        for form in forms:  # the smallest that holds it
            if cv2.pointPolygonTest(form[0].astype(np.float32)[:, None], at, False) > 0:
                form.append(hole)
                break
    return forms[::-1]


def fitted(forms: list[list[Floats]], tolerance: float, corner: float) -> list[Form]:
    """Each form as curves no farther than ``tolerance`` pixels from its outlines.

    Args:
        forms: from ``outlines``.
        tolerance: in pixels.
        corner: turns of more degrees stay corners.
    """
    return [Form([_closed(loop, tolerance, corner) for loop in form]) for form in forms]


def _area(loop: Floats) -> float:
    """Signed area; positive around ink."""
    x, y = loop.T
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)


def _closed(loop: Floats, tolerance: float, corner: float) -> Floats:
    """A closed outline as curves (n, 4, 2)."""
    smooth = averaged(loop, STAIRS)
    apart, turn = _corners(smooth, corner)
    n = len(loop)
    for k in apart:  # a corner stays where it is
        near = _around(k, round(LOOK / EVEN), n)
        smooth[near] = loop[near]
    loop = smooth
    start = apart[0] if apart else int(np.argmax(turn))
    points = np.concatenate([np.roll(loop, -start, 0), loop[start : start + 1]])
    breaks = [k - start for k in apart] + [n] if apart else [0, n]
    look = max(2, round(2 * max(tolerance, 1) / EVEN))
    across = _unit(points[min(look, n // 3)] - points[-1 - min(look, n // 3)])
    curves: list[Floats] = []
    for a, b in itertools.pairwise(breaks):
        piece = points[a : b + 1]
        step = min(look, len(piece) - 1)
        first = _unit(piece[step] - piece[0]) if apart else across
        last = _unit(piece[-1 - step] - piece[-1]) if apart else -across
        _fit(piece, first, last, tolerance, curves)
    return np.array(curves)


def _corners(loop: Floats, corner: float) -> tuple[list[int], Floats]:
    """Where a closed outline turns by more than ``corner`` degrees, and by how many everywhere."""
    n = len(loop)
    reach = min(max(1, round(LOOK / EVEN)), n // 4)
    before, after = loop - np.roll(loop, reach, 0), np.roll(loop, -reach, 0) - loop
    cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    turn = np.degrees(np.abs(np.arctan2(cross, (before * after).sum(1))))
    apart: list[int] = []
    for k in sorted(np.nonzero(turn > corner)[0].tolist(), key=lambda k: (-turn[k], k)):
        if all(min(abs(k - other), n - abs(k - other)) > reach for other in apart):
            apart.append(k)
    return sorted(apart), turn


def _around(k: int, reach: int, n: int) -> NDArray[np.int64]:
    return np.arange(k - reach, k + reach + 1) % n


def _unit(v: Floats) -> Floats:
    length = float(np.hypot(v[0], v[1]))
    return v / length if length > 1e-9 else np.array([1.0, 0.0])


def _fit(points: Floats, first: Floats, last: Floats, tolerance: float, out: list[Floats]) -> None:
    """Append the curves that follow some points, leaving along ``first``, arriving along ``last``."""
    if len(points) <= 3:
        a, b = points[0], points[-1]
        out.append(np.array([a, a + (b - a) / 3, b - (b - a) / 3, b]))
        return
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    t = along / along[-1]
    for _ in range(STEPS + 1):
        curve = _least_squares(points, t, first, last)
        away = ((_at(curve, t) - points) ** 2).sum(1)
        worst = int(np.argmax(away[1:-1])) + 1
        if away[worst] <= tolerance**2:
            out.append(curve)
            return
        if away[worst] > (6 * tolerance) ** 2:
            break
        t = _nearer(curve, points, t)
    step = max(1, min(round(2 * max(tolerance, 1) / EVEN), worst, len(points) - 1 - worst))
    through = _unit(points[worst + step] - points[worst - step])
    _fit(points[: worst + 1], first, -through, tolerance, out)
    _fit(points[worst:], through, last, tolerance, out)


def _basis(t: Floats) -> Floats:
    """Bernstein's polynomials of degree three, (n, 4)."""
    s = 1 - t
    return np.stack([s**3, 3 * s * s * t, 3 * s * t * t, t**3], 1)


def _at(curve: Floats, t: Floats) -> Floats:
    return np.asarray(_basis(t) @ curve)


def _least_squares(points: Floats, t: Floats, first: Floats, last: Floats) -> Floats:
    """The curve with given ends and tangents that comes nearest to the points."""
    b = _basis(t)
    a, z = points[0], points[-1]
    rest = points - np.outer(b[:, 0] + b[:, 1], a) - np.outer(b[:, 2] + b[:, 3], z)
    one, two = b[:, 1:2] * first, b[:, 2:3] * last  # (n, 2)
    c = np.array([[(one * one).sum(), (one * two).sum()], [(one * two).sum(), (two * two).sum()]])
    x = np.array([(one * rest).sum(), (two * rest).sum()])
    chord = float(np.hypot(*(z - a)))
    reach = float(np.hypot(*np.diff(points, axis=0).T).sum())
    det = c[0, 0] * c[1, 1] - c[0, 1] ** 2
    if det > 1e-9:
        alpha = (x[0] * c[1, 1] - x[1] * c[0, 1]) / det, (c[0, 0] * x[1] - c[0, 1] * x[0]) / det
    else:
        alpha = (0.0, 0.0)
    if min(alpha) < 1e-3 * chord or max(alpha) > 2 * reach or min(alpha) <= 0:
        alpha = (reach / 3, reach / 3)  # Schneider's heuristic where the squares give no handles
    return np.array([a, a + alpha[0] * first, z + alpha[1] * last, z])


def _nearer(curve: Floats, points: Floats, t: Floats) -> Floats:
    """Parameters one step of Newton nearer to the feet of the points on the curve."""
    d1 = 3 * np.diff(curve, axis=0)
    d2 = 2 * np.diff(d1, axis=0)
    s = 1 - t
    away = _at(curve, t) - points
    slope = np.stack([s * s, 2 * s * t, t * t], 1) @ d1
    bend = np.stack([s, t], 1) @ d2
    up = (away * slope).sum(1)
    down = (slope * slope).sum(1) + (away * bend).sum(1)
    moved = np.where(np.abs(down) > 1e-9, t - up / np.where(np.abs(down) > 1e-9, down, 1), t)
    return np.maximum.accumulate(np.clip(moved, 0, 1))
