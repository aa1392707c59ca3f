"""Plates of pictures: the mean of each group, and the components seen as pictures."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray
from PIL import Image

from latelier.cluster import _style
from latelier.cluster._style import DPI, WIDTH_IN, Drawing
from latelier.cluster.geometry import Geometry, directions
from latelier.plotting import INK

Pictures = NDArray[np.uint8]
SHOWN = 6  # components; beyond, each holds a few hundredths and looks like weave in noise
AWAY = 2.0  # standard deviations to each side, where about one picture in twenty lies
LARGEST = 320  # px a picture is wide at the most
ACROSS = 7  # mean pictures in a row
GAP, FOOT, SIDEBAR = 16, 44, 40  # px between pictures, for the words below, for those beside


def means(pictures: Pictures, sizes: Sequence[int]) -> Drawing:
    """The mean picture of each group, its number and how many pictures it has below.

    Args:
        pictures: (k, h, w, 3) uint8.
        sizes: how many pictures each is the mean of.
    """
    k = len(pictures)
    rows = [list(range(at, min(k, at + ACROSS))) for at in range(0, k, ACROSS)]
    canvas, corners = _laid([[pictures[i] for i in row] for row in rows], left=0, foot=FOOT)
    with _style.rules():
        page, axes = _style.on(canvas)
        for label, (x, y) in enumerate(corners):
            size = f"{sizes[label]} picture{'' if sizes[label] == 1 else 's'}"
            _below(axes, x, y, str(label), size)
        return _style.saved(page)


def components(table: NDArray[np.uint8], found: Geometry, shape: tuple[int, int]) -> Drawing:
    """The first components as pictures, each between the two pictures it leads to.

    Above and below each stands the mean picture moved along it, two standard deviations less and
    more; in the middle the component itself, grey where it changes nothing.

    Args:
        table: (n, h * w * 3) uint8, which ``found`` belongs to.
        found: its geometry.
        shape: (h, w) of a picture.
    """
    vectors = list(directions(table, found, SHOWN))
    rows = [
        [moved(found, vector, i, -AWAY) for i, vector in enumerate(vectors)],
        [itself(vector) for vector in vectors],
        [moved(found, vector, i, AWAY) for i, vector in enumerate(vectors)],
    ]
    framed = [[flat.reshape(*shape, 3) for flat in row] for row in rows]
    canvas, corners = _laid(framed, left=SIDEBAR, foot=0)
    canvas = np.concatenate([canvas, np.full((FOOT, canvas.shape[1], 3), 255, np.uint8)])
    with _style.rules():
        page, axes = _style.on(canvas)
        for i, (x, y) in enumerate(corners[-len(vectors) :]):
            _below(axes, x, y, str(i + 1), f"{100 * found.shares[i]:.0f} %")
        for (_, y), words in zip(corners[:: len(vectors)], ("less", "itself", "more"), strict=True):
            _style.caption(axes, SIDEBAR - 12, y, words, ha="right", va="bottom", rotation=90)
        return _style.saved(page)


def moved(found: Geometry, vector: NDArray[np.float64], number: int, by: float) -> Pictures:
    """(d,) uint8 the mean picture moved ``by`` standard deviations along a component."""
    step = by * np.sqrt(found.variances[number])
    return np.clip(np.rint(found.mean + step * vector * found.scale), 0, 255).astype(np.uint8)


def itself(vector: NDArray[np.float64]) -> Pictures:
    """(d,) uint8 a component: 128 where it is nothing, its strongest hundredth full."""
    strong = np.quantile(np.abs(vector), 0.99) or 1.0
    return np.clip(np.rint(127.5 + 127.5 * vector / strong), 0, 255).astype(np.uint8)


def _laid(
    rows: Sequence[Sequence[Pictures]], *, left: int, foot: int
) -> tuple[Pictures, list[tuple[int, int]]]:
    """The pictures in rows across the page, and the lower left corner of each."""
    h, w = rows[0][0].shape[:2]
    across = max(len(row) for row in rows)
    width = round(WIDTH_IN * DPI)
    cell = min((width - left - (across - 1) * GAP) // across, LARGEST)
    high = max(1, round(cell * h / w))
    canvas = np.full(
        (len(rows) * (high + foot + GAP) - GAP, left + across * (cell + GAP) - GAP, 3),
        255,
        np.uint8,
    )
    corners = []
    for down, row in enumerate(rows):
        for over, picture in enumerate(row):
            x, y = left + over * (cell + GAP), down * (high + foot + GAP)
            resized = Image.fromarray(picture).resize((cell, high), Image.Resampling.LANCZOS)
            canvas[y : y + high, x : x + cell] = np.asarray(resized)
            corners.append((x, y + high))
    return canvas, corners


def _below(axes: Axes, x: int, y: int, number: str, words: str) -> None:
    _style.caption(axes, x, y + 32, number, color=INK, fontsize=9, fontweight="bold")
    _style.caption(axes, x + 20 + 18 * len(number), y + 32, words)
