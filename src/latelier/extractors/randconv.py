"""A convolutional network with weights by lot: texture at several scales, nothing learnt.

Random convolutions keep enough of a picture's texture to tell textures apart (Ustyuzhaninov et al.,
"What does it take to generate natural textures?", ICLR 2017). It thinks well of noise that has the
right colours, so coverage by it alone proves little.
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from latelier.extractors._contract import Features, Parts, Pictures
from latelier.extractors._pixels import small

NAME = "randconv-1"
FILE = ""
LEARNS = False
CLOSE, NEAR = None, None
SIDE = 64  # pixels that the longer side is brought down to
WIDTHS = (48, 96, 128)
LOT = 20170424  # of the weights: always the same network


def parts(originals: Pictures, file: Path | None, seed: int) -> Parts:
    """A layer a part; the same network whatever the originals."""
    weights = _weights()

    def seen(pixels: Pictures) -> list[Features]:
        x = small(pixels, SIDE) * 2 - 1
        told = []
        with torch.no_grad():
            for weight in weights:
                x = F.relu(F.conv2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), weight, stride=2))
                told.append(torch.cat([_cells(x), x.std((2, 3))], 1).double().numpy())
        return told

    return seen


def _cells(x: Tensor) -> Tensor:
    """Mean strength in 2 x 2 cells."""
    return F.adaptive_avg_pool2d(x, 2).flatten(1)


def _weights() -> list[Tensor]:
    """Filters 4 x 4 without a mean but for the first third, which see colour and tone."""
    rng = torch.Generator().manual_seed(LOT)
    made, before = [], 3
    for width in WIDTHS:
        weight = torch.randn(width, before, 4, 4, generator=rng) * (2 / (before * 16)) ** 0.5
        edges = weight[width // 3 :]
        weight[width // 3 :] = edges - edges.mean((2, 3), keepdim=True)
        made.append(weight)
        before = width
    return made
