"""Differentiable augmentation, so that a discriminator cannot learn a small set by heart.

Zhao et al., "Differentiable Augmentation for Data-Efficient GAN Training" (arXiv 2006.10738):
the same kinds of change for originals and for generated images, with gradients through them.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

SHIFT = 1 / 8  # of a side, as in the paper
CUT = 1 / 2  # of a side, as in the paper


def augment(x: Tensor, kinds: str, rng: torch.Generator, harder: int = 0) -> Tensor:
    """Images (n, c, h, w) changed at random, each by itself.

    Args:
        x: in [-1, 1]; gradients flow through.
        kinds: words among `colour translation wrap cutout`, separated by spaces; `wrap` is a
            translation where what leaves at one side comes in at the other, for cloth that repeats.
        rng: the only source of chance.
        harder: each adds half of the paper's shift, and one more piece that is cut out.
    """
    words = kinds.split()
    if "colour" in words:
        x = _colour(x, rng)
    if "translation" in words:
        x = _translation(x, rng, SHIFT * (1 + harder / 2))
    if "wrap" in words:
        x = _wrap(x, rng)
    for _ in range(1 + harder if "cutout" in words else 0):
        x = _cutout(x, rng)
    return x


def _colour(x: Tensor, rng: torch.Generator) -> Tensor:
    lighter, stronger, harder = torch.rand((3, len(x), 1, 1, 1), generator=rng).to(x)
    x = x + (lighter - 0.5)
    grey = x.mean(1, keepdim=True)
    x = (x - grey) * (2 * stronger) + grey
    middle = x.mean((1, 2, 3), keepdim=True)
    return (x - middle) * (harder + 0.5) + middle


def _translation(x: Tensor, rng: torch.Generator, share: float) -> Tensor:
    n, _, h, w = x.shape
    dy, dx = round(h * share), round(w * share)
    tops = torch.randint(0, 2 * dy + 1, (n,), generator=rng).tolist()
    lefts = torch.randint(0, 2 * dx + 1, (n,), generator=rng).tolist()
    padded = F.pad(x, (dx, dx, dy, dy)).unbind(0)  # unbound, so that each gradient is one small pad
    moved = [
        p[:, t : t + h, left : left + w] for p, t, left in zip(padded, tops, lefts, strict=True)
    ]
    return torch.stack(moved)


def _wrap(x: Tensor, rng: torch.Generator) -> Tensor:
    """Any shift: where pictures repeat, no place is the first."""
    n, _, h, w = x.shape
    downs = torch.randint(0, h, (n,), generator=rng).tolist()
    rights = torch.randint(0, w, (n,), generator=rng).tolist()
    moved = [p.roll((down, right), (1, 2)) for p, down, right in zip(x, downs, rights, strict=True)]
    return torch.stack(moved)


def _cutout(x: Tensor, rng: torch.Generator) -> Tensor:
    n, _, h, w = x.shape
    ch, cw = round(h * CUT), round(w * CUT)
    top = torch.randint(0, h + 1, (n, 1), generator=rng) - ch // 2
    left = torch.randint(0, w + 1, (n, 1), generator=rng) - cw // 2
    y, across = torch.arange(h), torch.arange(w)
    rows = (y >= top) & (y < top + ch)  # (n, h)
    columns = (across >= left) & (across < left + cw)  # (n, w)
    kept = ~(rows[:, :, None] & columns[:, None, :])
    return x * kept[:, None].to(x)
