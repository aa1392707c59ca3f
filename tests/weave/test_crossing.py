"""The way from one woven picture to another: its ends are themselves, and nothing jumps."""

import numpy as np

from latelier.weave.crossing import crossing


def ends() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two unlike pictures, and the quarters and middle that the second was put together from."""
    rng = np.random.default_rng(2)
    owners = np.zeros((40, 60), dtype=np.uint8)
    owners[:20, :30], owners[20:, 30:], owners[15:25, 20:40] = 1, 1, 255
    first, second = rng.random((2, 40, 60, 3)).astype(np.float32)
    return first, second, owners


def test_it_begins_and_ends_with_the_pictures_themselves() -> None:
    first, second, owners = ends()
    way = crossing(first, second, owners, np.random.default_rng(1))
    assert np.array_equal(way.at(0.0), first) and np.array_equal(way.at(1.0), second)
    assert way.at(0.5).dtype == np.float32


def test_no_picture_differs_much_from_the_next_and_all_goes_forwards() -> None:
    first, second, owners = ends()
    way = crossing(first, second, owners, np.random.default_rng(1))
    frames = np.stack([way.at(t) for t in np.linspace(0, 1, 41)])
    steps = np.abs(np.diff(frames, axis=0)).mean((1, 2, 3)) / np.abs(second - first).mean()
    assert abs(steps.sum() - 1) < 1e-3
    assert steps.max() < 3 / 40
    left = np.abs(frames - second).mean((1, 2, 3))
    assert (np.diff(left) <= 1e-6).all()


def test_the_middle_comes_first_and_the_same_chance_gives_the_same_way() -> None:
    first, second, owners = ends()
    way = crossing(first, second, owners, np.random.default_rng(1))
    same = crossing(first, second, owners, np.random.default_rng(1))
    assert np.array_equal(way.begins, same.begins)
    assert way.begins[20, 30] < min(way.begins[2, 2], way.begins[38, 57])


def test_a_plain_picture_of_one_piece_fades_as_a_whole() -> None:
    first, second, _ = ends()
    one = np.full((40, 60), 255, dtype=np.uint8)
    way = crossing(first, second, one, np.random.default_rng(1))
    assert np.ptp(way.begins) < 1e-6
