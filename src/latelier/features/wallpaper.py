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
from itertools import product
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

from latelier.features._contract import Measure
from latelier.features._plane import lightness

SAME_SIZE = False
STANDARDISE = True
BLIND = "A wallpaper group knows how a pattern repeats and mirrors, and nothing of what is drawn."

NAMES = (
    *("p1", "p2", "pm", "pg", "cm", "pmm", "pmg", "pgg", "cmm"),
    *("p4", "p4m", "p4g", "p3", "p3m1", "p31m", "p6", "p6m"),
)
SHORTEST, LONGEST = 12, 110  # px of 256, of a step of the lattice; two must fit into the picture
LIKE = 0.35  # correlation below which nothing is said to repeat
AS_LIKE = 0.945  # of the best step's correlation, for another step to count as exact
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
Matrix = NDArray[np.int64]
_AROUND = np.ones((5, 5), np.uint8)
_ALL = [np.array(m).reshape(2, 2) for m in product((-1, 0, 1), repeat=4)]


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
    light = lightness(pixels)
    nothing = Wallpaper("", np.zeros((2, 2)), 0.0, dict.fromkeys((2, 3, 4, 6), 0.0), 0.0, 0.0)
    if min(light.shape) < 4 * SHORTEST or light.std() < 1e-5:
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
    mirrors = [s for s in found if round(np.linalg.det(s.matrix)) == -1]
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


def lattice(flat: Plane) -> tuple[Plane, float]:
    """(2, 2) the two shortest steps at which a picture is most like itself, and how like."""
    h, w = flat.shape
    reach = LONGEST + 2
    high, wide = (fft.next_fast_len(n + reach, real=True) for n in (h, w))  # no step wraps round
    found = fft.fft(fft.rfft(flat, wide, axis=1), high, axis=0)
    columns = fft.ifft(found.real**2 + found.imag**2, axis=0)[: reach + 1]
    at = np.arange(-reach, reach + 1)
    below = fft.irfft(columns, wide, axis=1)[:, at]
    below[0, :reach] = below[0, :reach:-1]
    moved = np.concatenate([below[:0:-1, ::-1], below])  # a step up and left is one down and right
    overlap = np.outer(np.maximum(h - np.abs(at), 1), np.maximum(w - np.abs(at), 1))
    alike = np.asarray(moved / overlap / flat.var(), np.float64)
    middle = reach
    top = cv2.dilate(alike, _AROUND, borderType=cv2.BORDER_CONSTANT, borderValue=(np.inf,))
    y, x = np.nonzero((alike == top) & (alike > LIKE / 2))
    far = np.hypot(y - middle, x - middle)
    keep = (far >= SHORTEST) & (far <= LONGEST)
    if keep.sum() < 2:
        return np.zeros((2, 2)), 0.0
    y, x, far = y[keep], x[keep], far[keep]
    score = alike[y, x]
    exact = score >= AS_LIKE * score.max()
    y, x, far, score = y[exact], x[exact], far[exact], score[exact]
    order = np.argsort(far, kind="stable")
    first = order[0]
    a = np.array([y[first] - middle, x[first] - middle], float)
    for other in order[1:]:
        b = np.array([y[other] - middle, x[other] - middle], float)
        if abs(a[0] * b[1] - a[1] * b[0]) > 0.3 * np.hypot(*a) * np.hypot(*b):
            steps = _refined(alike, np.stack([a, b]), middle)
            return _reduced(steps), float(min(score[first], score[other]))
    return np.zeros((2, 2)), 0.0


def _refined(alike: Plane, steps: Plane, middle: int) -> Plane:
    """The steps that fit all peaks near their multiples best, each peak between pixels."""
    for reach in (1, 2, 3):
        rows, peaks = [], []
        for i, j in product(range(-reach, reach + 1), repeat=2):
            y, x = np.rint(i * steps[0] + j * steps[1]).astype(int) + middle
            if (i, j) <= (0, 0) or not (4 <= y < len(alike) - 4 and 4 <= x < len(alike) - 4):
                continue
            part = alike[y - 3 : y + 4, x - 3 : x + 4]
            dy, dx = np.unravel_index(int(part.argmax()), part.shape)
            y, x = y + int(dy) - 3, x + int(dx) - 3
            if not (1 <= y < len(alike) - 1 and 1 <= x < len(alike) - 1):
                continue
            rows.append((i, j))
            up = _between(alike[y - 1, x], alike[y, x], alike[y + 1, x])
            right = _between(alike[y, x - 1], alike[y, x], alike[y, x + 1])
            peaks.append((y + up - middle, x + right - middle))
        if len(rows) >= 2 and np.linalg.matrix_rank(np.array(rows)) == 2:
            steps = np.linalg.lstsq(np.array(rows, float), np.array(peaks), rcond=None)[0]
    return steps


