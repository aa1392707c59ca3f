"""The quilt: what it makes, and the truth of what it tells of it."""

import base64
import json
import zlib
from functools import lru_cache

import numpy as np
import pytest
import torch

from drawn import cloth
from latelier.errors import NotFitted, UnknownName
from latelier.models import _loom
from latelier.models._dealt import handicaps
from latelier.models._quilted import library_of, usual_of
from latelier.models.quilt import Model, Settings


def pixels(n: int, height: int = 40, width: int = 40, channels: int = 3) -> np.ndarray:
    drawn = [cloth(np.random.default_rng(i), height, width)[..., :channels] for i in range(n)]
    return np.stack(drawn)


@lru_cache
def quilt(n: int = 30, height: int = 40, width: int = 40, channels: int = 3) -> Model:
    model = Model((channels, height, width), Settings(parents=12))
    model.material(pixels(n, height, width, channels))
    return model


def latents(model: Model, n: int, seed: int = 0) -> torch.Tensor:
    return model.prior(n, torch.Generator().manual_seed(seed))


def test_the_bounds_hold_over_seeds_and_the_stories_say_so() -> None:
    model = quilt()
    _, stories = model.decode_told(latents(model, 16))
    assert sum(story["kept"] for story in stories) >= 15
    for story in stories:
        kept = story["parents"][0]["share"] <= 1 / 3 and story["largest_piece"] <= 1 / 16
        assert story["kept"] == kept
        assert ("not within the bounds" in story["recombined"]) != kept
        assert sum(p["share"] for p in story["parents"]) == pytest.approx(1, abs=0.01)
        assert len({p["row"] for p in story["parents"]}) == len(story["parents"]) >= 3


def test_the_bounds_can_be_set() -> None:
    model = Model((3, 40, 40), Settings(parents=12, piece=0.3, share=0.9))
    model.material(pixels(30))
    _, stories = model.decode_told(latents(model, 6))
    assert max(story["largest_piece"] for story in stories) > 1 / 16
    assert all(story["bounds"] == {"piece": 0.3, "share": 0.9} for story in stories)


def test_an_image_is_the_same_to_the_bit_in_any_batch() -> None:
    model = quilt()
    z = latents(model, 3)
    together = model.decode(z)
    for i in (2, 0):
        assert torch.equal(model.decode(z[i : i + 1])[0], together[i])


@pytest.mark.parametrize(
    ("n", "height", "width", "channels"), [(16, 16, 16, 3), (16, 24, 56, 1), (20, 50, 32, 4)]
)
def test_small_narrow_grey_and_translucent_pictures_are_woven_too(
    n: int, height: int, width: int, channels: int
) -> None:
    rng = np.random.default_rng(1)
    model = Model((channels, height, width), Settings())
    model.material(rng.integers(0, 256, (n, height, width, channels), dtype=np.uint8))
    images, stories = model.decode_told(latents(model, 2))
    assert images.shape == (2, channels, height, width) and images.std() > 0.1
    assert json.loads(json.dumps(stories)) == stories


def test_one_original_is_told_to_be_the_only_parent() -> None:
    model = quilt(n=1)
    _, (story,) = model.decode_told(latents(model, 1))
    assert not story["kept"] and story["parents"] == [{"row": 0, "share": 1.0}]
    assert "Recombined from 1 original," in story["recombined"]
    assert "not within the bounds" in story["recombined"]


def test_copies_among_the_originals_count_as_one() -> None:
    same = np.repeat(pixels(1), 16, axis=0)
    model = Model((3, 40, 40), Settings())
    model.material(same)
    _, (story,) = model.decode_told(latents(model, 1))
    assert not story["kept"] and len(story["parents"]) == 1


def test_nothing_but_black_is_plain_and_owes_nothing() -> None:
    model = Model((3, 32, 32), Settings())
    model.material(np.zeros((16, 32, 32, 3), dtype=np.uint8))
    images, (story,) = model.decode_told(latents(model, 1))
    assert (images == -1).all() and story["plain"] == 1 and story["kept"]


