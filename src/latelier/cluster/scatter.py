"""A map with the pictures as its points, each where its own numbers put it."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray
from PIL import Image

from latelier.cluster import _style
from latelier.cluster._style import DPI, WIDTH_IN, Drawing
from latelier.plotting import GREY, INK, PAPER

Points = NDArray[np.float64]
Pictures = NDArray[np.uint8]

COVER = 0.45  # of the map's area, if no picture lay over another; denser hides too many
SMALLEST, LARGEST = 14, 180  # px, the longer side of a picture on the map
HAIRLINE = "#c8c8c8"  # parts pictures from each other and from the page, light or dark
FRAME = 3  # px of colour around a picture that belongs to a group
TURN, TILT = 32.0, 22.0  # degrees from which the three dimensions are seen
MARGIN = 44  # px round the map, for what the directions are
STRIP = 110  # px below the three dimensions, for which way they go
NEARER = 0.35  # how much larger the nearest picture is than one in the middle


def flat(
    points: Points,
    pictures: Pictures,
    groups: Sequence[str] | None = None,
    *,
    aspects: Points | None = None,
    captions: Sequence[str] = ("", ""),
) -> Drawing:
    """The map in two dimensions, both to the same scale.

    Args:
        points: (n, 2 or more); the first two columns are drawn.
        pictures: (n, h, w, 3) uint8, picture i at point i.
        groups: n names, drawn as coloured frames with the name at the group's middle; "" for none.
        aspects: (n,) width by height to show each in; w / h if left out.
        captions: what the two directions are.
    """
    canvas, middles = composed(points[:, :2], pictures, groups, aspects=aspects)
    with _style.rules():
        page, axes = _style.on(canvas)
        height, width = canvas.shape[:2]
        _named(axes, middles, groups)
        _style.caption(axes, width - 12, height - 14, captions[0], ha="right")
        _style.caption(axes, 32, 12, captions[1], ha="right", va="top", rotation=90)
        return _style.saved(page)


def deep(
    points: Points,
    pictures: Pictures,
    groups: Sequence[str] | None = None,
    *,
    aspects: Points | None = None,
    captions: Sequence[str] = ("", "", ""),
) -> Drawing:
    """The map in three dimensions seen from one side: nearer pictures are larger and in front.

    Args:
        points: (n, 3 or more); the first three columns are drawn.
        pictures: (n, h, w, 3) uint8, picture i at point i.
        groups: n names of groups, "" for none.
        aspects: (n,) width by height to show each in; w / h if left out.
        captions: what the three directions are.
    """
    seen, depth = viewed(points[:, :3])
    canvas, middles = composed(seen, pictures, groups, aspects=aspects, near=depth)
    strip = np.full((STRIP, canvas.shape[1], 3), 255, np.uint8)
    canvas = np.concatenate([canvas, strip])
    with _style.rules():
        page, axes = _style.on(canvas)
        _named(axes, middles, groups)
        _compass(axes, canvas.shape[0])
        _style.caption(axes, 150, canvas.shape[0] - 14, "\n".join(captions), va="bottom")
        return _style.saved(page)


def viewed(points: Points) -> tuple[Points, Points]:
    """Three dimensions from the side: (n, 2) places, and (n,) nearness from about -1 to 1."""
    turn, tilt = np.radians(TURN), np.radians(TILT)
    x, y, z = points.T
    right = np.cos(turn) * x - np.sin(turn) * z
    away = np.sin(turn) * x + np.cos(turn) * z
    up = np.cos(tilt) * y + np.sin(tilt) * away
    near = np.sin(tilt) * y - np.cos(tilt) * away
    return np.stack([right, up], axis=1), near / max(np.abs(near).max(), 1e-12)


def composed(
    places: Points,
    pictures: Pictures,
    groups: Sequence[str] | None = None,
    *,
    aspects: Points | None = None,
    near: Points | None = None,
) -> tuple[Pictures, NDArray[np.int64]]:
    """The pictures pasted at their places, and where the middle of each came to lie.

    Args:
        places: (n, 2) right and up.
        pictures: (n, h, w, 3) uint8.
        groups: n names of groups, for the frames.
        aspects: (n,) width by height to show each in; w / h if left out.
        near: (n,) nearness, -1 to 1: the nearer the larger, and the later pasted.

    Returns:
        (height, width, 3) uint8, and (n, 2) the pixel (x, y) of each picture's middle.
    """
    n, h, w = pictures.shape[:3]
    width, height = _size(places)
    side = float(np.clip(np.sqrt(COVER * width * height / n), SMALLEST, LARGEST))
    scales = np.ones(n) if near is None else 1 + NEARER * near
    room = side * float(scales.max()) / 2 + MARGIN
    middles = _pixels(places, width, height, room)
    canvas = Image.new("RGB", (width, height), PAPER)
    hues = _style.hues(groups or [])
    shown = np.full(n, w / h) if aspects is None else aspects
    for i in range(n) if near is None else np.argsort(near, kind="stable"):
        long = side * scales[i]
        size = round(long * min(1, shown[i])), round(long / max(1, shown[i]))
        picture = Image.fromarray(pictures[i]).resize(
            (max(1, size[0]), max(1, size[1])), Image.Resampling.LANCZOS
        )
        hue = hues.get(groups[i]) if groups else None
        frame, colour = (FRAME, hue) if hue else (1, HAIRLINE)
        card = Image.new("RGB", (picture.width + 2 * frame, picture.height + 2 * frame), colour)
        card.paste(picture, (frame, frame))
        x, y = middles[i]
        canvas.paste(card, (int(x) - card.width // 2, int(y) - card.height // 2))
    return np.asarray(canvas), middles


def _size(places: Points) -> tuple[int, int]:
    """The canvas in pixels: as wide as a page, as high as both directions to one scale need."""
    spread = np.ptp(places, axis=0)
    width = round(WIDTH_IN * DPI)
    height = width * float(spread[1] / spread[0]) if spread[0] > 0 else width
    return width, round(min(max(height, 0.4 * width), 1.1 * width))


def _pixels(places: Points, width: int, height: int, room: float) -> NDArray[np.int64]:
    """Places as whole pixels, one scale for both directions, ``room`` left at every side."""
    low, high = places.min(axis=0), places.max(axis=0)
    spread = np.maximum(high - low, 1e-12)
    scale = min((width - 2 * room) / spread[0], (height - 2 * room) / spread[1])
    from_middle = (places - (low + high) / 2) * scale
    x, y = width / 2 + from_middle[:, 0], height / 2 - from_middle[:, 1]
    return np.rint(np.stack([x, y], axis=1)).astype(np.int64)


def _named(axes: Axes, middles: NDArray[np.int64], groups: Sequence[str] | None) -> None:
    """Each group's name where the middle of its pictures is."""
    for name, hue in _style.hues(groups or []).items():
        mine = [at for at, group in enumerate(groups or []) if group == name]
        x, y = middles[mine].mean(axis=0)
        shape = "circle,pad=0.25" if len(name) < 3 else "round,pad=0.3"
        box = {"boxstyle": shape, "fc": PAPER, "ec": hue, "lw": 1.5}
        axes.text(x, y, name, ha="center", va="center", fontweight="bold", bbox=box)


def _compass(axes: Axes, height: int) -> None:
    """Which way each of the three directions goes, in the lower left corner."""
    origin, length = np.array([75.0, height - 50.0]), 52
    for number, (right, up) in enumerate(viewed(np.eye(3))[0], start=1):
        tip = origin + length * np.array([right, -up])
        axes.plot(*zip(origin, tip, strict=True), color=GREY, linewidth=0.8)
        x, y = origin + 1.25 * (tip - origin)
        axes.text(x, y, str(number), color=INK, fontsize=7, ha="center", va="center")
