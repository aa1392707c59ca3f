"""Symmetry and balance on pictures made to have them."""

import numpy as np
import pytest

from latelier.features import symmetry
from latelier.features.symmetry import balance, same


def of(grey: np.ndarray) -> dict[str, float]:
    found = symmetry.describe(np.repeat(grey.astype(np.uint8)[..., None], 3, axis=2))
    return {m.name: float(v) for m, v in zip(symmetry.MEASURES, found, strict=True)}


def rough(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (256, 256))


def test_mirrored_pictures_are_found_to_be_so() -> None:
    left = rough()[:, :128]
    found = of(np.concatenate([left, left[:, ::-1]], axis=1))
    assert found["mirror_left_right"] == pytest.approx(1)
    assert abs(found["mirror_top_bottom"]) < 0.03
    top = rough()[:128]
    assert of(np.concatenate([top, top[::-1]]))["mirror_top_bottom"] == pytest.approx(1)
    square = rough()
    assert of((square + square.T) / 2)["mirror_diagonal"] == pytest.approx(1, abs=1e-3)


def test_a_pinwheel_turns_into_itself_and_has_no_mirror() -> None:
    quarter = rough()[:128, :128]
    wheel = np.block([[quarter, np.rot90(quarter, -1)], [np.rot90(quarter), np.rot90(quarter, 2)]])
    found = of(wheel)
    assert found["quarter_turn"] == pytest.approx(1)
    assert found["half_turn"] == pytest.approx(1)
    assert abs(found["mirror_left_right"]) < 0.05


def test_a_picture_and_its_negative_are_opposite() -> None:
    grey = rough().astype(float)
    off = grey - grey.mean()
    assert same(off, -off) == pytest.approx([-1])
    assert same(np.ones((4, 4)), np.ones((4, 4))) == [1]


def test_weight_lies_where_it_was_put() -> None:
    grey = np.full((256, 256), 255)
    grey[32:64, 160:224] = 0  # a bar in the upper right
    found = of(grey)
    assert found["weight_across"] == pytest.approx(2 * 192 / 256 - 1, abs=1e-6)
    assert found["weight_down"] == pytest.approx(2 * 48 / 256 - 1, abs=1e-6)
    assert found["filled"] == pytest.approx(32 * 64 / 256**2)
    # an even bar reaches its own sides' variance: (2 a)² / 12 in each direction
    assert found["weight_reach"] == pytest.approx(
        np.sqrt(((64 / 128) ** 2 + (32 / 128) ** 2) / 12), rel=1e-3
    )


def test_nothing_has_no_weight() -> None:
    assert balance(np.zeros((5, 5))).tolist() == [0, 0, 0]