def test_the_map_of_pieces_leads_back_to_the_originals() -> None:
    model = Model((3, 40, 40), Settings(parents=12, recolour=0.0))
    model.material(pixels(30))
    originals = model.originals.numpy()
    image, (story,) = model.decode_told(latents(model, 1, seed=4))
    picture = ((image[0].permute(1, 2, 0) + 1) * 127.5).round().numpy()
    right = []
    for piece in story["pieces"][:12]:
        (left, top, w, h), (x, y), (tx, ty) = piece["box"], piece["from"], piece["turned"]
        cy, cx = top + h // 2, left + w // 2
        sy, sx = y + ty * (cy - top), x + tx * (cx - left)
        if 0 <= sy < 40 and 0 <= sx < 40:
            right.append(np.abs(originals[piece["row"], sy, sx] - picture[cy, cx]).max() < 16)
    assert len(right) >= 8 and np.mean(right) > 0.6


def test_the_packed_map_tells_the_shares() -> None:
    _, stories = quilt().decode_told(latents(quilt(), 3, seed=9))
    for story in stories:
        owners = np.frombuffer(zlib.decompress(base64.b64decode(story["map"])), dtype=np.uint8)
        assert owners.size == 40 * 40
        held = np.bincount(owners, minlength=256)
        assert held[255] / 1600 == pytest.approx(story["plain"], abs=1e-3)
        for i, parent in enumerate(story["parents"]):
            assert held[i] / held[:255].sum() == pytest.approx(parent["share"], abs=1e-3)
        assert story["after"] in {p["row"] for p in story["parents"]}


def test_without_originals_it_says_what_to_do() -> None:
    with pytest.raises(NotFitted, match="material"):
        latents(Model((3, 32, 32), Settings()), 1)


def two_kinds() -> np.ndarray:
    """Fine red nets, broad red bands, and the same in blue: 6 of each, (24, 40, 40, 3) uint8."""
    made = []
    for colour in ((190, 40, 40), (40, 60, 180)):
        for period in (4, 16):
            for i in range(6):
                y, x = np.mgrid[:40, :40] + i
                lines = (y % period < period / 2) ^ (x % period < period / 2)
                noise = np.random.default_rng(i).normal(0, 6, (40, 40, 3))
                made.append(np.where(lines[..., None], colour, 235) + noise - 6 * i)
    return np.clip(made, 0, 255).astype(np.uint8)


def test_bold_originals_are_taken_after_as_often_as_pale_ones() -> None:
    """Nearest of all would be those in the middle: without the scaling they have .70 of the contrast."""
    rng = np.random.default_rng(0)

    def drawn(n: int) -> np.ndarray:
        parts = rng.standard_normal((n, 4, 4, 3)).repeat(4, 1).repeat(4, 2)
        return 0.5 + parts * rng.uniform(0.02, 0.25, (n, 1, 1, 1))

    library = library_of((np.clip(drawn(150), 0, 1) * 255).astype(np.uint8))
    plans = (0.5 + 0.4 * (np.clip(drawn(200), 0, 1) - 0.5)).astype(np.float32)  # paler, all of them
    usual = usual_of(plans[:48])
    led = [library.like(plan, usual) for plan in plans[48:]]
    contrast = library.plans.std((1, 2)).mean(-1)
    assert 0.88 < contrast[led].mean() / contrast.mean() < 1.12
    assert len(set(led)) > 60
    pale = contrast < np.quantile(contrast, 0.3)
    assert all(pale[library.like(plan, usual_of(plans[:40]), pale)] for plan in plans[48:52])


def test_originals_far_from_all_plans_are_taken_after_as_often_as_others() -> None:
    rng = np.random.default_rng(0)
    plans, originals = rng.normal(size=(400, 6)), rng.normal(size=(60, 6))
    originals[:20] *= 3  # bold ones
    far = np.sqrt(np.square(plans[:, None] - originals[None]).mean(2))
    taken_off = handicaps(far[:200])
    plain, dealt = far[200:].argmin(1), (far[200:] - taken_off).argmin(1)
    assert (plain < 20).mean() < 0.1 and 0.2 < (dealt < 20).mean() < 0.5
    assert len(set(dealt.tolist())) > len(set(plain.tolist())) + 8


