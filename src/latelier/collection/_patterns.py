"""Geometric patterns of the drawn collection, each a function of two thread counts.

Every pattern takes ``t``, the picks counted across the band from 0 to ``h`` - 1, and ``s``, the ends
counted along it from the cloth's middle (negative to the left), as integer arrays that broadcast,
and gives the yarns as uint8: 0 leaves the ground, 1, 2 and 3 are the pattern's yarns. As ``s`` is
counted from the middle, what is even in ``s`` is mirrored about the middle of the cloth; and the
same patterns run along bands, round borders and over whole fields.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int_]
Roles = NDArray[np.uint8]
Pattern = Callable[[Counts, Counts, int], Roles]


def fold(s: Counts, period: int) -> Counts:
    """Distance to the nearest multiple of ``period``, 0 to period // 2: a triangle wave."""
    rest = np.mod(s, period)
    return np.minimum(rest, period - rest)


def _roles(*layers: tuple[NDArray[np.bool_], int]) -> Roles:
    """Lay yarns over one another; the last layer that covers a thread is seen."""
    shape = np.broadcast_shapes(*(mask.shape for mask, _ in layers))
    out = np.zeros(shape, dtype=np.uint8)
    for mask, role in layers:
        out[np.broadcast_to(mask, shape)] = role
    return out


def plain(t: Counts, s: Counts, h: int) -> Roles:
    """A solid stripe."""
    return _roles(((t >= 0) & (s == s), 1))


def pin(t: Counts, s: Counts, h: int) -> Roles:
    """A stripe with edges of another yarn."""
    return _roles(((t >= 0) & (s == s), 1), (((t == 0) | (t == h - 1)) & (s == s), 2))


