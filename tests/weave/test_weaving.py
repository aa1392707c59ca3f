"""Weaving: pieces agree at their seams, folds hold to the pixel, bounds are kept or told."""

import numpy as np
import pytest

from drawn import cloth
from latelier.weave.fold import Fold
from latelier.weave.pieces import Wishes, choose_pieces, lay_boxes
from latelier.weave.structure import laid_bare, paper_of, structure_of, suited_fold
from latelier.weave.weaving import Bounds, Threads, Woven, weave


def cloths(n: int, side: int = 40) -> np.ndarray:
    drawn = [cloth(np.random.default_rng(i), side, side) for i in range(n)]
    return np.stack(drawn).astype(np.float32) / 255


def wishes(originals: np.ndarray, seed: int = 0, share: float = 1 / 3) -> Wishes:
    chance = np.random.default_rng(seed).standard_normal(64).astype(np.float32)
    return Wishes(originals.mean(0), 0.5, 0.0, share, chance)


def woven(originals: np.ndarray, fold: Fold, bounds: Bounds | None = None, seed: int = 0) -> Woven:
    threads = Threads(originals, np.zeros((*originals.shape[:3], 0), dtype=np.float32))
    return weave(threads, fold, wishes(originals, seed), bounds or Bounds())


FOLDS = {
    "free": Fold(40, 40),
    "half": Fold(40, 20, "free", "half"),
    "cells": Fold(14, 14, "mirror", "mirror"),
    "drop": Fold(18, 18, "wrap", "wrap", 9),
    "steps": Fold(16, 22, "wrap", "wrap", 6),
    "bands": Fold(18, 40, "wrap", "free"),
    "halves": Fold(20, 12, "wrap", "mirror"),
}


@pytest.mark.parametrize("name", sorted(FOLDS))
def test_a_woven_picture_has_the_symmetry_of_its_fold_and_keeps_the_bounds(name: str) -> None:
    fold, originals = FOLDS[name], cloths(12)
    made = woven(originals, fold)
    assert made.picture.shape == (40, 40, 3) and np.isfinite(made.picture).all()
    domain = made.picture[: fold.height, : fold.width]
    assert np.array_equal(fold.unfold(domain, 40, 40), made.picture)
    assert made.met and made.shares.max() <= 1 / 3 and made.piece <= 1 / 16
    assert made.shares.sum() == pytest.approx(1, abs=1e-5)


def test_most_pixels_are_those_of_the_original_they_are_said_to_be_from() -> None:
    originals = cloths(12)
    made = woven(originals, FOLDS["half"])
    origin = made.origin
    inside = (origin.y >= 0) & (origin.y < 40) & (origin.x >= 0) & (origin.x < 40)
    there = originals[origin.parent, np.clip(origin.y, 0, 39), np.clip(origin.x, 0, 39)]
    same = np.abs(made.picture - there).max(-1) < 0.02
    assert inside.mean() > 0.97 and same.mean() > 0.5


def test_one_original_alone_cannot_keep_the_bounds_and_that_is_told() -> None:
    made = woven(cloths(1), FOLDS["half"])
    assert not made.met and made.shares[0] == pytest.approx(1)


def test_wider_bounds_allow_larger_pieces() -> None:
    originals = cloths(12)
    narrow = woven(originals, FOLDS["free"], Bounds(1 / 24, 1 / 3))
    wide = woven(originals, FOLDS["free"], Bounds(1 / 4, 1 / 2))
    assert narrow.piece <= 1 / 24 < wide.piece <= 1 / 4


def test_all_black_is_plain_and_owes_nothing() -> None:
    made = woven(np.zeros((4, 24, 24, 1), dtype=np.float32), Fold(24, 24))
    assert not made.picture.any() and made.met and not made.busy.any() and made.piece == 0


