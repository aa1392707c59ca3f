"""Steps in tone at seams: small ones are spread away, large ones are drawing and stay."""

from dataclasses import replace

import numpy as np
import pytest

from latelier.weave.fold import Fold
from latelier.weave.mend import Cloth
from latelier.weave.pieces import Pieces
from latelier.weave.shade import evened


def two_pieces(left: float, right: float, fold: Fold | None = None) -> Cloth:
    """A domain of 16 x 32 whose halves come from two plain originals."""
    stack = (
        np.ones((2, 16, 32, 3), dtype=np.float32) * np.float32([left, right])[:, None, None, None]
    )
    box = np.array([[0, 16, 0, 16], [0, 16, 16, 32]])
    pieces = Pieces(np.array([0, 1]), np.zeros((2, 2), dtype=np.int64), box)
    owner = np.repeat([[0] * 16 + [1] * 16], 16, axis=0)
    return Cloth(stack, fold or Fold(16, 32), pieces, owner)


def test_a_small_step_at_a_seam_is_spread_until_it_cannot_be_seen() -> None:
    cloth = two_pieces(0.50, 0.55)
    picture = evened(cloth, cloth.copied(), 8.0)
    steps = np.abs(np.diff(picture[8, :, 0]))
    assert steps.max() < 0.01
    assert picture[8, 0, 0] == pytest.approx(0.5, abs=0.01)  # and far from it all is as it was
    assert picture[8, -1, 0] == pytest.approx(0.55, abs=0.01)


def test_a_large_step_is_drawing_and_stays() -> None:
    cloth = two_pieces(0.2, 0.8)
    assert np.array_equal(evened(cloth, cloth.copied(), 8.0), cloth.copied())


def test_a_step_that_the_originals_have_there_is_kept() -> None:
    stack = np.repeat(np.linspace(0.3, 0.7, 32, dtype=np.float32)[None, None, :, None], 16, axis=1)
    both = np.concatenate([stack, stack])
    cloth = Cloth(both, Fold(16, 32), two_pieces(0, 0).pieces, two_pieces(0, 0).owner)
    assert evened(cloth, cloth.copied(), 8.0) == pytest.approx(cloth.copied(), abs=1e-5)


def test_a_domain_that_wraps_is_evened_across_its_edge_too() -> None:
    cloth = two_pieces(0.50, 0.55, Fold(16, 32, "wrap", "wrap"))
    roomy = np.pad(cloth.stack, ((0, 0), (8, 8), (8, 8), (0, 0)), mode="edge")
    pieces = replace(cloth.pieces, offset=cloth.pieces.offset + 8)  # pieces known beyond the edge
    cloth = replace(cloth, stack=roomy, pieces=pieces)
    picture = evened(cloth, cloth.copied(), 8.0)
    assert abs(float(picture[8, 0, 0] - picture[8, -1, 0])) < 0.015
