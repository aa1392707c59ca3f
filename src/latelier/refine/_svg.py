"""Paths of lines and cubic curves written as SVG, and read and filled again to see how near they are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
_PATH = re.compile(
    r"<path\s+d=\"([^\"]*)\"\s+fill=\"#([0-9A-Fa-f]{6})\"(?:\s+transform=\"translate\(([^)]*)\)\")?"
)
_WORD = re.compile(r"[MLCZ]|-?\d*\.?\d+(?:e-?\d+)?")
_TAKES = {"M": 2, "L": 2, "C": 6, "Z": 0}
FLAT = 12  # straight pieces a curve is filled with


@dataclass(frozen=True)
class Shape:
    """One path.

    Args:
        colour: red, green, blue.
        loops: its outlines, each (n, 2) x, y, curves as short straight pieces.
        nodes: how many points a person can take hold of: ends of lines and curves.
    """

    colour: tuple[int, int, int]
    loops: list[Points]
    nodes: int


def path(loops: Sequence[Points], colour: str = "#000000") -> str:
    """Closed curves, each (n, 4, 2), as one path; what lies inside an even number is free."""
    words = []
    for curves in loops:
        words.append(f"M{_pair(curves[0, 0])}")
        words += ["C" + " ".join(_pair(p) for p in curve[1:]) for curve in curves]
        words.append("Z")
    return f'<path d="{" ".join(words)}" fill="{colour}" fill-rule="evenodd"/>'


def _pair(point: Points) -> str:
    return " ".join(
        f"{v:.2f}".rstrip("0").rstrip(".").replace("-0", "0", 1)
        if abs(v) < 0.005
        else f"{v:.2f}".rstrip("0").rstrip(".")
        for v in point
    )


def drawing(paths: Sequence[str], size: tuple[int, int]) -> str:
    """Paths as an SVG of a size in pixels."""
    w, h = size
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}">\n'
        + "\n".join(paths)
        + "\n</svg>\n"
    )


def shapes_of(svg: str) -> list[Shape]:
    """The paths of an SVG, from back to front."""
    shapes = []
    for data, colour, moved in _PATH.findall(svg):
        by = np.array([float(v) for v in moved.split(",")] if moved else [0.0, 0.0])
        loops, nodes = _loops(data)
        rgb = tuple(int(colour[k : k + 2], 16) for k in (0, 2, 4))
        shapes.append(Shape((rgb[0], rgb[1], rgb[2]), [loop + by for loop in loops], nodes))
    return shapes


def _loops(data: str) -> tuple[list[Points], int]:
    """The outlines of a path's data, and how many nodes it has."""
    words = _WORD.findall(data)
    at, command, nodes = 0, "M", 0
    loops: list[list[tuple[float, float]]] = []
    while at < len(words):
        if words[at] in _TAKES:
            command = words[at]
            at += 1
            if command == "Z":
                continue
        taken = [float(v) for v in words[at : at + _TAKES[command]]]
        at += _TAKES[command]
        nodes += 1
        if command == "M":
            loops.append([(taken[0], taken[1])])
            command = "L"
        elif command == "L":
            loops[-1].append((taken[0], taken[1]))
        else:
            loops[-1] += _flat(loops[-1][-1], np.array(taken).reshape(3, 2))
    closing = sum(len(loop) > 1 and loop[0] == loop[-1] for loop in loops)
    return [np.array(loop) for loop in loops], nodes - closing


def _flat(start: tuple[float, float], points: Points) -> list[tuple[float, float]]:
    """A cubic curve as short straight pieces."""
    a = np.array(start)
    t = np.linspace(0, 1, FLAT + 1)[1:, None]
    curve = (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * points[0]
    curve = curve + 3 * (1 - t) * t**2 * points[1] + t**3 * points[2]
    return [(float(x), float(y)) for x, y in curve]


def filled(shapes: Sequence[Shape], size: tuple[int, int]) -> NDArray[np.uint8]:
    """The shapes laid down one over the other on white, (h, w, 3) uint8, one unit a pixel."""
    fine = 4 if size[0] * size[1] <= 4_000_000 else 1
    sheet = np.full((size[1] * fine, size[0] * fine, 3), 255, np.uint8)
    for shape in shapes:
        loops = [np.rint((p * fine - 0.5) * 16).astype(np.int32) for p in shape.loops]
        cv2.fillPoly(sheet, loops, shape.colour, cv2.LINE_8, 4)
    if fine > 1:
        sheet = np.asarray(cv2.resize(sheet, size, interpolation=cv2.INTER_AREA), np.uint8)
    return sheet
