"""Every pixel as it stands: alike where the same place has the same colour."""

import numpy as np
from numpy.typing import NDArray

from latelier.features._contract import Measure

SAME_SIZE = True
STANDARDISE = True
BLIND = (
    "Raw pixels follow the ground and the overall colour of a picture; "
    "the same motif moved aside is another picture to them."
)
MEASURES: tuple[Measure, ...] = ()


def describe(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(h * w * 3,) the picture's own numbers, row by row."""
    return pixels.reshape(-1)
