"""How much of a picture was borrowed, from whom, and how large the largest piece in one is.

Plain ground does not count: where there is nothing to be seen, nothing was taken.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, sparse
from scipy.sparse import csgraph

from latelier.weave.fold import Floats, Ints

Mask = NDArray[np.bool_]
PLAIN = 0.15  # of the whole range: less contrast than this around a pixel is plain ground
SAME = 0.06  # of the whole range: pixels that differ less are taken for the same
AROUND = 32  # the longer side over this is how far around a pixel is looked for contrast
COMMON = 3  # originals that show the same at a place, from which on it is none's own
CLOSE = 80  # the same for contrast at the pixel itself


def busy_mask(picture: Floats, around: int = AROUND) -> Mask:
    """Where a picture (h, w, c) in [0, 1] is not plain ground: there is contrast not far away.

    Threads are smoothed away first, so that a plain weave is plain; 0.15 took the grounds of drawn
    brocades, photographed huipils and batiks, and no motif of theirs, for plain.
    """
    side = max(picture.shape[:2])
    soft = ndimage.uniform_filter(picture, (max(1, side // 64), max(1, side // 64), 1))
    reach = 2 * max(1, round(side / around)) + 1
    high = ndimage.maximum_filter(soft, (reach, reach, 1))
    low = ndimage.minimum_filter(soft, (reach, reach, 1))
    return (high - low).max(-1) > PLAIN


@dataclass(frozen=True)
class Origin:
    """Where each pixel of a picture (h, w) comes from.

    Args:
        parent: which original.
        y, x: the place in it.
        turn_y, turn_x: -1 where it is shown upside down or mirrored.
    """

    parent: Ints
    y: Ints
    x: Ints
    turn_y: Ints
    turn_x: Ints


def shares(parent: Ints, busy: Mask, count: int) -> Floats:
    """The share of the busy area that each of ``count`` originals holds; zeros if all is plain."""
    held = np.bincount(parent[busy], minlength=count).astype(np.float32)
    return held / max(1.0, float(held.sum()))


def largest_run(origin: Origin, busy: Mask, slack: int) -> float:
    """The largest connected piece taken from one original in one go, as a share of the busy area.

    Plain ground joins what it lies between but is not counted.

    Args:
        origin: of every pixel.
        busy: where the picture is not plain.
        slack: pixels by which neighbours may be displaced and still count as one piece.
    """
    if not busy.any():
        return 0.0
    h, w = busy.shape
    number = np.arange(h * w).reshape(h, w)
    starts, ends = [], []
    for down in (True, False):
        a = (slice(None, -1), slice(None)) if down else (slice(None), slice(None, -1))
        b = (slice(1, None), slice(None)) if down else (slice(None), slice(1, None))
        same = origin.parent[a] == origin.parent[b]
        same &= (origin.turn_y[a] == origin.turn_y[b]) & (origin.turn_x[a] == origin.turn_x[b])
        along = origin.turn_y[a] if down else origin.turn_x[a]
        step_y = origin.y[b] - origin.y[a] - (along if down else 0)
        step_x = origin.x[b] - origin.x[a] - (0 if down else along)
        same &= (np.abs(step_y) <= slack) & (np.abs(step_x) <= slack)
        starts.append(number[a][same])
        ends.append(number[b][same])
    start, end = np.concatenate(starts), np.concatenate(ends)
    graph = sparse.coo_array((np.ones(len(start), dtype=np.int8), (start, end)), (h * w, h * w))
    labels = csgraph.connected_components(graph, directed=False)[1]
    return float(np.bincount(labels[busy.ravel()]).max() / busy.sum())


def largest_match(
    picture: Floats, stack: Floats, shifts: Ints, same: float = SAME
) -> tuple[float, int]:
    """The largest connected part of a picture that equals a shifted original, and which one.

    This looks at pixels alone: it does not know how the picture was made. Only pixels with contrast
    right beside them are asked, because a plain ground equals every other of its colour; and what
    several originals show at the same place, as the edge of a cloth on white, is none's own.

    Args:
        picture: (h, w, c) in [0, 1].
        stack: (p, h', w', c) originals.
        shifts: (k, 3) original, rows and columns to add to a place to find it there.
        same: how far pixels may differ.

    Returns:
        Its share of all such pixels, and the original (-1 for none).
    """
    busy = busy_mask(picture, CLOSE)
    if not busy.any() or not len(shifts):
        return 0.0, -1
    masks = [_matches(picture, stack, shift, busy, same) for shift in shifts.tolist()]
    seen = np.zeros((len(stack), *busy.shape), dtype=bool)
    for (p, _, _), mask in zip(shifts.tolist(), masks, strict=True):
        seen[p] |= mask
    own = seen.sum(0) < COMMON
    best, whose = 0, -1
    for (p, _, _), mask in zip(shifts.tolist(), masks, strict=True):
        labels, count = ndimage.label(mask & own)
        size = int(np.bincount(labels.ravel())[1:].max()) if count else 0
        if size > best:
            best, whose = size, p
    return best / int(busy.sum()), whose


def _matches(picture: Floats, stack: Floats, shift: list[int], busy: Mask, same: float) -> Mask:
    """Where a picture equals one original displaced by one shift."""
    (h, w), (sh, sw), (p, dy, dx) = busy.shape, stack.shape[1:3], shift
    y0, y1, x0, x1 = max(0, -dy), min(h, sh - dy), max(0, -dx), min(w, sw - dx)
    match = np.zeros((h, w), dtype=bool)
    if y0 < y1 and x0 < x1:
        there = stack[p, y0 + dy : y1 + dy, x0 + dx : x1 + dx]
        match[y0:y1, x0:x1] = np.abs(picture[y0:y1, x0:x1] - there).max(-1) < same
    return match & busy
