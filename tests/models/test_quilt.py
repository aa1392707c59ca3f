"""The quilt: bounds on borrowing, stories that add up, and truth where a bound cannot be kept."""

import numpy as np
import pytest
import torch

from drawn import cloth
from latelier.errors import NotFitted
from latelier.models.quilt import Model, Settings


def woven(count: int = 24, size: int = 48, seeds: range = range(3)) -> tuple[Model, list[dict]]:
    model = Model((3, size, size), Settings())
    model.material(np.stack([cloth(np.random.default_rng(i), size, size) for i in range(count)]))
    stories = []
    for seed in seeds:
        z = model.prior(1, torch.Generator().manual_seed(seed))
        stories += model.decode_told(z)[1]
    return model, stories


def test_shares_add_up_to_one_and_parents_are_originals() -> None:
    for story in woven()[1]:
        shares = [p["share"] for p in story["parents"]]
        assert sum(shares) == pytest.approx(1, abs=0.01)
        assert shares == sorted(shares, reverse=True)
        assert {p["row"] for p in story["parents"]} <= set(range(24))


def test_bounds_are_kept_or_the_story_says_that_they_were_not() -> None:
    settings = Settings()
    for story in woven(seeds=range(6))[1]:
        within = (
            story["parents"][0]["share"] <= settings.share + 1e-9
            and story["largest_piece"] <= settings.piece + 1e-9
        )
        assert story["kept"] == within


def test_one_original_cannot_keep_the_bound_and_that_is_told() -> None:
    for story in woven(count=1, seeds=range(1))[1]:
        assert story["kept"] is False
        assert story["parents"][0]["share"] == pytest.approx(1)


def test_without_originals_nothing_can_be_woven() -> None:
    with pytest.raises(NotFitted, match="no originals"):
        Model((3, 32, 32), Settings()).prior(1, torch.Generator())
