"""A small network taught on the collection itself: what stays the same when a picture is cropped.

Two crops of one picture are to be found among crops of others (SimCLR; Chen et al., arXiv
2002.05709, equation 1). The same for the same pictures and seed.
"""

import hashlib
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from latelier import seeds
from latelier.extractors._contract import Features, Maps, Parts, Pictures
from latelier.extractors._pixels import small

NAME = "self-1"
FILE = ""
LEARNS = True
CLOSE, NEAR = None, None
SIDE = 32  # pixels that the longer side is brought down to
WIDTHS = (24, 48, 96)
ROUNDS, BATCH = 120, 32
LEAST_CROP = 0.55  # of a side
TEMPERATURE = 0.2


def parts(originals: Pictures, file: Path | None, seed: int) -> Parts:
    """Two parts, the second and the third layer, of a network taught on the originals."""
    net = _taught(originals, seed)

    def seen(pixels: Pictures) -> list[Features]:
        with torch.no_grad():
            layers = net.layers_of(small(pixels, SIDE))[1:]
        return [_pooled(x).double().numpy() for x in layers]

    return seen


def maps(originals: Pictures, file: Path | None, seed: int) -> Maps:
    """The maps of the third layer, whose means follow the numbers of the second."""
    net = _taught(originals, seed)

    def seen(pixels: Pictures) -> tuple[NDArray[np.float64], int]:
        with torch.no_grad():
            return net.layers_of(small(pixels, SIDE))[-1].double().numpy(), 2 * WIDTHS[1]

    return seen


_LAST: dict[
    str, "_Encoder"
] = {}  # the last one taught: its numbers and its maps are asked for in turn


def _taught(originals: Pictures, seed: int) -> "_Encoder":
    asked = f"{originals.shape} {seed} {ROUNDS}".encode()
    key = hashlib.blake2b(np.ascontiguousarray(originals).data, key=asked[:64]).hexdigest()
    if key not in _LAST:
        _LAST.clear()
        _LAST[key] = _new(originals, seed)
    return _LAST[key]


def _new(originals: Pictures, seed: int) -> "_Encoder":
    made = torch.Generator().manual_seed(seeds.child(seed, "extractor", "self"))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seeds.child(seed, "extractor", "self", "weights"))
        net = _Encoder()
    _teach(net, small(originals, SIDE), made)
    return net


class _Encoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        widths = (3, *WIDTHS)
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.Conv2d(a, b, 4, 2, 1), nn.GroupNorm(8, b), nn.SiLU())
            for a, b in zip(widths, WIDTHS, strict=False)
        )
        self.head = nn.Linear(2 * WIDTHS[-1], 64)

    def layers_of(self, x: Tensor) -> list[Tensor]:
        told = []
        x = x * 2 - 1
        for block in self.blocks:
            x = block(x)
            told.append(x)
        return told

    def forward(self, x: Tensor) -> Tensor:
        return F.normalize(self.head(_pooled(self.layers_of(x)[-1])), dim=1)


def _pooled(x: Tensor) -> Tensor:
    return torch.cat([x.mean((2, 3)), x.std((2, 3))], 1)


def _teach(net: _Encoder, pictures: Tensor, rng: torch.Generator) -> None:
    steps = torch.optim.Adam(net.parameters(), lr=2e-3)
    for _ in range(ROUNDS):
        rows = torch.randperm(len(pictures), generator=rng)[:BATCH]
        one, two = (net(_crops(pictures[rows], rng)) for _ in range(2))
        both = torch.cat([one, two])
        alike = both @ both.T / TEMPERATURE
        alike.fill_diagonal_(-torch.inf)
        partners = torch.arange(2 * len(rows)).roll(len(rows))
        steps.zero_grad()
        F.cross_entropy(alike, partners).backward()
        steps.step()
    net.eval().requires_grad_(False)


def _crops(pictures: Tensor, rng: torch.Generator) -> Tensor:
    """Each cropped anywhere, brought back to its size, a little lighter or darker."""
    n = len(pictures)
    side = LEAST_CROP + (1 - LEAST_CROP) * torch.rand(n, generator=rng)
    off = (torch.rand(n, 2, generator=rng) * 2 - 1) * (1 - side)[:, None]
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0], theta[:, 1, 1], theta[:, :, 2] = side, side, off
    grid = F.affine_grid(theta, list(pictures.shape), align_corners=False)
    light = 1 + 0.2 * (torch.rand(n, 1, 1, 1, generator=rng) - 0.5)
    return F.grid_sample(pictures, grid, padding_mode="reflection", align_corners=False) * light
