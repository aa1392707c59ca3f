"""The quilt: what it makes, and the truth of what it tells of it."""

import json
from functools import lru_cache

import numpy as np
import pytest
import torch

from drawn import cloth
from latelier.errors import NotFitted
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
    assert "Recombined from 1 original;" in story["recombined"]
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
    model = quilt()
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


def test_without_originals_it_says_what_to_do() -> None:
    with pytest.raises(NotFitted, match="material"):
        latents(Model((3, 32, 32), Settings()), 1)
