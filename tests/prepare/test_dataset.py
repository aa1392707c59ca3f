"""A dataset on disk."""

from pathlib import Path

import numpy as np
import pytest

from latelier.errors import Damaged
from latelier.prepare.dataset import Dataset, Row, finish, writing


def made(folder: Path, count: int = 12, shape: tuple[int, int, int] = (8, 6, 3)) -> Dataset:
    pixels = np.random.default_rng(0).integers(0, 256, (count, *shape)).astype(np.uint8)
    with writing(folder, shape) as writer:
        for picture in pixels:
            writer.add(picture)
    rows = [
        Row(i, f'sources/más, "{i}".png', f"{i:064x}", 0, 1, 2, 3, i % 5 == 0, i // 2)
        for i in range(count)
    ]
    return finish(folder, "d", rows, {"fit": "pad"})


def test_what_was_written_is_read_back_without_loading_it(tmp_path: Path) -> None:
    dataset = made(tmp_path)
    again = Dataset.open(tmp_path)
    assert isinstance(again.pixels, np.memmap)
    wanted = np.random.default_rng(0).integers(0, 256, (12, 8, 6, 3)).astype(np.uint8)
    assert np.array_equal(again.pixels, wanted)
    assert again.rows == dataset.rows
    assert again.held_out.tolist() == [0, 5, 10]
    assert sorted([*again.train, *again.held_out]) == list(range(12))
    assert again.copy_sets.tolist() == [i // 2 for i in range(12)]
    assert (again.size, again.channels, len(again), again.name) == ("6x8", 3, 12, "d")
    again.check()


def test_the_array_is_a_plain_numpy_file_whatever_its_length(tmp_path: Path) -> None:
    for count in (0, 1, 9, 1234):
        folder = tmp_path / str(count)
        made(folder, count, (4, 4, 1))
        assert np.load(folder / "dataset.npy").shape == (count, 4, 4, 1)


@pytest.mark.parametrize("missing", ["dataset.npy", "manifest.csv", "dataset.json"])
def test_a_missing_file_is_damage(tmp_path: Path, missing: str) -> None:
    made(tmp_path)
    (tmp_path / missing).unlink()
    with pytest.raises(Damaged, match="prepare it again"):
        Dataset.open(tmp_path)


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("manifest.csv", lambda data: data.replace(b",1,2,3,", b",0,2,3,", 1)),
        ("manifest.csv", lambda data: data[:-20]),
        ("dataset.npy", lambda data: data[:-1]),
        ("dataset.npy", lambda data: b"\0" + data[1:]),
        ("dataset.json", lambda data: data.replace(b'"height": 8', b'"height": 9')),
        ("dataset.json", lambda data: data[:40]),
        ("dataset.json", lambda data: b"[]"),
    ],
)
def test_a_changed_file_is_damage(tmp_path: Path, file: str, change) -> None:
    made(tmp_path)
    data = (tmp_path / file).read_bytes()
    assert change(data) != data
    (tmp_path / file).write_bytes(change(data))
    with pytest.raises(Damaged, match="prepare it again"):
        Dataset.open(tmp_path)


def test_a_changed_pixel_is_found_when_all_is_read(tmp_path: Path) -> None:
    made(tmp_path)
    data = bytearray((tmp_path / "dataset.npy").read_bytes())
    data[-1] ^= 1
    (tmp_path / "dataset.npy").write_bytes(bytes(data))
    dataset = Dataset.open(tmp_path)
    with pytest.raises(Damaged, match=r"dataset\.npy was changed"):
        dataset.check()


def test_a_writing_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), writing(tmp_path, (4, 4, 3)) as writer:
        writer.add(np.zeros((4, 4, 3), np.uint8))
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
