"""Reading smaller where that is faster gives the same picture, upright and in its true size."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latelier import images
from planted import brocade


@pytest.mark.parametrize("name", ["a.png", "a.jpg"])
@pytest.mark.parametrize("orientation", [1, 3, 6])
def test_a_reduced_picture_is_upright_and_knows_its_whole_size(
    tmp_path: Path, name: str, orientation: int
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    brocade(1, 400).crop((0, 0, 400, 320)).save(tmp_path / name, exif=exif, quality=95)
    whole = images.read(tmp_path / name)
    reduced, size = images.read_reduced(tmp_path / name, 100)
    assert size == whole.shape[1::-1]
    assert 100 <= max(reduced.shape) < 400
    small = np.asarray(Image.fromarray(whole).resize(reduced.shape[1::-1], Image.Resampling.BOX))
    assert np.abs(reduced.astype(int) - small).mean() < 3


def test_transparency_is_laid_on_the_ground(tmp_path: Path) -> None:
    Image.new("RGBA", (300, 300), (255, 0, 0, 0)).save(tmp_path / "a.png")
    reduced, _ = images.read_reduced(tmp_path / "a.png", 50, ground=(0, 128, 0))
    assert np.unique(reduced.reshape(-1, 3), axis=0).tolist() == [[0, 128, 0]]
