"""Edges on shapes whose edges are known."""

import numpy as np
import pytest
from scipy import ndimage

from latelier.features import edges
from latelier.features.edges import dimension, orientation_entropy


def gradients(light: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    down, across = ndimage.sobel(light, axis=0), ndimage.sobel(light, axis=1)
    return down, across, np.hypot(down, across)


def test_lines_and_planes_have_their_dimension() -> None:
    line = np.zeros((256, 256), bool)
    line[100] = True
    assert dimension(line) == pytest.approx(1)
    assert dimension(np.ones((256, 256), bool)) == pytest.approx(2)
    assert dimension(np.zeros((256, 256), bool)) == 0


def test_a_sierpinski_triangle_has_the_dimension_of_the_book() -> None:
    y, x = np.mgrid[:256, :256]
    assert dimension((x & y) == 0) == pytest.approx(np.log(3) / np.log(2), abs=1e-9)


def test_a_disc_has_edges_all_ways_and_a_grating_one_way() -> None:
    y, x = np.mgrid[:256, :256] - 127.5
    disc = ndimage.gaussian_filter((np.hypot(x, y) < 90) * 100.0, 3)
    assert orientation_entropy(*gradients(disc)) > 0.99
    stripes = 50 + 50 * np.sin(np.arange(256) / 5)[None] * np.ones((256, 1))
    assert orientation_entropy(*gradients(stripes)) < 0.01
    assert orientation_entropy(*gradients(np.ones((9, 9)))) == 0


def test_a_turn_by_one_bin_leaves_the_entropy_as_it_is() -> None:
    rng = np.random.default_rng(0)
    turns = rng.choice([0.1, 0.9, 2.0], 5000)
    strength = rng.uniform(1, 2, 5000)
    step = np.pi / edges.ORIENTATIONS
    there, turned = (
        orientation_entropy(strength * np.sin(t), strength * np.cos(t), strength)
        for t in (turns, turns + 3 * step)
    )
    assert there == pytest.approx(turned)


def test_a_slope_of_one_is_measured_as_one_and_a_step_as_an_edge() -> None:
    pixels = np.zeros((256, 256, 3), np.uint8)
    pixels[:, 128:] = 255
    found = dict(zip([m.name for m in edges.MEASURES], edges.describe(pixels), strict=True))
    assert found["density"] == pytest.approx(2 / 256)  # the two columns beside the step
    assert found["dimension"] == pytest.approx(1)
    assert found["strength"] == pytest.approx(2 * 50 / 256, rel=1e-6)
