"""Where marks of two pictures agree on how a part of one lies in the other, once or several times.

Each pair of alike marks says by itself how the part would be turned, sized and moved (Philbin, Chum,
Isard, Sivic and Zisserman, "Object retrieval with large vocabularies and fast spatial matching",
CVPR 2007); the saying with which most others agree is made exact as an affine map. What it explains is
set aside, and the next is looked for: a motif taken three times is found three times.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latelier.tracing.marks import Map, Marks

ALIKE = 0.80  # cosine of two marks from which they may be one place
NEAR = 0.025  # of the longer side, times the size of the part: how near marks come to agree
TURN = np.deg2rad(30.0)  # by which their directions may be off
OCTAVE = 0.6  # by which their sizes may be off
ASKED = 80  # pairs that are heard; the most alike
PAIRS = 400  # pairs that may agree with them
FEWEST = 4  # marks that agree
TIMES = 6  # instances of one motif that are looked for


@dataclass(frozen=True)
class Pairs:
    """Alike marks of two pictures.

    Args:
        first: (n,) rows of the picture that is traced.
        second: (n,) rows of the original.
        alike: (n,) cosine, 0 to 1.
        worth: (n,) how much the pair says; common ornament says little.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    alike: NDArray[np.float32]
    worth: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.first)


@dataclass(frozen=True)
class Agreement:
    """Marks that agree on one map.

    Args:
        map: the traced picture (or its mirror image) to the original, in units of longer sides.
        rows: which pairs agree.
    """

    map: Map
    rows: NDArray[np.int64]


def agreements(asked: Marks, known: Marks, pairs: Pairs, times: int = TIMES) -> list[Agreement]:
    """The maps on which pairs agree, the best first.

    Args:
        asked: marks of the traced picture, or of its mirror image.
        known: marks of the original.
        pairs: of them.
        times: how many maps are looked for.
    """
    a, b = (
        asked.places[pairs.first].astype(np.float64),
        known.places[pairs.second].astype(np.float64),
    )
    free = np.argsort(-pairs.alike * np.sqrt(pairs.worth), kind="stable")[:PAIRS]
    found: list[Agreement] = []
    while len(found) < times and len(free) >= FEWEST:
        rows, m = _best(a[free], b[free], pairs, free)
        if m is None:
            break
        found.append(Agreement(m, free[rows]))
        used = np.isin(pairs.first[free], pairs.first[free[rows]])
        free = free[~used]
    return found


def _best(
    a: NDArray[np.float64], b: NDArray[np.float64], pairs: Pairs, free: NDArray[np.int64]
) -> tuple[NDArray[np.int64], Map | None]:
    """Rows that agree with the best of the sayings, and their map."""
    n = min(ASKED, len(a))
    size = b[:n, 2] / a[:n, 2]
    turn = b[:n, 3] - a[:n, 3]
    c, s = size * np.cos(turn), size * np.sin(turn)
    right = b[:n, 0] - c * a[:n, 0] + s * a[:n, 1]
    down = b[:n, 1] - s * a[:n, 0] - c * a[:n, 1]
    x = c[:, None] * a[:, 0] - s[:, None] * a[:, 1] + right[:, None]
    y = s[:, None] * a[:, 0] + c[:, None] * a[:, 1] + down[:, None]
    close = NEAR * np.maximum(size, 0.25)
    far = np.hypot(x - b[:, 0], y - b[:, 1])
    turns = np.abs((b[:, 3] - a[:, 3] - turn[:, None] + np.pi) % (2 * np.pi) - np.pi)
    octaves = np.abs(np.log2(b[:, 2] / a[:, 2] / size[:, None]))
    agree = (far < 2 * close[:, None]) & (turns < TURN) & (octaves < OCTAVE)
    total = agree @ pairs.worth[free].astype(np.float64)
    best = int(np.argmax(total))
    rows = _once(np.flatnonzero(agree[best]), far[best], pairs, free)
    m = np.array([[c[best], -s[best], right[best]], [s[best], c[best], down[best]]])
    wide = close[best]
    likely = (turns[best] < 1.5 * TURN) & (octaves[best] < 1.3 * OCTAVE)
    for k in range(3):
        if len(rows) < FEWEST:
            return rows, None
        m = fitted(a[rows, :2], b[rows, :2], affine=len(rows) >= 8 and k > 0)
        off = np.hypot(*(a[:, :2] @ m[:, :2].T + m[:, 2] - b[:, :2]).T)
        rows = _once(np.flatnonzero((off < wide) & likely), off, pairs, free)
    if len(rows) < FEWEST or not _sane(m):
        return rows, None
    return rows, m


def _once(
    rows: NDArray[np.int64], far: NDArray[np.float64], pairs: Pairs, free: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Each mark once: the nearest meeting of it."""
    rows = rows[np.argsort(far[rows], kind="stable")]
    for which in (pairs.first, pairs.second):
        rows = rows[np.sort(np.unique(which[free[rows]], return_index=True)[1])]
    return rows


def fitted(a: NDArray[np.float64], b: NDArray[np.float64], affine: bool) -> Map:
    """The similarity, or the affine map, that brings points nearest to others (least squares).

    Args:
        a: (n, 2).
        b: (n, 2), where they should come to lie.
        affine: whether it may stretch.
    """
    from_a, from_b = a.mean(axis=0), b.mean(axis=0)
    p, q = a - from_a, b - from_b
    if affine:
        linear = np.linalg.lstsq(
            np.r_[p, 0.02 * np.eye(2)], np.r_[q, 0.02 * _near(p, q).T], rcond=None
        )[0].T
    else:
        linear = _near(p, q)
    return np.c_[linear, from_b - linear @ from_a]


def _near(p: NDArray[np.float64], q: NDArray[np.float64]) -> NDArray[np.float64]:
    total = max(float((p**2).sum()), 1e-12)
    c = float((p * q).sum()) / total
    s = float((p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0]).sum()) / total
    return np.array([[c, -s], [s, c]])


def _sane(m: Map) -> bool:
    sizes = np.linalg.svd(m[:, :2], compute_uv=False)
    return bool(
        sizes[1] > 0.05
        and sizes[0] < 20
        and sizes[0] < 2.0 * sizes[1]
        and np.linalg.det(m[:, :2]) > 0
    )
