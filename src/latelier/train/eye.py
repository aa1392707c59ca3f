"""A plain eye for measuring: layout, colours, edges, grain and spectrum of pictures as numbers.

No learned weights and no download. It is fitted on the originals, so that each of its parts weighs
the same, and numbers by it are only ever compared with numbers by it on the same originals.
Edges are histograms of oriented gradients (Dalal and Triggs 2005), grain is a Laplacian pyramid
(Burt and Adelson 1983).
"""

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

NAME = "plain-1"  # stands beside every number; a change of what is seen changes it
SIDE = 64  # pixels that the longer side is brought down to
PARTS = 6
LONGEST = 2.0  # squared length that no row exceeds
FARTHEST = 5.0  # standard deviations of the originals that a number can lie off

Features = NDArray[np.float64]  # (n, d)


class Eye:
    """Sees pictures as rows of numbers whose parts weigh the same among the originals.

    Args:
        originals: (n, h, w, c) uint8; a few hundred are plenty.
    """

    def __init__(self, originals: NDArray[np.uint8]) -> None:
        parts = _parts(originals)
        self._mean = [p.mean(0) for p in parts]
        self._spread = [p.std(0) + 0.05 * p.std() + 1e-6 for p in parts]

    def see(self, pixels: NDArray[np.uint8]) -> Features:
        """Features (n, d) of pictures (n, h, w, c) uint8; among originals a row's length is near 1."""
        rows = []
        for part, mean, spread in zip(_parts(pixels), self._mean, self._spread, strict=True):
            apart = (part - mean) / spread
            apart /= np.sqrt(1 + (apart / FARTHEST) ** 2)  # no single number outweighs the rest
            rows.append(apart / np.sqrt(part.shape[1] * PARTS))
        seen = np.concatenate(rows, axis=1)
        return seen / np.sqrt(1 + (seen**2).sum(1, keepdims=True) / LONGEST)


def colour(pixels: NDArray[np.uint8]) -> Tensor:
    """Pictures (n, h, w, c) uint8 as (n, 3, h, w) in [0, 1]; transparency is laid on white."""
    x = torch.from_numpy(np.ascontiguousarray(pixels)).permute(0, 3, 1, 2).float() / 255
    if x.shape[1] == 4:
        x = x[:, :3] * x[:, 3:] + 1 - x[:, 3:]
    return x.expand(-1, 3, -1, -1) if x.shape[1] == 1 else x


def _parts(pixels: NDArray[np.uint8]) -> list[Features]:
    blocks = [pixels[i : i + 256] for i in range(0, len(pixels), 256)]
    seen = [_parts_of(block) for block in blocks]
    return [np.concatenate(part) for part in zip(*seen, strict=True)]


def _parts_of(pixels: NDArray[np.uint8]) -> list[Features]:
    x = colour(pixels)
    scale = SIDE / max(x.shape[2:])
    if scale < 1:
        size = [max(8, round(s * scale)) for s in x.shape[2:]]
        x = F.interpolate(x, size=size, mode="area")
    grey = x.mean(1, keepdim=True)
    layout = F.adaptive_avg_pool2d(x, 6).flatten(1)
    colours = x.flatten(2).quantile(torch.linspace(0.02, 0.98, 12), dim=2)  # (12, n, 3)
    colours = colours.permute(1, 2, 0).flatten(1)
    parts = [layout, colours, _edges(grey), _grain(x), _spectrum(grey), _neighbours(grey)]
    return [p.double().numpy() for p in parts]


def _edges(grey: Tensor) -> Tensor:
    """Where edges run which way: 8 directions in 4 x 4 cells, at two scales."""
    told = []
    for scale in (1, 2):
        g = F.avg_pool2d(grey, scale) if scale > 1 else grey
        dx = F.pad(g[..., :, 2:] - g[..., :, :-2], (1, 1, 0, 0))
        dy = F.pad(g[..., 2:, :] - g[..., :-2, :], (0, 0, 1, 1))
        strength = (dx.square() + dy.square()).sqrt()
        way = torch.atan2(dy, dx).remainder(torch.pi) * (8 / torch.pi)
        away = [4 - ((way - b).remainder(8) - 4).abs() for b in range(8)]  # round the half turn
        bins = [strength * (1 - a).clamp_min(0) for a in away]
        told.append(F.adaptive_avg_pool2d(torch.cat(bins, 1), 4).flatten(1).sqrt())
    return torch.cat(told, 1)


def _grain(x: Tensor) -> Tensor:
    """How strong detail is at each scale, in 3 x 3 cells."""
    told = []
    while min(x.shape[2:]) >= 8:
        smaller = F.avg_pool2d(x, 2)
        back = F.interpolate(smaller, size=x.shape[2:], mode="bilinear")
        told.append(F.adaptive_avg_pool2d((x - back).abs().mean(1, keepdim=True), 3).flatten(1))
        x = smaller
    return (torch.cat(told, 1) + 1e-3).log()


def _spectrum(grey: Tensor) -> Tensor:
    """Log power in 12 rings of frequency and 4 directions."""
    power = torch.fft.fft2(grey[:, 0] - grey[:, 0].mean((1, 2), keepdim=True)).abs().square()
    fy = torch.fft.fftfreq(grey.shape[2])[:, None]
    fx = torch.fft.fftfreq(grey.shape[3])[None, :]
    ring = ((fy.square() + fx.square()).sqrt() / 0.5 * 12).long()
    way = (torch.atan2(fy, fx).remainder(torch.pi) / torch.pi * 4 + 0.5).long().remainder(4)
    place = torch.where(ring < 12, ring * 4 + way, 48).flatten()
    sums = torch.zeros(len(grey), 49).index_add_(1, place, power.flatten(1))
    counts = torch.zeros(49).index_add_(0, place, torch.ones(place.numel())).clamp_min(1)
    return (sums / counts + 1e-2)[:, :48].log()


def _neighbours(grey: Tensor) -> Tensor:
    """How alike pixels are to those up to 2 px away: the autocorrelation."""
    g = grey[:, 0] - grey[:, 0].mean((1, 2), keepdim=True)
    height, width = g.shape[1:]
    spectrum = torch.fft.rfft2(g, s=(2 * height, 2 * width)).abs().square()
    alike = torch.fft.irfft2(spectrum, s=(2 * height, 2 * width))
    alike = alike / (alike[:, :1, :1] + 1e-2)
    near = [alike[:, :3, :3].flatten(1)[:, 1:], alike[:, 1:3, -2:].flatten(1)]
    return torch.cat(near, 1)