def test_chance_alone_makes_the_difference() -> None:
    originals = cloths(8, 32)
    first, again, other = (
        woven(originals, Fold(32, 16, "free", "half"), seed=s) for s in (1, 1, 2)
    )
    assert np.array_equal(first.picture, again.picture)
    assert not np.array_equal(first.picture, other.picture)


@pytest.mark.parametrize("name", sorted(FOLDS))
def test_boxes_cover_the_domain_once(name: str) -> None:
    fold = FOLDS[name]
    boxes, (rows, columns) = lay_boxes(fold, 7)
    count = np.zeros((fold.height, fold.width), dtype=int)
    for y0, y1, x0, x1 in boxes.tolist():
        count[y0:y1, x0:x1] += 1
    assert (count == 1).all() and len(boxes) == rows * columns


def test_pieces_continue_each_other_better_than_chance_would() -> None:
    originals = cloths(6, 40)
    fold = Fold(40, 40)
    busy = np.ones((6, 40, 40), dtype=np.float32)
    chosen = choose_pieces(originals, busy, fold, wishes(originals, share=1.0))
    rng = np.random.default_rng(3)

    def jumps(source: np.ndarray, offset: np.ndarray) -> float:
        """Mean difference between the two pieces right at the borders between boxes."""
        found = []
        for k, (y0, y1, _, x1) in enumerate(chosen.box.tolist()):
            right = np.nonzero((chosen.box[:, 2] == x1) & (chosen.box[:, 0] == y0))[0]
            for other in right.tolist():
                for y in range(y0, y1):
                    a, b = [
                        originals[
                            source[i],
                            np.clip(y + offset[i, 0], 0, 39),
                            np.clip(x1 + offset[i, 1], 0, 39),
                        ]
                        for i in (k, other)
                    ]
                    found.append(np.abs(a - b).mean())
        return float(np.mean(found))

    count = len(chosen.source)
    by_chance = jumps(rng.integers(0, 6, count), rng.integers(-20, 20, (count, 2)))
    assert jumps(chosen.source, chosen.offset) < 0.75 * by_chance


