"""Which of the 17 wallpaper groups a repeat belongs to, and the lattice it repeats by.

The lattice is the two shortest steps at which the picture is most like itself. All cells are laid
on one another, which takes out noise and uneven ink, and the mean cell is turned and mirrored on
its lattice, where every symmetry is a whole-number matrix: how alike it then is at the best shift
(all shifts at once, by Fourier) tells which symmetries hold, and the shift tells mirrors from
glides. Names and order of the groups are those of the International Tables for Crystallography,
volume A; the way from symmetries to groups is Schattschneider's (The plane symmetry groups: their
recognition and notation, 1978).
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

from latelier.features._contract import Measure
from latelier.features._lattice import LIKE, SHORTEST, lattice
from latelier.features._plane import planes

SAME_SIZE = False
STANDARDISE = True
BLIND = "A wallpaper group knows how a pattern repeats and mirrors, and nothing of what is drawn."

NAMES = (
    *("p1", "p2", "pm", "pg", "cm", "pmm", "pmg", "pgg", "cmm"),
    *("p4", "p4m", "p4g", "p3", "p3m1", "p31m", "p6", "p6m"),
)
HOLDS = 0.955  # of what noise leaves, above which a symmetry is said to hold
APART = 0.04  # below the best symmetry, where another one is only nearly kept
CLOSE = 0.015  # the same of mirrors below the best third, quarter or sixth of a turn
BEND = 0.045  # how far lengths and angles of a lattice may be off its symmetry
CELL = 48  # places a side of the mean cell; divisible by 2, 3, 4 and 6
FLATTEN = 61  # px, a side of the mean that is taken off, twice: wider unevenness is light or ink, not pattern

MEASURES = (
    Measure(
        "group", "1 to 17", 0, 17, "The group's number in the International Tables; 0 if none."
    ),
    Measure("repeats", "1", 0, 1, "How exactly the picture repeats by its lattice."),
    Measure("two_fold", "1", 0, 1, "How exactly it is itself after half a turn."),
    Measure("three_fold", "1", 0, 1, "How exactly it is itself after a third of a turn."),
    Measure("four_fold", "1", 0, 1, "How exactly it is itself after a quarter of a turn."),
    Measure("mirror", "1", 0, 1, "How exactly it is itself in its best mirror."),
    Measure(
        "glide", "1", 0, 1, "How exactly it is itself mirrored and moved along by half a step."
    ),
    Measure("step", "share", 0, 1, "The lattice's shortest step, of the longer side."),
    Measure("other_step", "share", 0, 1, "Its second step, of the longer side."),
    Measure("angle", "degrees", 0, 90, "Between the two steps; 90 is a right angle."),
)
Plane = NDArray[np.floating[Any]]
_BLUR = ndimage.gaussian_filter1d(np.eye(CELL), 1.0, mode="wrap")  # of one place, around the cell
Matrix = NDArray[np.int64]
Places = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Symmetry:
    """One turn or mirror of the lattice, and how well the cell keeps it.

    Args:
        matrix: (2, 2) in steps of the lattice.
        score: correlation of the cell with itself so turned, at the best shift, -1 to 1.
        glides: whether the best shift runs along the mirror by half a step.
    """

    matrix: Matrix
    score: float
    glides: bool = False


@dataclass(frozen=True, eq=False)
class _Candidate:
    """A turn or mirror that some lattice allows.

    Args:
        matrix: (2, 2) in steps of the lattice.
        places: (48 * 48,) where each place of the cell comes to lie.
        ends: of a mirror along the steps, the shifts that are its own and those of its glide.
    """

    matrix: Matrix
    places: Places
    ends: tuple[Places, Places] | None


@dataclass(frozen=True)
class Wallpaper:
    """How a picture repeats.

    Args:
        group: one of ``NAMES``, or empty where nothing repeats.
        steps: (2, 2) rows are the lattice's two shortest steps, (down, across) in px of 256.
        repeats: correlation of the picture with itself moved by them.
        turns: the best score of turns by 2, 3, 4 and 6.
        mirror: the best score of a mirror, 0 where there is none.
        glide: the same of a glide.
    """

    group: str
    steps: Plane
    repeats: float
    turns: dict[int, float]
    mirror: float
    glide: float


def describe(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(10,) the numbers in the order of ``MEASURES``; all 0 where nothing repeats."""
    found = wallpaper(pixels)
    if not found.group:
        return np.zeros(len(MEASURES))
    a, b = found.steps
    lengths = np.hypot(*a) / 256, np.hypot(*b) / 256
    cosine = abs(a @ b) / max(np.hypot(*a) * np.hypot(*b), 1e-9)
    scores = [found.turns[n] for n in (2, 3, 4)]
    numbers = [found.repeats, *scores, found.mirror, found.glide, *lengths]
    angle = np.degrees(np.arccos(min(cosine, 1.0)))
    return np.array([NAMES.index(found.group) + 1, *np.clip(numbers, 0, 1), angle])


