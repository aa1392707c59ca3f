"""Files and folders: what is found there, and what is left aside."""

import os
from pathlib import Path

import pytest

from latelier.collection import folder
from latelier.errors import DiskError, UsageError


def test_pictures_are_found_by_name_or_first_bytes_and_the_rest_is_left_aside(photos: Path) -> None:
    (photos / "notes.txt").write_text("BM is how a bitmap begins, and so does this text")
    (photos / ".DS_Store").write_bytes(b"x")
    first = next(photos.glob("*.png"))
    (photos / "no ending").write_bytes(first.read_bytes())
    listing = folder.find(photos)
    assert len(listing.found) == 25
    assert [f.name for f in listing.aside] == ["notes.txt"]
    assert {f.tag for f in listing.found} == {"", "más"}
    again = folder.find(photos)
    assert again == listing


def test_a_folder_that_links_to_itself_is_read_once(photos: Path) -> None:
    (photos / "más" / "round").symlink_to(photos, target_is_directory=True)
    assert len(folder.find(photos).found) == 24


def test_a_place_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere is not there"):
        folder.find(tmp_path / "nowhere")


def test_a_subfolder_that_may_not_be_opened_is_told_and_the_rest_goes_on(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.scandir

    def scandir(path: Path) -> object:
        if Path(path).name == "más":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(folder.os, "scandir", scandir)
    listing = folder.find(photos)
    assert len(listing.found) == 12
    assert listing.closed == (photos / "más",)
    with pytest.raises(DiskError, match="reading the folder"):
        folder.find(photos / "más")
