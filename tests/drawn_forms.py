"""Ink forms drawn by code whose eyes, strokes, ends and branches are known."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
_SHIFT = 4


@dataclass(frozen=True)
class DrawnForm:
    """A form and the truth about it.

    Args:
        pixels: (h, w, 3) uint8.
        eyes: enclosed parts of the ground.
        strokes: connected pieces.
        ends: free ends of strokes.
        branches: points where three strokes or more meet.
        parts: what was drawn.
    """

    pixels: NDArray[np.uint8]
    eyes: int
    strokes: int
    ends: int
    branches: int
    parts: tuple[str, ...]


def _circle(radius: float = 0.42, squeeze: float = 1.0) -> Points:
    t = np.linspace(0, 2 * np.pi, 72)
    return np.stack([radius * np.cos(t), radius * squeeze * np.sin(t)], 1)


def _arc(rng: np.random.Generator) -> Points:
    t = np.linspace(0, rng.uniform(0.8, 1.5) * np.pi, 40)
    return np.stack([0.42 * np.cos(t), 0.42 * np.sin(t)], 1)


def _spiral(rng: np.random.Generator) -> Points:
    t = np.linspace(0, 3.4 * np.pi, 90)
    r = 0.44 - 0.34 * t / t[-1]
    return np.stack([r * np.cos(t), r * np.sin(t)], 1)


def _line(*points: tuple[float, float]) -> Points:
    return np.array(points, np.float64)


def _star(rng: np.random.Generator, arms: int) -> list[Points]:
    turns = np.arange(arms) * 2 * np.pi / arms + rng.uniform(-0.12, 0.12, arms)
    return [_line((0, 0), (0.45 * np.cos(a), 0.45 * np.sin(a))) for a in turns]


# what is drawn: eyes, ends, branches
KNOWN = {
    "bar": (0, 2, 0),
    "arc": (0, 2, 0),
    "spiral": (0, 2, 0),
    "bend": (0, 2, 0),
    "zigzag": (0, 2, 0),
    "dot": (0, 0, 0),
    "ring": (1, 0, 0),
    "square": (1, 0, 0),
    "thick ring": (1, 0, 0),
    "tee": (0, 3, 1),
    "star 3": (0, 3, 1),
    "cross": (0, 4, 1),
    "star 5": (0, 5, 1),
    "two tees": (0, 4, 2),
    "barred ring": (2, 0, 2),
    "crossed ring": (4, 0, 5),
    "tailed ring": (1, 1, 1),
    "ring in a ring": (2, 0, 0),
    "ladder": (1, 4, 4),
}


def _strokes(name: str, rng: np.random.Generator) -> list[Points]:
    """The strokes of a part, in a unit square around 0."""
    if name in ("ring", "thick ring"):
        return [_circle(squeeze=rng.uniform(0.7, 1.0))]
    if name.startswith("star"):
        return _star(rng, int(name[-1]))
    ring = _circle()
    return {
        "bar": lambda: [_line((-0.45, 0), (0.45, rng.uniform(-0.1, 0.1)))],
        "arc": lambda: [_arc(rng)],
        "spiral": lambda: [_spiral(rng)],
        "bend": lambda: [_line((-0.4, -0.4), (0.4, -0.4), (0.4, 0.4))],
        "zigzag": lambda: [_line((-0.48, -0.2), (-0.16, 0.2), (0.16, -0.2), (0.48, 0.2))],
        "dot": lambda: [_line((0, 0), (0, 0))],
        "square": lambda: [_line((-0.4, -0.4), (0.4, -0.4), (0.4, 0.4), (-0.4, 0.4), (-0.4, -0.4))],
        "tee": lambda: [_line((-0.45, -0.35), (0.45, -0.35)), _line((0, -0.35), (0, 0.45))],
        "cross": lambda: [_line((-0.45, 0), (0.45, 0)), _line((0, -0.45), (0, 0.45))],
        "two tees": lambda: [
            _line((-0.45, -0.35), (0.45, -0.35)),
            _line((0, -0.35), (0, 0.35)),
            _line((-0.45, 0.35), (0.45, 0.35)),
        ],
        "barred ring": lambda: [ring, _line((-0.42, 0), (0.42, 0))],
        "crossed ring": lambda: [ring, _line((-0.42, 0), (0.42, 0)), _line((0, -0.42), (0, 0.42))],
        "tailed ring": lambda: [ring * 0.7, _line((0.294, 0), (0.6, 0))],
        "ring in a ring": lambda: [ring, ring * 0.45],
        "ladder": lambda: [
            _line((-0.22, -0.45), (-0.22, 0.45)),
            _line((0.22, -0.45), (0.22, 0.45)),
            _line((-0.22, -0.2), (0.22, -0.2)),
            _line((-0.22, 0.2), (0.22, 0.2)),
        ],
    }[name]()


def form(rng: np.random.Generator) -> DrawnForm:
    """One to four parts, each turned, sized and drawn with a pen of its own, apart from each other."""
    side = int(rng.integers(96, 257))
    cells = 1 if side < 160 else int(rng.choice([1, 2, 2]))
    room = side / cells
    sheet = np.zeros((side, side), np.uint8)
    places = rng.permutation(cells * cells)[: int(rng.integers(1, cells * cells + 1))]
    names = [str(n) for n in rng.choice(list(KNOWN), len(places))]
    for place, name in zip(places, names, strict=True):
        _draw(sheet, name, rng, room, (place % cells + 0.5) * room, (place // cells + 0.5) * room)
    truth = np.array([KNOWN[n] for n in names]).sum(0)
    inside = sum(n == "ring in a ring" for n in names)
    ink, paper = rng.integers(0, 90), rng.integers(180, 256)
    grey = paper + (sheet / 255.0) * (int(ink) - int(paper)) + rng.normal(0, 3, sheet.shape)
    pixels = np.clip(grey, 0, 255).astype(np.uint8)
    return DrawnForm(
        np.repeat(pixels[..., None], 3, 2),
        int(truth[0]),
        len(names) + inside,
        int(truth[1]),
        int(truth[2]),
        tuple(names),
    )


def _draw(
    sheet: NDArray[np.uint8], name: str, rng: np.random.Generator, room: float, x: float, y: float
) -> None:
    """Draw one part into its room."""
    size = room * rng.uniform(0.62, 0.8)
    finest = 0.11 if name in ("ladder", "crossed ring", "spiral", "zigzag") else 0.16
    pen = max(2, round(size * rng.uniform(0.035, finest) * (1.5 if name == "thick ring" else 1)))
    pen = min(pen, round(0.11 * size)) if name in ("ring in a ring", "barred ring") else pen
    if name == "dot":
        pen = max(3, round(size * rng.uniform(0.1, 0.5)))
    turn = rng.uniform(0, 2 * np.pi)
    c, s = np.cos(turn), np.sin(turn)
    for stroke in _strokes(name, rng):
        points = stroke @ np.array([[c, s], [-s, c]]) * size + (x, y)
        line = np.round(points * 2**_SHIFT).astype(np.int32)
        cv2.polylines(sheet, [line], False, 255, pen, cv2.LINE_AA, _SHIFT)
