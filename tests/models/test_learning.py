"""Every family that trains does learn: from warm dark cloths come warm dark pictures."""

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from drawn import cloth
from latelier import registry
from latelier.models import _files
from latelier.models.flow import Model as Flow
from latelier.train.loop import Plan, Trainer
from latelier.train.sheet import decoded

TINY: dict[str, tuple[dict[str, Any], int]] = {  # settings and rounds
    "vae": ({"width": 8, "latent": 8}, 60),
    "gan": ({"width": 4, "critic_width": 8, "lr": 2e-3}, 60),
    "dcgan": ({"width": 8, "lr": 1e-3}, 60),
    "flow": ({"width": 8, "blocks": 1, "steps": 5, "lr": 3e-3}, 80),
}


def warm_cloths(n: int = 24) -> NDArray[np.uint8]:
    """Cloths around a dark red brown."""
    drawn = np.stack([cloth(np.random.default_rng(i), 32, 32) for i in range(n)]).astype(float)
    return (drawn * [0.3, 0.15, 0.1] + [110, 50, 20]).astype(np.uint8)


def trainer(name: str, seed: int) -> Trainer:
    pixels = warm_cloths()
    settings = _files.settings_of(name, TINY[name][0], (3, 32, 32), len(pixels))
    model = _files.build(name, (3, 32, 32), settings, seed=seed)
    return Trainer(model, pixels, Plan(batch=8, seed=seed))


def off(t: Trainer) -> float:
    """How far the mean colour of generated pictures is from the originals', in grey levels."""
    with t.shown("short") as model:
        images = decoded(model, model.prior(32, torch.Generator().manual_seed(9)))
    apart = images.reshape(-1, 3).mean(0) - t.pixels.reshape(-1, 3).mean(0)
    return float(np.abs(apart).max())


def test_every_family_that_trains_is_tried_here() -> None:
    for name in registry.names("models"):
        settings = _files.settings_of(name, {}, (3, 32, 32), 20)
        if _files.build(name, (3, 32, 32), settings, 0).players():
            assert name in TINY or name == "woven"  # its planner learns, and is one of these


@pytest.mark.parametrize("name", TINY)
def test_pictures_come_to_have_the_originals_colour(name: str) -> None:
    t = trainer(name, seed=1)
    before = off(t)
    for _ in range(TINY[name][1]):
        t.round()
    after = off(t)
    assert after < 0.5 * before, f"{before:.0f} grey levels off at first, {after:.0f} at last"


@pytest.mark.parametrize("name", ["vae", "flow"])
def test_a_loss_that_is_a_likelihood_falls(name: str) -> None:
    t = trainer(name, seed=2)
    losses = [t.round()[name] for _ in range(TINY[name][1])]
    assert np.mean(losses[-10:]) < np.mean(losses[:10]) - 0.05


def test_the_flow_reaches_what_its_network_predicts() -> None:
    model = Flow((3, 32, 32), _files.settings_of("flow", {"width": 8}, (3, 32, 32), 20))
    picture = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(1)) * 2 - 1
    model.clean = lambda noisy, t, told: picture.expand_as(noisy)  # type: ignore[method-assign]
    walked = model.decode(model.prior(2, torch.Generator().manual_seed(2)))
    assert torch.allclose(walked, picture.expand_as(walked), atol=1e-4)
