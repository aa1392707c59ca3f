"""Weaves new pictures from pieces of the originals; needs no training, and says whom it owes what.

A plan, then thread. The plan is an original seen at 16 x 16, moved by a drift drawn from a Gaussian
in the span of its neighbours (principal components of the coarse originals). The thread is woven by
`latelier.weave` from the originals most like it in colours and grain, dyed towards its colours:
pieces that agree at their seams (Efros and Freeman, 2001), mended by patches (Kwatra et al., 2005),
on a fold that keeps its mirrors and repeats, within its outline if it lies on paper. What is borrowed
is bounded, measured and told.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latelier.models._contract import Shape, seeded
from latelier.models._loom import CHANCE, Draft, Knobs, Weaver
from latelier.models._quilted import PLAN

DRIFT = 0.7  # of the spread of an original's neighbours by which plans drift from it; drawn around
# their mean instead, plans lost a third of their differences in colour, and all turned brown


@dataclass(frozen=True)
class Settings(Knobs):
    """The knobs of the quilt."""

    neighbours: int = 14  # originals whose span a plan is drawn from
    components: int = 48  # principal components of the plans, at most
    labels: list[str] = field(default_factory=list)  # by which originals can be asked for


class Model(Weaver):
    """Originals as they are, their coarse principal components, and the weaver."""

    def __init__(self, shape: Shape, settings: Settings) -> None:
        super().__init__(shape, settings)
        side = PLAN * PLAN * self.shape[0]
        self.register_buffer("plan_mean", torch.zeros(side))
        self.register_buffer("plan_basis", torch.zeros(settings.components, side))
        self.register_buffer("plans", torch.zeros(0, settings.components))  # of each original

    def material(self, pixels: NDArray[np.uint8], labels: Sequence[int] | None = None) -> None:
        """Keep the originals, and learn what plans they have."""
        library = self.keep(pixels, labels)
        flat = library.plans.reshape(len(pixels), -1)
        mean = flat.mean(0)
        _, values, basis = np.linalg.svd(flat - mean, full_matrices=False)
        kept = np.zeros((self.settings.components, flat.shape[1]), dtype=np.float32)
        count = min(len(kept), int((values > 1e-4).sum()))
        kept[:count] = basis[:count]
        self.plan_mean = torch.from_numpy(mean)
        self.plan_basis = torch.from_numpy(kept)
        self.plans = torch.from_numpy((flat - mean) @ kept.T)

    def prior(self, n: int, rng: torch.Generator) -> Tensor:
        """An original each to lay out after, drifts from it, chance, and no label.

        Returns:
            (n, 2 components + 64 + labels).
        """
        rows = []
        for _ in range(n):
            own, drift = self._drawn(rng)
            chance, none = torch.randn(CHANCE, generator=rng), torch.zeros(len(self.labels))
            rows.append(torch.cat([own, drift, chance, none]))
        return torch.stack(rows) if rows else torch.zeros(0, 2 * self._kept() + CHANCE)

    def _drawn(
        self, rng: torch.Generator, among: NDArray[np.bool_] | None = None
    ) -> tuple[Tensor, Tensor]:
        """The plan of an original, and a drift from it in the span of its neighbours."""
        library = self.library
        known = np.arange(len(self.plans)) if among is None else np.flatnonzero(among)
        leader = int(known[int(torch.randint(len(known), (1,), generator=rng))])
        near = library.near(leader, self.settings.neighbours, among)
        around = self.plans[torch.from_numpy(near)]
        weights = torch.randn(len(near), generator=rng) / max(1, len(near) - 1) ** 0.5
        return self.plans[leader], DRIFT * weights @ (around - around.mean(0))

    def vary(self, z: Tensor, variety: float) -> Tensor:
        """Plans drawn towards the originals they are laid out after; chance stays."""
        kept = self._kept()
        return torch.cat([z[:, :kept], z[:, kept : 2 * kept] * variety, z[:, 2 * kept :]], dim=1)

    def _kept(self) -> int:
        return self.plan_basis.shape[0]

    def draft(self, z: Tensor) -> Draft:
        """The original to lay out after, moved by its drift; under a label, one that carries it."""
        latent, told = self.parted(z[None])
        row = latent[0].detach().cpu().numpy().astype(np.float32)
        library, kept = self.library, self._kept()
        own, drift, chance = row[:kept], row[kept : 2 * kept], row[2 * kept :]
        among = self.carrying(told[0])
        if among is not None:  # chance, as it is in the latent, draws another
            drawn = self._drawn(seeded(zlib.crc32(row.tobytes()), "label"), among)
            own, drift = (part.cpu().numpy() for part in drawn)
        plans = self.plans.cpu().numpy()
        leader = int(np.square(plans - own).sum(1).argmin())
        away = (own - plans[leader] + drift) @ self.plan_basis.cpu().numpy()
        moved = away.reshape(PLAN, PLAN, -1).astype(np.float32)
        plan = np.clip(library.plans[leader] + moved, 0, 1).astype(np.float32)
        return Draft(leader, plan, moved, chance, among=among)
