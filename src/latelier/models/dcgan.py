"""The historical pair of 2015, as many artists first met it; kept as the base line to beat.

Radford, Metz and Chintala, "Unsupervised Representation Learning with Deep Convolutional
Generative Adversarial Networks" (arXiv 1511.06434): transposed convolutions of 4 x 4 and stride 2,
batch norm everywhere but at the ends, the non-saturating loss, Adam at 2e-4 with a momentum of a
half. It leaves a checkerboard (Odena et al. 2016; 17 by our score where the gan comes to 1.6) and
tends to collapse on small sets; take `gan` for work that is to be shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latelier.models import _contract
from latelier.models._contract import Shape, base_grid

WON = 6.0  # loss of the generator: the critic gives a fake 1 chance in 400


@dataclass(frozen=True)
class Settings:
    """The knobs of the dcgan."""

    width: int = 32  # channels of the finest grid; the paper has 64 to 128, too slow for a CPU
    latent: int = 100  # the paper's
    lr: float = 2e-4  # the paper's


class Model(_contract.Model):
    """A generator and a discriminator, strided convolutions mirrored."""

    training_only = ("critic",)

    def __init__(self, shape: Shape, settings: Settings) -> None:
        super().__init__(shape, settings)
        channels, height, width = shape
        self.rows, self.columns, doublings = base_grid(height, width)
        widths = [settings.width * min(8, 2**i) for i in range(doublings)][::-1]
        self.widest = widths[0]
        self.first = nn.Linear(settings.latent, self.widest * self.rows * self.columns)
        grown: list[nn.Module] = [nn.BatchNorm2d(self.widest), nn.ReLU()]
        for before, after in pairwise(widths):
            grown += [_Up(before, after), nn.BatchNorm2d(after), nn.ReLU()]
        self.generator = nn.Sequential(*grown, _Up(widths[-1], channels), nn.Tanh())
        told: list[nn.Module] = [_down(channels, widths[-1]), nn.LeakyReLU(0.2)]
        for before, after in pairwise(widths[::-1]):
            told += [_down(before, after), nn.BatchNorm2d(after), nn.LeakyReLU(0.2)]
        last = nn.Linear(self.widest * self.rows * self.columns, 1)
        self.critic = nn.Sequential(*told, nn.Flatten(), last)
        self.apply(_start)

    def players(self) -> dict[str, Iterable[nn.Parameter]]:
        """The discriminator learns first in each round."""
        return {
            "critic": list(self.critic.parameters()),
            "generator": [*self.first.parameters(), *self.generator.parameters()],
        }

    def optimizer(self, player: str) -> torch.optim.Optimizer:
        """Adam with the paper's momentum."""
        return torch.optim.Adam(
            self.players()[player], lr=self.settings.lr, betas=(0.5, 0.999), fused=True
        )

    def loss(
        self, player: str, x: Tensor, rng: torch.Generator, told: Tensor | None = None
    ) -> Tensor:
        """Binary cross entropy; the generator wants its fakes called original (non-saturating)."""
        fake = self.decode(self.prior(len(x), rng).to(x.device))
        if player == "generator":
            return F.softplus(-self._told(fake)).mean()
        return F.softplus(-self._told(x)).mean() + F.softplus(self._told(fake)).mean()

    def winner(self, losses: Mapping[str, float]) -> str:
        """The critic, where it knows nearly every fake for certain."""
        return "critic" if losses["generator"] > WON else ""

    def prior(self, n: int, rng: torch.Generator) -> Tensor:
        """Standard normal, (n, latent)."""
        return torch.randn((n, self.settings.latent), generator=rng)

    def decode(self, z: Tensor) -> Tensor:
        """The generator's picture."""
        _, height, width = self.shape
        h = self.first(z).view(-1, self.widest, self.rows, self.columns)
        return self.generator(h)[:, :, :height, :width].float()

    def _told(self, x: Tensor) -> Tensor:
        return self.critic(_contract.padded(x)).float()


class _Up(nn.ConvTranspose2d):
    def __init__(self, before: int, after: int) -> None:
        super().__init__(before, after, 4, stride=2, padding=1)


def _down(before: int, after: int) -> nn.Module:
    return nn.Conv2d(before, after, 4, stride=2, padding=1)


def _start(module: nn.Module) -> None:
    """The paper's first weights: normal, spread 0.02."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
        nn.init.normal_(module.weight, 0.0, 0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
