"""Plan and thread: learns small compositions, then weaves them from pieces of the originals.

The plan is a small picture of another family, learnt in minutes where the whole would take hours: a
quarter of the side is a sixteenth of the work. The thread is the quilt's: pieces of the originals
most like the plan in colours and layout, under bounds on what is borrowed. So the composition is
learnt, the detail is recombined, and each image says whom it owes what.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from latelier import registry
from latelier.errors import UnknownName
from latelier.models import _contract
from latelier.models._contract import SMALLEST, Shape
from latelier.models._loom import CHANCE, Draft, Knobs, Weaver
from latelier.models._quilted import PLAN, Usual, usual_of
from latelier.weave.fold import resample
from latelier.weave.palette import in_palette

TYPICAL = 48  # plans that say what is usual among them
PLANNERS = ("vae", "flow", "gan", "dcgan")


@dataclass(frozen=True)
class Settings(Knobs):
    """The knobs of the woven."""

    planner: str = "vae"  # the family that learns the plans
    plan: int = 32  # pixels of the plan's longer side


class Model(Weaver):
    """A small model of another family, the originals as they are, and the weaver.

    Raises:
        UnknownName: `settings.planner` is no family that learns.
    """

    def __init__(self, shape: Shape, settings: Settings) -> None:
        super().__init__(shape, settings)
        if settings.planner not in PLANNERS:
            raise UnknownName("planner of the woven", settings.planner, PLANNERS)
        self.small = small_shape(self.shape, settings.plan)
        module = registry.load("models", settings.planner)
        self.planner: _contract.Model = module.Model(self.small, module.Settings())
        self.training_only = tuple(f"planner.{name}" for name in self.planner.training_only)
        self.batch = self.planner.batch
        self.encodes = self.planner.encodes
        self._known: Usual | None = None

    def material(self, pixels: NDArray[np.uint8]) -> None:
        """Keep the originals; what of them is learnt comes by the loop."""
        self.keep(pixels)
        self._known = None
        self.planner.material(self.looked(pixels))

    def settle(self, pixels: NDArray[np.uint8]) -> None:
        """The planner's, of the originals made small."""
        self.planner.settle(self.looked(pixels))

    def players(self) -> dict[str, Iterable[nn.Parameter]]:
        """The planner's."""
        return self.planner.players()

    def optimizer(self, player: str) -> torch.optim.Optimizer:
        """The planner's."""
        return self.planner.optimizer(player)

    def loss(
        self, player: str, x: Tensor, rng: torch.Generator, told: Tensor | None = None
    ) -> Tensor:
        """The planner's, of the originals made small."""
        self.planner.harder = self.harder
        return self.planner.loss(player, self._made_small(x), rng)

    def winner(self, losses: Mapping[str, float]) -> str:
        """The planner's."""
        return self.planner.winner(losses)

    def prior(self, n: int, rng: torch.Generator) -> Tensor:
        """The planner's latents, flat, and 64 numbers that are left to chance: (n, latent + 64)."""
        rows = [
            torch.cat([self.planner.prior(1, rng).flatten(), torch.randn(CHANCE, generator=rng)])
            for _ in range(n)
        ]
        return torch.stack(rows) if rows else torch.zeros(0, CHANCE)

    def vary(self, z: Tensor, variety: float) -> Tensor:
        """Plans drawn towards the planner's mean; chance stays."""
        drawn = self.planner.vary(self._latent(z), variety)
        return torch.cat([drawn.flatten(1), z[:, -CHANCE:]], dim=1)

    def encode(self, x: Tensor) -> Tensor:
        """The planner's latents of pictures made small; chance is 0."""
        drawn = self.planner.encode(self._made_small(x)).flatten(1)
        return torch.cat([drawn, drawn.new_zeros(len(x), CHANCE)], dim=1)

    def glance(self, z: Tensor) -> Tensor:
        """The plans, by which a training is looked at."""
        return self.planner.decode(self._latent(z))

    def looked(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Originals at the size of a plan."""
        if pixels.shape[1:3] == self.small[1:]:
            return pixels
        x = torch.from_numpy(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))).float()
        small = self._made_small(x).round().clamp(0, 255).to(torch.uint8)
        return np.ascontiguousarray(small.permute(0, 2, 3, 1).numpy())

    def draft(self, z: Tensor) -> Draft:
        """The plan in the colours of the original most like it, and laid out for its order."""
        plan = self._plans(z[None])[0]
        chance = z[-CHANCE:].detach().cpu().numpy().astype(np.float32)
        library = self.library
        leader = library.like(plan, self._usual())
        plan = in_palette(plan, library.plans[leader], 1.0)
        return Draft(leader, plan, (plan - library.plans[leader]) / 2, chance)

    def train(self, mode: bool = True) -> "Model":
        """Forget what was usual among plans: the weights may change."""
        self._known = None
        return super().train(mode)

    def _usual(self) -> Usual:
        """What is usual among the planner's plans, from some that it draws for this."""
        if self._known is None:
            rng = torch.Generator().manual_seed(0)
            self._known = usual_of(self._plans(self.prior(TYPICAL, rng)))
        return self._known

    def _plans(self, z: Tensor) -> NDArray[np.float32]:
        """Plans (n, 16, 16, c) in [0, 1] of latents."""
        images = (self.glance(z).detach().cpu().numpy().transpose(0, 2, 3, 1) + 1) / 2
        small = [resample(image.astype(np.float32), PLAN, PLAN) for image in images]
        return np.clip(np.stack(small), 0, 1).astype(np.float32)

    def told_too(self) -> dict[str, Any]:
        """`planned`: the family that drew the plan."""
        return {"planned": self.settings.planner}

    def _latent(self, z: Tensor) -> Tensor:
        """The planner's part of latents, in its own shape."""
        shape = self.planner.prior(1, torch.Generator().manual_seed(0)).shape[1:]
        return z[:, :-CHANCE].reshape(len(z), *shape)

    def _made_small(self, x: Tensor) -> Tensor:
        return F.interpolate(x, size=self.small[1:], mode="area")


def small_shape(shape: Shape, side: int) -> Shape:
    """(c, h, w) of plans: the longer side has ``side`` pixels, the shorter 16 at least.

    >>> small_shape((3, 128, 128), 32), small_shape((3, 256, 64), 32), small_shape((1, 24, 24), 32)
    ((3, 32, 32), (3, 32, 16), (1, 24, 24))
    """
    channels, height, width = shape
    scale = min(1.0, side / max(height, width))
    return channels, max(SMALLEST, round(height * scale)), max(SMALLEST, round(width * scale))
