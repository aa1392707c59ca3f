"""Two networks in a contest, made for few pictures; the house model for colour, given half an hour.

Liu et al., "Towards Faster and Stabilized GAN Training for High-fidelity Few-shot Image Synthesis"
(arXiv 2101.04775): skip-layer excitation in the generator, a discriminator that also has to redraw
what it has seen. Written from the paper, with L1 in place of a downloaded perceptual loss. The
contest is `relativistic` with zero-centred penalties on originals and on fakes (arXiv 1807.00734,
1801.04406, 2501.05441), or the paper's `hinge` with spectral norm (arXiv 1802.05957). Every change
of size is smooth (`_resize`), in the critic too: a critic of strided convolutions taught its grid
to the generator. The first layer is linear, so its directions are one SVD away (arXiv 2007.06600).
Labels, where there are any, join the latent, and the critic weighs what it sees against them by a
projection (Miyato and Koyama, arXiv 1802.05637).
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latelier.errors import UnknownName
from latelier.models import _contract
from latelier.models._augment import augment
from latelier.models._contract import Shape, base_grid
from latelier.models._resize import DownConv, UpConv
from latelier.models._spectral import follow, spectral

WIDTHS = (16, 8, 4, 2, 1, 0.5, 0.5, 0.25)  # times `width`, from the base grid upwards; half of the
#                     paper's from the fourth doubling on, where a CPU spends most of its time
CONTESTS = ("relativistic", "hinge")
LAZY = 4  # penalties in every fourth round, four times as strong (arXiv 1912.04958, appendix B)
LOUD = 4.0  # times a label's one among the standard normal numbers of a latent
WON = 5.0  # relativistic: loss of a generator whose fakes are told with 99 % certainty
WON_BY_HINGE = 0.4  # loss of a critic, its redrawing (.12 to .3) included, that finds nearly every
#                     picture beyond the margin; 1.7 in a fair contest on wax prints, .6 to 1.1 on
#                     ink in the first 3,000 pictures, from which the generator comes back by itself
PATTERNS = 8  # of noise, mixed by as many numbers of the latent
SKIP = 3  # doublings that a skip-layer excitation spans: 4 px gates 32 px, 8 px gates 64 px


@dataclass(frozen=True)
class Settings:
    """The knobs of the gan."""

    width: int = (
        16  # generator: 2.3 M parameters at 64 px, 55 pictures a CPU-second with its critic
    )
    critic_width: int = 32  # critic: 0.6 M parameters at 64 px
    latent: int = 128  # numbers behind an image
    contest: str = "relativistic"  # hinge leads for minutes, not by all eyes after ten (how-to)
    gamma: float = 0.1  # relativistic: penalty on the critic's slope; at 64 px 1 kept it blind
    augment: str = "translation cutout"  # "colour" too where colour is not the subject
    lr: float = 2e-4  # Adam, both players
    gridless: bool = False  # nothing stands at the same place of every image; models of before: no
    labels: list[str] = field(default_factory=list)  # that it learns to tell apart


def suited(shape: Shape, count: int, ink: bool) -> Settings:
    """Settings for a dataset: above 2,000 pictures nothing needs to be cut out.

    The first doublings are smooth, since their steps stand 8 px and more apart in the image, and
    each image has noise of its own: on wax prints at 64 px the grid after 150 CPU-s was 1.0 and 1.1
    by two seeds, and 2.2 and 2.8 before, KID .6 and .9 of before, for a few hundredths of the time.
    Not in ink, where sharp steps draw crossings: on signs after ten minutes KID was .09, .03 and .28
    (classic, randconv, MobileNetV2) with and .07, .04 and .10 without, whose grid is 1.2.
    """
    return Settings(
        augment="translation cutout" if count < 2000 else "translation",
        gamma=0.1 if max(shape[1:]) < 128 else 1.0,
        gridless=not ink,
    )


class Model(_contract.Model):
    """A generator and its critic.

    Raises:
        UnknownName: `settings.contest` is none of `CONTESTS`.
    """

    training_only = ("critic",)

    def __init__(self, shape: Shape, settings: Settings) -> None:
        super().__init__(shape, settings)
        if settings.contest not in CONTESTS:
            raise UnknownName("contest of the gan", settings.contest, CONTESTS)
        self.generator = _Generator(shape, settings)
        self.critic = _Critic(shape, settings)

    def players(self) -> dict[str, Iterable[nn.Parameter]]:
        """The critic learns first in each round."""
        return {
            "critic": list(self.critic.parameters()),
            "generator": list(self.generator.parameters()),
        }

    def turn(self, player: str) -> None:
        """Let only `player` learn, before a critic whose spectral norms follow its weights."""
        super().turn(player)
        follow(self.critic)

    def optimizer(self, player: str) -> torch.optim.Optimizer:
        """Adam; half of the momentum for the hinge, none for the relativistic contest."""
        beta = 0.5 if self.settings.contest == "hinge" else 0.0
        return torch.optim.Adam(
            self.players()[player], lr=self.settings.lr, betas=(beta, 0.99), fused=True
        )

    def loss(
        self, player: str, x: Tensor, rng: torch.Generator, told: Tensor | None = None
    ) -> Tensor:
        """The critic tells originals from fakes under the same labels; the generator makes it fail."""
        z = self.prior(len(x), rng).to(x.device)
        twice = None
        if told is not None:
            z, twice = self.asked(z, told), torch.cat([told, told])
        kinds = self.settings.augment
        fake = augment(self.generator(self._joined(z), rng), kinds, rng, self.harder)
        hinge = self.settings.contest == "hinge"
        if player == "generator" and hinge:
            return -self.critic(fake, told)[0].float().mean()
        real = augment(x, kinds, rng, self.harder)
        both = torch.cat([real, fake])
        if player == "generator":
            real_logits, fake_logits = self.critic(both, twice)[0].float().chunk(2)
            return F.softplus(real_logits - fake_logits).mean()
        penalty: Tensor | float = 0.0
        if not hinge and torch.rand((), generator=rng) < 1 / LAZY:
            penalty = LAZY * 0.5 * self.settings.gamma * self._steepness(both, twice)
        logits, features = self.critic(both, twice)
        real_logits, fake_logits = logits.float().chunk(2)
        if hinge:
            contest = F.relu(1 - real_logits).mean() + F.relu(1 + fake_logits).mean()
        else:
            contest = F.softplus(fake_logits - real_logits).mean()
        return contest + penalty + self.critic.redrawn(features[: len(x)], real)

    def winner(self, losses: Mapping[str, float]) -> str:
        """The critic, where the losses say that nothing deceives it any more."""
        if self.settings.contest == "hinge":  # beyond the margin of 1 nothing pushes fakes further
            won = losses["critic"] < WON_BY_HINGE and losses["generator"] > 1
        else:
            won = losses["generator"] > WON
        return "critic" if won else ""

    def _steepness(self, both: Tensor, told: Tensor | None = None) -> Tensor:
        """R1 + R2: mean squared slope of the logit at originals plus that at fakes."""
        with torch.autocast(both.device.type, enabled=False):  # too fine for bfloat16
            at = both.detach().float().requires_grad_()
            logits = self.critic(at, told)[0].mean((1, 2, 3)).sum()
            (slope,) = torch.autograd.grad(logits, at, create_graph=True)
        return 2 * slope.square().sum((1, 2, 3)).mean()

    def prior(self, n: int, rng: torch.Generator) -> Tensor:
        """Standard normal, (n, latent), and no label, (n, labels)."""
        noise = torch.randn((n, self.settings.latent), generator=rng)
        return torch.cat([noise, noise.new_zeros(n, len(self.labels))], 1)

    def decode(self, z: Tensor) -> Tensor:
        """The generator's picture; its inner noise follows from the latent, and changes as it does."""
        return self.generator(self._joined(z), None)

    def _joined(self, z: Tensor) -> Tensor:
        noise, told = self.parted(z)
        return torch.cat([noise, LOUD * told], 1)


