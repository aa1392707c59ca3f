"""Wallpapers drawn by code in each of the 17 groups, turned, noisy and unevenly inked."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

_P4 = ["x,y", "-x,-y", "-y,x", "y,-x"]
_P3 = ["x,y", "-y,x-y", "-x+y,-x"]
_P6 = [*_P3, "-x,-y", "y,-x+y", "x-y,x"]
_M1, _1M = ["-y,-x", "-x+y,y", "x,x-y"], ["y,x", "x-y,-y", "-x,-x+y"]
_PMM = ["x,y", "-x,-y", "-x,y", "x,-y"]
GROUPS: dict[str, tuple[str, list[str]]] = {  # lattice, operations of the International Tables
    "p1": ("oblique", ["x,y"]),
    "p2": ("oblique", ["x,y", "-x,-y"]),
    "pm": ("rectangular", ["x,y", "-x,y"]),
    "pg": ("rectangular", ["x,y", "-x,y+h"]),
    "cm": ("centred", ["x,y", "-x,y"]),
    "pmm": ("rectangular", _PMM),
    "pmg": ("rectangular", ["x,y", "-x,-y", "-x+h,y", "x+h,-y"]),
    "pgg": ("rectangular", ["x,y", "-x,-y", "-x+h,y+h", "x+h,-y+h"]),
    "cmm": ("centred", _PMM),
    "p4": ("square", _P4),
    "p4m": ("square", [*_P4, "-x,y", "x,-y", "y,x", "-y,-x"]),
    "p4g": ("square", [*_P4, "-x+h,y+h", "x+h,-y+h", "y+h,x+h", "-y+h,-x+h"]),
    "p3": ("hexagonal", _P3),
    "p3m1": ("hexagonal", [*_P3, *_M1]),
    "p31m": ("hexagonal", [*_P3, *_1M]),
    "p6": ("hexagonal", _P6),
    "p6m": ("hexagonal", [*_P6, *_M1, *_1M]),
}


FINE = 128  # places a side of the cell that is drawn


def lattice(kind: str, rng: np.random.Generator) -> NDArray[np.float64]:
    """(2, 2) columns are the cell's sides in px of 256, before it is turned."""
    a = rng.uniform(38, 62)
    if kind == "square":
        return np.array([[a, 0], [0, a]])
    if kind == "hexagonal":
        return np.array([[a, -a / 2], [0, a * np.sqrt(3) / 2]])
    ratio = rng.uniform(1.15, 1.5)
    if kind == "oblique":
        t = np.radians(rng.uniform(68, 80))
        return np.array([[a, a * ratio * np.cos(t)], [0, a * ratio * np.sin(t)]])
    if kind == "centred":
        return np.array([[1.3 * a, 0], [0, 1.3 * a * ratio]])
    return np.array([[a, 0], [0, a * ratio]])


def wallpaper(
    group: str, rng: np.random.Generator, side: int = 256, noise: float = 12.0
) -> NDArray[np.uint8]:
    """(side, side, 3) uint8: motifs of that group in two inks, turned by any angle."""
    kind, operations = GROUPS[group]
    cell = lattice(kind, rng)
    t = rng.uniform(0, 2 * np.pi)
    turn = np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]])
    back = np.linalg.inv(turn @ cell)
    y, x = np.mgrid[:side, :side].astype(float)
    u, v = back @ np.stack([x.ravel(), y.ravel()]) + rng.random((2, 1))
    shifts = [(0.0, 0.0), (0.5, 0.5)] if kind == "centred" else [(0.0, 0.0)]
    room = np.sqrt(abs(np.linalg.det(cell)) / (len(operations) * len(shifts)))  # px of one motif
    motifs = [_strokes(rng, 0.62 * room) for _ in range(2)]
    # one cell is drawn finely, and the page samples it
    cu, cv = np.indices((FINE, FINE)).reshape(2, -1) / FINE
    drawn = np.zeros(FINE * FINE)
    for words in operations:
        for shift in shifts:
            a, b = (eval(w, {"x": cu, "y": cv, "h": 0.5}) for w in words.split(","))
            for motif in motifs:
                near = _distance(a + shift[0], b + shift[1], motif, cell)
                drawn = np.maximum(drawn, 1 / (1 + np.exp((near - 0.09 * room) / 0.8)))
    at = np.stack([u, v]) * FINE
    ink = ndimage.map_coordinates(drawn.reshape(FINE, FINE), at, order=1, mode="grid-wrap")
    ink = ink.reshape(side, side)
    uneven = ndimage.gaussian_filter(rng.normal(0, 1, (side // 8, side // 8)), 4)
    uneven = ndimage.zoom(uneven / (np.abs(uneven).max() + 1e-9), 8, order=1)[:side, :side]
    ramp = (x / side - 0.5) * rng.uniform(-0.5, 0.5)
    light, dark = rng.uniform(170, 245, 3), rng.uniform(10, 90, 3)
    strength = np.clip(1 + 0.25 * uneven + ramp, 0.3, 1.4)
    page = light - (light - dark) * (ink * strength)[..., None]
    page = page + rng.normal(0, noise, page.shape)
    return np.clip(page, 0, 255).astype(np.uint8)


_LETTERS = (  # strokes that no turn or mirror brings onto themselves
    ((0, 0, 0, 1), (0, 1, 0.65, 1), (0, 0.5, 0.4, 0.5)),
    ((0, 0, 0.1, 1), (0.1, 1, 0.7, 0.8), (0.7, 0.8, 0.1, 0.5), (0.1, 0.5, 0.8, 0)),
    ((0, 1, 0.8, 1), (0.8, 1, 0.2, 0), (0.2, 0, 0.5, 0.1)),
    ((0, 0, 0.6, 0.1), (0.6, 0.1, 0.9, 0.5), (0.9, 0.5, 0.7, 1)),
)


def _strokes(rng: np.random.Generator, size: float) -> tuple[NDArray[np.float64], ...]:
    """A place in the cell, and the strokes of a letter about it, turned, in px."""
    letter = np.array(_LETTERS[rng.integers(len(_LETTERS))], float).reshape(-1, 2, 2) - 0.4
    t = rng.uniform(0, 2 * np.pi)
    turn = np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]])
    return rng.random(2), letter @ turn.T * size * rng.uniform(0.8, 1.15)


def _distance(
    u: NDArray[np.float64],
    v: NDArray[np.float64],
    motif: tuple[NDArray[np.float64], ...],
    cell: NDArray[np.float64],
) -> NDArray[np.float64]:
    """In px, from the nearest copy of the letter."""
    place, strokes = motif
    du, dv = u - place[0], v - place[1]
    du, dv = du - np.rint(du), dv - np.rint(dv)
    best = np.full_like(u, np.inf)
    for i in (-1, 0, 1):
        for j in (-1, 0, 1):
            point = (cell @ np.stack([du + i, dv + j])).T
            for start, end in strokes:
                along = end - start
                t = np.clip((point - start) @ along / (along @ along), 0, 1)
                best = np.minimum(best, np.hypot(*(point - start - t[:, None] * along).T))
    return best
