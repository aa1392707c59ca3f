"""The training loop: resumes to the bit, averages, mirrors, and notices what is no number."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from drawn import cloth
from latelier.models import _files
from latelier.train.loop import Diverged, Plan, Trainer

TINY = {"vae": {"width": 8, "latent": 8}, "gan": {"width": 4, "critic_width": 4}}


def cloths(n: int = 20) -> NDArray[np.uint8]:
    return np.stack([cloth(np.random.default_rng(i), 32, 32) for i in range(n)])


def trainer(name: str, **changes: Any) -> Trainer:
    pixels = cloths()
    settings = _files.settings_of(name, TINY[name], (3, 32, 32), len(pixels))
    model = _files.build(name, (3, 32, 32), settings, seed=1)
    return Trainer(model, pixels, Plan(**{"batch": 6, "seed": 5, "flips": "x", **changes}))


def weights(t: Trainer) -> dict[str, torch.Tensor]:
    tensors, _ = t.state()
    return {k: v.clone() for k, v in tensors.items()}


@pytest.mark.parametrize("name", TINY)
def test_a_resumed_training_is_the_same_to_the_bit(name: str) -> None:
    straight = trainer(name)
    losses = [straight.round() for _ in range(7)]
    first = trainer(name)
    again = [first.round() for _ in range(3)]
    tensors, facts = first.state()
    kept = {k: v.clone() for k, v in tensors.items()}
    second = trainer(name)
    second.restore(kept, facts)
    again += [second.round() for _ in range(4)]
    assert again == losses
    a, b = weights(straight), weights(second)
    assert a.keys() == b.keys()
    assert all(torch.equal(a[k], b[k]) for k in a)


def test_the_seed_decides_and_nothing_global_does() -> None:
    torch.manual_seed(1)
    first = trainer("vae").round()
    torch.manual_seed(2)
    assert trainer("vae").round() == first
    assert trainer("vae", seed=6).round() != first


def test_every_picture_is_shown_once_an_epoch_even_in_batches_larger_than_the_set() -> None:
    t = trainer("vae", batch=30)
    rows = [t._row(i) for i in range(40)]
    assert sorted(rows[:20]) == sorted(rows[20:]) == list(range(20))
    assert rows[:20] != rows[20:]
    assert math.isfinite(t.round()["vae"])


def test_pictures_are_mirrored_only_on_the_axes_that_are_allowed() -> None:
    originals = trainer("vae", batch=20, flips="")._batch()[0]
    assert sorted(originals.sum((1, 2, 3)).tolist()) == pytest.approx(
        sorted((torch.from_numpy(cloths()).float() / 127.5 - 1).sum((1, 2, 3)).tolist()), abs=0.1
    )
    turned = trainer("vae", batch=20, flips="x")._batch()[0]
    same = [bool(torch.equal(a, b)) for a, b in zip(originals, turned, strict=True)]
    mirrored = [bool(torch.equal(a.flip(2), b)) for a, b in zip(originals, turned, strict=True)]
    assert 3 < sum(same) < 17
    assert all(s or m for s, m in zip(same, mirrored, strict=True))


def test_averages_lag_behind_and_the_model_is_as_before_after_showing_them() -> None:
    t = trainer("vae")
    for _ in range(5):
        t.round()
    now = {k: v.clone() for k, v in t.model.state_dict().items()}
    with t.shown("long") as shown:
        apart = {
            k: (v - now[k]).abs().max().item()
            for k, v in shown.state_dict().items()
            if v.is_floating_point()
        }
        assert not shown.training
    assert max(apart.values()) > 0
    assert t.model.training
    assert all(torch.equal(v, now[k]) for k, v in t.model.state_dict().items())


def test_a_loss_that_is_no_number_is_told_before_it_spoils_the_weights() -> None:
    t = trainer("vae")
    t.round()
    before = {k: v.clone() for k, v in t.model.state_dict().items()}
    t.model.loss = lambda player, x, rng, told=None: torch.tensor(float("nan"), requires_grad=True)
    with pytest.raises(Diverged, match="vae"):
        t.round()
    assert all(torch.equal(v, before[k]) for k, v in t.model.state_dict().items())


def test_the_vae_learns_its_pictures() -> None:
    t = trainer("vae", flips="")
    losses = [t.round()["vae"] for _ in range(60)]
    assert np.mean(losses[-10:]) < np.mean(losses[:5]) - 0.1  # nats a value
    with t.shown("short") as model, torch.no_grad():
        x = torch.from_numpy(cloths()).permute(0, 3, 1, 2).float() / 127.5 - 1
        error = (model.decode(model.encode(x)) - x).square().mean()
    assert error < 0.85 * x.sub(x.mean(0)).square().mean()  # better than the mean picture
