"""Layout, colours, edges, grain, spectrum: plain statistics, nothing learnt and nothing downloaded.

Edges are histograms of oriented gradients (Dalal and Triggs 2005), grain is a Laplacian pyramid
(Burt and Adelson 1983).
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from latelier.extractors._contract import Features, Parts, Pictures
from latelier.extractors._pixels import small

NAME = "classic-1"
FILE = ""
LEARNS = False
CLOSE, NEAR = 0.2, 1.0  # another collection of cloth had 0.2 to 0.25
SIDE = 64  # pixels that the longer side is brought down to


def parts(originals: Pictures, file: Path | None, seed: int) -> Parts:
    """The six parts; the same whatever the originals."""
    return _parts_of


def _parts_of(pixels: Pictures) -> list[Features]:
    x = small(pixels, SIDE)
    grey = x.mean(1, keepdim=True)
    layout = F.adaptive_avg_pool2d(x, 6).flatten(1)
    colours = x.flatten(2).quantile(torch.linspace(0.02, 0.98, 12), dim=2)  # (12, n, 3)
    colours = colours.permute(1, 2, 0).flatten(1)
    seen = [layout, colours, _edges(grey), _grain(x), _spectrum(grey), _neighbours(grey)]
    return [p.double().numpy() for p in seen]


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
