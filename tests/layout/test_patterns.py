"""What each pattern looks like on a lattice, and that likeness puts alike pictures together."""

import numpy as np
import pytest

from latelier import registry
from latelier.layout import place

PATTERNS = {
    "x": ["#....#", ".#..#.", "..##..", "..##..", ".#..#.", "#....#"],
    "diamond": ["..##..", ".####.", "######", "######", ".####.", "..##.."],
    "ring": ["######", "#....#", "#....#", "#....#", "#....#", "######"],
    "checker": ["#.#.#.", ".#.#.#", "#.#.#.", ".#.#.#", "#.#.#.", ".#.#.#"],
    "grid": ["######"] * 6,
}


def drawn(name: str, count: int | None = None, size: int = 6) -> list[str]:
    layout = registry.load("layout", name)
    cells = set(layout.cells(size, size, count or layout.capacity(size, size)))
    return ["".join(".#"[(r, c) in cells] for c in range(size)) for r in range(size)]


@pytest.mark.parametrize("name", PATTERNS)
def test_the_whole_pattern_on_six_by_six(name: str) -> None:
    assert drawn(name) == PATTERNS[name]


def test_fewer_pictures_make_a_smaller_cross_and_diamond() -> None:
    assert drawn("x", 8) == ["......", ".#..#.", "..##..", "..##..", ".#..#.", "......"]
    assert drawn("diamond", 12) == ["......", "..##..", ".####.", ".####.", "..##..", "......"]


def test_a_block_is_as_near_to_a_rectangle_as_its_count_allows() -> None:
    assert drawn("block", 13)[:4] == ["#####.", "#####.", "###...", "......"]
    assert drawn("block", 29)[-2:] == ["#####.", "......"]
    assert drawn("block", 20)[:5] == ["#####."] * 4 + ["......"]
    assert drawn("block", 36) == ["######"] * 6
    assert drawn("grid", 13)[:3] == ["######", "######", "#....."]


def test_the_cross_meets_in_one_cell_when_the_lattice_is_odd() -> None:
    assert registry.load("layout", "x").capacity(7, 7) == 13
    assert drawn("x", None, 5) == ["#...#", ".#.#.", "..#..", ".#.#.", "#...#"]


def roughness(placed: list[tuple[int, int]], vectors: np.ndarray) -> float:
    """The mean distance between pictures that stand side by side."""
    at = dict(zip(placed, vectors, strict=True))
    pairs = [(c, n) for c in at for n in ((c[0] + 1, c[1]), (c[0], c[1] + 1)) if n in at]
    return float(np.mean([np.linalg.norm(at[a] - at[b]) for a, b in pairs]))


@pytest.mark.parametrize("seed", range(3))
def test_likeness_brings_alike_pictures_together(seed: int) -> None:
    rng = np.random.default_rng(seed)
    colours = rng.uniform(0, 100, (144, 3))
    likeness, mosaic = registry.load("layout", "likeness"), registry.load("layout", "mosaic")
    by_lot = place(mosaic, (12, 12), 144, locked={}, vectors=None, rng=rng)
    sorted_ = place(likeness, (12, 12), 144, locked={}, vectors=colours, rng=rng)
    assert roughness(sorted_, colours) < 0.45 * roughness(by_lot, colours)


def test_a_plane_of_colours_is_found_again() -> None:
    rng = np.random.default_rng(5)
    plane = np.array([(r, c) for r in range(8) for c in range(8)], dtype=float)
    mixed = plane[rng.permutation(64)]
    placed = place(
        registry.load("layout", "likeness"), (8, 8), 64, locked={}, vectors=mixed, rng=rng
    )
    assert roughness(placed, mixed) < 1.05  # 1 is the plane itself


def test_a_locked_picture_draws_its_like_to_it() -> None:
    rng = np.random.default_rng(6)
    colours = rng.uniform(0, 100, (64, 3))
    likeness = registry.load("layout", "likeness")
    for corner in ((0, 0), (0, 7), (7, 0), (7, 7)):
        placed = place(likeness, (8, 8), 64, locked={9: corner}, vectors=colours, rng=rng)
        near = [
            i
            for i, p in enumerate(placed)
            if max(abs(p[0] - corner[0]), abs(p[1] - corner[1])) <= 2
        ]
        distances = np.linalg.norm(colours - colours[9], axis=1)
        assert distances[near].mean() < 0.6 * distances.mean()