def dots(t: Counts, s: Counts, h: int) -> Roles:
    """Single floats set apart, every second row between the ones before."""
    return _roles(((np.mod(s + 2 * (t // 2 % 2), 4) == 0) & (t % 2 == 0), 1))


def checks(t: Counts, s: Counts, h: int) -> Roles:
    """Small squares in turn."""
    size = max(2, h // 3)
    odd = (np.floor_divide(s + size // 2, size) + t // size) % 2 == 1
    return _roles((odd, 1), (~odd, 2))


def teeth(t: Counts, s: Counts, h: int) -> Roles:
    """A row of triangles standing on a line."""
    return _roles((fold(s, 2 * h - 2 if h > 2 else 3) <= t, 1), ((t == h - 1) & (s == s), 2))


def two_teeth(t: Counts, s: Counts, h: int) -> Roles:
    """Triangles against triangles, the ground between them a zigzag."""
    up = fold(s, h + 1) * 2 < t - 1
    down = fold(s + (h + 1) // 2, h + 1) * 2 < h - t - 2
    return _roles((up, 1), (down, 2))


def zigzag(t: Counts, s: Counts, h: int) -> Roles:
    """A line running up and down, with its shadow in a second yarn."""
    width = max(2, h // 4)
    wave = t - fold(s, 2 * (h - width))
    return _roles(
        ((wave >= 0) & (wave < width), 1),
        ((wave >= width) & (wave < width + max(1, width // 2)), 2),
    )


def waves(t: Counts, s: Counts, h: int) -> Roles:
    """Many zigzags one above another in three yarns."""
    step = np.mod(t + fold(s, 12), 9)
    return _roles((step < 3, 1), ((step >= 3) & (step < 6), 2), (step == 7, 3))


def diamonds(t: Counts, s: Counts, h: int) -> Roles:
    """Diamonds in a row, ring within ring."""
    r = (h - 1) // 2
    far = fold(s, 2 * r + 2) + np.abs(t - r)
    rings = np.array([0, 1, 1, 0, 2, 2, 0, 3, 3, 1, 1], dtype=np.uint8)
    return np.where(far <= r, rings[np.clip(r + 1 - far, 0, 10)], 0).astype(np.uint8)


def stepped(t: Counts, s: Counts, h: int) -> Roles:
    """Diamonds with stepped outlines, each step two threads."""
    r = (h - 1) // 2
    far = fold(s, 2 * r + 4) // 2 * 2 + np.abs(t - r)
    return _roles((far <= r, 1), (far <= r - 3, 2), (far <= r - 6, 3))


def hooked(t: Counts, s: Counts, h: int) -> Roles:
    """Diamonds whose corners send out hooks."""
    r = (h - 1) // 2
    a, b = fold(s, 2 * r + 2), np.abs(t - r)
    far = a + b
    hook = (far == r - 1) | ((b == r - 1) & (a <= 3)) | ((a == r - 1) & (b <= 3))
    return _roles((hook, 1), (far <= r - 4, 2), (far <= r - 7, 3))


def crosses(t: Counts, s: Counts, h: int) -> Roles:
    """Saltires with a spot between them."""
    r = (h - 1) // 2
    a, b = fold(s, 2 * r + 2), np.abs(t - r)
    return _roles(((np.abs(a - b) <= r // 6) & (a <= r), 1), ((a + b <= r // 4), 2), (a > r, 2))


def hourglass(t: Counts, s: Counts, h: int) -> Roles:
    """Triangles meeting at their tips."""
    r = (h - 1) // 2
    a, b = fold(s, 2 * r + 4), np.abs(t - r)
    return _roles((a <= b, 1), (a + 3 <= b, 2), ((b + 3 <= a) & (b + a <= r + 4), 3))


def pyramids(t: Counts, s: Counts, h: int) -> Roles:
    """Stepped pyramids, standing and hanging by turns."""
    period = h + 2
    up = fold(s, period) // 2 * 2 <= t - 2
    down = fold(s + period // 2, period) // 2 * 2 <= h - 4 - t
    return _roles((up, 1), (down, 2))


def comb(t: Counts, s: Counts, h: int) -> Roles:
    """Short upright bars under a line."""
    return _roles(((t < max(1, h // 3)) & (s == s), 1), ((np.mod(s, 4) < 2) & (t >= h // 3), 1))


def star(t: Counts, s: Counts, h: int) -> Roles:
    """Stars of eight lozenges."""
    r = (h - 1) // 2
    across, up = fold(s, 2 * r + 4), np.abs(t - r)
    a, b = np.maximum(across, up), np.minimum(across, up)
    k = r // 2
    petal = (b >= 1) & (b <= k) & (a - b >= 1) & (a - b <= k)
    return _roles((petal, 1), (petal & (across < up), 2), ((a + b <= 0) | ((a == r) & (b == 0)), 3))


def fret(t: Counts, s: Counts, h: int) -> Roles:
    """Stepped frets: a stair that rises into a square spiral, facing the middle of the cloth."""
    unit = _FRET.repeat(h // 8, axis=0).repeat(h // 8, axis=1)
    along = np.mod(np.abs(s), unit.shape[1])
    return unit[np.broadcast_to(t, np.broadcast_shapes(t.shape, s.shape)), along]


def _drawn(text: str) -> Roles:
    return np.array([[".#o*".index(c) for c in row] for row in text.split()], dtype=np.uint8)


_FRET = _drawn("""
.#######o.......
.#.....#ooo.....
.#.###.#.oooo...
.#...#.#...ooo##
.#####.#.....###
.......#...#####
.......#.#######
################
""")

NARROW: tuple[tuple[Pattern, int], ...] = ((plain, 2), (pin, 4), (dots, 4), (comb, 4), (checks, 4))
MIDDLING: tuple[tuple[Pattern, int], ...] = (
    (teeth, 6),
    (two_teeth, 9),
    (zigzag, 9),
    (zigzag, 12),
    (checks, 9),
    (pyramids, 10),
    (crosses, 9),
    (diamonds, 9),
)
WIDE: tuple[tuple[Pattern, int], ...] = (
    (diamonds, 15),
    (diamonds, 21),
    (stepped, 19),
    (stepped, 15),
    (hooked, 19),
    (hourglass, 17),
    (star, 17),
    (star, 21),
    (fret, 8),
    (fret, 16),
    (waves, 18),
    (crosses, 15),
    (pyramids, 16),
    (two_teeth, 15),
)
