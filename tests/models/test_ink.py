"""The vae on ink: drawings bent as by a hand, new ones drawn between those it knows, crisp."""

from pathlib import Path

import numpy as np
import pytest
import torch

from drawn_forms import form
from latelier.models import _files, vae
from latelier.models._bend import bent
from latelier.models._between import between
from latelier.train.loop import Plan, Trainer


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def drawings() -> np.ndarray:
    """Forms by code, (n, 32, 32, 1), 0 and 255."""
    made = [form(np.random.default_rng(seed)).pixels[..., 0] for seed in range(24)]
    small = [p[:: p.shape[0] // 32, :: p.shape[1] // 32][:32, :32] for p in made]
    return np.where(np.stack(small) < 128, 0, 255).astype(np.uint8)[..., None]


@pytest.fixture(scope="module")
def trained(drawings: np.ndarray) -> Trainer:
    settings = vae.Settings(ink=True, width=8, latent=16, fold=2, bend=1.0, lr=3e-3)
    model = _files.build("vae", (1, 32, 32), settings, seed=1)
    trainer = Trainer(model, drawings, Plan(8, 1))
    for _ in range(150):
        trainer.round()
    return trainer


def test_a_drawing_is_bent_within_a_hands_reach(drawings: np.ndarray) -> None:
    x = torch.from_numpy(drawings.transpose(0, 3, 1, 2)).float() / 127.5 - 1
    assert torch.equal(bent(x, 0.0, seeded(1)), x)
    once, again, other = bent(x, 1.0, seeded(1)), bent(x, 1.0, seeded(1)), bent(x, 1.0, seeded(2))
    assert torch.equal(once, again) and not torch.equal(once, other)
    assert once.shape == x.shape and once.abs().max() <= 1
    share = (once < 0).float().mean((1, 2, 3)) / (x < 0).float().mean((1, 2, 3))
    assert 0.6 < share.median() < 1.5


def test_what_is_drawn_between_lies_between_two_that_are_known() -> None:
    mean = torch.randn((40, 6), generator=seeded(3))
    known = torch.cat([torch.cat([mean, mean]), torch.full((80, 6), -40.0)], 1)  # each twice
    drawn = between(known, 200, seeded(4))
    away = torch.cdist(drawn, mean)
    assert away.min() > 1e-3, "one of them alone"
    corner = away.topk(2, largest=False).values.sum(1)
    apart = torch.cdist(mean, mean)
    assert (corner < apart.max()).all()
    assert torch.equal(between(known, 200, seeded(4)), drawn)


def test_new_forms_come_from_what_was_learnt_and_leave_no_trace_in_training(
    trained: Trainer,
) -> None:
    model = trained.model
    assert not model.known.any()
    with trained.shown("short") as shown:
        assert shown.known.any()
        near = shown.known.chunk(2, 1)[0]
        z = shown.prior(64, seeded(5))
        by_lot = torch.randn(z.shape, generator=seeded(6))
        assert torch.cdist(z, near).min(1).values.median() < (
            0.7 * torch.cdist(by_lot, near).min(1).values.median()
        )
    assert not model.known.any()


def test_new_forms_are_crisp_and_come_back_from_the_file(trained: Trainer, tmp_path: Path) -> None:
    with trained.shown("short") as shown:
        z = shown.prior(8, seeded(7))
        images = shown.decode(z)
        _files.save(tmp_path / "model.safetensors", "vae", shown)
    grey = (images.abs() < 0.98).float().mean()
    edge = (images[..., 1:].sign() != images[..., :-1].sign()).float().mean()
    assert grey < 3 * edge + 0.02, "edges are wider than a pixel or two"
    _, back, _ = _files.load(tmp_path / "model.safetensors")
    assert torch.equal(back.prior(8, seeded(7)), z)
    with torch.no_grad():
        assert torch.allclose(back.decode(z), images, atol=1e-5)


def test_suited_to_ink_takes_pixels_together_and_bends() -> None:
    ink, colour = vae.suited((1, 64, 64), 600, True), vae.suited((3, 64, 64), 600, False)
    assert (ink.fold, ink.bend, colour.fold, colour.bend) == (2, 1.0, 1, 0.0)
    assert vae.suited((1, 32, 32), 600, True).fold == 1
