"""Generated images as arrays, and many of them on one sheet to look at."""

import math
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

GUTTER = 2  # pixels between images
GROUND = 128  # neutral grey


def to_pixels(images: Tensor) -> NDArray[np.uint8]:
    """Images (n, c, h, w) in [-1, 1] as (n, h, w, c) uint8."""
    scaled = ((images + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
    return scaled.permute(0, 2, 3, 1).cpu().contiguous().numpy()


def decoded(model: Any, z: Tensor, device: str = "cpu") -> NDArray[np.uint8]:
    """The images of latents, a few at a time, (n, h, w, c) uint8."""
    with torch.no_grad():
        parts = [to_pixels(model.decode(part.to(device))) for part in z.split(16)]
    return np.concatenate(parts)


def understood(model: Any, pictures: NDArray[np.uint8], device: str = "cpu") -> NDArray[np.uint8]:
    """Pictures (n, h, w, c) uint8, each followed by what a model that encodes made of it, (2 n, ...)."""
    x = torch.from_numpy(np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))).float() / 127.5 - 1
    with torch.no_grad():
        z = torch.cat([model.encode(part.to(device)) for part in x.split(16)])
    pairs = np.stack([pictures, decoded(model, z, device)], 1)
    return pairs.reshape(-1, *pictures.shape[1:])


def glanced(model: Any, z: Tensor, device: str = "cpu") -> NDArray[np.uint8]:
    """The same as a training is looked at: of what takes long to make, what was learnt of it."""
    with torch.no_grad():
        parts = [to_pixels(model.glance(part.to(device))) for part in z.split(16)]
    return np.concatenate(parts)


def sheet(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Images (n, h, w, c) on one picture, (H, W, 3) uint8, row by row; transparency on white."""
    n, h, w, c = images.shape
    if c == 1:
        images = np.repeat(images, 3, axis=3)
    elif c == 4:
        alpha = images[..., 3:].astype(np.float32) / 255
        laid = images[..., :3] * alpha + 255 * (1 - alpha)
        images = np.rint(laid).astype(np.uint8)
    across = math.ceil(math.sqrt(n))
    down = math.ceil(n / across)
    page = np.full(
        (down * (h + GUTTER) - GUTTER, across * (w + GUTTER) - GUTTER, 3), GROUND, np.uint8
    )
    for i, image in enumerate(images):
        y, x = (i // across) * (h + GUTTER), (i % across) * (w + GUTTER)
        page[y : y + h, x : x + w] = image
    return page
