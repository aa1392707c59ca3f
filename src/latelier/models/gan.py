"""Two networks in a contest, made for few pictures; the house model for colour, given half an hour.

Liu et al., "Towards Faster and Stabilized GAN Training for High-fidelity Few-shot Image Synthesis"
(arXiv 2101.04775): skip-layer excitation in the generator, a discriminator that also has to redraw
what it has seen. Written from the paper, with L1 in place of a downloaded perceptual loss. Contest
`hinge` with spectral norm (arXiv 1802.05957), or `relativistic` with zero-centred penalties on
originals and on fakes (arXiv 1807.00734, 1801.04406, 2501.05441). Nearest-neighbour doubling and
plain convolutions: no checkerboard. The first layer is linear, so its directions are one SVD away
(arXiv 2007.06600).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from latelier.models import _contract
from latelier.models._augment import augment
from latelier.models._contract import Shape, base_grid

WIDTHS = (16, 8, 4, 2, 2, 1, 0.5, 0.25)  # times `width`, from the base grid upwards (the paper's)
SKIP = 3  # doublings that a skip-layer excitation spans: 4 px gates 32 px, 8 px gates 64 px


@dataclass(frozen=True)
class Settings:
    """The knobs of the gan."""

    width: int = 16  # generator: 1.4 M parameters at 64 px, 62 images a CPU-second
    critic_width: int = 32  # discriminator: 0.6 M parameters at 64 px
    latent: int = 128  # numbers behind an image
    contest: str = "hinge"  # fastest by CPU-minute; "relativistic" is steadier over hours
    gamma: float = 0.1  # penalty of "relativistic"; about 1 at 256 px; 1 at 64 px held it at chance
    augment: str = "translation cutout"  # "colour" too where colour is not the subject
    lr: float = 2e-4  # Adam, both players
    norm: str = "batch"


def suited(shape: Shape, count: int, ink: bool) -> Settings:
    """Settings for a dataset: above 2,000 pictures nothing needs to be cut out."""
    return Settings(
        augment="translation cutout" if count < 2000 else "translation",
        gamma=0.1 if max(shape[1:]) < 128 else 1.0,
    )


class Model(_contract.Model):
    """A generator and its critic."""

    training_only = ("critic",)

    def __init__(self, shape: Shape, settings: Settings) -> None:
        super().__init__(shape, settings)
        self.generator = _Generator(shape, settings)
        self.critic = _Critic(shape, settings)

    def players(self) -> dict[str, Iterable[nn.Parameter]]:
        """The critic learns first in each round."""
        return {
            "critic": list(self.critic.parameters()),
            "generator": list(self.generator.parameters()),
        }

    def optimizer(self, player: str) -> torch.optim.Optimizer:
        """Adam; half of the momentum for the hinge, none for the relativistic contest."""
        beta = 0.5 if self.settings.contest == "hinge" else 0.0
        return torch.optim.Adam(
            self.players()[player], lr=self.settings.lr, betas=(beta, 0.99), fused=True
        )

    def loss(self, player: str, x: Tensor, rng: torch.Generator) -> Tensor:
        """The critic tells originals from fakes; the generator makes it fail."""
        z = self.prior(len(x), rng).to(x.device)
        fake = self.generator(z, rng)
        seen = augment(fake, self.settings.augment, rng)
        if player == "generator" and self.settings.contest == "hinge":
            return -self.critic(seen)[0].float().mean()
        real = augment(x, self.settings.augment, rng)
        if self.settings.contest == "relativistic":
            return self._relativistic(player, real, seen)
        logits, features = self.critic(torch.cat([real, seen]))
        told_real, told_fake = logits.float().chunk(2)
        contest = F.relu(1 - told_real).mean() + F.relu(1 + told_fake).mean()
        return contest + self.critic.redrawn(features[: len(x)], real)

    def _relativistic(self, player: str, real: Tensor, fake: Tensor) -> Tensor:
        if player == "generator":
            told_real, told_fake = self.critic(torch.cat([real, fake]))[0].float().chunk(2)
            return F.softplus(told_real - told_fake).mean()
        with torch.autocast(real.device.type, enabled=False):  # penalties are too fine for bfloat16
            both = torch.cat([real, fake]).float().requires_grad_()
            logits, features = self.critic(both)
            told_real, told_fake = logits.chunk(2)
            contest = F.softplus(told_fake - told_real).mean()
            (slope,) = torch.autograd.grad(logits.mean((1, 2, 3)).sum(), both, create_graph=True)
            steep = slope.square().sum((1, 2, 3)).mean() * 2  # R1 + R2: halves are averaged
            return (
                contest
                + 0.5 * self.settings.gamma * steep
                + self.critic.redrawn(features[: len(real)], real)
            )

    def prior(self, n: int, rng: torch.Generator) -> Tensor:
        """Standard normal, (n, latent)."""
        return torch.randn((n, self.settings.latent), generator=rng)

    def decode(self, z: Tensor) -> Tensor:
        """The generator's picture, its inner noise held to one fixed pattern."""
        return self.generator(z, None)


