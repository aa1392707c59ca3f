"""Box lines measured: where exactly each side runs, and how the page leans from place to place."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.cut.ink import Mask

Floats = NDArray[np.float64]
SAMPLES = 20  # places along each side
ASKED = 24  # boxes that tell how thick lines are
STRIP = 14  # pixels on both sides of a line that are looked at for it
NEAR = 2.5  # pixels: of two lines equally well drawn the nearer counts
EVEN = 1e-4  # how much it weighs that a slope is the same all over the page: nothing where places
#              lie apart; two rows of boxes say nothing of how it changes from row to row
_INNER = np.linspace(0.08, 0.92, SAMPLES)


@dataclass(frozen=True)
class Lean:
    """How level and upright lines slope across the page: slope = c . (1, x, y), in pixels per pixel.

    Args:
        level: (3,) of dy/dx along the level lines.
        upright: (3,) of dx/dy along the upright lines.
        known: whether enough lines were there to tell.
    """

    level: Floats
    upright: Floats
    known: bool

    def at(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Both slopes at points."""
        return tuple(c[0] + c[1] * x + c[2] * y for c in (self.level, self.upright))


@dataclass(frozen=True)
class Sides:
    """Each side of each frame as measured: left, top, right, bottom.

    Args:
        place: (n, 4) x of upright and y of level sides at their middle.
        slope: (n, 4) dx/dy of upright and dy/dx of level sides.
        seen: (n, 4) share of the samples where the line is drawn, 0 to 1.
    """

    place: Floats
    slope: Floats
    seen: Floats


def measure(mask: Mask, bounds: Floats) -> Sides:
    """Find the line of ink nearest to each side of frames (n, 4) left, top, right, bottom."""
    n = len(bounds)
    place, slope, seen = bounds.copy(), np.zeros((n, 4)), np.zeros((n, 4))
    size = bounds[:, 2:] - bounds[:, :2]
    reach = int(np.clip(round(0.07 * float(np.median(size.min(1)))), 3, 8))
    around = np.arange(-reach, reach + 1)
    turned = cv2.transpose(mask)
    for side in range(4):
        axis = side % 2  # 0: an upright side, whose place is an x
        picture = turned if axis == 0 else mask
        along = bounds[:, 1 - axis, None] + _INNER * size[:, 1 - axis, None]
        across = bounds[:, side, None, None] + around
        rows = np.clip(np.rint(across), 0, picture.shape[0] - 1).astype(np.intp)
        cols = np.clip(np.rint(along), 0, picture.shape[1] - 1).astype(np.intp)
        ink = picture[rows, cols[:, :, None]] > 0  # (n, SAMPLES, offsets)
        place[:, side], slope[:, side], seen[:, side] = _fit(ink, along, bounds[:, side], around)
    return Sides(place, slope, seen)


def _fit(
    ink: NDArray[np.bool_], along: Floats, place: Floats, around: NDArray[np.int64]
) -> tuple[Floats, Floats, Floats]:
    """The straight line through the ink near a side: place at the middle, slope, share seen."""
    padded = np.zeros((len(ink), len(around) + 2))
    padded[:, 1:-1] = ink.sum(1, dtype=np.uint8)  # (n, offsets)
    votes = padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]
    votes *= np.exp(-0.5 * (around / NEAR) ** 2)  # a neighbour's line, drawn better, is not ours
    best = around[np.argmax(votes, 1)]
    near = ink & (np.abs(around[None] - best[:, None]) <= 2)[:, None, :]
    sums = near.astype(np.float32) @ np.stack([np.ones(len(around)), around], 1, dtype=np.float32)
    count = sums[..., 0]
    drawn = (count > 0).astype(np.float64)
    offset = sums[..., 1] / np.maximum(count, 1)
    total = np.maximum(drawn.sum(1), 1)
    t = along - along.mean(1, keepdims=True)
    mean_t, mean_o = (drawn * t).sum(1) / total, (drawn * offset).sum(1) / total
    dt = (t - mean_t[:, None]) * drawn
    slope = (dt * offset).sum(1) / np.maximum((dt * dt).sum(1), 1e-9)
    share = drawn.mean(1)
    slope = np.where(share >= 0.5, slope, 0.0)
    seen_enough = share >= 0.15
    middle = np.where(seen_enough, mean_o - slope * mean_t, 0.0)
    return place + middle, slope, share