def wallpaper(pixels: NDArray[np.uint8]) -> Wallpaper:
    """The group and the lattice of a picture."""
    seen = planes(pixels)
    light = seen.light
    nothing = Wallpaper("", np.zeros((2, 2)), 0.0, dict.fromkeys((2, 3, 4, 6), 0.0), 0.0, 0.0)
    if min(light.shape) < 4 * SHORTEST or seen.even:
        return nothing
    flat = _calm(light)
    if flat.std() < 0.3:  # L*: what an even surface has of rounding and grain
        return nothing
    steps, repeats = lattice(flat)
    if repeats < LIKE:
        return nothing
    cell, sure = mean_cell(flat, steps)
    found = symmetries(cell, steps, sure)
    group = named(found)
    turns = {
        n: max((s.score for s in found if _order(s.matrix) == n), default=0.0) for n in (2, 3, 4, 6)
    }
    mirrors = [s for s in found if _determinant(s.matrix) == -1]
    mirror = max((s.score for s in mirrors if not s.glides), default=0.0)
    glide = max((s.score for s in mirrors if s.glides), default=0.0)
    return Wallpaper(group, steps, repeats, turns, mirror, glide)


def _calm(light: Plane) -> Plane:
    """Without wide unevenness, by two box means, which take a sixth of a Gaussian's time; smoothed."""
    wide = light
    for _ in range(2):
        wide = np.asarray(
            cv2.blur(wide, (FLATTEN, FLATTEN), borderType=cv2.BORDER_REFLECT), np.float32
        )
    calm = cv2.GaussianBlur(light - wide, (5, 5), 0.8, borderType=cv2.BORDER_REFLECT)
    return np.asarray(calm, np.float32)


def mean_cell(flat: Plane, steps: Plane) -> tuple[Plane, float]:
    """(48, 48) the mean of all cells, and the correlation that noise leaves of it."""
    h, w = flat.shape
    y, x = np.arange(h)[:, None], np.arange(w)[None]
    back = np.linalg.inv(steps)
    u, v = (_within((y * back[0, k] + x * back[1, k]) * CELL) for k in (0, 1))
    place = u * CELL
    place += v
    place += _halves(h, w)
    place = place.ravel()
    laid = np.empty((4, CELL, CELL))  # both halves' sums and counts
    laid[:2].ravel()[:] = np.bincount(place, flat.ravel(), minlength=2 * CELL**2)
    laid[2:].ravel()[:] = np.bincount(place, minlength=2 * CELL**2)
    laid = _BLUR @ laid @ _BLUR
    one, other, whole = (
        sums / np.maximum(counts, 1e-6)
        for sums, counts in (
            (laid[0], laid[2]),
            (laid[1], laid[3]),
            (laid[0] + laid[1], laid[2] + laid[3]),
        )
    )
    one, other = one - one.mean(), other - other.mean()
    length = float(np.sqrt(np.vdot(one, one) * np.vdot(other, other)))
    return whole - whole.mean(), max(float(np.vdot(one, other)) / max(length, 1e-12), 0.0)


def _within(places: Plane) -> Places:
    """Places of the cell from 0 to 47, of places counted on and on."""
    whole = np.rint(places, out=places).astype(np.intp)
    least = int(whole.min())
    whole -= least
    around = (np.arange(int(whole.max()) + 1) + least) % CELL
    return around.take(whole, mode="clip")


@lru_cache(maxsize=8)
def _halves(h: int, w: int) -> Places:
    """(h, w) 0 and 48 x 48 in fields of 2 x 2 px, as on a chessboard."""
    down, across = np.arange(h)[:, None] // 2, np.arange(w)[None] // 2
    return np.asarray((down + across) % 2 * CELL**2, np.intp)


def symmetries(cell: Plane, steps: Plane, sure: float) -> list[Symmetry]:
    """Every turn and mirror that the lattice allows, with how well the cell keeps it."""
    shape = steps @ steps.T
    matrices, candidates = _candidates()
    bent = np.abs(matrices.transpose(0, 2, 1) @ shape @ matrices - shape).max(axis=(1, 2))
    chosen = [candidates[k] for k in np.flatnonzero(bent <= BEND * np.trace(shape))]
    turned = np.stack([cell.ravel()[c.places] for c in chosen]).reshape(-1, CELL, CELL)
    energy = max(float((cell**2).sum()), 1e-12)
    moved = np.conj(fft.rfft2(turned)) * fft.rfft2(cell)
    matches = fft.irfft2(moved, cell.shape).reshape(len(chosen), -1) / (energy * max(sure, 0.3))
    found = []
    for candidate, match in zip(chosen, matches, strict=True):
        if candidate.ends is None:
            found.append(Symmetry(candidate.matrix, float(match.max())))
            continue
        for glides, end in enumerate(candidate.ends):
            found.append(Symmetry(candidate.matrix, float(match[end].max()), bool(glides)))
    return found


