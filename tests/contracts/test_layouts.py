"""Every layout of the registry is held to the contract of ``layout/_contract.py``."""

from types import ModuleType

import numpy as np
import pytest

from latelier import registry
from latelier.errors import DoesNotFit, UsageError
from latelier.layout import place

NAMES = registry.names("layout")
SHAPES = [(1, 1), (1, 5), (5, 1), (2, 2), (3, 4), (4, 3), (6, 6), (7, 7), (5, 9)]

pytestmark = pytest.mark.parametrize("name", NAMES)


@pytest.fixture
def layout(name: str) -> ModuleType:
    return registry.load("layout", name)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_every_count_gets_exactly_as_many_distinct_cells(layout: ModuleType, shape) -> None:
    rows, cols = shape
    room = layout.capacity(rows, cols)
    assert 1 <= room <= rows * cols
    for count in range(room + 1):
        cells = layout.cells(rows, cols, count)
        assert len(set(cells)) == len(cells) == count
        assert all(0 <= r < rows and 0 <= c < cols for r, c in cells)
        assert all(type(r) is int and type(c) is int for r, c in cells)
    assert set(layout.cells(rows, cols, room)) >= set(layout.cells(rows, cols, room // 2))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_pictures_get_one_place_each_and_the_same_every_time(layout: ModuleType, shape) -> None:
    room = layout.capacity(*shape)
    for count in {1, room // 2, room} - {0}:
        vectors = rng(1).normal(size=(count, 5))
        placed = [place(layout, shape, count, locked={}, vectors=vectors, rng=rng(3)) for _ in "ab"]
        assert placed[0] == placed[1]
        assert set(placed[0]) == set(layout.cells(*shape, count))


def test_locked_places_are_kept_for_any_count(layout: ModuleType) -> None:
    used = layout.cells(6, 6, layout.capacity(6, 6))
    locked = {2: used[-1], 0: used[1]}
    for count in range(3, len(used) + 1):
        vectors = rng(2).normal(size=(count, 3))
        placed = place(layout, (6, 6), count, locked=locked, vectors=vectors, rng=rng())
        assert (placed[2], placed[0]) == (used[-1], used[1])
        assert len(set(placed)) == count
        assert set(placed) <= set(used)


def test_equal_and_single_pictures_are_no_trouble(layout: ModuleType) -> None:
    for count in (1, 2, 3, 12):
        for vectors in (None, np.zeros((count, 1)), np.ones((count, 40))):
            placed = place(layout, (6, 6), count, locked={}, vectors=vectors, rng=rng())
            assert len(set(placed)) == count


def test_too_many_pictures_are_one_clear_sentence(layout: ModuleType, name: str) -> None:
    room = layout.capacity(4, 4)
    with pytest.raises(DoesNotFit, match=f"{room + 1} pictures do not fit into the {room} places"):
        place(layout, (4, 4), room + 1, locked={}, vectors=None, rng=rng())


def test_a_place_that_cannot_be_locked_is_refused(layout: ModuleType, name: str) -> None:
    with pytest.raises(UsageError, match=f"9,9 cannot be locked: '{name}' does not use it"):
        place(layout, (6, 6), 3, locked={0: (9, 9)}, vectors=None, rng=rng())
    cell = layout.cells(6, 6, 1)[0]
    with pytest.raises(UsageError, match="is locked for two pictures"):
        place(layout, (6, 6), 3, locked={0: cell, 1: cell}, vectors=None, rng=rng())
