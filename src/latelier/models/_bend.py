"""Drawings bent a little each time they are seen, as a hand draws no form twice alike.

A turn, a stretch, a slant, and a bend that differs from place to place: elastic distortions (Simard,
Steinkraus and Platt, "Best Practices for Convolutional Neural Networks Applied to Visual Document
Analysis", 2003). On 540 ink characters of 136 kinds, 270 CPU-seconds, unseen ones were then
reconstructed nearly whole.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

TURN = 0.12  # radians, deviation: some 7 degrees
STRETCH = 0.08  # of each side
SLANT = 0.10
BEND = 0.05  # of half a side, at 4 x 4 places


def bent(x: Tensor, amount: float, rng: torch.Generator) -> Tensor:
    """Pictures bent by chance; what comes in from outside continues the edge.

    Args:
        x: (n, c, h, w).
        amount: 1 as a hand strays; 0 leaves them.
        rng: the only source of chance.
    """
    if not amount:
        return x
    n = len(x)

    def lot(*shape: int) -> Tensor:
        return (amount * torch.randn(shape, generator=rng)).to(x.device)

    turn, wide, high = TURN * lot(n), (STRETCH * lot(n)).exp(), (STRETCH * lot(n)).exp()
    cos, sin, none = turn.cos(), turn.sin(), torch.zeros_like(turn)
    across = torch.stack([cos * wide, SLANT * lot(n) - sin * high, none], 1)
    down = torch.stack([sin * wide, cos * high, none], 1)
    place = F.affine_grid(torch.stack([across, down], 1), list(x.shape), align_corners=False)
    strayed = F.interpolate(
        BEND * lot(n, 2, 4, 4), size=x.shape[2:], mode="bicubic", align_corners=True
    )
    place = place + strayed.permute(0, 2, 3, 1)
    return F.grid_sample(x.float(), place, padding_mode="border", align_corners=False)
