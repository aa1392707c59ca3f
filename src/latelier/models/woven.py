"""Plan and thread: learns small compositions, then weaves them from pieces of the originals.

The plan is a small picture of another family, learnt in minutes where the whole would take hours: a
quarter of the side is a sixteenth of the work. The thread is the quilt's: pieces of the originals
most like the plan in colours and layout, under bounds on what is borrowed. So the composition is
learnt, the detail is recombined, and each image says whom it owes what.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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

TYPICAL = 256  # plans that say what is usual among them
PLANNERS = ("vae", "flow", "gan", "dcgan")


@dataclass(frozen=True)
class Settings(Knobs):
    """The knobs of the woven."""

    planner: str = "vae"  # the family that learns the plans
    plan: int = 32  # pixels of the plan's longer side
    labels: list[str] = field(default_factory=list)  # by which plans and originals can be asked for


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
        told = {"labels": settings.labels} if hasattr(module.Settings(), "labels") else {}
        self.planner: _contract.Model = module.Model(self.small, module.Settings(**told))
        self.training_only = tuple(f"planner.{name}" for name in self.planner.training_only)
        self.batch = self.planner.batch
        self.encodes = self.planner.encodes
        self._known: dict[tuple[float, ...], Usual] = {}

    def material(self, pixels: NDArray[np.uint8], labels: Sequence[int] | None = None) -> None:
        """Keep the originals; what of them is learnt comes by the loop."""
        self.keep(pixels, labels)
        self._known = {}
        self.planner.material(self.looked(pixels), labels if self.planner.labels else None)

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
        known = told if self.planner.labels else None
        return self.planner.loss(player, self._made_small(x), rng, known)

    def winner(self, losses: Mapping[str, float]) -> str:
        """The planner's."""
        return self.planner.winner(losses)

    def prior(self, n: int, rng: torch.Generator) -> Tensor:
        """The planner's latents, flat, 64 numbers that are left to chance, and no label.

        Returns:
            (n, latent + 64 + labels).
        """
        none = torch.zeros(len(self.labels))
        rows = []
        for _ in range(n):
            drawn = self.planner.prior(1, rng).flatten()
            rows.append(torch.cat([drawn, torch.randn(CHANCE, generator=rng), none]))
        return torch.stack(rows) if rows else torch.zeros(0, CHANCE)

    def vary(self, z: Tensor, variety: float) -> Tensor:
        """Plans drawn towards the planner's mean; chance and label stay."""
        drawn = self.planner.vary(self._drawn(z), variety)
        return torch.cat([drawn.flatten(1), z[:, -CHANCE - len(self.labels) :]], dim=1)

    def encode(self, x: Tensor) -> Tensor:
        """The planner's latents of pictures made small; chance is 0, and there is no label."""
        drawn = self.planner.encode(self._made_small(x)).flatten(1)
        return torch.cat([drawn, drawn.new_zeros(len(x), CHANCE + len(self.labels))], dim=1)

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
        latent, told = self.parted(z[None])
        chance = latent[0, -CHANCE:].detach().cpu().numpy().astype(np.float32)
        library, among = self.library, self.carrying(told[0])
        leader = library.like(plan, self._usual(told), among)
        plan = in_palette(plan, library.plans[leader], 1.0)
        return Draft(leader, plan, (plan - library.plans[leader]) / 2, chance, among=among)

    def train(self, mode: bool = True) -> "Model":
        """Forget what was usual among plans: the weights may change."""
        self._known = {}
        return super().train(mode)

    def _usual(self, told: Tensor) -> Usual:
        """What is usual among the planner's plans under a label (1, labels), from some drawn for this."""
        key = tuple(told[0].tolist())
        if key not in self._known:
            z = self.prior(TYPICAL, torch.Generator().manual_seed(0))
            if self.labels:
                z = self.asked(z, told.expand(TYPICAL, -1))
            self._known[key] = usual_of(self._plans(z))
        return self._known[key]

    def _plans(self, z: Tensor) -> NDArray[np.float32]:
        """Plans (n, 16, 16, c) in [0, 1] of latents."""
        images = (self.glance(z).detach().cpu().numpy().transpose(0, 2, 3, 1) + 1) / 2
        small = [resample(image.astype(np.float32), PLAN, PLAN) for image in images]
        return np.clip(np.stack(small), 0, 1).astype(np.float32)

    def told_too(self) -> dict[str, Any]:
        """`planned`: the family that drew the plan."""
        return {"planned": self.settings.planner}

    def _latent(self, z: Tensor) -> Tensor:
        """The planner's part of latents, asked for what they are."""
        drawn = self._drawn(z)
        return self.planner.asked(drawn, self.parted(z)[1]) if self.planner.labels else drawn

    def _drawn(self, z: Tensor) -> Tensor:
        """The planner's part of latents, in its own shape."""
        shape = self.planner.prior(1, torch.Generator().manual_seed(0)).shape[1:]
        return z[:, : -CHANCE - len(self.labels)].reshape(len(z), *shape)

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
