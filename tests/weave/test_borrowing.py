"""Borrowing is measured truly: planted loans are found, and plain ground is none."""

import numpy as np
import pytest

from latelier.weave.borrowing import Origin, busy_mask, largest_match, largest_run, shares


def noise(seed: int, side: int = 48) -> np.ndarray:
    """A picture of blocks of 2 x 2 that are all different."""
    small = np.random.default_rng(seed).random((side // 2, side // 2, 3)).astype(np.float32)
    return small.repeat(2, 0).repeat(2, 1)


def origin(parent: np.ndarray, dy: int = 0, dx: int = 0) -> Origin:
    y, x = np.indices(parent.shape)
    return Origin(parent, y + dy, x + dx, np.ones_like(y), np.ones_like(y))


def test_plain_ground_and_faint_threads_are_plain_and_a_motif_is_not() -> None:
    rng = np.random.default_rng(0)
    picture = np.full((64, 64, 3), 0.7, dtype=np.float32) + rng.normal(0, 0.01, (64, 64, 3))
    assert not busy_mask(picture).any()
    picture[20:30, 20:30] = 0.2
    busy = busy_mask(picture)
    assert busy[19:31, 19:22].all() and not busy[:10].any() and not busy[45:].any()


def test_shares_are_of_what_is_not_plain() -> None:
    parent = np.zeros((10, 10), dtype=np.int64)
    parent[:, 6:] = 2
    busy = np.zeros((10, 10), dtype=bool)
    busy[:, 4:] = True
    assert shares(parent, busy, 3).tolist() == pytest.approx([1 / 3, 0, 2 / 3])
    assert shares(parent, np.zeros_like(busy), 3).sum() == 0


def test_a_run_ends_where_the_place_in_the_original_jumps() -> None:
    where = origin(np.zeros((8, 8), dtype=np.int64))
    busy = np.ones((8, 8), dtype=bool)
    assert largest_run(where, busy, 1) == 1.0
    where.x[:, 3:] += 5
    assert largest_run(where, busy, 1) == pytest.approx(5 / 8)
    where.parent[4:, 3:] = 1
    assert largest_run(where, busy, 1) == pytest.approx(3 / 8)


def test_a_mirrored_loan_runs_on_and_a_mirror_axis_ends_it() -> None:
    y, x = np.indices((6, 8))
    turn = np.where(x < 4, 1, -1)
    where = Origin(np.zeros_like(y), y, np.where(x < 4, x, 7 - x), np.ones_like(y), turn)
    assert largest_run(where, np.ones((6, 8), dtype=bool), 0) == 0.5


def test_plain_ground_joins_a_run_but_is_not_counted() -> None:
    busy = np.ones((4, 9), dtype=bool)
    busy[:, 3:6] = False
    assert largest_run(origin(np.zeros((4, 9), dtype=np.int64)), busy, 0) == 1.0


def test_a_planted_copy_is_found_in_the_pixels_alone() -> None:
    stack = np.stack([noise(i) for i in range(3)])
    picture = noise(9)
    picture[10:26, 8:32] = stack[1, 4:20, 14:38]
    shifts = np.array([(p, dy, dx) for p in range(3) for dy in (-6, 0) for dx in (0, 6)])
    share, whose = largest_match(picture, stack, shifts)
    assert whose == 1 and share == pytest.approx(16 * 24 / 48**2, rel=0.1)
    none, _ = largest_match(noise(10), stack, shifts)
    assert none < 0.02


def test_what_many_originals_show_alike_is_nobodys() -> None:
    edge = np.ones((48, 48, 3), dtype=np.float32)
    edge[:, 20:] = 0.2
    stack = np.stack([edge, edge, edge, noise(1)])
    shifts = np.array([(p, 0, 0) for p in range(4)])
    assert largest_match(edge, stack, shifts)[0] == 0
    assert largest_match(edge, stack[2:], shifts[:2])[0] > 0.9
