"""Learns a map of the collection and draws from it; the model for ink forms, good within minutes.

Kingma and Welling, "Auto-Encoding Variational Bayes" (arXiv 1312.6114). Colour is weighed by the
optimal sigma of Rybkin et al., "Simple and Effective VAE Training with Calibrated Decoders"
(arXiv 2006.13202, equation 7); ink by a Bernoulli for each pixel. Strided convolutions down;
nearest-neighbour doubling and plain convolutions up, so there is no checkerboard.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latelier.models import _contract
from latelier.models._contract import Shape, base_grid
from latelier.models._resize import UpConv


@dataclass(frozen=True)
class Settings:
    """The knobs of the vae."""

    width: int = (
        24  # channels of the finest grid; 2.1 M parameters, 90 pictures a CPU-second at 64 px
    )
    latent: int = 64  # numbers that stand for a picture
    ink: bool = False  # black forms on white: a Bernoulli for each pixel instead of a Gaussian
    lr: float = 1e-3  # Adam
    most: int = 8  # the coarsest grid has at most so many times `width` channels
    labels: list[str] = field(default_factory=list)  # that both halves are told (arXiv 1406.5298)


def suited(shape: Shape, count: int, ink: bool) -> Settings:
    """Settings for a dataset."""
    return Settings(ink=ink)


class Model(_contract.Model):
    """An encoder to the mean and spread of a latent, and a decoder back."""

    encodes = True

    def __init__(self, shape: Shape, settings: Settings) -> None:
        super().__init__(shape, settings)
        channels, height, width = shape
        self.base = base_grid(height, width)
        rows, columns, doublings = self.base
        widths = [settings.width * min(2**i, settings.most) for i in range(doublings + 1)]
        self.widest = widths[-1]
        self.down = nn.Sequential(
            nn.Conv2d(channels, widths[0], 3, padding=1),
            *(_Halve(a, b) for a, b in pairwise(widths)),
        )
        known, flat = len(settings.labels), self.widest * rows * columns
        self.to_latent = nn.Linear(flat + known, 2 * settings.latent)
        self.from_latent = nn.Linear(settings.latent + known, flat)
        up = widths[::-1]
        self.up = nn.Sequential(
            *(_Double(a, b) for a, b in pairwise(up)),
            nn.GroupNorm(_groups(up[-1]), up[-1]),
            nn.SiLU(),
            nn.Conv2d(up[-1], channels, 3, padding=1),
        )

    def players(self) -> dict[str, Iterable[nn.Parameter]]:
        """Encoder and decoder learn together."""
        return {"vae": self.parameters()}

    def optimizer(self, player: str) -> torch.optim.Optimizer:
        """Adam."""
        return torch.optim.Adam(self.parameters(), lr=self.settings.lr, fused=True)

    def loss(
        self, player: str, x: Tensor, rng: torch.Generator, told: Tensor | None = None
    ) -> Tensor:
        """The negative evidence bound in nats a picture, over the number of values in one."""
        mean, log_var = self.posterior(x, told)
        noise = torch.randn(mean.shape, generator=rng, device=mean.device)
        z = mean + torch.exp(0.5 * log_var) * noise
        labels = told if told is not None else z.new_zeros(len(z), len(self.labels))
        logits = self._logits(torch.cat([z, labels], 1)).float()
        kl = 0.5 * (mean.square() + log_var.exp() - 1 - log_var).sum(1)  # (n,)
        if self.settings.ink:
            missed = F.binary_cross_entropy_with_logits(logits, (x + 1) / 2, reduction="none")
            missed = missed.flatten(1).sum(1)
        else:
            error = (torch.tanh(logits) - x).square().flatten(1)
            # sigma^2* = the mean squared error, one for the batch: D/2 log sigma^2 + const.
            missed = 0.5 * error.shape[1] * (error.mean().clamp_min(1e-6)).log().expand(len(x))
        return (missed + kl).mean() / x[0].numel()

    def posterior(self, x: Tensor, told: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Mean and log variance of the latent of each picture, (n, latent) float32 each."""
        seen = self.down(_contract.padded(x)).flatten(1)
        labels = told if told is not None else seen.new_zeros(len(x), len(self.labels))
        mean, log_var = self.to_latent(torch.cat([seen, labels], 1)).float().chunk(2, 1)
        return mean, log_var.clamp(-12, 6)  # e^6: no unlucky first step overflows

    def prior(self, n: int, rng: torch.Generator) -> Tensor:
        """Standard normal, (n, latent), and no label, (n, labels)."""
        noise = torch.randn((n, self.settings.latent), generator=rng)
        return torch.cat([noise, noise.new_zeros(n, len(self.labels))], 1)

    def decode(self, z: Tensor) -> Tensor:
        """The decoder's mean picture."""
        logits = self._logits(z)
        return 2 * torch.sigmoid(logits) - 1 if self.settings.ink else torch.tanh(logits)

    def encode(self, x: Tensor) -> Tensor:
        """The mean latent of each picture, under no label."""
        mean = self.posterior(x)[0]
        return torch.cat([mean, mean.new_zeros(len(x), len(self.labels))], 1)

    def _logits(self, z: Tensor) -> Tensor:
        rows, columns, _ = self.base
        _, height, width = self.shape
        h = self.from_latent(torch.cat(self.parted(z), 1)).view(-1, self.widest, rows, columns)
        return self.up(h)[:, :, :height, :width]


class _Halve(nn.Module):
    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(_groups(before), before)
        self.conv = nn.Conv2d(before, after, 4, stride=2, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(F.silu(self.norm(x)))


class _Double(nn.Module):
    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(_groups(before), before)
        self.conv = UpConv(before, after)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(F.silu(self.norm(x)))


def _groups(channels: int) -> int:
    return math.gcd(channels, 8)
