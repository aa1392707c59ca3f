"""Learns a map of the collection and draws from it; the model for ink forms, good within minutes.

Kingma and Welling, "Auto-Encoding Variational Bayes" (arXiv 1312.6114). Colour is weighed by the
optimal sigma of Rybkin et al., "Simple and Effective VAE Training with Calibrated Decoders"
(arXiv 2006.13202, equation 7); ink by a Bernoulli for each pixel. Strided convolutions down;
nearest-neighbour doubling and plain convolutions up, so there is no checkerboard.

Of ink it learns drawings bent a little each time, looks at two by two pixels together, and draws new
forms between drawings that it knows (`_between`), each then decoded, made black and white, and encoded
again: what does not hold together comes back as the nearest form that does (Bengio et al., "Generalized
Denoising Auto-Encoders as Generative Models", arXiv 1305.6663).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from latelier.models import _contract
from latelier.models._bend import bent
from latelier.models._between import between
from latelier.models._contract import Shape, base_grid
from latelier.models._resize import UpConv

KNOWN = 512  # drawings, evenly spread over the originals, between which new ones are drawn
AGAIN = (
    2  # times a new form is looked at again; of 128 then none had a loose speck, of 128 before 6
)


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
    fold: int = 1  # pixels a side taken together: 2 shows 2.5 times as many pictures at 64 px
    bend: float = 0.0  # how far drawings are bent each time they are seen; 1 as a hand strays
    labels: list[str] = field(default_factory=list)  # that both halves are told (arXiv 1406.5298)


def suited(shape: Shape, count: int, ink: bool) -> Settings:
    """Settings for a dataset."""
    if not ink:
        return Settings()
    return Settings(ink=True, width=32, fold=2 if min(shape[1:]) >= 48 else 1, bend=1.0)


class Model(_contract.Model):
    """An encoder to the mean and spread of a latent, and a decoder back."""

    encodes = True

    def __init__(self, shape: Shape, settings: Settings) -> None:
        super().__init__(shape, settings)
        channels, height, width = shape
        fold = max(1, settings.fold)
        self.base = base_grid(-(-height // fold), -(-width // fold))
        rows, columns, doublings = self.base
        widths = [settings.width * min(2**i, settings.most) for i in range(doublings + 1)]
        self.widest = widths[-1]
        self.down = nn.Sequential(
            *((nn.PixelUnshuffle(fold),) if fold > 1 else ()),
            nn.Conv2d(channels * fold * fold, widths[0], 3, padding=1),
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
            nn.Conv2d(up[-1], channels * fold * fold, 3, padding=1),
            *((nn.PixelShuffle(fold),) if fold > 1 else ()),
        )
        self.known: Tensor
        self.register_buffer("known", torch.zeros(KNOWN, 2 * settings.latent))

    def settle(self, pixels: NDArray[np.uint8]) -> None:
        """Take down where the drawings lie, for `prior`; of colour nothing."""
        if not self.settings.ink:
            return
        rows = np.linspace(0, len(pixels) - 1, KNOWN).round().astype(int)
        seen, where = np.unique(rows, return_inverse=True)
        found = []
        for some in np.array_split(seen, -(-len(seen) // 16)):
            x = torch.from_numpy(np.ascontiguousarray(pixels[some].transpose(0, 3, 1, 2)))
            x = x.to(self.known.device).float() / 127.5 - 1
            found.append(torch.cat(self.posterior(x), 1))
        self.known.copy_(torch.cat(found)[torch.from_numpy(where)])

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
        x = bent(x, self.settings.bend, rng)
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
        seen = self.down(self._padded(x)).flatten(1)
        labels = told if told is not None else seen.new_zeros(len(x), len(self.labels))
        mean, log_var = self.to_latent(torch.cat([seen, labels], 1)).float().chunk(2, 1)
        return mean, log_var.clamp(-12, 6)  # e^6: no unlucky first step overflows

    def prior(self, n: int, rng: torch.Generator) -> Tensor:
        """Of ink between the drawings known, else standard normal, (n, latent); no label behind it."""
        if not self.settings.ink or not self.known.any():
            return self._unlabelled(torch.randn((n, self.settings.latent), generator=rng))
        z = self._unlabelled(between(self.known.cpu(), n, rng)).to(self.known.device)
        with torch.no_grad():
            for _ in range(AGAIN):
                z = self.encode(torch.where(self._logits(z) > 0, 1.0, -1.0))
        return z.cpu()

    def decode(self, z: Tensor) -> Tensor:
        """The decoder's mean picture; of ink its outline, black and white with edges of a pixel."""
        logits = self._logits(z)
        return _outlined(logits) if self.settings.ink else torch.tanh(logits)

    def encode(self, x: Tensor) -> Tensor:
        """The mean latent of each picture, under no label."""
        return self._unlabelled(self.posterior(x)[0])

    def _unlabelled(self, noise: Tensor) -> Tensor:
        return torch.cat([noise, noise.new_zeros(len(noise), len(self.labels))], 1)

    def _padded(self, x: Tensor) -> Tensor:
        """Images continued at the right and below to the full size of the grid."""
        rows, columns, doublings = self.base
        side = max(1, self.settings.fold) << doublings
        more = columns * side - x.shape[3], rows * side - x.shape[2]
        return F.pad(x, (0, more[0], 0, more[1]), mode="replicate") if any(more) else x

    def _logits(self, z: Tensor) -> Tensor:
        rows, columns, _ = self.base
        _, height, width = self.shape
        h = self.from_latent(torch.cat(self.parted(z), 1)).view(-1, self.widest, rows, columns)
        return self.up(h)[:, :, :height, :width]


def _outlined(logits: Tensor) -> Tensor:
    """What lies on the light side of the line of even odds, each pixel by its share, in [-1, 1].

    To the first order the line runs ``logits / |gradient|`` pixels away. So soft outputs come back
    crisp, and what is made larger follows the line and not the pixels.
    """
    around = F.pad(logits, (1, 1, 1, 1), mode="replicate")
    right = (around[..., 1:-1, 2:] - around[..., 1:-1, :-2]) / 2
    down = (around[..., 2:, 1:-1] - around[..., :-2, 1:-1]) / 2
    steep = (right.square() + down.square()).sqrt().clamp_min(1.0)  # below, the odds are unsure
    return (2 * logits / steep).clamp(-1, 1)


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