def test_a_picture_is_woven_from_those_of_its_colours_and_grain() -> None:
    library = library_of(two_kinds())
    for leader in (0, 7, 13, 20):
        kin = library.kin(leader, library.plans[leader], 6)
        assert kin[0] == leader and {k // 6 for k in kin.tolist()} == {leader // 6}


def test_copies_are_no_kin() -> None:
    twice = np.repeat(two_kinds(), 2, axis=0)
    kin = library_of(twice).kin(0, library_of(twice).plans[0], 6)
    assert len(set((kin // 2).tolist())) == len(kin) == 6


def test_the_woven_are_as_different_in_colour_as_the_originals() -> None:
    model = quilt()
    images, stories = model.decode_told(model.vary(latents(model, 30, seed=2), 0.8))
    woven = images.mean((2, 3)).var(0).sum()
    originals = (torch.from_numpy(pixels(30)).float() / 127.5 - 1).mean((1, 2)).var(0).sum()
    assert woven > 0.6 * originals
    assert len({story["after"] for story in stories}) >= 15


def chroma(images: torch.Tensor) -> float:
    """The mean distance of the colours of images (n, 3, h, w) from grey."""
    return float((images - images.mean(1, keepdim=True)).norm(dim=1).mean())


def test_woven_pictures_are_as_vivid_as_those_they_are_laid_out_after() -> None:
    vivid, pale = quilt(), Model((3, 40, 40), Settings(parents=12, recolour=0.0))
    pale.material(pixels(30))
    z = latents(vivid, 16, seed=3)
    images, stories = vivid.decode_told(z)
    rows = torch.tensor([story["after"] for story in stories])
    led = vivid.originals[rows].permute(0, 3, 1, 2).float() / 127.5 - 1
    off = [abs(chroma(made) / chroma(led) - 1) for made in (images, pale.decode(z))]
    assert off[0] < 0.15 and off[0] < off[1]


def test_variety_moves_the_plan_and_leaves_chance_and_the_leader() -> None:
    model = quilt()
    z = latents(model, 2)
    still, free = model.vary(z, 0.0), model.vary(z, 1.0)
    kept = model.settings.components
    assert torch.equal(free, z) and not still[:, kept : 2 * kept].any()
    assert torch.equal(still[:, :kept], z[:, :kept])
    assert torch.equal(still[:, 2 * kept :], z[:, 2 * kept :])
    leaders = [[s["after"] for s in model.decode_told(v)[1]] for v in (still, free)]
    assert leaders[0] == leaders[1]


@pytest.mark.parametrize("order", ["repeat", "half-drop"])
def test_a_repeat_that_is_asked_for_tiles_to_the_pixel(order: str) -> None:
    model = Model((3, 48, 48), Settings(parents=12, order=order))
    model.material(pixels(30, 48, 48))
    images, stories = model.decode_told(latents(model, 4))
    for image, story in zip(images, stories, strict=True):
        assert story["tiles"] and order.split("-")[-1] in story["layout"] and story["kept"]
        cells = [c for c in range(4, 25) if torch.equal(image.roll(c, 2), image)]
        assert cells if order == "repeat" else True


def test_halves_or_freedom_can_be_asked_for_and_nonsense_cannot() -> None:
    for order, mirrored in (("mirror", True), ("free", False)):
        model = Model((3, 40, 40), Settings(parents=12, order=order))
        model.material(pixels(30))
        images, stories = model.decode_told(latents(model, 3))
        assert all(torch.equal(i, i.flip(2)) == mirrored for i in images)
        assert not any(story["tiles"] for story in stories)
    with pytest.raises(UnknownName, match="half-drop"):
        Model((3, 40, 40), Settings(order="halfdrop"))


def test_light_falls_on_what_need_not_tile_and_on_nothing_that_was_asked_to() -> None:
    for order, falls in (("auto", True), ("free", True), ("repeat", False), ("mirror", False)):
        pictures = []
        for light in (0.0, 1.0):
            model = Model((3, 40, 40), Settings(parents=12, order=order, light=light))
            model.material(pixels(30))
            images, stories = model.decode_told(latents(model, 3))
            pictures.append(images)
            assert all(
                (s["lit"] == light) == (falls and not s["tiles"]) or not light for s in stories
            )
        changed = [not torch.equal(dark, lit) for dark, lit in zip(*pictures, strict=True)]
        assert any(changed) if falls else not any(changed)


def garments(bands: int, n: int = 20, side: int = 40) -> np.ndarray:
    """Shirts of many widths on white, each with dark bands, (n, side, side, 3) uint8."""
    made = np.full((n, side, side, 3), 255, dtype=np.uint8)
    for i in range(n):
        rng = np.random.default_rng(i)
        half, top, foot = rng.integers(6, 16), rng.integers(4, 12), rng.integers(26, 36)
        body = made[i, top:foot, side // 2 - half : side // 2 + half]
        body[:] = rng.integers(60, 200, 3)
        body[:, ::4] -= 30  # threads
        for band in rng.integers(2, foot - top - 4, bands):
            body[band : band + 2] = rng.integers(0, 60, 3)
    return made


def test_nearness_tells_copies_from_other_originals() -> None:
    for known in (garments(bands=3), pixels(30)):
        library = library_of(known[:-6])
        rng = np.random.default_rng(0)
        for copy in library.pictures(np.arange(6)):
            noisy = np.clip(copy + rng.normal(0, 0.05, copy.shape), 0, 1).astype(np.float32)
            assert library.nearness(noisy) < 1
            assert library.nearness(np.ascontiguousarray(noisy[:, ::-1])) < 1
        others = known[-6:].astype(np.float32) / 255
        assert np.mean([library.nearness(other) > 1 for other in others]) > 0.6


def test_what_comes_out_nearly_as_an_original_is_woven_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = Model((3, 40, 40), Settings())
    model.material(garments(bands=0))  # nothing but the outline could differ
    z = model.vary(latents(model, 12, seed=1), 0.0)

    def nearness(images: torch.Tensor) -> list[float]:
        pictures = ((images + 1) / 2).permute(0, 2, 3, 1).numpy()
        return [model.library.nearness(picture) for picture in pictures]

    images, stories = model.decode_told(z)
    monkeypatch.setattr(_loom, "AGAIN", 0)
    before, after = nearness(model.decode(z)), nearness(images)
    assert sum(near < 1 for near in before) >= 3
    assert sum(near < 1 for near in after) < sum(near < 1 for near in before) / 2
    for story, b, a in zip(stories, before, after, strict=True):
        assert (story["woven_again"] > 0) == (a > b)
        assert b < 1 or a == b
        assert story["after"] in {p["row"] for p in story["parents"]}


def test_a_film_weaves_one_picture_over_into_the_other() -> None:
    model = quilt()
    a, b = latents(model, 2, seed=5).split(1)
    way = model.crossing(a, b)
    assert model.crosses
    assert torch.equal(way(0.0), model.decode(a)[0]) and torch.equal(way(1.0), model.decode(b)[0])
    frames = torch.stack([way(t) for t in np.linspace(0, 1, 31)])
    steps = (frames[1:] - frames[:-1]).abs().mean((1, 2, 3)) / (frames[-1] - frames[0]).abs().mean()
    assert steps.max() < 0.1
    straight = model.decode(torch.cat([a + t * (b - a) for t in np.linspace(0.45, 0.55, 3)]))
    jump = (straight[1:] - straight[:-1]).abs().mean((1, 2, 3)).max()
    assert jump / (frames[-1] - frames[0]).abs().mean() > 0.3  # why the latents are not walked
