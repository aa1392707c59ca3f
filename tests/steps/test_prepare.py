"""Making a dataset."""

from pathlib import Path

import numpy as np
import pytest

from latelier.errors import TooFew, UsageError
from latelier.steps._datasets import find_dataset
from latelier.steps.open_project import Atelier


def test_a_dataset_binds_each_row_to_its_picture(project: Atelier, photos: Path) -> None:
    project.add(photos)
    made = project.prepare("d", size=32)
    dataset, run = find_dataset(project, "d")
    assert run.name == made.run.name
    assert dataset.pixels.shape == (24, 32, 32, 3)
    assert sorted([*dataset.train, *dataset.held_out]) == list(range(24))
    assert len(dataset.held_out) == 2
    by_path = {i.path: i for i in project.images.where()}
    for row in dataset.rows:
        assert by_path[row.image].sha256 == row.sha256
    dataset.check()


def test_the_same_recipe_makes_the_same_bytes(project: Atelier, photos: Path) -> None:
    project.add(photos)
    first, second = (project.prepare("d", size=40, fit="crop") for _ in range(2))
    assert first.run.result["outputs"] == second.run.result["outputs"]
    assert np.array_equal(first.dataset.pixels, second.dataset.pixels)


def test_an_empty_project_says_to_add(project: Atelier) -> None:
    with pytest.raises(TooFew, match="latelier add"):
        project.prepare("d")


@pytest.mark.parametrize("wrong", [{"size": 16}, {"size": "64x"}, {"fit": "squeeze"}, {"share": 2}])
def test_settings_that_are_off_are_refused_before_anything_is_made(
    project: Atelier, photos: Path, wrong: dict
) -> None:
    project.add(photos)
    with pytest.raises(UsageError):
        project.prepare("d", **wrong)
    assert not list((project.root / "runs").iterdir())
