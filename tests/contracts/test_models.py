"""Every model of the registry is held to the contract of ``models/_contract.py``."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from drawn import cloth
from latelier import registry
from latelier.errors import Damaged, DoesNotFit, UnknownName, UsageError
from latelier.models import _files
from latelier.models._contract import Model, Shape

NAMES = registry.names("models")
TINY: dict[str, dict[str, Any]] = {  # settings that keep the tests cheap
    "quilt": {"parents": 6},
    "woven": {"parents": 6, "plan": 16},
    "vae": {"width": 8, "latent": 8},
    "gan": {"width": 8, "critic_width": 8},
    "dcgan": {"width": 8},
    "flow": {"width": 8, "blocks": 1, "steps": 4},
}
SHAPES: list[Shape] = [(3, 32, 32), (1, 32, 32), (3, 24, 40), (4, 36, 20)]

pytestmark = pytest.mark.parametrize("name", NAMES)


def pixels(shape: Shape, n: int = 20) -> Any:
    """Drawn cloths as a dataset holds them: (n, h, w, c) uint8."""
    c, h, w = shape
    drawn = np.stack([cloth(np.random.default_rng(i), h, w) for i in range(n)])
    if c == 4:  # the left third is clear
        alpha = np.full((n, h, w, 1), 255, np.uint8)
        alpha[:, :, : w // 3] = 0
        return np.concatenate([drawn, alpha], axis=3)
    return drawn[..., :c]


def batch(shape: Shape, n: int = 4) -> torch.Tensor:
    """The same as the loop hands it to a loss: (n, c, h, w) in [-1, 1]."""
    return torch.from_numpy(pixels(shape, n)).permute(0, 3, 1, 2).float() / 127.5 - 1


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def made() -> Callable[[str, Shape], Model]:
    """A model by name and shape, its material taken; built once."""
    known: dict[tuple[str, Shape], Model] = {}

    def make(name: str, shape: Shape) -> Model:
        if (name, shape) not in known:
            settings = _files.settings_of(name, TINY.get(name, {}), shape, 20)
            model = _files.build(name, shape, settings, seed=3)
            model.material(pixels(shape))
            known[name, shape] = model
        return known[name, shape]

    return make


def test_settings_are_plain_json_with_defaults(name: str) -> None:
    settings = _files.settings_of(name, {}, (3, 32, 32), 20)
    told = dataclasses.asdict(settings)
    assert json.loads(json.dumps(told)) == told
    assert dataclasses.fields(settings)
    assert type(settings).__dataclass_params__.frozen
    registry.load("models", name).Settings()


def test_an_unknown_setting_or_a_wrong_kind_is_told(name: str) -> None:
    with pytest.raises(UnknownName, match="nonsense"):
        _files.settings_of(name, {"nonsense": 1}, (3, 32, 32), 20)
    first = dataclasses.fields(registry.load("models", name).Settings())[0].name
    with pytest.raises(UsageError, match=first):
        _files.settings_of(name, {first: [1]}, (3, 32, 32), 20)


def test_too_small_or_odd_shapes_are_refused_in_words(name: str) -> None:
    module = registry.load("models", name)
    for shape in [(3, 8, 8), (2, 32, 32)]:
        with pytest.raises(DoesNotFit, match="px"):
            module.Model(shape, module.Settings())


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_decoding_a_prior_gives_finite_images_in_range(
    name: str, shape: Shape, made: Callable[[str, Shape], Model]
) -> None:
    model = made(name, shape).eval()
    with torch.no_grad():
        z = model.prior(3, seeded(1))
        images, stories = model.decode_told(z)
        assert z.dtype == torch.float32 and len(z) == 3
        assert images.shape == (3, *shape) and images.dtype == torch.float32
        assert torch.isfinite(images).all() and images.min() >= -1 and images.max() <= 1
        assert torch.equal(images, model.decode(z))
        assert len(stories) == 3 and json.loads(json.dumps(stories)) == stories


@pytest.mark.parametrize("shape", [(3, 512, 512), (1, 16, 16), (3, 256, 90)], ids=str)
def test_the_smallest_and_the_largest_pictures_can_be_learnt(name: str, shape: Shape) -> None:
    tiny = {**TINY[name], **({"steps": 1} if name == "flow" else {})}
    model = _files.build(name, shape, _files.settings_of(name, tiny, shape, 20), seed=3)
    if not model.players():
        return  # it keeps its originals, and its time is measured elsewhere
    x = torch.rand((2, *shape), generator=seeded(1)) * 2 - 1
    for player in model.train().players():
        model.turn(player)
        model.loss(player, x, seeded(2)).backward()
    if name == "woven":
        return  # what is woven of its plans is quilt's, whose sizes are tried elsewhere
    with torch.no_grad():
        images = model.eval().decode(model.prior(1, seeded(1)))
    assert images.shape == (1, *shape) and torch.isfinite(images).all()


def test_the_generator_alone_decides(name: str, made: Callable[[str, Shape], Model]) -> None:
    model = made(name, (3, 32, 32)).eval()
    with torch.no_grad():
        torch.manual_seed(11)
        first = model.prior(2, seeded(1))
        torch.manual_seed(12)
        again = model.prior(2, seeded(1))
        other = model.prior(2, seeded(2))
        assert torch.equal(first, again) and not torch.equal(first, other)
        assert torch.equal(model.decode(first), model.decode(again))
        assert not torch.equal(model.decode(first), model.decode(other))


def test_an_image_does_not_depend_on_its_neighbours(
    name: str, made: Callable[[str, Shape], Model]
) -> None:
    model = made(name, (3, 32, 32)).eval()
    with torch.no_grad():
        z = model.prior(3, seeded(5))
        together = model.decode(z)
        alone = torch.cat([model.decode(z[i : i + 1]) for i in range(3)])
        # libraries may sum in another order for another batch, hence not to the bit
        assert torch.allclose(together, alone, atol=1e-4)


def test_variety_one_changes_nothing_and_less_brings_images_together(
    name: str, made: Callable[[str, Shape], Model]
) -> None:
    model = made(name, (3, 32, 32)).eval()
    with torch.no_grad():
        z = model.prior(4, seeded(6))
        assert torch.equal(model.vary(z, 1.0), z)
        less = model.vary(z, 0.3)
        assert less.shape == z.shape and torch.isfinite(less).all()
        assert torch.isfinite(model.decode(less)).all()


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_each_player_learns_by_its_own_loss_alone(
    name: str, shape: Shape, made: Callable[[str, Shape], Model]
) -> None:
    model = made(name, shape).train()
    players = {p: list(parameters) for p, parameters in model.players().items()}
    every = [id(p) for parameters in players.values() for p in parameters]
    assert len(every) == len(set(every)), "a parameter belongs to two players"
    for player, own in players.items():
        model.zero_grad(set_to_none=True)
        model.turn(player)
        loss = model.loss(player, batch(shape), seeded(2))
        assert loss.ndim == 0 and loss.dtype == torch.float32 and torch.isfinite(loss)
        loss.backward()
        ids = {id(p) for p in own}
        reached = [p for p in own if p.grad is not None and p.grad.abs().sum() > 0]
        # learned noise weights and the like may start at a still point, never most of the model
        assert len(reached) > 0.8 * len(own), f"{player}: {len(reached)} of {len(own)}"
        strangers = [p for p in model.parameters() if id(p) not in ids and p.grad is not None]
        assert not strangers
        optimizer = model.optimizer(player)
        assert {id(p) for group in optimizer.param_groups for p in group["params"]} == ids
    model.zero_grad(set_to_none=True)


def test_a_loss_follows_its_generator(name: str, made: Callable[[str, Shape], Model]) -> None:
    model = made(name, (3, 32, 32)).train()
    for player in model.players():
        model.turn(player)
        losses = []
        for seed in (2, 2, 3):
            torch.manual_seed(len(losses))
            losses.append(model.loss(player, batch((3, 32, 32)), seeded(seed)).item())
        assert losses[1] == losses[0] and losses[1] != losses[2]


def test_a_family_that_learns_labels_draws_what_is_asked(name: str, tmp_path: Path) -> None:
    shape, labels = (3, 24, 40), ["dots", "rings", "stripes"]
    if not hasattr(registry.load("models", name).Settings(), "labels"):
        with pytest.raises(UnknownName, match="labels"):
            _files.settings_of(name, {"labels": labels}, shape, 20)
        return
    settings = _files.settings_of(name, {**TINY[name], "labels": labels}, shape, 20)
    model = _files.build(name, shape, settings, seed=3)
    model.material(pixels(shape), [i % 4 - 1 for i in range(20)])
    told = model.one_hot([0, 2, -1, 1])
    assert told.tolist() == [[1, 0, 0], [0, 0, 1], [0, 0, 0], [0, 1, 0]]
    for player, own in model.train().players().items():
        model.zero_grad(set_to_none=True)
        model.turn(player)
        losses = [model.loss(player, batch(shape), seeded(2), t) for t in (told, told.roll(1, 0))]
        assert all(torch.isfinite(loss) for loss in losses)
        losses[0].backward()
        assert len([p for p in own if p.grad is not None and p.grad.any()]) > 0.8 * len(list(own))
    model.eval()
    with torch.no_grad():
        for parameter in model.parameters():  # an untaught network may hold its last layer still
            parameter.add_(0.05 * torch.randn(parameter.shape, generator=seeded(7)))
        z = model.prior(2, seeded(1))
        asked = [model.asked(z, model.one_hot([k, k])) for k in range(3)]
        drawn = [model.decode(a) for a in [z, *asked]]
        assert all(d.shape == (2, *shape) for d in drawn)
        assert not torch.equal(drawn[1], drawn[2]) and not torch.equal(drawn[0], drawn[1])
        assert torch.equal(model.asked(asked[0], model.one_hot([-1, -1])), z)
        noise, still = model.parted(model.vary(asked[1], 0.3))
        assert torch.equal(still, model.one_hot([1, 1]))
        assert torch.allclose(noise, model.parted(model.vary(z, 0.3))[0])
        halfway = model.parted(0.7 * (asked[0] + asked[1]))[1]
        assert torch.allclose(halfway, torch.tensor([[0.5, 0.5, 0.0]] * 2))
        _files.save(tmp_path / "a.safetensors", name, model)
        back = _files.load(tmp_path / "a.safetensors")[1]
        assert back.labels == ("dots", "rings", "stripes")
        assert torch.equal(back.decode(asked[2]), drawn[3])


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_saved_model_comes_back_to_the_bit(
    name: str, shape: Shape, made: Callable[[str, Shape], Model], tmp_path: Path
) -> None:
    model = made(name, shape).eval()
    _files.save(tmp_path / "a.safetensors", name, model, step=7)
    _files.save(tmp_path / "b.safetensors", name, model, step=7)
    assert (tmp_path / "a.safetensors").read_bytes() == (tmp_path / "b.safetensors").read_bytes()
    known, back, header = _files.load(tmp_path / "a.safetensors")
    assert (known, back.shape, header["step"]) == (name, shape, 7)
    with torch.no_grad():
        z = model.prior(2, seeded(9))
        assert torch.equal(back.prior(2, seeded(9)), z)
        assert torch.equal(back.decode(z), model.decode(z))


def test_a_file_that_was_hurt_is_refused(
    name: str, made: Callable[[str, Shape], Model], tmp_path: Path
) -> None:
    path = tmp_path / "a.safetensors"
    _files.save(path, name, made(name, (3, 32, 32)))
    whole = path.read_bytes()
    for hurt in (whole[:-100], whole[:-1] + bytes([whole[-1] ^ 1]), b"", b"no weights at all"):
        path.write_bytes(hurt)
        with pytest.raises(Damaged, match=r"a\.safetensors"):
            _files.load(path)


def test_encoding_gives_latents_that_decode(name: str, made: Callable[[str, Shape], Model]) -> None:
    model = made(name, (3, 32, 32)).eval()
    x = batch((3, 32, 32))
    if not model.encodes:
        with pytest.raises(UsageError, match="no encoder"):
            model.encode(x)
        return
    with torch.no_grad():
        z = model.encode(x)
        assert z.shape == model.prior(len(x), seeded(1)).shape
        assert torch.equal(z, model.encode(x))
        assert model.decode(z).shape == x.shape


def test_what_a_training_is_looked_at_by_fits_the_originals(
    name: str, made: Callable[[str, Shape], Model]
) -> None:
    model = made(name, (3, 32, 32)).eval()
    looked = model.looked(pixels((3, 32, 32)))
    with torch.no_grad():
        seen = model.glance(model.prior(2, seeded(4)))
    assert looked.dtype == np.uint8 and len(looked) == 20
    assert seen.shape == (2, looked.shape[3], *looked.shape[1:3])
    assert seen.min() >= -1 and seen.max() <= 1


def test_a_film_goes_through_latents_or_has_a_way_of_its_own(
    name: str, made: Callable[[str, Shape], Model]
) -> None:
    model = made(name, (3, 32, 32)).eval()
    with torch.no_grad():
        a, b = model.prior(2, seeded(4)).split(1)
        if not model.crosses:
            with pytest.raises(UsageError, match="has a way"):
                model.crossing(a, b)
            return
        way = model.crossing(a, b)
        assert torch.equal(way(0.0), model.decode(a)[0])
        assert torch.equal(way(1.0), model.decode(b)[0])
        assert way(0.4).shape == model.shape and torch.isfinite(way(0.4)).all()
