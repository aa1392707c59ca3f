"""Samples: one by one, by seed alone, on one thread."""

from typing import Any

import numpy as np
import torch

from latelier.generate.sample import generator, pixels_of, sample


class Noise:
    """A model whose picture is its latent, and which notes how it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []

    def prior(self, n: int, rng: torch.Generator) -> torch.Tensor:
        return torch.rand((n, 1, 4, 4), generator=rng) * 2 - 1

    def vary(self, z: torch.Tensor, variety: float) -> torch.Tensor:
        return z * variety

    def decode_told(self, z: torch.Tensor) -> tuple[torch.Tensor, list[dict[str, Any]]]:
        self.asked.append((len(z), torch.get_num_threads()))
        return z, [{"told": True}]


def test_each_seed_is_decoded_alone_on_one_thread_and_named() -> None:
    model = Noise()
    made = list(sample(model, range(3, 6), 1.0))
    assert [m.seed for m in made] == [3, 4, 5]
    assert model.asked == [(1, 1)] * 3
    assert all(m.story == {"told": True} for m in made)
    alone = next(iter(sample(model, [4], 1.0)))
    assert np.array_equal(alone.pixels, made[1].pixels)
    assert not np.array_equal(made[0].pixels, made[1].pixels)


def test_neighbouring_seeds_are_independent() -> None:
    drawn = [torch.rand(50, generator=generator(s)) for s in range(40)]
    alike = torch.corrcoef(torch.stack(drawn))
    assert alike.fill_diagonal_(0).abs().max() < 0.65


def test_grey_becomes_three_channels_and_alpha_stays() -> None:
    assert pixels_of(torch.zeros(1, 2, 3)).shape == (2, 3, 3)
    assert pixels_of(torch.zeros(4, 2, 3)).shape == (2, 3, 4)
    assert pixels_of(torch.full((3, 1, 1), 5.0)).tolist() == [[[255, 255, 255]]]
