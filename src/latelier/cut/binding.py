"""The holes of a binding: equal marks at equal distances along one edge of a page."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FEWEST = 6  # of them; five drawings of one size at one distance are met by chance
EDGE = 0.12  # of the page's side: farther in there are drawings
LARGEST = 0.045  # of the page's shorter side
ALIKE = 0.18  # of their size and of their distance, or two pixels
LENGTH = 0.4  # of the page's side that they run along, at least


def holes(bounds: Floats, shape: tuple[int, ...], angle: float = 0.0) -> NDArray[np.bool_]:
    """Which pieces of ink are the holes of a binding.

    Args:
        bounds: (n, 4) left, top, right, bottom in pixels.
        shape: height and width of the page.
        angle: by how many degrees the page runs uphill.
    """
    found = np.zeros(len(bounds), bool)
    if len(bounds) < FEWEST:
        return found
    size, middle = bounds[:, 2:] - bounds[:, :2], (bounds[:, 2:] + bounds[:, :2]) / 2
    small = size.max(1) <= LARGEST * min(shape[:2])
    for axis in (0, 1):  # along the left and right edges, along the top and bottom ones
        across, along = float(shape[1 - axis]), float(shape[axis])
        reach = EDGE * across + abs(np.tan(np.radians(angle))) * along / 2
        for near in (middle[:, axis] < reach, middle[:, axis] > across - reach):
            rows = np.nonzero(near & small & ~found)[0]
            line = _in_line(rows, size, middle[:, axis], middle[:, 1 - axis], along)
            if len(line):
                cut_off = (bounds[rows, :2] <= 1).any(1)
                cut_off |= (bounds[rows, 2:] >= np.array(shape[1::-1]) - 1).any(1)
                no_larger = (size[rows] <= size[line].max(0) + 1).all(1)
                found[line] = found[rows[cut_off & no_larger]] = True
    return found


def at_foot(bounds: Floats, shape: tuple[int, ...]) -> bool:
    """Whether holes (n, 4) run along the foot of a page, as those of a pad do when it lies upside down.

    Args:
        bounds: left, top, right, bottom of each in pixels.
        shape: height and width of the page.
    """
    if not len(bounds):
        return False
    middle = (bounds[:, 2:] + bounds[:, :2]) / 2
    across, down = np.ptp(middle, axis=0)
    return bool(across > down and np.median(middle[:, 1]) > shape[0] / 2)


def _in_line(
    rows: NDArray[np.int64], size: Floats, place: Floats, along: Floats, length: float
) -> NDArray[np.int64]:
    """Those of the rows that are of one size, on one line and at one distance; none if too few."""
    best = rows[:0]
    for seed in rows:
        like = np.abs(size[rows] - size[seed]).max(1) <= np.maximum(2, ALIKE * size[seed].max())
        group = rows[like]
        if len(group) < max(FEWEST, len(best) + 1):
            continue
        kept = _on_line(group, place, along, float(size[seed].max()))
        if len(kept) > len(best) and _even(along[kept], length):
            best = kept
    return best


def _on_line(
    group: NDArray[np.int64], place: Floats, along: Floats, width: float
) -> NDArray[np.int64]:
    """Those near the line that runs through most of them, by the median of slopes (Theil and Sen)."""
    run = along[group][None] - along[group][:, None]
    far = run > np.ptp(along[group]) / 3
    if not far.any():
        return group[:0]
    slope = float(np.median((place[group][None] - place[group][:, None])[far] / run[far]))
    off = place[group] - slope * along[group]
    return np.asarray(group[np.abs(off - np.median(off)) <= max(2.0, 0.25 * width)])


def _even(along: Floats, length: float) -> bool:
    """Whether places stand at one distance, a few of them missing."""
    if len(along) < FEWEST or np.ptp(along) < LENGTH * length:
        return False
    steps = np.diff(np.sort(along))
    pitch = float(np.median(steps))
    if pitch <= 0:
        return False
    count = np.maximum(np.rint(steps / pitch), 1)
    even = np.abs(steps - count * pitch) <= max(2.0, ALIKE * pitch)
    return bool(even.mean() >= 0.9 and (count == 1).mean() >= 0.7)