@lru_cache(maxsize=1)
def _candidates() -> tuple[Matrix, list[_Candidate]]:
    """(n, 2, 2) every turn and mirror that a lattice by its shortest steps can have, and the same.

    The shift t of a mirror W moves along its axis by (t + W t) / 2, which is nothing for a mirror
    and half a step for a glide; with a centred lattice each mirror has its glides anyway.
    """
    found = []
    at = np.indices((CELL, CELL)).reshape(2, -1)
    for matrix in (np.array(m).reshape(2, 2) for m in product((-1, 0, 1), repeat=4)):
        mirror = _determinant(matrix) == -1 and (matrix @ matrix == np.eye(2)).all()
        if not (mirror or _order(matrix)):
            continue
        ends = None
        if mirror and ((matrix - np.eye(2)) % 2 == 0).all():  # rectangular: shifts tell
            off = np.abs((at + matrix @ at) / CELL).sum(axis=0) % 2  # 0: mirror, 1: glide
            near = np.minimum(off, 2 - off)
            # a shift in between is neither, so the cell is compared at both ends only
            ends = np.flatnonzero(near < 0.1), np.flatnonzero(near > 0.9)
        u, v = matrix @ at % CELL
        found.append(_Candidate(matrix, u * CELL + v, ends))
    return np.stack([c.matrix for c in found]), found


def _held(found: list[Symmetry]) -> list[Symmetry]:
    """The symmetries that the cell keeps.

    Thirds, quarters and sixths of a turn and mirrors all need the lattice as it is measured, half
    turns do not; so mirrors are held against those turns where there are any.
    """
    best = max((s.score for s in found), default=1.0)
    turns = [s for s in found if _order(s.matrix)]
    held = [s for s in turns if s.score >= max(HOLDS, best - APART)]
    fine = max((s.score for s in held if _order(s.matrix) > 2), default=0.0)
    least = max(HOLDS, fine - CLOSE if fine else best - APART)
    return held + [s for s in found if not _order(s.matrix) and s.score >= least]


def named(found: list[Symmetry]) -> str:
    """The group that the symmetries which hold make together."""
    held = _held(found)
    turns = {_order(s.matrix) for s in held if _determinant(s.matrix) == 1}
    mirrors = [s for s in held if _determinant(s.matrix) == -1]
    square = [s for s in mirrors if ((s.matrix - np.eye(2)) % 2 == 0).all()]
    if 3 in turns or 6 in turns:
        if 6 in turns or (3 in turns and 2 in turns):
            return "p6m" if len(mirrors) >= 3 else "p6"
        return _three(mirrors)
    if 4 in turns:
        if len(mirrors) < 2:
            return "p4"
        axis = max(square, key=lambda s: s.score, default=None)
        return "p4g" if axis is not None and axis.glides else "p4m"
    rhombic = [s for s in mirrors if s not in square]
    best_r = max((s.score for s in rhombic), default=0.0)
    best_s = max((s.score for s in square), default=0.0)
    if 2 not in turns:
        if not mirrors:
            return "p1"
        if best_r > best_s:
            return "cm"
        return "pg" if max(square, key=lambda s: s.score).glides else "pm"
    if not mirrors:
        return "p2"
    if best_r > best_s:
        return "cmm"
    return _rectangular(square)


def _three(mirrors: list[Symmetry]) -> str:
    """p3, or which of its two kinds of mirrors: along short steps p31m, across them p3m1."""
    if len(mirrors) < 2:
        return "p3"
    short = {True: 0.0, False: 0.0}
    for s in mirrors:
        axis = _axis(s.matrix)
        # steps stand at 60 degrees: (1, 0), (0, 1) and (1, -1) are the short ones
        is_short = tuple(axis) in {(1, 0), (0, 1), (1, -1), (-1, 1)}
        short[is_short] = max(short[is_short], s.score)
    return "p31m" if short[True] > short[False] else "p3m1"


def _rectangular(square: list[Symmetry]) -> str:
    """pmm, pmg or pgg: of each of the two axes whether it mirrors or glides."""
    kinds = []
    for key in {s.matrix.tobytes() for s in square}:
        kinds.append(max((s for s in square if s.matrix.tobytes() == key), key=lambda s: s.score))
    glides = sum(s.glides for s in kinds)
    if len(kinds) == 1:  # half turns make a second axis of the one: a glide that was missed
        return "pgg" if glides else "pmg"
    return ("pmm", "pmg", "pgg")[glides]


def _axis(matrix: Matrix) -> tuple[int, int]:
    """The shortest step that a mirror leaves as it is."""
    for step in ((1, 0), (0, 1), (1, -1), (1, 1), (2, -1), (1, -2), (-1, 2), (2, 1), (1, 2)):
        if (matrix @ np.array(step) == np.array(step)).all():
            return step
    return (0, 0)


def _order(matrix: Matrix) -> int:
    """How often a turn has to be done to come home; 0 for mirrors and shears."""
    if _determinant(matrix) != 1:
        return 0
    return {-2: 2, -1: 3, 0: 4, 1: 6}.get(int(np.trace(matrix)), 0)


def _determinant(matrix: Matrix) -> int:
    (a, b), (c, d) = matrix.tolist()
    return int(a * d - b * c)
