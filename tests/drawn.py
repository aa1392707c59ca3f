"""Small pictures drawn by code for the tests."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latelier import images


def cloth(rng: np.random.Generator, height: int, width: int) -> NDArray[np.uint8]:
    """A banded cloth with diamonds, (height, width, 3) uint8; no two alike."""
    y, x = np.mgrid[:height, :width]
    palette = rng.integers(0, 256, (4, 3))
    period = int(rng.integers(6, 14))
    bands = (y // period) % 3
    diamonds = (np.abs(x % period - period / 2) + np.abs(y % period - period / 2)) < period / 3
    picture = palette[np.where(diamonds, 3, bands)].astype(float)
    picture += rng.normal(0, 4, picture.shape)
    return np.clip(picture, 0, 255).astype(np.uint8)


def ink_form(rng: np.random.Generator, size: int = 64) -> NDArray[np.uint8]:
    """A thick black curve on white, (size, size, 3) uint8."""
    t = np.linspace(0, 2 * np.pi, 400)
    cx, cy = rng.uniform(0.4, 0.6, 2) * size
    radius = size * (0.22 + 0.1 * np.sin(rng.integers(1, 5) * t + rng.uniform(0, 6)))
    xs, ys = cx + radius * np.cos(t), cy + radius * np.sin(t)
    y, x = np.mgrid[:size, :size]
    near = ((x[..., None] - xs[::8]) ** 2 + (y[..., None] - ys[::8]) ** 2).min(-1)
    ink = np.where(near < (size / 20) ** 2, 0, 255).astype(np.uint8)
    return np.repeat(ink[..., None], 3, axis=2)


def cloth_files(folder: Path, n: int = 24) -> Path:
    """A folder of small drawn cloths as PNG."""
    folder.mkdir(parents=True)
    for i in range(n):
        pixels = cloth(np.random.default_rng(i), 48 + 8 * (i % 3), 64)
        (folder / f"cloth {i:02d}.png").write_bytes(images.png_bytes(pixels))
    return folder
