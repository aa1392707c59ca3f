"""Mending the seams: where two pieces meet, the border between them moves to where it shows least.

Every pixel belongs to one piece. In rounds, each pixel near a seam may go over to the piece of a
neighbour if the original around the place it would come from looks more like what stands there now;
then what stands there is voted anew by all patches that cover it (Kwatra et al., "Texture
Optimization for Example-based Synthesis", 2005; the candidates are the coherent ones of Ashikhmin,
"Synthesizing Natural Textures", 2001).
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from latelier.weave.fold import Floats, Fold, Ints
from latelier.weave.pieces import Pieces

BEYOND = 0.45  # of its size that a piece may reach beyond its box; at 0.25 motifs stay cut
REACH = 3  # a patch is 7 x 7: what a motif's edge needs to be recognised
STEPS = (4, 2, 1, 1, 2, 1, 1, 1)  # how far away candidates are asked for, round by round


@dataclass(frozen=True)
class Cloth:
    """A domain with its pieces at one scale.

    Args:
        stack: (p, h, w, c) the originals at this scale.
        fold: the domain at this scale.
        pieces: in pixels of this scale.
        owner: (height, width) which piece each pixel belongs to.
        beyond: how far a piece may reach beyond its box, as a share of its size.
    """

    stack: Floats
    fold: Fold
    pieces: Pieces
    owner: Ints
    beyond: float = BEYOND

    def beside(self, y: Ints, x: Ints, owner: Ints) -> tuple[Ints, Ints]:
        """The places (y, x) as their ``owner`` sees them: over the end of a wrapped axis if nearer."""
        centre = self.pieces.centre[owner]
        if self.fold.rows == "wrap":
            turns = np.round((centre[..., 0] - y) / self.fold.height).astype(np.int64)
            y, x = y + turns * self.fold.height, x + turns * self.fold.drop
        if self.fold.columns == "wrap":
            turns = np.round((centre[..., 1] - x) / self.fold.width).astype(np.int64)
            x = x + turns * self.fold.width
        return y, x

    def origin(self, y: Ints, x: Ints, owner: Ints) -> tuple[Ints, Ints, Ints]:
        """Where the pixels at (y, x) come from if ``owner`` has them: original, row, column."""
        y, x = self.beside(y, x, owner)
        offset = self.pieces.offset[owner]
        return self.pieces.source[owner], y + offset[..., 0], x + offset[..., 1]

    def reaches(self, y: Ints, x: Ints, owner: Ints) -> NDArray[np.bool_]:
        """Whether pieces may have the pixels at (y, x): in their box or somewhat beyond.

        Without this a plain piece floods the others, as every patch is somewhat like it.
        """
        y, x = self.beside(y, x, owner)
        y0, y1, x0, x1 = np.moveaxis(self.pieces.box[owner], -1, 0)
        by_y, by_x = (y1 - y0) * self.beyond, (x1 - x0) * self.beyond
        return (y >= y0 - by_y) & (y < y1 + by_y) & (x >= x0 - by_x) & (x < x1 + by_x)

    def copied(self) -> Floats:
        """The domain with every pixel as it is in the original it comes from."""
        y, x = np.mgrid[: self.fold.height, : self.fold.width]
        p, sy, sx = self.origin(y, x, self.owner)
        h, w = self.stack.shape[1:3]
        return self.stack[p, np.clip(sy, 0, h - 1), np.clip(sx, 0, w - 1)]


def first_owners(fold: Fold, pieces: Pieces) -> Ints:
    """Each pixel to the piece in whose box it lies."""
    owner = np.zeros((fold.height, fold.width), dtype=np.int64)
    for k, (y0, y1, x0, x1) in enumerate(pieces.box.tolist()):
        owner[y0:y1, x0:x1] = k
    return owner


def finer(cloth: Cloth, stack: Floats, fold: Fold) -> Cloth:
    """The same cloth at the scale of ``stack`` and ``fold``."""
    grow = np.array([fold.height / cloth.fold.height, fold.width / cloth.fold.width])
    scale = np.array([stack.shape[1] / cloth.stack.shape[1], stack.shape[2] / cloth.stack.shape[2]])
    box = np.round(cloth.pieces.box * np.repeat(grow, 2)).astype(np.int64)
    middle = (cloth.pieces.box[:, [0, 2]] + cloth.pieces.box[:, [1, 3]]) / 2
    there = (middle + cloth.pieces.offset) * scale
    offset = np.round(there - middle * grow).astype(np.int64)
    y = np.minimum(((np.arange(fold.height) + 0.5) / grow[0]).astype(int), cloth.fold.height - 1)
    x = np.minimum(((np.arange(fold.width) + 0.5) / grow[1]).astype(int), cloth.fold.width - 1)
    pieces = Pieces(cloth.pieces.source, offset, box)
    return Cloth(stack, fold, pieces, cloth.owner[y][:, x], cloth.beyond)


def nudged(cloth: Cloth, by: int = 1) -> Cloth:
    """Each piece moved by up to ``by`` pixels to where it continues its neighbours best."""
    picture = cloth.copied()
    fold, pieces = cloth.fold, cloth.pieces
    h, w = cloth.stack.shape[1:3]
    y, x = np.nonzero(seams(cloth, 2))
    rows, columns, guests = [], [], []
    for dy, dx in ((-2, 0), (2, 0), (0, -2), (0, 2)):
        other = fold.places(y + dy, x + dx)
        guest = cloth.owner[other.y, other.x]
        ask = (guest != cloth.owner[y, x]) & (other.turn_y > 0) & (other.turn_x > 0)
        rows.append(y[ask])
        columns.append(x[ask])
        guests.append(guest[ask])
    y, x, guest = np.concatenate(rows), np.concatenate(columns), np.concatenate(guests)
    p, sy, sx = cloth.origin(y, x, guest)
    here = picture[y, x]
    moves = [(a, b) for a in range(-by, by + 1) for b in range(-by, by + 1)]
    costs = []
    for a, b in moves:
        there = cloth.stack[p, np.clip(sy + a, 0, h - 1), np.clip(sx + b, 0, w - 1)]
        cost = np.bincount(guest, np.square(there - here).sum(1), len(pieces.source))
        costs.append(cost * (0.98 if a == b == 0 else 1.0))
    move = np.array(moves)[np.argmin(costs, axis=0)]
    return replace(cloth, pieces=replace(pieces, offset=pieces.offset + move))


def mended(cloth: Cloth, rounds: int, soft: float = 0.7) -> tuple[Floats, Cloth]:
    """The picture on the domain and the cloth with its seams moved.

    Args:
        cloth: what to mend.
        rounds: how often each pixel near a seam is asked.
        soft: the last vote's width in pixels; small keeps the originals' sharpness.
    """
    picture = cloth.copied()
    for turn in range(rounds):
        near = seams(cloth, REACH + 1)
        if not near.any():
            break
        _vote(cloth, picture, near, 2.5)
        cloth = replace(cloth, owner=_moved(cloth, picture, near, STEPS[turn % len(STEPS)]))
    picture = cloth.copied()
    near = seams(cloth, 1)
    if near.any():
        _vote(cloth, picture, near, soft)
    return picture, cloth


def seams(cloth: Cloth, reach: int) -> NDArray[np.bool_]:
    """Where a pixel of another piece is within ``reach`` pixels; (height, width)."""
    fold = cloth.fold
    at = fold.window(-1, fold.height + 1, -1, fold.width + 1)
    around = cloth.owner[at.y, at.x]
    here = around[1:-1, 1:-1]
    near = np.zeros(here.shape, dtype=bool)
    for part in (around[:-2, 1:-1], around[2:, 1:-1], around[1:-1, :-2], around[1:-1, 2:]):
        near |= part != here
    for _ in range(reach - 1):
        wide = near[at.y, at.x]
        near = (
            wide[1:-1, 1:-1] | wide[:-2, 1:-1] | wide[2:, 1:-1] | wide[1:-1, :-2] | wide[1:-1, 2:]
        )
    return near


def _bell(width: float) -> Floats:
    line = np.exp(-(np.arange(-REACH, REACH + 1) ** 2) / (2 * width * width))
    return np.outer(line, line).astype(np.float32)


def _vote(cloth: Cloth, picture: Floats, near: NDArray[np.bool_], width: float) -> None:
    """Set the pixels of ``near`` to the weighed mean of what all patches over them would show."""
    y, x = np.nonzero(near)
    h, w = cloth.stack.shape[1:3]
    total = np.zeros((len(y), picture.shape[-1]), dtype=np.float32)
    weights = np.zeros((len(y), 1), dtype=np.float32)
    bell = _bell(width)
    for dy in range(-REACH, REACH + 1):
        for dx in range(-REACH, REACH + 1):
            weight = bell[dy + REACH, dx + REACH]
            if weight < 0.01:
                continue
            at = cloth.fold.places(y + dy, x + dx)
            p, sy, sx = cloth.origin(at.y, at.x, cloth.owner[at.y, at.x])
            sy, sx = sy - at.turn_y * dy, sx - at.turn_x * dx
            real = ((sy >= 0) & (sy < h) & (sx >= 0) & (sx < w))[:, None] * weight
            total += cloth.stack[p, np.clip(sy, 0, h - 1), np.clip(sx, 0, w - 1)] * real
            weights += real
    sure = weights[:, 0] > 0
    picture[y[sure], x[sure]] = total[sure] / weights[sure]


def _moved(cloth: Cloth, picture: Floats, near: NDArray[np.bool_], step: int) -> Ints:
    """Owners after each pixel of ``near`` chose among its own piece and its neighbours'."""
    y, x = np.nonzero(near)
    fold = cloth.fold
    at = fold.window(-REACH, fold.height + REACH, -REACH, fold.width + REACH)
    views = np.lib.stride_tricks.sliding_window_view(
        picture[at.y, at.x], (2 * REACH + 1, 2 * REACH + 1), axis=(0, 1)
    )
    here = views[y, x]  # (n, c, 7, 7)
    sources = np.lib.stride_tricks.sliding_window_view(
        cloth.stack, (2 * REACH + 1, 2 * REACH + 1), axis=(1, 2)
    )
    bell = _bell(2.5)
    own = cloth.owner[y, x]
    best = _difference(cloth, sources, here, (y, x, own), bell) * 0.98  # moving needs a reason
    chosen = own.copy()
    for dy, dx in ((-step, 0), (step, 0), (0, -step), (0, step)):
        other = fold.places(y + dy, x + dx)
        candidate = cloth.owner[other.y, other.x]
        upright = (other.turn_y > 0) & (other.turn_x > 0)
        reached = cloth.reaches(y, x, candidate)
        ask = np.nonzero((candidate != chosen) & upright & reached)[0]
        if not len(ask):
            continue
        cost = _difference(cloth, sources, here[ask], (y[ask], x[ask], candidate[ask]), bell)
        better = cost < best[ask]
        best[ask[better]] = cost[better]
        chosen[ask[better]] = candidate[ask[better]]
    owner = cloth.owner.copy()
    owner[y, x] = chosen
    return owner


def _difference(
    cloth: Cloth, sources: Floats, here: Floats, who: tuple[Ints, Ints, Ints], bell: Floats
) -> Floats:
    """Weighed squared difference of patches; infinite where a piece cannot be followed so far."""
    p, sy, sx = cloth.origin(*who)
    h, w = cloth.stack.shape[1:3]
    outside = (sy < 0) | (sy >= h) | (sx < 0) | (sx >= w)
    top = np.clip(sy - REACH, 0, h - 2 * REACH - 1)
    left = np.clip(sx - REACH, 0, w - 2 * REACH - 1)
    patches = sources[p, top, left]
    cost = np.einsum("ncij,ij->n", np.square(patches - here), bell)
    return np.where(outside, np.inf, cost).astype(np.float32)
