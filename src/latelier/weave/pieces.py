"""Choosing the pieces: which part of which original goes where, so that neighbours agree.

Image quilting (Efros and Freeman, "Image Quilting for Texture Synthesis and Transfer", 2001) on a
folded domain, with every overlap weighed at once: after a first round each piece is chosen again
while its neighbours stand, as in iterated conditional modes. A plan says what colours are wanted
where; no original may stand beside itself, and none may hold more than its share.
"""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from latelier.weave.fold import Floats, Fold, Ints

CORE = 8  # pixels of a piece's own at the scale where pieces are chosen
OVERLAP = 2  # pixels that it reaches beyond them on each side


@dataclass(frozen=True)
class Pieces:
    """Pieces laid on a domain.

    Args:
        source: (k,) which original of the stack each is from.
        offset: (k, 2) what added to a place (y, x) of the domain gives its place in the original.
        box: (k, 4) what each covers of its own: y0, y1, x0, x1 in the domain.
    """

    source: Ints
    offset: Ints
    box: Ints

    @property
    def centre(self) -> Ints:
        """The middle of each piece in the domain, (k, 2)."""
        return np.stack([self.box[:, :2].sum(1) // 2, self.box[:, 2:].sum(1) // 2], axis=1)


@dataclass(frozen=True)
class Wishes:
    """What the choice of pieces should heed besides the seams.

    Args:
        plan: (h, w, c) what is wanted where, in the channels of the stack: colours in [0, 1], then guides.
        to_plan: how much a squared difference from the plan weighs against one in a seam.
        to_place: how much moving a piece by the width of the picture weighs; 0 lets pieces wander.
        share: the largest share of the busy area that one original may hold.
        chance: (64,) what is left to chance, standard normal.
        temper: how far chance may lead away from the best fit.
        most: the largest area of a piece, as a share of the whole picture.
    """

    plan: Floats
    to_plan: float
    to_place: float
    share: float
    chance: Floats
    temper: float = 0.08
    most: float = 1.0


def lay_boxes(fold: Fold, core: int) -> tuple[Ints, tuple[int, int]]:
    """Boxes of about ``core`` pixels that cover the domain, and how many rows and columns of them.

    At a mirror they are half as deep, because what stands there is seen twice in one.
    """
    rows, columns = _cuts(fold.height, core, fold.rows), _cuts(fold.width, core, fold.columns)
    boxes = [
        (rows[i], rows[i + 1], columns[j], columns[j + 1])
        for i in range(len(rows) - 1)
        for j in range(len(columns) - 1)
    ]
    return np.array(boxes, dtype=np.int64), (len(rows) - 1, len(columns) - 1)


def _cuts(n: int, core: int, way: str) -> list[int]:
    first = 0.5 if way == "mirror" else 1.0
    last = 0.5 if way in ("mirror", "half") else 1.0
    inner = max(0, round(n / core - first - last))
    widths = [first, *[1.0] * inner, last] if n > core else [1.0]
    edges = np.concatenate([[0.0], np.cumsum(widths)]) * n / sum(widths)
    return [round(float(e)) for e in edges]


class Chooser:
    """Keeps what is on the domain while pieces are taken up and put down.

    Args:
        stack: (p, h, w, c) originals at this scale, in [0, 1].
        busy: (p, h, w) 1 where an original is not plain ground.
        fold: the domain at this scale.
        wishes: what is wanted.
        core: pixels of a piece's own.
    """

    def __init__(
        self, stack: Floats, busy: Floats, fold: Fold, wishes: Wishes, core: int = CORE
    ) -> None:
        self.stack, self.fold, self.wishes = stack, fold, wishes
        self.boxes, self.grid = lay_boxes(fold, core)
        self.size = tuple(
            min(core + 2 * OVERLAP, side) for side in stack.shape[1:3]
        )  # of a window; all are alike, so that one matrix serves
        hh, ww = self.size
        h, w = stack.shape[1:3]
        self.reach = (h - hh + 1, w - ww + 1)  # how many places a window has in an original
        self.spectrum = [fft.next_fast_len(side, real=True) for side in (h, w)]
        self.spectra = fft.rfft2(stack.transpose(0, 3, 1, 2), self.spectrum)  # (p, c, ., .)
        self.squares = fft.rfft2(np.square(stack).sum(-1), self.spectrum)  # (p, ., .)
        self.quarters = _quarters_everywhere(stack, hh, ww)  # (4 c, p * places)
        self.lengths = np.square(self.quarters).sum(0)
        inner = np.lib.stride_tricks.sliding_window_view(
            busy[:, OVERLAP : busy.shape[1] - OVERLAP, OVERLAP : busy.shape[2] - OVERLAP],
            (hh - 2 * OVERLAP, ww - 2 * OVERLAP),
            axis=(1, 2),
        )
        self.busy = inner.mean((-1, -2)).reshape(len(stack), -1)  # (p, places)
        k = len(self.boxes)
        seen = fold.seen(*stack.shape[1:3])
        self.areas = np.array([seen[a:b, c:d].sum() for a, b, c, d in self.boxes.tolist()])
        self.chosen = np.full((k, 2), -1, dtype=np.int64)  # (original, place in it) of each piece
        tops = (self.boxes[:, :2].sum(1) - hh) // 2
        lefts = (self.boxes[:, 2:].sum(1) - ww) // 2
        self.corners = np.stack([tops, lefts], axis=1)
        self.places = [fold.window(y, y + hh, x, x + ww) for y, x in self.corners.tolist()]
        self.weights = [
            self._weight(places, y, x)
            for places, (y, x) in zip(self.places, self.corners.tolist(), strict=True)
        ]
        self.paint = np.zeros((fold.height, fold.width, stack.shape[-1]), dtype=np.float32)
        self.cover = np.zeros((fold.height, fold.width), dtype=np.float32)

    def _weight(self, places: tuple, y: int, x: int) -> Floats:
        """How much a window speaks at each of its pixels: full in its middle, less at its edges."""
        hh, ww = self.size
        ramp_y, ramp_x = _ramp(hh), _ramp(ww)
        weight = np.minimum(ramp_y[:, None], ramp_x[None]) ** 2
        rows, columns = np.mgrid[y : y + hh, x : x + ww]
        real = self.fold.inside(rows, columns) & (places[2] > 0) & (places[3] > 0)
        return (weight * real).astype(np.float32)

    def put(self, b: int, sign: float = 1.0) -> None:
        """Lay piece ``b`` down, or with ``sign`` -1 take it up."""
        p, place = self.chosen[b]
        y, x = divmod(int(place), self.reach[1])
        window = self.stack[p, y : y + self.size[0], x : x + self.size[1]]
        at, weight = self.places[b], sign * self.weights[b]
        np.add.at(self.paint, (at.y, at.x), window * weight[..., None])
        np.add.at(self.cover, (at.y, at.x), weight)

    def cost(self, b: int) -> Floats:
        """What each place of each original would cost in block ``b``: (p, places)."""
        at = self.places[b]
        cover = self.cover[at.y, at.x]
        target = self.paint[at.y, at.x] / np.maximum(cover, np.float32(1e-6))[..., None]
        mask = np.minimum(cover, 1) * ((self.weights[b] > 0) & (cover > 1e-3))
        seam = self._seam(mask.astype(np.float32), target.astype(np.float32))
        wanted = _quarters(self.wishes.plan[at.y, at.x])
        far = self.lengths - 2 * (wanted @ self.quarters) + (wanted * wanted).sum()
        far = far.reshape(len(self.stack), -1) / len(wanted)
        cost = (seam + self.wishes.to_plan * far).reshape(len(self.stack), *self.reach)
        if self.wishes.to_place > 0:
            side = max(self.stack.shape[1:3])
            y, x = self.corners[b]
            dy, dx = (np.arange(self.reach[0]) - y) / side, (np.arange(self.reach[1]) - x) / side
            cost = cost + self.wishes.to_place * (dy[:, None] ** 2 + dx[None] ** 2)
        return cost.reshape(len(self.stack), -1).astype(np.float32)

    def _seam(self, mask: Floats, target: Floats) -> Floats:
        """Mean squared difference under the mask at every place, (p, places), by correlation."""
        known = float(mask.sum())
        if known == 0:
            return np.zeros((len(self.stack), self.reach[0] * self.reach[1]), dtype=np.float32)
        masked = (target * mask[..., None]).transpose(2, 0, 1)
        mix = np.conj(fft.rfft2(mask, self.spectrum)) * self.squares
        mix -= 2 * np.einsum(
            "pcyx,cyx->pyx", self.spectra, np.conj(fft.rfft2(masked, self.spectrum))
        )
        sums = fft.irfft2(mix, self.spectrum)[:, : self.reach[0], : self.reach[1]]
        sums = np.maximum(sums + (masked * target.transpose(2, 0, 1)).sum(), 0)
        part = known / mask.size  # little overlap says little
        return sums.reshape(len(self.stack), -1) / (known * target.shape[-1]) * min(1, 2 * part)

    def forbidden(self, b: int, busy: Floats) -> NDArray[np.bool_]:
        """Which originals may not go into block ``b``: its neighbours', and those used up.

        Args:
            b: the block.
            busy: (p,) busy pixels that the best place of each original would add.

        Where nobody is left, a neighbour may come again before anyone exceeds his share.
        """
        rows, columns = self.grid
        i, j = divmod(b, columns)
        ban = np.zeros(len(self.stack), dtype=bool)
        for di in (-1, 0, 1):
            for dj in (-1, 0, 1):
                ii, jj = i + di, j + dj
                ii = ii % rows if self.fold.rows == "wrap" else ii
                jj = jj % columns if self.fold.columns == "wrap" else jj
                if (di or dj) and 0 <= ii < rows and 0 <= jj < columns:
                    other = int(self.chosen[ii * columns + jj, 0])
                    if other >= 0 and ii * columns + jj != b:
                        ban[other] = True
        used, total = self.used(b)
        spent = used + busy > self.wishes.share * np.maximum(total + busy, 1e-6)
        for forbidden in (ban | spent, spent, used > used.min()):
            if not forbidden.all():
                return forbidden
        return np.zeros_like(ban)

    def used(self, but: int) -> tuple[Floats, float]:
        """Busy pixels of each original on the domain, without piece ``but``; and what all will be."""
        used = np.zeros(len(self.stack), dtype=np.float32)
        seen = 0.0
        for b, (p, place) in enumerate(self.chosen.tolist()):
            if p >= 0 and b != but:
                used[p] += self.busy[p, place] * self.areas[b]
                seen += float(self.areas[b])
        rate = used.sum() / seen if seen else float(self.busy.mean())
        return used, float(used.sum() + rate * (self.areas.sum() - seen - self.areas[but]))

    def choose(self, blocks: list[int], temper: float, luck: Floats) -> None:
        """Choose for ``blocks``, which must not overlap, all at once, and lay them down."""
        for b in blocks:
            if self.chosen[b, 0] >= 0:
                self.put(b, -1.0)
        every = np.arange(len(self.stack))
        for b in blocks:
            cost = self.cost(b)
            places = cost.argmin(1)  # of each original its best
            best = cost[every, places]
            busy = self.busy[every, places] * self.areas[b]
            free = ~self.forbidden(b, busy)
            tried = best + temper * (best[free].min() + 1e-4) * luck[b]
            p = int(np.where(free, tried, np.inf).argmin())
            self.chosen[b] = p, places[p]
        for b in blocks:
            self.put(b)

    def pieces(self) -> Pieces:
        """What has been chosen."""
        y, x = np.divmod(self.chosen[:, 1], self.reach[1])
        offset = np.stack([y, x], axis=1) - self.corners
        return Pieces(self.chosen[:, 0].copy(), offset, self.boxes)


def choose_pieces(
    stack: Floats, busy: Floats, fold: Fold, wishes: Wishes, core: int = CORE, sweeps: int = 3
) -> Pieces:
    """Pieces for a whole domain.

    Args:
        stack: (p, h, w, c) originals, in [0, 1], at a scale where a piece has about ``core`` pixels.
        busy: (p, h, w) 1 where they are not plain ground.
        fold: the domain at that scale.
        wishes: what is wanted.
        core: pixels of a piece's own.
        sweeps: how often each piece is chosen.
    """
    chooser = Chooser(stack, busy, fold, wishes, core)
    rows, columns = chooser.grid
    mix = np.random.default_rng(20010812)  # fixed: chance itself comes with the wishes
    for sweep in range(sweeps):
        basis = mix.standard_normal((rows * columns, len(stack), len(wishes.chance)))
        luck = (basis @ wishes.chance / np.sqrt(len(wishes.chance))).astype(np.float32)
        temper = wishes.temper * (1 - sweep / sweeps)
        for blocks in _waves(rows, columns) if sweep == 0 else _colours(rows, columns):
            chooser.choose(blocks, temper, luck)
    return chooser.pieces()


def _waves(rows: int, columns: int) -> list[list[int]]:
    """Blocks in reading order, those together that know nothing of each other."""
    waves: dict[int, list[int]] = {}
    for i in range(rows):
        for j in range(columns):
            waves.setdefault(2 * i + j, []).append(i * columns + j)
    return [waves[w] for w in sorted(waves)]


def _colours(rows: int, columns: int) -> list[list[int]]:
    """Blocks in four classes of which no two neighbours are one; odd rests of a ring apart."""
    classes: dict[tuple[int, int], list[int]] = {}
    for i in range(rows):
        for j in range(columns):
            a = 2 if i == rows - 1 and rows % 2 else i % 2
            b = 2 if j == columns - 1 and columns % 2 else j % 2
            classes.setdefault((a, b), []).append(i * columns + j)
    return list(classes.values())


def _ramp(n: int) -> Floats:
    i = np.arange(n)
    return np.minimum(1.0, (np.minimum(i, n - 1 - i) + 1) / (2 * OVERLAP + 1)).astype(np.float32)


def _quarters(window: Floats) -> Floats:
    """Mean colours of the four quarters of a window (h, w, c), as (4 c)."""
    h, w = window.shape[0] // 2, window.shape[1] // 2
    parts = (window[:h, :w], window[:h, w:], window[h:, :w], window[h:, w:])
    return np.concatenate([p.mean((0, 1)) for p in parts])


def _quarters_everywhere(stack: Floats, height: int, width: int) -> Floats:
    """The same for every window of that size in a stack (p, h, w, c), as (4 c, p * places)."""
    sums = np.pad(stack.cumsum(1, dtype=np.float64).cumsum(2), ((0, 0), (1, 0), (1, 0), (0, 0)))
    rows, columns = stack.shape[1] - height + 1, stack.shape[2] - width + 1
    ys, xs = (0, height // 2, height), (0, width // 2, width)
    parts = []
    for a, b in itertools.pairwise(ys):
        for c, d in itertools.pairwise(xs):
            box = sums[:, b : b + rows, d : d + columns] - sums[:, a : a + rows, d : d + columns]
            box += sums[:, a : a + rows, c : c + columns] - sums[:, b : b + rows, c : c + columns]
            parts.append(box / max(1, (b - a) * (d - c)))
    every = np.concatenate(parts, axis=-1).reshape(-1, 4 * stack.shape[-1])
    return np.ascontiguousarray(every.T, dtype=np.float32)