class _Generator(nn.Module):
    def __init__(self, shape: Shape, settings: Settings) -> None:
        super().__init__()
        channels, *self.size = shape
        rows, columns, doublings = base_grid(*self.size)
        widths = [max(4, int(settings.width * times)) for times in WIDTHS[: doublings + 1]]
        self.base = (2 * widths[0], rows, columns)
        known = settings.latent + len(settings.labels)
        self.first = nn.Linear(known, 2 * widths[0] * rows * columns, bias=False)
        self.start = nn.Sequential(nn.BatchNorm2d(2 * widths[0]), nn.GLU(1))
        self.grow = nn.ModuleList()
        for i, (before, after) in enumerate(pairwise(widths)):
            grid = (rows << i + 1, columns << i + 1)
            smooth = settings.gridless and i < doublings - 2
            patterns = min(PATTERNS, settings.latent) if settings.gridless else 1
            self.grow.append(_Grow(before, after, grid, patterns, twice=i % 2 == 0, smooth=smooth))
        self.gates = nn.ModuleDict(
            {str(i): _Gate(widths[i - SKIP], widths[i]) for i in range(SKIP, doublings + 1)}
        )
        self.last = nn.Conv2d(widths[-1], channels, 3, padding=1)

    def forward(self, z: Tensor, rng: torch.Generator | None) -> Tensor:
        grown = [self.start(self.first(z).view(-1, *self.base))]  # each (n, width, rows, columns)
        for i, grow in enumerate(self.grow, start=1):
            h = grow(grown[-1], rng, z)
            if str(i) in self.gates:
                h = h * self.gates[str(i)](grown[i - SKIP])
            grown.append(h)
        height, width = self.size
        return torch.tanh(self.last(grown[-1])[:, :, :height, :width].float())