def test_mirrors_repeats_and_paper_are_found() -> None:
    x = np.mgrid[:64, :64][1]
    stripes = ((x // 6) % 2 * 0.8)[..., None] * np.ones(3)
    found = structure_of(stripes.astype(np.float32))
    assert found.repeat_x > 0.9 and found.period_x * 64 == pytest.approx(12, abs=0.5)
    assert found.paper == 0
    garment = np.ones((64, 64, 3), dtype=np.float32)
    half = np.random.default_rng(0).random((20, 16, 3)).repeat(2, 0)
    garment[12:52, 16:32], garment[12:52, 32:48] = half, half[:, ::-1]
    found = structure_of(garment)
    assert found.paper > 0.5 and found.mirror_x > 0.9 > 0.4 > found.mirror_y
    fold, words = suited_fold(found, 64, 64)
    assert (fold.rows, fold.columns, fold.width) == ("free", "half", 32) and "mirror" in words


def found_in(picture: np.ndarray, order: str = "auto") -> tuple[Fold, str]:
    return suited_fold(structure_of(picture.astype(np.float32)), 128, 128, order)


def test_cloth_without_a_repeat_is_laid_out_freely_unless_one_is_asked_for() -> None:
    picture = np.random.default_rng(0).random((64, 64, 3))
    assert found_in(picture) == (Fold(128, 128), "laid out freely")
    for order, drop in (("repeat", 0), ("half-drop", 32)):
        fold, words = found_in(picture, order)
        assert fold == Fold(64, 64, "wrap", "wrap", drop) and fold.tiles(128, 128)
        assert "2 across and 2 down" in words and "as in" not in words


@pytest.mark.parametrize(
    ("fold", "said"),
    [
        (Fold(16, 32, "wrap", "wrap"), "straight, 2 across and 4 down, as in"),
        (Fold(16, 32, "wrap", "wrap", 16), "in half-drop, 2 across and 4 down, as in"),
        (Fold(20, 30, "wrap", "wrap", 8), "each row moved by 0.27 of a repeat, 2.1 across and 3.2"),
        (Fold(12, 16, "wrap", "wrap"), "straight, 4 across and 2.7 down, by 1 x 2 of the repeats"),
        (Fold(16, 16, "wrap", "wrap", 8), "in half-drop, 4 across and 4 down, as in"),
        (
            Fold(16, 16, "mirror", "mirror"),
            "straight, 2 across and 2 down, mirrored left and right",
        ),
    ],
)
def test_a_repeat_of_its_own_is_kept_with_its_periods_and_its_steps(fold: Fold, said: str) -> None:
    cell = np.random.default_rng(3).random((fold.height, fold.width, 3))
    found, words = found_in(fold.unfold(cell, 64, 64))
    assert words.startswith(f"repeats {said}"), words
    assert words.endswith("as in the picture it is laid out after")
    assert (found.rows, found.columns) == (fold.rows, fold.columns)
    assert found.height % (2 * fold.height) == 0 == found.width % (2 * fold.width)
    assert found.drop == 2 * fold.drop and found.height * found.width >= 0.06 * 128**2


def test_of_a_repeat_with_one_mirror_the_repeat_is_kept() -> None:
    cell = np.random.default_rng(3).random((28, 16, 3))
    found, words = found_in(Fold(28, 16, "wrap", "mirror").unfold(cell, 64, 64))
    assert found == Fold(56, 64, "wrap", "wrap") and "mirror" not in words


def test_bands_that_are_mirrored_keep_both() -> None:
    cell = np.random.default_rng(3).random((64, 8, 3))
    found, words = found_in(Fold(64, 8, "free", "mirror").unfold(cell, 64, 64))
    assert (found.rows, found.columns, found.width) == ("free", "mirror", 32), words
    assert words.startswith("left and right are mirror images, repeats 2 across, as")


def test_bands_repeat_down_alone() -> None:
    rng = np.random.default_rng(0)
    bands = np.tile(rng.random((16, 1, 3)), (4, 64, 1))
    found, words = found_in(bands + 1.2 * rng.random((64, 64, 3)))
    assert (found.rows, found.columns, found.height) == ("wrap", "free", 64), words
    assert words == "repeats 2 down, as the picture does that it is laid out after"


def lying(n: int = 10, side: int = 48) -> np.ndarray:
    """Cloths of several sizes on a light wall that darkens downwards."""
    wall = np.linspace(0.95, 0.91, side, dtype=np.float32)[None, :, None, None]
    pictures = np.repeat(np.repeat(wall, side, axis=2), 3, axis=3).repeat(n, 0)
    for i, picture in enumerate(cloths(n, side)):
        edge = 6 + i % 5
        pictures[i, edge:-edge, edge:-edge] = 0.8 * picture[edge:-edge, edge:-edge]
    return pictures


def test_paper_goes_on_under_what_lies_on_it() -> None:
    picture = lying()[0]
    ground, paper = laid_bare(picture)
    assert paper[:4].all() and not paper[10:-10, 10:-10].any()
    assert np.abs(ground[paper] - picture[paper]).max() < 0.02
    assert np.ptp(ground) < 0.06


def test_a_thing_on_paper_keeps_the_outline_of_the_one_that_leads() -> None:
    originals = lying()
    papers = np.stack([paper_of(o) for o in originals])
    ground, paper = laid_bare(originals[0])
    threads = Threads(originals, papers[..., None] * np.float32(0.5), ground, paper * np.float32(1))
    plan = np.dstack([originals[0], threads.guides[0]])
    chance = np.zeros(64, dtype=np.float32)
    made = weave(threads, Fold(48, 48), Wishes(plan, 0.5, 0.0, 1 / 3, chance), Bounds())
    assert np.abs(made.picture[paper] - ground[paper]).max() < 1e-5
    cloth = ~paper_of(made.picture)
    assert (cloth == ~paper).mean() > 0.97
    assert made.met
