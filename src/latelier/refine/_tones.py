"""Pictures of two tones: where the darker of them lies, and pictures made of that again."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latelier.images import Pixels

Mask = NDArray[np.bool_]  # (h, w)


def luma(pixels: Pixels) -> NDArray[np.uint8]:
    """The brightness of each pixel (ITU-R BT.601), (h, w) uint8."""
    return np.asarray(Image.fromarray(pixels).convert("L"))


def is_grey(pixels: Pixels) -> bool:
    """Whether a picture has no colour."""
    return bool(
        (pixels[..., 0] == pixels[..., 1]).all() and (pixels[..., 1] == pixels[..., 2]).all()
    )


def dark_of(pixels: Pixels) -> Mask | None:
    """Where a picture of true black and white is black; None for any other picture."""
    first = pixels[..., 0]
    black = first == 0
    return black if (black | (first == 255)).all() and is_grey(pixels) else None


def picture_of(dark: Mask) -> Pixels:
    """A mask as a picture, black on white, (h, w, 3)."""
    return np.repeat(np.where(dark, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def disc(radius: float) -> NDArray[np.uint8]:
    """A disc for morphology: 1 where a pixel's middle lies within ``radius`` of the middle."""
    reach = int(np.floor(radius))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    return (x * x + y * y <= radius * radius + 1e-9).astype(np.uint8)