class _Grow(nn.Module):
    """Twice the size: doubling, convolution, noise, norm, gated linear unit."""

    def __init__(
        self,
        before: int,
        after: int,
        grid: tuple[int, int],
        patterns: int,
        *,
        twice: bool,
        smooth: bool,
    ) -> None:
        super().__init__()
        self.convs = nn.ModuleList([UpConv(before, 2 * after, smooth=smooth)])
        if twice:
            self.convs.append(nn.Conv2d(after, 2 * after, 3, padding=1, bias=False))
        self.norms = nn.ModuleList([nn.BatchNorm2d(2 * after) for _ in self.convs])
        self.strength = nn.Parameter(torch.zeros(len(self.convs)))  # of the noise, learnt
        self.register_buffer("noise", torch.randn(len(self.convs), patterns, 1, *grid))

    def forward(self, x: Tensor, rng: torch.Generator | None, z: Tensor) -> Tensor:
        """Noise by lot while it learns; else a mix of patterns by the latent, of the same strength."""
        for i, (conv, norm) in enumerate(zip(self.convs, self.norms, strict=True)):
            x = conv(x)
            noise: Tensor = self.get_buffer("noise")[i]
            if rng is not None:
                noise = torch.randn((len(x), 1, *x.shape[2:]), generator=rng).to(x)
            elif len(noise) > 1:
                mix = F.normalize(z[:, : len(noise)].to(x), dim=1)
                noise = torch.einsum("nk,kchw->nchw", mix, noise.to(x))
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
        doublings = base_grid(height, width)[2]
        smooth = _Gained if settings.contest == "hinge" else _plain
        halvings = max(1, doublings - 1)  # ends at twice the base grid: 8 to 14 a side
        widths = [settings.critic_width * min(4, 2**i) for i in range(halvings)]
        self.stem = nn.Sequential(smooth(DownConv(channels, widths[0], 3)), nn.LeakyReLU(0.2))
        self.down = nn.Sequential(*(_Shrink(a, b, smooth) for a, b in pairwise(widths)))
        last = widths[-1]
        self.tell = nn.Sequential(
            smooth(nn.Conv2d(last, last, 3, padding=1)),
            nn.LeakyReLU(0.2),
            smooth(nn.Conv2d(last, 1, 1)),
        )
        known = len(settings.labels)
        self.by_label = nn.Linear(known, last, bias=False) if known else None
        self.redraw = nn.Sequential(
            *_doubling(last, last // 2),
            *_doubling(last // 2, last // 4),
            nn.Conv2d(last // 4, channels, 3, padding=1),
            nn.Tanh(),
        )

    def forward(self, x: Tensor, told: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Logits (n, 1, rows, columns) and the features that they were told from."""
        features = self.down(self.stem(_contract.padded(x)))
        seen = self.tell[:-1](features)
        logits: Tensor = self.tell[-1](seen)
        if told is not None and self.by_label is not None:
            wanted = self.by_label(told)[:, :, None, None] / math.sqrt(seen.shape[1])
            logits = logits + (seen * wanted).sum(1, keepdim=True)
        return logits, features

    def redrawn(self, features: Tensor, x: Tensor) -> Tensor:
        """How far the picture redrawn from the features is from what was seen (mean L1)."""
        drawn = self.redraw(features).float()
        seen = F.interpolate(_contract.padded(x).float(), size=drawn.shape[2:], mode="area")
        return (drawn - seen).abs().mean()


class _Shrink(nn.Module):
    """Half the size by two roads, averaged."""

    def __init__(self, before: int, after: int, smooth: Callable[[nn.Conv2d], nn.Module]) -> None:
        super().__init__()
        self.main = nn.Sequential(
            smooth(DownConv(before, after, 3)),
            nn.LeakyReLU(0.2),
            smooth(nn.Conv2d(after, after, 3, padding=1)),
            nn.LeakyReLU(0.2),
        )
        self.direct = smooth(DownConv(before, after, 1))

    def forward(self, x: Tensor) -> Tensor:
        return (self.main(x) + self.direct(x)) * math.sqrt(0.5)


class _Gained(nn.Module):
    """A convolution of spectral norm 1 (arXiv 1802.05957), times a gain that is learnt.

    Without the gain each layer halves what passes, and after eight of them the critic stays at
    chance: on wax prints at 64 px its hinge loss was 1.9 of 2 after five CPU-minutes.
    """

    def __init__(self, conv: nn.Conv2d) -> None:
        super().__init__()
        self.conv = spectral(conv)
        self.gain = nn.Parameter(torch.tensor(2.0))

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x) * self.gain


def _plain(conv: nn.Conv2d) -> nn.Module:
    return conv


def _doubling(before: int, after: int) -> list[nn.Module]:
    return [
        UpConv(before, 2 * after),
        nn.GLU(1),
    ]
