"""Composition tells what repeats itself, what has one direction, and what has all."""

import numpy as np

from latelier.features import composition


def named(pixels: np.ndarray) -> dict[str, float]:
    found = composition.describe(pixels)
    return dict(zip((m.name for m in composition.MEASURES), found, strict=True))


def grey(plane: np.ndarray) -> np.ndarray:
    return np.repeat(np.clip(plane, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


Y, X = np.mgrid[:256, :256]
NOISE = grey(np.random.default_rng(0).normal(128, 40, (256, 256)))
STRIPES = grey(128 + 100 * np.sin(2 * np.pi * X / 16))
RINGS = grey(128 + 100 * np.sin(np.hypot(X - 128, Y - 128) / 3))


def test_a_texture_is_like_itself_and_a_single_mark_is_not() -> None:
    mark = np.full((256, 256), 255.0)
    mark[20:60, 30:34] = 0
    assert named(NOISE)["self_similarity_16"] > 0.85
    assert named(STRIPES)["self_similarity_64"] > 0.9
    assert named(grey(mark))["self_similarity_64"] < named(NOISE)["self_similarity_64"]


def test_stripes_have_one_direction_and_rings_all() -> None:
    one, all_ = named(STRIPES), named(RINGS)
    assert one["anisotropy"] > 0.5 > 0.1 > named(NOISE)["anisotropy"]
    assert one["orientation_entropy_1"] < 0.4 < 0.9 < all_["orientation_entropy_1"]
    assert one["parallel"] > 0.95
    assert one["orientation_entropy_near"] < named(NOISE)["orientation_entropy_near"]
    assert named(NOISE)["orientation_entropy_far"] > 0.95


def test_joined_parts_hold_what_their_parts_hold() -> None:
    rng = np.random.default_rng(1)
    strength, turn = rng.random((70, 91)), rng.random((70, 91)) * 2 * np.pi
    finest = composition.directions(strength, turn, 8)
    for count in (1, 2, 4):
        np.testing.assert_allclose(
            composition.joined(finest, count), composition.directions(strength, turn, count)
        )


def test_complexity_is_the_mean_gradient() -> None:
    half = grey(128 + 50 * np.sin(2 * np.pi * X / 16))
    assert named(STRIPES)["complexity"] > 1.5 * named(half)["complexity"] > 0
    assert named(grey(np.full((64, 64), 80.0)))["complexity"] == 0
