"""The loom that compositions are set up on: a grid of threads, and ways of laying yarn into it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from latelier.collection._dyes import PALETTES, colour
from latelier.collection._patterns import Pattern, Roles
from latelier.collection._threads import Draft


class Loom:
    """A cloth being set up; the middle end and the middle pick are its axes.

    Args:
        picks: rows of the draft.
        ends: columns of the draft; odd, so that there is a middle one.
        palette: one of ``PALETTES``.
        rng: for the choice of yarns.
    """

    def __init__(self, picks: int, ends: int, palette: str, rng: np.random.Generator) -> None:
        self.picks, self.ends = picks, ends
        self.rng = rng
        self.palette = PALETTES[palette]
        self.names: list[str] = [""]
        self.brocade = np.zeros((picks, ends), dtype=np.uint8)
        ground = self.pick(self.palette.ground)
        self.ground = ground
        self.warp = np.full(2 * ends, ground, dtype=np.uint8)
        self.weft = np.full(2 * picks, ground, dtype=np.uint8)
        self.t = np.arange(picks)[:, None]
        self.s = np.arange(ends)[None, :] - ends // 2

    def yarn(self, name: str) -> int:
        """The number of a yarn in this cloth, brought to the loom if it is new."""
        if name not in self.names:
            self.names.append(name)
        return self.names.index(name)

    def pick(self, names: Sequence[str], unlike: Sequence[int] = ()) -> int:
        """One of some yarns, not one of ``unlike`` where that can be."""
        taken = {self.names[i] for i in unlike}
        free = [n for n in names if n not in taken] or list(names)
        return self.yarn(free[int(self.rng.integers(len(free)))])

    def trio(self) -> tuple[int, int, int]:
        """A lead, a second and a spark that differ from one another and from the ground."""
        lead = self.pick(self.palette.lead, [self.ground])
        second = self.pick(self.palette.second, [self.ground, lead])
        spark = self.pick(self.palette.spark, [self.ground, lead, second])
        return lead, second, spark

    def lay(self, roles: Roles, top: int, left: int, yarns: Sequence[int]) -> None:
        """Lay a figure into the cloth; what falls outside is left out; role 0 leaves what is there.

        Args:
            roles: (h, w) uint8, 0 to 3.
            top: the pick of its first row.
            left: the end of its first column.
            yarns: of roles 1, 2, 3.
        """
        h, w = roles.shape
        y0, y1 = max(0, top), min(self.picks, top + h)
        x0, x1 = max(0, left), min(self.ends, left + w)
        if y0 >= y1 or x0 >= x1:
            return
        part = roles[y0 - top : y1 - top, x0 - left : x1 - left]
        table = np.array([0, *yarns], dtype=np.uint8)
        here = self.brocade[y0:y1, x0:x1]
        np.copyto(here, table[part], where=part > 0)

    def middle(self, roles: Roles, pick: int, end: int, yarns: Sequence[int]) -> None:
        """Lay a figure with its middle at a place, counted in ends from the cloth's middle."""
        h, w = roles.shape
        self.lay(roles, pick - h // 2, self.ends // 2 + end - w // 2, yarns)

    def band(self, pattern: Pattern, top: int, h: int, yarns: Sequence[int]) -> None:
        """Run a pattern across the whole cloth."""
        self.lay(pattern(np.arange(h)[:, None], self.s, h), top, 0, yarns)

    def ground_stripe(self, top: int, h: int, yarn: int) -> None:
        """Change the weft of the ground for some picks."""
        self.weft[2 * top : 2 * (top + h)] = yarn

    def off(self, weave: str) -> Draft:
        """Take the finished draft off the loom."""
        yarns = np.stack([np.zeros(3, dtype=np.float32), *(colour(n) for n in self.names[1:])])
        return Draft(self.brocade, self.warp, self.weft, yarns, weave)


def row_of(
    loom: Loom, figure: NDArray[np.uint8], top: int, gap: int, yarns: Sequence[Sequence[int]]
) -> None:
    """Lay a figure again and again across the cloth, both halves looking towards the middle.

    Args:
        loom: what is set up.
        figure: (h, w) roles, looking to the right.
        top: the pick of its first row.
        gap: the least ends between two; what is left over is shared out.
        yarns: of each figure in turn, counted from the middle.
    """
    w = figure.shape[1]
    half = loom.ends // 2
    count = max(1, (half + 1) // (w + gap))
    for k in range(count):
        turn = yarns[k % len(yarns)]
        right = half + 1 + round((k + 0.5) * half / count - w / 2)
        loom.lay(figure[:, ::-1], top, right, turn)
        loom.lay(figure, top, loom.ends - right - w, turn)
