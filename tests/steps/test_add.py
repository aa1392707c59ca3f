"""Adding pictures."""

from pathlib import Path

import pytest

from latelier.errors import PictureError, UsageError
from latelier.files import sha256
from latelier.steps.open_project import Atelier


def test_a_folder_is_copied_with_names_and_tags_kept(project: Atelier, photos: Path) -> None:
    before = {f: sha256(f) for f in photos.rglob("*.png")}
    added = project.add(photos, rights="CC BY 4.0")
    assert added.to_json()["added"] == 24
    assert len(project.sets.images("tag:más")) == 12
    assert {i.name for i in added.images} == {f.name for f in before}
    assert set(project.journal.values("rights").values()) == {"CC BY 4.0"}
    assert before == {f: sha256(f) for f in photos.rglob("*.png")}
    for image in added.images:
        assert sha256(project.images.file(image)) == image.sha256


def test_adding_again_adds_nothing_twice(project: Atelier, photos: Path) -> None:
    project.add(photos)
    assert project.add(photos).to_json()["known"] == 24
    assert len(project.images.where()) == 24


def test_a_folder_without_pictures_says_what_it_holds(project: Atelier, tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text("words")
    with pytest.raises(PictureError, match=r"There are no pictures.*only \.txt files"):
        project.add(tmp_path / "texts")


def test_the_project_cannot_be_added_to_itself(project: Atelier) -> None:
    with pytest.raises(UsageError, match="lies in the project itself"):
        project.add(project.root / "out")
