"""Films: read back picture by picture, the same to the bit, and nothing left when it fails."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from drawn import cloth
from latelier.errors import Damaged, UsageError
from latelier.generate import film
from latelier.images import Pixels


def pictures(count: int = 7, width: int = 64, height: int = 48) -> list[Pixels]:
    a, b = (cloth(np.random.default_rng(i), height, width).astype(float) for i in (1, 2))
    return [((1 - i / count) * a + i / count * b).astype(np.uint8) for i in range(count)]


def read(path: Path) -> list[Pixels]:
    if path.suffix == ".webp":
        with Image.open(path) as opened:
            found = []
            for i in range(opened.n_frames):
                opened.seek(i)
                found.append(np.asarray(opened.convert("RGB")))
            return found
    reader = cv2.VideoCapture(str(path))
    found = []
    while (read := reader.read())[0]:
        found.append(read[1][..., ::-1])
    return found


@pytest.mark.parametrize("ending", film.ENDINGS)
def test_every_picture_is_there_and_alike(ending: str, tmp_path: Path) -> None:
    drawn = pictures()
    assert film.write(tmp_path / f"a{ending}", iter(drawn), 24, loop=True) == 7
    found = read(tmp_path / f"a{ending}")
    assert len(found) == 7
    for a, b in zip(drawn, found, strict=True):
        assert a.shape == b.shape
        assert np.abs(a.astype(float).mean((0, 1)) - b.mean((0, 1))).max() < 8
    assert sorted(p.name for p in tmp_path.iterdir()) == [f"a{ending}"]


@pytest.mark.parametrize("ending", film.ENDINGS)
def test_the_same_pictures_give_the_same_file_to_the_bit(ending: str, tmp_path: Path) -> None:
    for name in "ab":
        film.write(tmp_path / f"{name}{ending}", iter(pictures()), 30, loop=False)
    assert (tmp_path / f"a{ending}").read_bytes() == (tmp_path / f"b{ending}").read_bytes()


def test_a_folder_holds_the_pictures_without_loss(tmp_path: Path) -> None:
    drawn = pictures(3)
    assert film.write(tmp_path / "frames", iter(drawn), 30, loop=False) == 3
    for i, picture in enumerate(drawn):
        with Image.open(tmp_path / "frames" / f"frame-{i:05d}.png") as opened:
            assert np.array_equal(np.asarray(opened), picture)


def test_a_film_knows_how_fast_it_runs(tmp_path: Path) -> None:
    film.write(tmp_path / "a.mp4", iter(pictures()), 25, loop=False)
    assert cv2.VideoCapture(str(tmp_path / "a.mp4")).get(cv2.CAP_PROP_FPS) == 25
    film.write(tmp_path / "a.webp", iter(pictures()), 25, loop=True)
    with Image.open(tmp_path / "a.webp") as opened:
        opened.load()
        assert (opened.info["duration"], opened.info["loop"]) == (40, 0)


def test_a_film_that_reads_back_otherwise_is_not_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = film._frames
    monkeypatch.setattr(film, "_frames", lambda *asked: list(frames(*asked))[:-1])
    with pytest.raises(Damaged, match="6 of 7 pictures"):
        film.write(tmp_path / "a.mp4", iter(pictures()), 30, loop=False)
    monkeypatch.setattr(film, "_frames", lambda *asked: (255 - p for p in frames(*asked)))
    with pytest.raises(Damaged, match="reads back as another"):
        film.write(tmp_path / "a.mp4", iter(pictures()), 30, loop=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", film.ENDINGS)
def test_pictures_that_stand_still_are_all_there(ending: str, tmp_path: Path) -> None:
    a, *_, b = pictures()
    still = [a, a, a, b, b, a]
    assert film.write(tmp_path / f"a{ending}", iter(still), 30, loop=False) == 6


def test_an_ending_no_film_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"ends in \.mp4, \.mov, \.webp"):
        film.write(tmp_path / "a.gif", iter(pictures()), 30, loop=False)
