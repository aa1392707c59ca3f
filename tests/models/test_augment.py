"""Augmentation: every kind changes pictures, keeps gradients, and follows its generator."""

import pytest
import torch

from latelier.models._augment import augment


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize(
    "kinds", ["colour", "translation", "wrap", "cutout", "colour translation cutout"]
)
def test_pictures_change_by_their_generator_and_gradients_flow(kinds: str) -> None:
    x = torch.rand(6, 3, 24, 16, generator=seeded(1)).requires_grad_()
    first, again, other = (augment(x, kinds, seeded(s)) for s in (2, 2, 3))
    assert first.shape == x.shape
    assert torch.equal(first, again) and not torch.equal(first, other)
    assert not torch.equal(first, x)
    first.square().sum().backward()
    assert x.grad is not None and x.grad.abs().sum() > 0


def test_nothing_asked_changes_nothing() -> None:
    x = torch.rand(2, 3, 16, 16)
    assert torch.equal(augment(x, "", seeded(1)), x)


def test_a_translation_moves_by_an_eighth_at_most() -> None:
    x = torch.zeros(200, 1, 16, 32)
    x[:, :, 8, 16] = 1
    places = augment(x, "translation", seeded(1)).nonzero()[:, 2:]
    moved = places - torch.tensor([8, 16])
    assert moved[:, 0].abs().max() == 2 and moved[:, 1].abs().max() == 4
    assert len(places) == 200


def test_what_leaves_at_one_side_comes_in_at_the_other() -> None:
    x = torch.arange(16 * 32.0).view(1, 1, 16, 32).expand(200, -1, -1, -1)
    wrapped = augment(x, "wrap", seeded(1))
    assert torch.equal(wrapped.flatten(1).sort(1).values, x.flatten(1))
    assert len({int(w[0, 0, 0]) for w in wrapped}) > 150


def test_a_cutout_takes_a_quarter_of_the_picture_at_most() -> None:
    cut = augment(torch.ones(300, 1, 16, 16), "cutout", seeded(1))
    gone = (cut == 0).float().mean((1, 2, 3))
    assert gone.max() == 0.25 and gone.min() > 0


def test_what_is_asked_to_be_harder_is_moved_further_and_cut_more() -> None:
    x = torch.zeros(200, 1, 16, 32)
    x[:, :, 8, 16] = 1
    places = augment(x, "translation", seeded(1), harder=2).nonzero()[:, 2:]
    assert (places - torch.tensor([8, 16])).abs().max() in range(5, 9)
    gone = [
        (augment(torch.ones(300, 1, 16, 16), "cutout", seeded(1), n) == 0).float().mean()
        for n in (0, 2)
    ]
    assert gone[1] > 1.5 * gone[0]
