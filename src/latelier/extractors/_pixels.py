"""Pictures as torch likes them, small enough to be looked at quickly."""

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor


def colour(pixels: NDArray[np.uint8]) -> Tensor:
    """Pictures (n, h, w, c) uint8 as (n, 3, h, w) in [0, 1]; transparency is laid on white."""
    x = torch.from_numpy(np.ascontiguousarray(pixels)).permute(0, 3, 1, 2).float() / 255
    if x.shape[1] == 4:
        x = x[:, :3] * x[:, 3:] + 1 - x[:, 3:]
    return x.expand(-1, 3, -1, -1) if x.shape[1] == 1 else x


def small(pixels: NDArray[np.uint8], side: int) -> Tensor:
    """The same with the longer side brought down to ``side`` at most, by area."""
    x = colour(pixels)
    scale = side / max(x.shape[2:])
    if scale >= 1:
        return x
    return F.interpolate(x, size=[max(8, round(s * scale)) for s in x.shape[2:]], mode="area")
