"""Pictures side by side at one size: whole, without bars, row by row their own."""

import numpy as np
import pytest
from PIL import Image

from drawn import cloth, ink_form
from entered import enter
from latelier import images
from latelier.errors import PictureError
from latelier.features import palette, pixels
from latelier.steps import _gather
from latelier.steps._gather import gather
from latelier.steps.open_project import Atelier

WHITE = (255, 255, 255)


def test_pictures_of_one_size_are_taken_as_they_are(project: Atelier) -> None:
    pictures = {f"{i}.png": cloth(np.random.default_rng(i), 30, 20) for i in range(4)}
    found = gather(project, enter(project, pictures), pixels)
    np.testing.assert_array_equal(found.pictures, np.stack(list(pictures.values())))
    np.testing.assert_array_equal(found.table, found.pictures.reshape(4, -1))
    assert found.whole
    assert found.said == ""
    assert found.distinct == 4


def test_an_even_edge_grows_and_any_other_picture_is_stretched(project: Atelier) -> None:
    form = ink_form(np.random.default_rng(0), 40)
    tall = np.concatenate([np.full((20, 40, 3), 255, np.uint8), form])
    wide = cloth(np.random.default_rng(1), 30, 60)
    found = gather(project, enter(project, {"a.png": form, "b.png": tall, "c.png": wide}), pixels)
    h, w = found.pictures.shape[1:3]
    assert (h, w) == (128, 128)
    assert (found.pictures[1][:, [0, -1]] == WHITE).all(), "paper beside the tall form"
    dark = (found.pictures[1] < 128).all(axis=2)
    assert np.ptp(np.nonzero(dark)[1]) / np.ptp(np.nonzero(dark)[0]) == pytest.approx(1, abs=0.15)
    assert found.aspects.tolist() == [1, 1, 2]
    edges = found.pictures[2][[0, -1]].astype(int)
    assert edges.std() > 5, "the cloth fills its square"
    assert "a picture with an even edge got more of it around" in found.said


def test_an_edge_is_even_only_where_nearly_all_of_it_is() -> None:
    paper = np.random.default_rng(0).integers(235, 250, (50, 50, 3)).astype(np.uint8)
    assert _gather._even_edge(paper) is not None
    assert _gather._even_edge(cloth(np.random.default_rng(2), 50, 50)) is None
    half = paper.copy()
    half[:, :25] = 20
    assert _gather._even_edge(half) is None


def test_a_feature_looks_at_the_picture_itself_and_not_at_the_fitted_one(project: Atelier) -> None:
    pictures = {f"{i}.png": cloth(np.random.default_rng(i), 30 + 9 * i, 40) for i in range(3)}
    found = gather(project, enter(project, pictures), palette)
    for row, picture in zip(found.table, pictures.values(), strict=True):
        np.testing.assert_array_equal(row, palette.describe(picture))
    assert not found.whole
    assert found.said == ""


def test_large_pictures_are_compared_smaller(project: Atelier) -> None:
    pictures = {f"{i}.png": cloth(np.random.default_rng(i), 300, 1200) for i in range(2)}
    found = gather(project, enter(project, pictures), pixels)
    assert found.pictures.shape == (2, 64, 256, 3)
    assert "because they are large" in found.said


def test_a_file_that_is_gone_is_named(project: Atelier) -> None:
    entered = enter(project, {"gone.png": cloth(np.random.default_rng(0), 9, 9)})
    project.images.file(entered[0]).unlink()
    with pytest.raises(PictureError, match=r"gone\.png has no file any more"):
        gather(project, entered, pixels)


def test_transparent_parts_lie_on_the_projects_ground(project: Atelier) -> None:
    entered = enter(project, {"a.png": np.zeros((8, 8, 3), np.uint8)})
    Image.new("RGBA", (8, 8), (9, 9, 9, 0)).save(project.images.file(entered[0]))
    assert images.read(project.images.file(entered[0]), (1, 2, 3))[0, 0].tolist() == [1, 2, 3]
    assert (gather(project, entered, pixels).pictures == 255).all()
