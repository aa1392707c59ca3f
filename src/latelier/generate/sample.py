"""Single images by seed: each from a generator of its own, decoded alone, so none depends on another."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latelier import seeds


class Decoder(Protocol):
    """What is asked of a model; see `models/_contract.py`."""

    def prior(self, n: int, rng: torch.Generator) -> Tensor:
        """Draw latents."""

    def asked(self, z: Tensor, told: Tensor) -> Tensor:
        """Latents with what they are to show."""

    def vary(self, z: Tensor, variety: float) -> Tensor:
        """Draw latents towards their mean."""

    def decode_told(self, z: Tensor) -> tuple[Tensor, list[dict[str, Any]]]:
        """Images of latents, and the story of each."""


@dataclass(frozen=True)
class Sample:
    """A generated image.

    Args:
        seed: that it was made from.
        pixels: (h, w, 3) uint8, or (h, w, 4) where the originals are transparent.
        story: what the model tells of it, as JSON.
    """

    seed: int
    pixels: NDArray[np.uint8]
    story: dict[str, Any]


def sample(
    model: Decoder, numbers: Sequence[int], variety: float, told: Tensor | None = None
) -> Iterator[Sample]:
    """Make the image of each seed, one after the other.

    On one thread and one at a time: sums are then always taken in the same order, so an image is
    equal to the bit whatever is made beside it.

    Args:
        model: ready to decode.
        numbers: the seeds.
        variety: 1 draws from the whole prior, less draws nearer to its mean.
        told: the label that all are to show, (1, labels), of a model that knows labels.
    """
    for number in numbers:
        with one_thread(), torch.no_grad():
            z = model.vary(latent(model, number, told), variety)
            images, stories = model.decode_told(z)
        yield Sample(number, pixels_of(images[0]), stories[0])


def latent(model: Decoder, number: int, told: Tensor | None = None) -> Tensor:
    """The latent of an image's seed, with the label that it is to show."""
    z = model.prior(1, generator(number))
    return z if told is None else model.asked(z, told)


def generator(number: int) -> torch.Generator:
    """The generator that belongs to an image's seed."""
    return torch.Generator().manual_seed(seeds.child(number, "image"))


def pixels_of(image: Tensor) -> NDArray[np.uint8]:
    """An image (c, h, w) in [-1, 1] as (h, w, 3 or 4) uint8; grey becomes three equal channels."""
    scaled = ((image + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).permute(1, 2, 0)
    pixels = scaled.contiguous().numpy()
    return np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels


@contextmanager
def one_thread() -> Iterator[None]:
    """Torch on one thread while this lasts."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
