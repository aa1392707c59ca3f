"""Latents turned into the pictures of a film, which are remembered small to judge the way by."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image as Pillow
from torch import Tensor

from latelier.generate.sample import one_thread, pixels_of
from latelier.generate.walk import slerp
from latelier.images import Pixels

SIDE = 512  # pixels of the shorter side at least, by whole multiples: smaller films look lost
STRIP = 12  # pictures on the strip
SMALL = 96  # pixels a side of what is remembered


def grown(shape: tuple[int, int, int], size: int | None) -> tuple[int, int]:
    """Width and height of the film in pixels: even, as packing needs it.

    Args:
        shape: (c, h, w) of the model's images.
        size: of the shorter side; None: the smallest whole multiple from ``SIDE``.

    >>> grown((3, 64, 48), None), grown((1, 33, 33), None), grown((3, 64, 48), 300)
    ((528, 704), (528, 528), (300, 400))
    """
    _, height, width = shape
    if size is not None:
        scale = size / min(width, height)
        return (round(width * scale / 2) * 2, round(height * scale / 2) * 2)
    times = math.ceil(SIDE / min(width, height))
    if times % 2 and (width % 2 or height % 2):
        times += 1
    return width * times, height * times


class Camera:
    """Turns latents into pictures of the film, and remembers them small.

    Args:
        model: ready to decode.
        variety: as for `make`.
        size: width and height of the film.
        nearest: enlarge without smoothing.
        ground: under what is transparent.
    """

    def __init__(
        self,
        model: Any,
        variety: float,
        size: tuple[int, int],
        nearest: bool,
        ground: tuple[int, int, int],
    ) -> None:
        self.model = model
        self.variety = variety
        self.size = size
        self.filter = Pillow.Resampling.NEAREST if nearest else Pillow.Resampling.LANCZOS
        self.ground = np.array(ground, np.uint16)
        self.small: list[Pixels] = []
        self._way: tuple[Tensor, Tensor, Callable[[float], Tensor]] | None = None

    def take(self, first: Tensor, second: Tensor, t: float) -> Pixels:
        """The picture at the share ``t`` of the way from one latent to another."""
        with one_thread(), torch.no_grad():
            if self.model.crosses and t > 0:
                image = self._crossing(first, second)(t)
            else:
                image = self.model.decode(self.model.vary(slerp(first, second, t), self.variety))[0]
        return self._kept(image)

    def _crossing(self, first: Tensor, second: Tensor) -> Callable[[float], Tensor]:
        """The way of a model that has none through its latents; worked out once."""
        if self._way is None or self._way[0] is not first or self._way[1] is not second:
            ends = (self.model.vary(z, self.variety) for z in (first, second))
            self._way = first, second, self.model.crossing(*ends)
        return self._way[2]

    def _kept(self, image: Tensor) -> Pixels:
        pixels = self._laid(pixels_of(image))
        self.small.append(np.asarray(Pillow.fromarray(pixels).resize((SMALL, SMALL))))
        if pixels.shape[1::-1] == self.size:
            return pixels
        return np.asarray(Pillow.fromarray(pixels).resize(self.size, self.filter))

    def strip(self, frames: int) -> Pixels:
        """Some pictures of the film side by side."""
        some = np.linspace(0, frames - 1, min(STRIP, frames)).round().astype(int)
        return np.concatenate([self.small[i] for i in some], axis=1)

    def largest_step(self, stations: Sequence[int], loop: bool) -> float:
        """The largest change from picture to picture, as a share of that between two images."""
        seen = [s.astype(float) for s in self.small]
        after = [*seen[1:], *(seen[:1] if loop else [])]
        steps = [np.abs(a - b).mean() for a, b in zip(seen, after, strict=False)]
        there = [seen[i] for i in stations]
        ways = [np.abs(a - b).mean() for a, b in pairwise(there)]
        return float(max(steps) / max(float(np.mean(ways)), 1e-9))

    def _laid(self, pixels: NDArray[np.uint8]) -> Pixels:
        if pixels.shape[2] == 3:
            return pixels
        share = pixels[..., 3:].astype(np.uint16)
        mixed = pixels[..., :3] * share + self.ground * (255 - share)
        return ((mixed + 127) // 255).astype(np.uint8)
