"""The refinement that weaves a picture large: sizes, reasons, and framing of originals."""

import numpy as np
import pytest

from drawn import cloth
from latelier.errors import PictureError
from latelier.refine._contract import Originals
from latelier.refine.weave import framed, refine
from latelier.weave.enlarge import shelf_of

CLOTHS = [cloth(np.random.default_rng(i), 80, 60) for i in range(9)]
USUAL = {"size": 96, "parents": 8, "piece": 1 / 16, "share": 1 / 3}


def originals(n: int = 9) -> Originals:
    return Originals(
        shelf_of([c.astype(np.float32) / 255 for c in CLOTHS[:n]]), lambda row, side: CLOTHS[row]
    )


def test_the_longer_side_is_as_long_as_was_asked_and_the_shape_stays() -> None:
    told = refine(cloth(np.random.default_rng(30), 24, 32), originals(), **USUAL)
    assert told.pixels.shape == (72, 96, 3) and told.pixels.dtype == np.uint8
    story = told.story
    assert story["kept"] and story["recombined"].startswith("Recombined from ")
    assert {p["row"] for p in story["parents"]} <= set(range(9)) and len(story["parents"]) >= 3
    assert story["largest_piece"] <= 1 / 16 and story["parents"][0]["share"] <= 1 / 3


@pytest.mark.parametrize(
    ("shape", "count", "reason"),
    [((96, 60), 9, "already"), ((4, 40), 9, "too few"), ((24, 24), 2, "2 originals")],
)
def test_what_cannot_be_woven_has_a_reason(shape: tuple[int, int], count: int, reason: str) -> None:
    with pytest.raises(PictureError, match=reason):
        refine(cloth(np.random.default_rng(30), *shape), originals(count), **USUAL)


def test_an_original_is_cut_to_the_shape_or_laid_whole_on_its_own_ground() -> None:
    picture = np.zeros((40, 20, 3), dtype=np.uint8)
    picture[4:-4, 4:-4] = 200
    cut = framed(picture, 30, 30, whole=False)
    assert cut.shape == (30, 30, 3) and cut[15, 15, 0] == 200 and cut[8, 15, 0] > 150
    whole = framed(picture, 30, 30, whole=True)
    assert whole.shape == (30, 30, 3) and whole[15, 15, 0] == 200 and not whole[:, :8].any()
    wide = framed(picture.transpose(1, 0, 2), 30, 15, whole=True)
    assert wide.shape == (30, 15, 3) and not wide[:8].any()
