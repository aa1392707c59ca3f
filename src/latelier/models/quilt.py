"""Weaves new pictures from pieces of the originals; needs no training, and says whom it owes what.

A plan, then thread. The plan is an original seen at 16 x 16, moved by a drift drawn from a Gaussian
in the span of its neighbours (principal components of the coarse originals). The thread is woven by
`latelier.weave` from the originals most like it in colours and grain, dyed towards its colours:
pieces that agree at their seams (Efros and Freeman, 2001), mended by patches (Kwatra et al., 2005),
on a fold that keeps its mirrors and repeats, within its outline if it lies on paper. What is borrowed
is bounded, measured and told.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits
from torch import Tensor

from latelier.errors import NotFitted, UnknownName
from latelier.models import _contract
from latelier.models._contract import Shape
from latelier.models._loom import CHANCE, Draft, Knobs, woven_from
from latelier.models._quilted import PLAN, Library, library_of
from latelier.weave.structure import ORDERS

DRIFT = 0.7  # of the spread of an original's neighbours by which plans drift from it; drawn around
# their mean instead, plans lost a third of their differences in colour, and all turned brown


@dataclass(frozen=True)
class Settings:
    """The knobs of the quilt."""

    piece: float = 1 / 16  # the largest contiguous borrowed piece, of the area not plain ground
    share: float = 1 / 3  # the largest share of one original, of the same area
    neighbours: int = 14  # originals whose span a plan is drawn from
    parents: int = 12  # originals that a picture may be woven from, the nearest to its plan
    recolour: float = 0.8  # how far threads take the colours of the original that leads, 0 to 1
    to_plan: float = 2.0  # how much following the plan weighs beside whole seams
    order: str = "auto"  # as was found in the originals; or free, mirror, repeat, half-drop
    components: int = 48  # principal components of the plans, at most


class Model(_contract.Model):
    """Originals as they are, their coarse principal components, and the weaver."""

    def __init__(self, shape: Shape, settings: Settings) -> None:
        super().__init__(shape, settings)
        if settings.order not in ORDERS:
            raise UnknownName("order of the quilt", settings.order, ORDERS)
        channels, height, width = self.shape
        side = PLAN * PLAN * channels
        self.register_buffer(
            "originals", torch.zeros(0, height, width, channels, dtype=torch.uint8)
        )
        self.register_buffer("plan_mean", torch.zeros(side))
        self.register_buffer("plan_basis", torch.zeros(settings.components, side))
        self.register_buffer("plans", torch.zeros(0, settings.components))  # of each original
        self._library: Library | None = None

    def material(self, pixels: NDArray[np.uint8]) -> None:
        """Keep the originals, and learn what plans they have."""
        library = library_of(pixels)
        flat = library.plans.reshape(len(pixels), -1)
        mean = flat.mean(0)
        _, values, basis = np.linalg.svd(flat - mean, full_matrices=False)
        kept = np.zeros((self.settings.components, flat.shape[1]), dtype=np.float32)
        count = min(len(kept), int((values > 1e-4).sum()))
        kept[:count] = basis[:count]
        self.originals = torch.from_numpy(np.ascontiguousarray(pixels))
        self.plan_mean = torch.from_numpy(mean)
        self.plan_basis = torch.from_numpy(kept)
        self.plans = torch.from_numpy((flat - mean) @ kept.T)
        self._library = library

    def take_state(self, state: Any) -> None:
        """Take over the originals of a saved quilt."""
        super().take_state(state)
        self._library = None

    @property
    def library(self) -> Library:
        """The originals with what is known of each.

        Raises:
            NotFitted: no originals have been given.
        """
        if not len(self.originals):
            raise NotFitted("This quilt has no originals yet; give it some with material().")
        if self._library is None:
            self._library = library_of(self.originals.cpu().numpy())
        return self._library

    def prior(self, n: int, rng: torch.Generator) -> Tensor:
        """An original each to lay out after, drifts from it, and chance: (n, 2 components + 64)."""
        library, rows = self.library, []
        for _ in range(n):
            leader = int(torch.randint(len(self.plans), (1,), generator=rng))
            near = library.near(leader, self.settings.neighbours)
            around = self.plans[torch.from_numpy(near)]
            weights = torch.randn(len(near), generator=rng) / max(1, len(near) - 1) ** 0.5
            drift = DRIFT * weights @ (around - around.mean(0))
            rows.append(torch.cat([self.plans[leader], drift, torch.randn(CHANCE, generator=rng)]))
        return torch.stack(rows) if rows else torch.zeros(0, 2 * self._kept() + CHANCE)

    def vary(self, z: Tensor, variety: float) -> Tensor:
        """Plans drawn towards the originals they are laid out after; chance stays."""
        kept = self._kept()
        return torch.cat([z[:, :kept], z[:, kept : 2 * kept] * variety, z[:, 2 * kept :]], dim=1)

    def _kept(self) -> int:
        return self.plan_basis.shape[0]

    def decode(self, z: Tensor) -> Tensor:
        """Woven pictures (n, c, h, w) in [-1, 1]."""
        return self.decode_told(z)[0]

    def decode_told(self, z: Tensor) -> tuple[Tensor, list[dict[str, Any]]]:
        """Woven pictures, and of each whom it was woven from.

        A story holds `recombined` (a sentence), `parents` (row and share of each, largest first),
        `largest_piece`, `plain` (the share of plain ground, which does not count), `bounds`, `kept`
        (whether both bounds were), `layout` (in words), `tiles` (whether it goes on
        into itself), `after` (the row it is laid out and coloured
        after; a parent even without a share), `recoloured` (how far), `woven_again` (how often,
        because it came out nearly as an original), `pieces` (what was borrowed from where) and
        `map` (packed: which parent each pixel is from).
        """
        pictures, stories = [], []
        with threadpool_limits(1):  # the arrays are small: two threads take twice the time
            for row in z.detach().cpu().numpy().astype(np.float32):
                picture, story = self._woven(row)
                pictures.append(torch.from_numpy(picture.transpose(2, 0, 1) * 2 - 1))
                stories.append(story)
        if not pictures:
            return torch.zeros(0, *self.shape), []
        return torch.stack(pictures).clamp(-1, 1).to(z.device), stories

    def _woven(self, z: NDArray[np.float32]) -> tuple[NDArray[np.float32], dict[str, Any]]:
        library, settings = self.library, self.settings
        kept = self._kept()
        own, drift, chance = z[:kept], z[kept : 2 * kept], z[2 * kept :]
        plans = self.plans.cpu().numpy()
        leader = int(np.square(plans - own).sum(1).argmin())
        away = (own - plans[leader] + drift) @ self.plan_basis.cpu().numpy()
        moved = away.reshape(PLAN, PLAN, -1).astype(np.float32)
        plan = np.clip(library.plans[leader] + moved, 0, 1).astype(np.float32)
        knobs = Knobs(
            settings.piece,
            settings.share,
            settings.parents,
            settings.recolour,
            settings.to_plan,
            settings.order,
        )
        return woven_from(library, Draft(leader, plan, moved, chance), knobs)