def lean_of(sides: Sides, bounds: Floats) -> Lean:
    """How the page leans, from the slopes of well drawn sides or from boxes in one row or column.

    Whichever agrees better within itself counts: lines short on the page tell their slope to half
    a degree, ten boxes in a row to a hundredth, but only where they were set in a row.
    """
    x = (sides.place[:, 0] + sides.place[:, 2]) / 2
    y = (sides.place[:, 1] + sides.place[:, 3]) / 2
    size = bounds[:, 2:] - bounds[:, :2]
    fitted, counts = [], []
    for axis in (1, 0):  # level sides are numbers 1 and 3, upright ones 0 and 2
        both = (axis, axis + 2)
        good = np.concatenate([sides.seen[:, s] >= 0.5 for s in both])
        slope = np.concatenate([sides.slope[:, s] for s in both])[good]
        weight = np.concatenate([sides.seen[:, s] * size[:, 1 - axis] for s in both])[good]
        at_x = np.concatenate([x if axis == 1 else sides.place[:, s] for s in both])[good]
        at_y = np.concatenate([y if axis == 0 else sides.place[:, s] for s in both])[good]
        tries = [_robust(at_x, at_y, slope, weight)]
        along, across = (x, y) if axis == 1 else (y, x)
        i, j = _far_pairs(along, across, size[:, 1 - axis], size[:, axis])
        if len(i) >= 3:
            run = along[j] - along[i]
            rise = np.concatenate([(sides.place[j, s] - sides.place[i, s]) / run for s in both])
            middle = np.tile((x[i] + x[j]) / 2, 2), np.tile((y[i] + y[j]) / 2, 2)
            tries.append(_robust(*middle, rise, np.tile(run, 2)))
        counts.append(len(slope) + len(i))
        fitted.append(min(tries, key=lambda t: t[1])[0])
    return Lean(fitted[0], fitted[1], min(counts) >= 4)


def _far_pairs(
    along: Floats, across: Floats, length: Floats, thickness: Floats
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each box with the farthest one that stands in its row, at least one box away."""
    run = along[None] - along[:, None]
    level = np.abs(across[None] - across[:, None]) < 0.25 * thickness[:, None]
    run = np.where(level & (run > 0.9 * length[:, None]), run, 0)
    j = run.argmax(1)
    i = np.nonzero(run.max(1) > 0)[0]
    return i, j[i]


def _robust(x: Floats, y: Floats, slope: Floats, weight: Floats) -> tuple[Floats, float]:
    """Weighted least squares of slope on (1, x, y), outliers clipped, and its doubt.

    A constant, the weighted median, where there are few.
    """
    if not len(slope):
        return np.zeros(3), np.inf
    if len(slope) < 16:
        order = np.argsort(slope)
        half = np.searchsorted(np.cumsum(weight[order]), weight.sum() / 2)
        middle = slope[order][min(half, len(slope) - 1)]
        spread = 1.4826 * np.median(np.abs(slope - middle)) + 1e-4
        return np.array([middle, 0.0, 0.0]), float(spread / np.sqrt(len(slope)))
    points = np.stack([np.ones_like(x), x / 1000, y / 1000], 1)
    keep = np.ones(len(slope), bool)
    found, spread = np.zeros(3), np.inf
    for _ in range(4):
        weighted = points * (weight * keep)[:, None]
        even = EVEN * (weight * keep).sum() * np.diag([0.0, 1.0, 1.0])
        found = np.linalg.lstsq(weighted.T @ points + even, weighted.T @ slope, rcond=1e-12)[0]
        left = np.abs(slope - points @ found)
        some = left[keep]
        spread = 1.4826 * np.partition(some, len(some) // 2)[len(some) // 2] + 1e-4
        keep = left <= 2.5 * spread
    return np.asarray(found / np.array([1, 1000, 1000])), float(spread / np.sqrt(keep.sum()))


def quads(sides: Sides, bounds: Floats, lean: Lean) -> Floats:
    """The corners (n, 4, 2) of frames, clockwise from the top left, sides parallel to the lean."""
    x, y = (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2
    level, upright = lean.at(x, y)
    left, top, right, bottom = sides.place.T
    corners = []
    for px, py in ((left, top), (right, top), (right, bottom), (left, bottom)):
        # px + upright * (cy - y) = cx and py + level * (cx - x) = cy
        cy = (py + level * (px - upright * y - x)) / (1 - level * upright)
        corners.append(np.stack([px + upright * (cy - y), cy], 1))
    return np.stack(corners, 1)


def line_width(mask: Mask, bounds: Floats) -> float:
    """The usual thickness of the lines of frames, in pixels."""
    if not len(bounds):
        return 2.0
    some = bounds[np.linspace(0, len(bounds) - 1, min(len(bounds), ASKED)).astype(int)]
    h, w = mask.shape
    found = []
    for x0, y0, x1, y1 in np.rint(some).astype(int).tolist():
        rows = np.rint(y0 + (y1 - y0) * _INNER).astype(int).clip(0, h - 1)
        for x in (min(max(x0, 1), w - 2), min(max(x1, 1), w - 2)):
            left, top = max(0, x - STRIP), rows[0]
            strip = mask[top : rows[-1] + 1, left : x + STRIP + 1]
            thin = cv2.distanceTransform(strip, cv2.DIST_L2, 3)
            found.append(thin[rows - top, x - left - 1 : x - left + 2].max(1))
    across = np.concatenate(found)
    across = across[across > 0]
    return float(2 * np.median(across) - 0.5) if len(across) else 2.0
