"""Broken boxes: a frame of the page's usual size is slid over the page and stays where lines answer it.

A generalised Hough transform (D. Ballard, 1981) for one upright rectangle: the drawn share of each
of its four sides is a box filter over the lines of that direction, so gaps cost only their length.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.cut.ink import Mask
from latelier.cut.lattice import Lattice, find_lattice
from latelier.cut.lines import Strokes

Floats = NDArray[np.float64]
SURE, LEAST = (
    0.45,
    0.12,
)  # drawn share of all four sides, and of the worst, for a box to stand alone
ALL = 4 * 255  # of four sides that are wholly drawn
HELPED = 0.22  # drawn share where the grid of the others says that a box should be


@dataclass(frozen=True)
class Evidence:
    """Where lines lie, thickened by what a hand strays.

    Args:
        level: (h, w) uint8 0 or 255, lines along x.
        upright: (h, w) lines along y.
    """

    level: Mask
    upright: Mask


def line_evidence(strokes: Strokes, stray: int = 2) -> Evidence:
    """Straight strokes in both directions as evidence."""
    more = 2 * stray - 1
    level = cv2.dilate(strokes.level, np.ones((more, 1), np.uint8))
    upright = cv2.dilate(strokes.upright, np.ones((1, more), np.uint8))
    return Evidence(np.asarray(level, np.uint8), np.asarray(upright, np.uint8))


def frame_scores(lines: Evidence, width: int, height: int) -> tuple[NDArray, NDArray]:
    """How well a frame of a size is drawn with its top left corner at each pixel.

    In whole numbers, for speed: on a page of 900 x 650 a third of the time of floats.

    Returns:
        the sum of the drawn shares of the four sides, (h, w) uint16, 0 to ``ALL``; and the least
        of them, (h, w) uint8, 0 to 255. Beyond the page nothing is drawn.
    """
    w, h = width, height
    none = cv2.BORDER_CONSTANT
    along = cv2.boxFilter(lines.level, cv2.CV_8U, (w, 1), anchor=(0, 0), borderType=none)
    down = cv2.boxFilter(lines.upright, cv2.CV_8U, (1, h), anchor=(0, 0), borderType=none)
    foot = cv2.copyMakeBorder(along, 0, h, 0, 0, none, value=0)[h:]
    right = cv2.copyMakeBorder(down, 0, 0, 0, w, none, value=0)[:, w:]
    total = np.add(along, foot, dtype=np.uint16)
    total += down
    total += right
    return total, cv2.min(cv2.min(along, foot), cv2.min(down, right))


def find_frames(lines: Evidence, width: int, height: int) -> tuple[Floats, Floats, bool]:
    """Frames of about one size that the lines answer to, none over another.

    Returns:
        (n, 4) left, top, right, bottom; (n,) mean drawn share; whether they stand in a lattice.
    """
    every, worst = frame_scores(lines, width, height)
    score = every + worst
    score += worst
    # one peak where lines leave a plateau
    score = cv2.boxFilter(score, cv2.CV_16U, (5, 5), normalize=False)
    near = np.ones((max(3, round(height * 0.5)) | 1, max(3, round(width * 0.5)) | 1), np.uint8)
    peaks = cv2.compare(score, cv2.dilate(score, near), cv2.CMP_GE)
    peaks &= cv2.compare(every, HELPED * ALL, cv2.CMP_GE)
    ys, xs = np.divmod(np.flatnonzero(peaks > 0), every.shape[1])
    order = np.argsort(-score[ys, xs].astype(np.int64), kind="stable")
    ys, xs = ys[order], xs[order]
    total, least = every[ys, xs] / ALL, worst[ys, xs] / 255
    xs, ys = xs.astype(np.float64), ys.astype(np.float64)
    sure = (total >= SURE) & (least >= LEAST)
    chosen = _apart(xs, ys, sure, width, height)
    corner, share = np.stack([xs[chosen], ys[chosen]], 1), total[chosen]
    lattice = find_lattice(corner, width, height)
    if lattice is not None:
        corner, share = _on_lattice(lattice, corner, share, every, width, height)
    else:
        chosen = _helped(xs, ys, total, chosen, width, height)
        corner, share = np.stack([xs[chosen], ys[chosen]], 1), total[chosen]
    frames = np.concatenate([corner, corner + np.array([width, height])], 1)
    return frames, share, lattice is not None


def _on_lattice(
    lattice: Lattice, corner: Floats, share: Floats, total: NDArray, width: float, height: float
) -> tuple[Floats, Floats]:
    """Put frames where the lattice says, wherever lines answer there at least a little."""
    cols, rows = lattice.shape
    sites = np.stack(np.meshgrid(np.arange(cols), np.arange(rows)), -1).reshape(-1, 2)
    around = np.arange(-(reach := max(2, round(0.06 * min(width, height)))), reach + 1)
    at = np.rint(lattice.place(sites)).astype(int)
    x = np.clip(at[:, 0, None, None] + around[None, None], 0, total.shape[1] - 1)
    y = np.clip(at[:, 1, None, None] + around[None, :, None], 0, total.shape[0] - 1)
    far = np.hypot(around[None], around[:, None]) / (2 * reach)
    window = (total[y, x] / ALL * (1 - 0.3 * far)).reshape(len(sites), -1)
    best = window.argmax(1)
    dy, dx = np.unravel_index(best, (len(around), len(around)))
    found = at + np.stack([around[dx], around[dy]], 1)
    value = window[np.arange(len(sites)), best]
    good = value >= HELPED
    placed, drawn = found[good].astype(np.float64), value[good].astype(np.float64)
    odd = np.nonzero(~lattice.fits)[0]
    clear = odd[(_shared(*corner[odd].T, *placed.T, width, height) < 0.1).all(1)]
    return np.concatenate([placed, corner[clear]]), np.concatenate([drawn, share[clear]])


def _shared(
    x: NDArray, y: NDArray, to_x: NDArray, to_y: NDArray, width: float, height: float
) -> NDArray:
    """Shared area (n, m) of frames of one size, as a share of one."""
    across = np.clip(1 - np.abs(x[:, None] - to_x) / width, 0, None)
    across *= np.clip(1 - np.abs(y[:, None] - to_y) / height, 0, None)
    return across


def _apart(
    xs: Floats, ys: Floats, sure: NDArray[np.bool_], width: float, height: float
) -> list[int]:
    """The best frames, one after the other, that lie on none chosen before."""
    k = np.nonzero(sure)[0]
    x, y = xs[k].astype(np.float32), ys[k].astype(np.float32)
    over = _shared(x, y, x, y, width, height) >= 0.15
    open_ = np.ones(len(k), bool)
    chosen: list[int] = []
    for i in range(len(k)):
        if open_[i]:
            chosen.append(int(k[i]))
            open_ &= ~over[i]
    return chosen


def _helped(
    xs: Floats, ys: Floats, total: NDArray, chosen: list[int], width: float, height: float
) -> list[int]:
    """Add poorly drawn frames that stand in a row and in a column with sure ones."""
    if len(chosen) < 4:
        return chosen
    tolerance = 0.08 * min(width, height) + 2
    places = np.stack([xs, ys]).astype(np.float32)
    dx, dy = np.abs(places[:, :, None] - places[:, None, chosen])
    in_row = ((dy < tolerance) & (dx < 4 * width)).any(1)
    in_column = ((dx < tolerance) & (dy < 4 * height)).any(1)
    beside = (dx > 0.9 * width) | (dy > 0.9 * height)
    may = np.nonzero(in_row & in_column & beside.all(1))[0]
    may = may[(_shared(*places[:, may], *places[:, chosen], width, height) < 0.1).all(1)]
    clear = _shared(*places[:, may], *places[:, may], width, height) < 0.1
    more: list[int] = []
    for k in range(len(may)):
        if clear[k, more].all():
            more.append(k)
    return [*chosen, *may[more].tolist()]
