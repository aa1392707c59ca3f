"""The gan: both contests, shapes of all sizes, penalties that see the critic's slope."""

from typing import Any

import pytest
import torch

from latelier.errors import UnknownName
from latelier.models import _files
from latelier.models._contract import Shape
from latelier.models.gan import Model, Settings


def tiny(shape: Shape = (3, 32, 32), **changes: Any) -> Model:
    model = _files.build("gan", shape, Settings(**{"width": 4, "critic_width": 4, **changes}), 1)
    assert isinstance(model, Model)
    return model


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("contest", ["relativistic", "hinge"])
def test_both_contests_give_each_player_a_loss_with_a_slope(contest: str) -> None:
    model = tiny(contest=contest)
    x = torch.rand(4, 3, 32, 32, generator=seeded(1)) * 2 - 1
    for player, own in model.players().items():
        model.turn(player)
        model.zero_grad(set_to_none=True)
        model.loss(player, x, seeded(2)).backward()
        assert sum(float(p.grad.abs().sum()) for p in own if p.grad is not None) > 0


def test_an_unknown_contest_is_told() -> None:
    with pytest.raises(UnknownName, match="hinge, relativistic"):
        tiny(contest="fair")


@pytest.mark.parametrize("side", [16, 48, 64, 128, 256])
def test_every_size_grows_from_a_small_grid(side: int) -> None:
    model = tiny((3, side, side)).eval()
    with torch.no_grad():
        images = model.decode(model.prior(1, seeded(1)))
        assert images.shape == (1, 3, side, side)
        assert model.critic(images)[0].shape[2] in range(4, 17)


def test_inner_noise_is_each_images_own_and_follows_its_latent() -> None:
    model = tiny(gridless=True).eval()
    for grow in model.generator.grow:
        torch.nn.init.constant_(grow.strength, 1.0)
    plain = tiny(gridless=True).eval()  # the same weights, without noise
    z = model.prior(64, seeded(1))
    with torch.no_grad():
        made = model.decode(z)
        alone = torch.cat([model.decode(one) for one in z.split(1)])
        moved = model.decode(z + 1e-3) - made
        left = made - plain.decode(z)
    assert torch.allclose(made, alone, atol=1e-5)  # whatever it is made together with
    assert moved.abs().mean() < 0.05 * left.abs().mean()  # a walk does not flicker
    common = left.mean(0).square().mean() / left.square().mean()
    assert common < 0.2  # hardly anything of it lies at the same place of all


def test_a_model_of_before_has_one_pattern_of_noise_for_all() -> None:
    model = tiny()
    assert not model.settings.gridless
    assert {len(grow.noise[0]) for grow in model.generator.grow} == {1}
    suited = _files.settings_of("gan", {}, (3, 32, 32), 100)
    assert suited.gridless
    assert not _files.settings_of("gan", {}, (1, 32, 32), 100, ink=True).gridless


def test_the_penalty_is_the_squared_slope_at_originals_and_fakes() -> None:
    model = tiny(contest="relativistic")
    model.critic.double()
    both = torch.rand(4, 3, 32, 32, generator=seeded(1)).double()
    eps, row = 1e-2, 2
    bumped = both.clone()
    at = both.clone().requires_grad_()
    (slope,) = torch.autograd.grad(model.critic(at)[0].mean((1, 2, 3)).sum(), at)
    bumped[row] += eps * slope[row]
    rise = model.critic(bumped)[0][row].mean() - model.critic(both)[0][row].mean()
    assert rise.item() / eps == pytest.approx(slope[row].square().sum().item(), rel=0.05)
    model.critic.float()
    steep = model._steepness(both.float())
    assert steep.item() == pytest.approx(2 * slope.square().sum((1, 2, 3)).mean().item(), rel=1e-3)


def test_the_critic_redraws_what_it_has_seen() -> None:
    model = tiny()
    spots = torch.rand(4, 3, 4, 4, generator=seeded(1)) * 2 - 1
    x = torch.nn.functional.interpolate(spots, size=(32, 32))
    optimizer = torch.optim.Adam(model.critic.parameters(), lr=5e-3)
    missed = []
    for _ in range(30):
        loss = model.critic.redrawn(model.critic(x)[1], x)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        missed.append(loss.item())
    assert missed[-1] < 0.8 * missed[0]


def test_snapshots_leave_the_critic_at_home() -> None:
    model = tiny()
    assert not [k for k in model.kept_state() if k.startswith("critic")]
    assert [k for k in model.state_dict() if k.startswith("critic")]
