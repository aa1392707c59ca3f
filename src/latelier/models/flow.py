"""The patient one: draws a picture out of noise step by step; never collapses, learns slowly.

Rectified flow (Liu et al., arXiv 2209.03003; Lipman et al., arXiv 2210.02747): straight lines from
noise to pictures. The network predicts the clean picture and is judged by velocity (Li and He,
arXiv 2511.13720); times are drawn logit-normal (Esser et al., arXiv 2403.03206, section 3.1);
Heun's method walks the line (Karras et al., arXiv 2206.00364, algorithm 1). A small U-Net looks at
patches laid into channels, so that no convolution ever runs at full size. A label, where there is
one, is added to the time.
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
from latelier.models._resize import DownConv, UpConv

LEVELS = 2  # halvings inside the U-Net, from 16 to 4 a side
NEAREST_END = 0.05  # 1 - t is never taken smaller: velocities would grow without bound (2511.13720)
TIME_MEAN, TIME_SPREAD = -0.8, 0.8  # of the logit of t; more of the noisy half (2511.13720)


@dataclass(frozen=True)
class Settings:
    """The knobs of the flow."""

    width: int = 64  # of the finest inner grid; 5.6 M parameters, 80 pictures a CPU-second at 64 px
    blocks: int = 2  # at each level
    lr: float = 6e-4  # AdamW
    steps: int = 20  # of Heun's method for one image, 2 looks of the network each
    labels: list[str] = field(default_factory=list)  # that it learns to tell apart


class Model(_contract.Model):
    """A U-Net that says what clean picture a noisy one will become."""

    batch = 32

    def __init__(self, shape: Shape, settings: Settings) -> None:
        super().__init__(shape, settings)
        channels, height, width = shape
        doublings = base_grid(height, width)[2]
        self.patch = 2 ** max(0, doublings - LEVELS)
        self.unet = _UNet(channels * self.patch**2, settings)

    def players(self) -> dict[str, Iterable[nn.Parameter]]:
        """One network."""
        return {"flow": list(self.parameters())}

    def optimizer(self, player: str) -> torch.optim.Optimizer:
        """AdamW; a little decay holds few pictures from being learnt by heart at once."""
        return torch.optim.AdamW(
            self.parameters(), lr=self.settings.lr, betas=(0.9, 0.99), weight_decay=0.01, fused=True
        )

    def loss(
        self, player: str, x: Tensor, rng: torch.Generator, told: Tensor | None = None
    ) -> Tensor:
        """Mean squared error of the velocity, x - noise, on the line x_t = t x + (1 - t) noise."""
        n = len(x)
        t = torch.sigmoid(TIME_MEAN + TIME_SPREAD * torch.randn(n, generator=rng)).to(x.device)
        noise = torch.randn(x.shape, generator=rng).to(x.device)
        at = t.view(n, 1, 1, 1)
        clean = self.clean(at * x + (1 - at) * noise, t, told)
        return ((clean - x) / (1 - at).clamp_min(NEAREST_END)).square().mean()

    def clean(self, noisy: Tensor, t: Tensor, told: Tensor | None = None) -> Tensor:
        """The clean pictures behind noisy ones (n, c, h, w) at times t (n,), float32."""
        _, height, width = self.shape
        h = F.pixel_unshuffle(_contract.padded(noisy), self.patch)
        told = F.pixel_shuffle(self.unet(h, t, told).float(), self.patch)
        return told[:, :, :height, :width]

    def prior(self, n: int, rng: torch.Generator) -> Tensor:
        """Standard normal noise of the images' shape; with labels one empty plane more."""
        noise = torch.randn((n, *self.shape), generator=rng)
        plane = noise.new_zeros(n, 1, *self.shape[1:])
        return torch.cat([noise, plane], 1) if self.labels else noise

    def asked(self, z: Tensor, told: Tensor) -> Tensor:
        """Latents whose last plane begins with the label, (n, c + 1, h, w)."""
        if not self.labels:
            return z
        plane = z.new_zeros(len(z), self.shape[1] * self.shape[2])
        plane[:, : told.shape[1]] = told.to(z)
        return torch.cat([z[:, :-1], plane.view(-1, 1, *self.shape[1:])], 1)

    def parted(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """A latent's noise and its label (n, labels), whose parts are 1 together at most."""
        if not self.labels:
            return z, z.new_zeros(len(z), 0)
        told = z[:, -1].flatten(1)[:, : len(self.labels)].clamp_min(0)
        return z[:, :-1], told / told.sum(1, keepdim=True).clamp_min(1)

    def vary(self, z: Tensor, variety: float) -> Tensor:
        """Noise drawn towards its mean; the label stays."""
        noise = z[:, : self.shape[0]]
        return (
            torch.cat([noise * variety, z[:, self.shape[0] :]], 1) if self.labels else z * variety
        )

    def decode(self, z: Tensor) -> Tensor:
        """Walk from noise to picture; every step looks ahead once and corrects itself."""
        x, told = self.parted(z)
        times = torch.linspace(0, 1, self.settings.steps + 1).tolist()
        for t, ahead in pairwise(times):
            slope = self._velocity(x, t, told)
            there = x + (ahead - t) * slope
            if ahead < 1:
                slope = (slope + self._velocity(there, ahead, told)) / 2
                there = x + (ahead - t) * slope
            x = there
        return x.clamp(-1, 1)

    def _velocity(self, x: Tensor, t: float, told: Tensor) -> Tensor:
        at = torch.full((len(x),), t, device=x.device)
        return (self.clean(x, at, told) - x) / max(1 - t, NEAREST_END)


class _UNet(nn.Module):
    def __init__(self, channels: int, settings: Settings) -> None:
        super().__init__()
        widths = [settings.width * 2**i for i in range(LEVELS + 1)]
        timed = 4 * settings.width
        self.time = nn.Sequential(
            nn.Linear(64, timed), nn.SiLU(), nn.Linear(timed, timed), nn.SiLU()
        )
        known = len(settings.labels)
        self.by_label = nn.Linear(known, timed, bias=False) if known else None
        self.first = nn.Conv2d(channels, widths[0], 3, padding=1)
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        for level, width in enumerate(widths):
            blocks = nn.ModuleList([_Block(width, width, timed) for _ in range(settings.blocks)])
            self.down.append(blocks)
            if level < LEVELS:
                self.down.append(DownConv(width, widths[level + 1], 3))
        for level in range(LEVELS - 1, -1, -1):
            self.up.append(UpConv(widths[level + 1], widths[level]))
            joined = [_Block(2 * widths[level], widths[level], timed)]
            joined += [
                _Block(widths[level], widths[level], timed) for _ in range(settings.blocks - 1)
            ]
            self.up.append(nn.ModuleList(joined))
        self.last = nn.Sequential(
            nn.GroupNorm(8, widths[0]), nn.SiLU(), nn.Conv2d(widths[0], channels, 3, padding=1)
        )

    def forward(self, x: Tensor, t: Tensor, told: Tensor | None) -> Tensor:
        timed = self.time(_waves(t))
        if self.by_label is not None and told is not None:
            timed = timed + self.by_label(told)
        h, kept = self.first(x), []
        for part in self.down:
            if isinstance(part, nn.ModuleList):
                for block in part:
                    h = block(h, timed)
            else:
                kept.append(h)
                h = part(h)
        for part in self.up:
            if isinstance(part, nn.ModuleList):
                h = torch.cat([h, kept.pop()], 1)
                for block in part:
                    h = block(h, timed)
            else:
                h = part(h)
        return self.last(h)


class _Block(nn.Module):
    """Two convolutions beside a shortcut; the time scales and shifts between them."""

    def __init__(self, before: int, after: int, timed: int) -> None:
        super().__init__()
        self.enter = nn.Sequential(
            nn.GroupNorm(8, before), nn.SiLU(), nn.Conv2d(before, after, 3, padding=1)
        )
        self.norm = nn.GroupNorm(8, after)
        self.by_time = nn.Linear(timed, 2 * after)
        self.leave = nn.Conv2d(after, after, 3, padding=1)
        nn.init.normal_(
            self.leave.weight, 0.0, 0.01
        )  # each block begins as little more than its shortcut
        self.direct = nn.Conv2d(before, after, 1) if before != after else nn.Identity()

    def forward(self, x: Tensor, timed: Tensor) -> Tensor:
        scale, shift = self.by_time(timed)[:, :, None, None].chunk(2, 1)
        h = self.norm(self.enter(x)) * (1 + scale) + shift
        return self.direct(x) + self.leave(F.silu(h))


def _waves(t: Tensor) -> Tensor:
    """Times in [0, 1] as 64 sines and cosines of growing frequency, (n, 64)."""
    steps = torch.arange(32, device=t.device) / 31
    angles = t[:, None] * torch.exp(steps * math.log(1000.0))
    return torch.cat([angles.sin(), angles.cos()], 1)
