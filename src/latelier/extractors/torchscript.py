"""Your own network as a TorchScript file: pictures (n, 3, h, w) in [0, 1] to rows (n, d)."""

from pathlib import Path

import numpy as np
import torch

from latelier.errors import Damaged
from latelier.extractors._contract import Features, Parts, Pictures
from latelier.extractors._pixels import colour

NAME = "torchscript"
FILE = "a network saved with torch.jit.save that takes (n, 3, h, w) in [0, 1] and gives (n, d)"
LEARNS = False
CLOSE, NEAR = None, None
BLOCK = 32  # pictures at once


def parts(originals: Pictures, file: Path | None, seed: int) -> Parts:
    """One part, as wide as the network makes it.

    Raises:
        Damaged: the file is no such network.
    """
    try:
        net = torch.jit.load(str(file), map_location="cpu").eval()
    except (RuntimeError, ValueError, OSError) as error:
        raise Damaged(f"{file} is not {FILE}; take another file.") from error

    def seen(pixels: Pictures) -> list[Features]:
        rows = []
        with torch.no_grad():
            for i in range(0, len(pixels), BLOCK):
                try:
                    out = net(colour(pixels[i : i + BLOCK]))
                    rows.append(out.flatten(1).double().numpy())
                except (RuntimeError, AttributeError) as error:
                    first = str(error).strip().splitlines()[-1]
                    raise Damaged(f"{file} is not {FILE} ({first}); take another.") from error
        return [np.concatenate(rows)]

    return seen