class _Generator(nn.Module):
    def __init__(self, shape: Shape, settings: Settings) -> None:
        super().__init__()
        channels, *self.size = shape
        rows, columns, doublings = base_grid(*self.size)
        widths = [max(4, int(settings.width * m)) for m in WIDTHS[: doublings + 1]]
        self.base = (2 * widths[0], rows, columns)
        self.first = nn.Linear(settings.latent, 2 * widths[0] * rows * columns, bias=False)
        self.start = nn.Sequential(_norm(2 * widths[0], settings), nn.GLU(1))
        self.grow = nn.ModuleList()
        for i, (before, after) in enumerate(pairwise(widths)):
            grid = (rows << i + 1, columns << i + 1)
            self.grow.append(_Grow(before, after, grid, twice=i % 2 == 0, settings=settings))
        self.gates = nn.ModuleDict(
            {str(i): _Gate(widths[i - SKIP], widths[i]) for i in range(SKIP, doublings + 1)}
        )
        self.last = nn.Conv2d(widths[-1], channels, 3, padding=1)

    def forward(self, z: Tensor, rng: torch.Generator | None) -> Tensor:
        grown = [self.start(self.first(z).view(-1, *self.base))]  # each (n, width, rows, columns)
        for i, grow in enumerate(self.grow, start=1):
            h = grow(grown[-1], rng)
            if str(i) in self.gates:
                h = h * self.gates[str(i)](grown[i - SKIP])
            grown.append(h)
        height, width = self.size
        return torch.tanh(self.last(grown[-1])[:, :, :height, :width].float())


class _Grow(nn.Module):
    """Twice the size: nearest-neighbour, convolution, noise, norm, gated linear unit."""

    def __init__(
        self, before: int, after: int, grid: tuple[int, int], *, twice: bool, settings: Settings
    ) -> None:
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv2d(before, 2 * after, 3, padding=1, bias=False)])
        if twice:
            self.convs.append(nn.Conv2d(after, 2 * after, 3, padding=1, bias=False))
        self.norms = nn.ModuleList([_norm(2 * after, settings) for _ in self.convs])
        self.strength = nn.Parameter(torch.zeros(len(self.convs)))  # of the noise, learnt
        self.register_buffer("noise", torch.randn(len(self.convs), 1, 1, *grid))

    def forward(self, x: Tensor, rng: torch.Generator | None) -> Tensor:
        x = F.interpolate(x, scale_factor=2, mode="nearest")
        for i, (conv, norm) in enumerate(zip(self.convs, self.norms, strict=True)):
            x = conv(x)
            noise: Tensor = self.get_buffer("noise")[i]
            if rng is not None:
                noise = torch.randn((len(x), 1, *x.shape[2:]), generator=rng).to(x)
            x = F.glu(norm(x + self.strength[i] * noise), 1)
        return x