def _between(before: float, at: float, after: float) -> float:
    bend = before - 2 * at + after
    return float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5)) if bend < 0 else 0.0


def _reduced(steps: Plane) -> Plane:
    """The same lattice by its two shortest steps, at 60 to 90 degrees (Gauss's reduction)."""
    a, b = steps
    for _ in range(20):
        if a @ a > b @ b:
            a, b = b, a
        times = np.rint(a @ b / (a @ a))
        if times == 0:
            break
        b = b - times * a
    return np.stack([a, b if a @ b >= 0 else -b])


def mean_cell(flat: Plane, steps: Plane) -> tuple[Plane, float]:
    """(48, 48) the mean of all cells, and the correlation that noise leaves of it."""
    h, w = flat.shape
    y, x = np.arange(h)[:, None], np.arange(w)[None]
    back = np.linalg.inv(steps)
    u, v = ((y * back[0, k] + x * back[1, k]) * CELL for k in (0, 1))
    u, v = (np.rint(each - np.floor(each / CELL) * CELL).astype(np.intp) for each in (u, v))
    place = (np.where(u == CELL, 0, u) * CELL + np.where(v == CELL, 0, v)).ravel()
    half = (y // 2 + x // 2) % 2 * CELL**2
    place += half.ravel()
    sums = np.bincount(place, flat.ravel(), minlength=2 * CELL**2).reshape(2, CELL, CELL)
    counts = np.bincount(place, minlength=2 * CELL**2).reshape(2, CELL, CELL).astype(float)
    cells = []
    for cell, weight in (*zip(sums, counts, strict=True), (sums.sum(axis=0), counts.sum(axis=0))):
        cell = ndimage.gaussian_filter(cell, 1.0, mode="wrap")
        weight = ndimage.gaussian_filter(weight, 1.0, mode="wrap")
        cells.append(cell / np.maximum(weight, 1e-6))
    sure = float(np.corrcoef(cells[0].ravel(), cells[1].ravel())[0, 1])
    return cells[2] - cells[2].mean(), max(sure, 0.0)


def symmetries(cell: Plane, steps: Plane, sure: float) -> list[Symmetry]:
    """Every turn and mirror that the lattice allows, with how well the cell keeps it."""
    shape = steps @ steps.T
    spectrum = fft.rfft2(cell)
    energy = float((cell**2).sum())
    at = np.indices((CELL, CELL)).reshape(2, -1)
    found = []
    for matrix in _ALL:
        determinant = round(np.linalg.det(matrix))
        if abs(determinant) != 1 or (determinant == 1 and _order(matrix) not in (2, 3, 4, 6)):
            continue
        if determinant == -1 and not (matrix @ matrix == np.eye(2)).all():
            continue
        bent = matrix.T @ shape @ matrix
        if np.abs(bent - shape).max() > 2 * BEND * np.trace(shape) / 2:
            continue
        u, v = matrix @ at % CELL
        turned = cell[u, v].reshape(CELL, CELL)
        match = fft.irfft2(np.conj(fft.rfft2(turned)) * spectrum, cell.shape) / max(energy, 1e-12)
        if determinant == 1:
            found.append(Symmetry(matrix, float(match.max()) / max(sure, 0.3)))
            continue
        found += _mirrors(matrix, match / max(sure, 0.3))
    return found


def _mirrors(matrix: Matrix, match: Plane) -> list[Symmetry]:
    """A mirror and, where the lattice tells them apart, its glide: the best shift of each kind.

    The shift t of a mirror W moves along its axis by (t + W t) / 2, which is nothing for a mirror
    and half a step for a glide; with a centred lattice each mirror has its glides anyway.
    """
    u, v = np.indices(match.shape)
    along = (np.stack([u, v]) + np.tensordot(matrix, np.stack([u, v]), axes=1)) / CELL
    if ((matrix - np.eye(2)) % 2 == 0).all():  # rectangular: shifts along the axis tell
        step = np.abs(along[0]) + np.abs(along[1])
        off = step % 2  # 0: mirror, 1: glide
        near = np.minimum(off, 2 - off)
        # a shift in between is neither, so the cell is compared at both ends only
        mirror, glide = match[near < 0.1].max(), match[near > 0.9].max()
        return [Symmetry(matrix, float(mirror)), Symmetry(matrix, float(glide), True)]
    return [Symmetry(matrix, float(match.max()))]


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
    turns = {_order(s.matrix) for s in held if round(np.linalg.det(s.matrix)) == 1}
    mirrors = [s for s in held if round(np.linalg.det(s.matrix)) == -1]
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
    if round(np.linalg.det(matrix)) != 1:
        return 0
    return {-2: 2, -1: 3, 0: 4, 1: 6}.get(int(np.trace(matrix)), 0)