class _Gate(nn.Module):
    """Skip-layer excitation (the paper's equation 1): a small grid's picture gates a large one."""

    def __init__(self, small: int, large: int) -> None:
        super().__init__()
        self.squeeze = nn.Sequential(
            nn.AdaptiveAvgPool2d(4),
            nn.Conv2d(small, large, 4),
            nn.LeakyReLU(0.1),
            nn.Conv2d(large, large, 1),
            nn.Sigmoid(),
        )

    def forward(self, small: Tensor) -> Tensor:
        return self.squeeze(small)


class _Critic(nn.Module):
    """Down to a grid of about 8, a logit for each patch, and a decoder that redraws the input."""

    def __init__(self, shape: Shape, settings: Settings) -> None:
        super().__init__()
        channels, height, width = shape
        rows, columns, doublings = base_grid(height, width)
        self.padded = (rows << doublings, columns << doublings)
        hinge = settings.contest == "hinge"

        def conv(
            before: int, after: int, size: int, stride: int = 1, padding: int = 0
        ) -> nn.Module:
            made = nn.Conv2d(before, after, size, stride, padding, bias=not hinge)
            return spectral_norm(made) if hinge else made

        halvings = max(1, doublings - 1)  # ends at twice the base grid: 8 to 14 a side
        widths = [settings.critic_width * min(4, 2**i) for i in range(halvings)]
        self.stem = nn.Sequential(
            conv(channels, widths[0], 4, stride=2, padding=1), nn.LeakyReLU(0.2)
        )
        self.down = nn.Sequential(*(_Shrink(a, b, conv) for a, b in pairwise(widths)))
        last = widths[-1]
        self.tell = nn.Sequential(conv(last, last, 1), nn.LeakyReLU(0.2), conv(last, 1, 4))
        self.redraw = nn.Sequential(
            *_doubling(last, last // 2),
            *_doubling(last // 2, last // 4),
            nn.Conv2d(last // 4, channels, 3, padding=1),
            nn.Tanh(),
        )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (n, 1, rows, columns) and the features that they were told from."""
        height, width = self.padded
        x = F.pad(x, (0, width - x.shape[3], 0, height - x.shape[2]), mode="replicate")
        features = self.down(self.stem(x))
        return self.tell(features), features

    def redrawn(self, features: Tensor, x: Tensor) -> Tensor:
        """How far the picture redrawn from the features is from what was seen (mean L1)."""
        drawn = self.redraw(features).float()
        height, width = self.padded
        x = F.pad(x, (0, width - x.shape[3], 0, height - x.shape[2]), mode="replicate")
        seen = F.interpolate(x.float(), size=drawn.shape[2:], mode="area")
        return (drawn - seen).abs().mean()


class _Shrink(nn.Module):
    """Half the size by two roads, averaged."""

    def __init__(self, before: int, after: int, conv: Callable[..., nn.Module]) -> None:
        super().__init__()
        self.main = nn.Sequential(
            conv(before, after, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            conv(after, after, 3, padding=1),
            nn.LeakyReLU(0.2),
        )
        self.direct = nn.Sequential(nn.AvgPool2d(2), conv(before, after, 1), nn.LeakyReLU(0.2))

    def forward(self, x: Tensor) -> Tensor:
        return (self.main(x) + self.direct(x)) * 0.5


def _doubling(before: int, after: int) -> list[nn.Module]:
    return [
        nn.Upsample(scale_factor=2, mode="nearest"),
        nn.Conv2d(before, 2 * after, 3, padding=1),
        nn.GLU(1),
    ]


class _PixelNorm(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(channels, 1, 1))
        self.bias = nn.Parameter(torch.zeros(channels, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-6) * self.gain + self.bias


def _norm(channels: int, settings: Settings) -> nn.Module:
    if settings.norm == "batch":
        return nn.BatchNorm2d(channels)
    if settings.norm == "group":
        return nn.GroupNorm(8, channels)
    return _PixelNorm(channels)
