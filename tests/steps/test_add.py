"""Adding pictures: names and tags kept, nothing twice, nothing lost, the unreadable refused by name."""

import os
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from drawn import cloth
from latelier import images
from latelier.errors import PictureError, UsageError
from latelier.files import PART, sha256
from latelier.steps.add import add
from latelier.steps.open_project import Atelier


def picture(seed: int = 0) -> bytes:
    return images.png_bytes(cloth(np.random.default_rng(seed), 24, 24))


def put(folder: Path, **files: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / f"{name}.png").write_bytes(data)
    return folder


def test_a_folder_is_copied_with_names_and_tags_kept(project: Atelier, photos: Path) -> None:
    before = {f: (sha256(f), f.stat().st_mtime_ns) for f in photos.rglob("*.png")}
    added = add(project, photos, rights="CC BY 4.0", credit="Ana")
    assert added.to_json()["added"] == 24
    assert len(project.sets.images("tag:más")) == 12
    assert {i.path for i in added.images} == {
        f"sources/{f.relative_to(photos).as_posix()}" for f in before
    }
    assert set(project.journal.values("rights").values()) == {"CC BY 4.0"}
    assert set(project.journal.values("credit").values()) == {"Ana"}
    assert before == {f: (sha256(f), f.stat().st_mtime_ns) for f in photos.rglob("*.png")}
    for image in added.images:
        file = project.images.file(image)
        assert sha256(file) == image.sha256
        assert file.stat().st_mtime_ns == Path(image.origin).stat().st_mtime_ns
    assert len(project.journal.entries()) == 1


def test_adding_again_adds_nothing_twice(project: Atelier, photos: Path) -> None:
    add(project, photos)
    again = add(project, photos, next(photos.glob("*.png")))
    assert again.to_json()["added"] == 0
    assert again.to_json()["known"] == 24
    assert len(project.images.where()) == 24
    moved = photos.rename(photos.with_name("moved"))
    assert add(project, moved).to_json()["known"] == 24


def test_the_same_bytes_under_another_name_are_added_since_copies_are_looked_for(
    project: Atelier, tmp_path: Path
) -> None:
    put(tmp_path / "in", one=picture(), two=picture())
    assert add(project, tmp_path / "in").to_json()["added"] == 2


def test_the_same_name_with_other_bytes_gets_a_number(project: Atelier, tmp_path: Path) -> None:
    first, second = put(tmp_path / "a", x=picture(1)), put(tmp_path / "b", x=picture(2))
    third = put(tmp_path / "c", X=picture(3))
    added = add(project, first, second, third)
    assert [i.path for i in added.images] == [
        "sources/x.png",
        "sources/x (2).png",
        "sources/X (3).png",
    ]
    assert add(project, second).to_json()["known"] == 1
    assert [i.facts.get("name") for i in added.images] == [None, "x.png", "X.png"]


def test_the_same_file_in_two_places_is_taken_once(project: Atelier, tmp_path: Path) -> None:
    first, second = put(tmp_path / "a", x=picture(1)), put(tmp_path / "b", x=picture(1))
    told = add(project, first, second).to_json()
    assert (told["added"], told["known"]) == (1, 1)


def test_links_point_at_the_originals(project: Atelier, photos: Path) -> None:
    added = add(project, photos, link=True)
    file = project.images.file(added.images[0])
    assert file.is_symlink()
    assert file.resolve() == Path(added.images[0].origin)
    assert add(project, photos, link=True).to_json()["known"] == 24


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot hold such names")
def test_awkward_names_are_kept_as_far_as_every_system_takes_them(
    project: Atelier, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    names = {
        "niño bordado – 刺繍.png": "niño bordado – 刺繍.png",
        unicodedata.normalize("NFD", "café.png"): "café.png",
        "a" * 200 + ".png": "a" * 200 + ".png",
        'what? "this" <1>: a|b*.png': "what_ _this_ _1__ a_b_.png",
        "con.png": "_con.png",
        "ends with dot..png": "ends with dot..png",
        "é" * 125 + ".png": "é" * 118 + ".png",
        os.fsdecode(b"caf\xe9 latin.png"): "café latin.png",
        " space first.png": " space first.png",
    }
    for i, name in enumerate(names):
        (folder / name).write_bytes(picture(i))
    (folder / "bad\udcff").mkdir()
    (folder / "bad\udcff" / "x.png").write_bytes(picture(99))
    added = add(project, folder)
    assert not added.refused
    assert {i.name for i in added.images} == {*names.values(), "x.png"}
    assert project.sets.images("tag:badÿ")[0].name == "x.png"
    assert all(project.images.file(i).is_file() for i in added.images)
    assert add(project, folder).to_json()["known"] == len(names) + 1


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take both spellings for one")
def test_two_spellings_of_one_name_are_two_pictures(project: Atelier, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "caf\u00e9.png").write_bytes(picture(1))
    (folder / "cafe\u0301.png").write_bytes(picture(2))
    names = sorted(i.name for i in add(project, folder).images)
    assert names == ["café (2).png", "café.png"]


def test_what_cannot_be_read_is_refused_by_name_and_remembered_until_it_can(
    project: Atelier, photos: Path
) -> None:
    broken = photos / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 and no more")
    added = add(project, photos)
    assert added.to_json()["added"] == 24
    assert [file for file, _ in added.refused] == [str(broken)]
    assert [r["file"] for r in project.images.refused()] == [str(broken)]
    broken.write_bytes(picture(77))
    assert add(project, photos).to_json()["added"] == 1
    assert project.images.refused() == []


def test_undoing_hides_and_adding_again_brings_back(project: Atelier, photos: Path) -> None:
    add(project, photos, rights="CC0")
    hidden = project.sets.images("all")[:3]
    project.journal.decide(
        "copies", "Hid copies", "hidden", dict.fromkeys((i.id for i in hidden), "1")
    )
    project.undo()
    project.undo()
    assert project.sets.images("all") == []
    back = add(project, photos, rights="CC BY 4.0")
    assert back.to_json()["added"] == back.to_json()["restored"] == 24
    assert len(project.sets.images("all")) == 24
    assert set(project.journal.values("rights").values()) == {"CC BY 4.0"}
    project.undo()
    assert project.sets.images("all") == []


def test_pictures_hidden_for_another_reason_stay_hidden(project: Atelier, photos: Path) -> None:
    image = add(project, photos).images[0]
    project.journal.decide("copies", "Hid a copy", "hidden", {image.id: "1"})
    assert add(project, photos).to_json()["known"] == 24
    assert len(project.sets.images("all")) == 23


def test_a_file_that_went_missing_from_the_project_is_put_back(
    project: Atelier, photos: Path
) -> None:
    image = add(project, photos).images[5]
    project.images.file(image).unlink()
    assert add(project, photos).to_json()["restored"] == 1
    assert sha256(project.images.file(image)) == image.sha256


def test_rights_can_be_stated_later_of_what_is_here(project: Atelier, photos: Path) -> None:
    add(project, photos)
    assert project.journal.values("rights") == {}
    add(project, photos / "más", rights="by permission of the weavers")
    assert len(project.journal.values("rights")) == 12
    entries = len(project.journal.entries())
    add(project, photos / "más", rights="by permission of the weavers")
    assert len(project.journal.entries()) == entries


def test_rights_of_the_settings_file_hold_where_none_are_given(
    project: Atelier, photos: Path
) -> None:
    toml = project.root / "latelier.toml"
    toml.write_text(
        toml.read_text(encoding="utf-8").replace('rights = ""', 'rights = "CC0"'), encoding="utf-8"
    )
    add(project, photos / "más")  # opened before the file was changed
    add(project, next(photos.glob("*.png")), rights="by permission")
    add(Atelier(project.root), photos)
    said = [project.journal.values("rights")[i.id] for i in project.images.where()]
    assert sorted(said) == ["CC0"] * 23 + ["by permission"]


def test_a_truncated_jpeg_is_taken_only_on_request(project: Atelier, tmp_path: Path) -> None:
    pixels = cloth(np.random.default_rng(0), 90, 90)
    whole = tmp_path / "whole.jpg"
    images.Image.fromarray(pixels).save(whole)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "cut.jpg").write_bytes(whole.read_bytes()[:-700])
    refused = add(project, tmp_path / "in")
    assert not refused.images
    assert "--truncated" in refused.refused[0][1]
    taken = add(project, tmp_path / "in", truncated=True)
    assert taken.with_fact("truncated") == ["sources/cut.jpg"]


def test_a_folder_without_pictures_says_what_it_holds(project: Atelier, tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    with pytest.raises(PictureError, match="it holds nothing"):
        add(project, folder)
    (folder / "a.txt").write_text("words")
    with pytest.raises(PictureError, match=r"There are no pictures.*only \.txt files"):
        add(project, folder)


def test_the_project_cannot_be_added_to_itself(project: Atelier, photos: Path) -> None:
    for place in (project.root, project.root / "out"):
        with pytest.raises(UsageError, match="lies in the project itself"):
            add(project, place)
    with pytest.raises(UsageError, match="Name what to add"):
        add(project)
    add(project, photos)
    assert add(project, project.root.parent).to_json()["known"] == 24  # the folder around it


def test_orphans_of_a_killed_adding_are_adopted_and_its_parts_swept(
    project: Atelier, photos: Path
) -> None:
    orphan, other = sorted(photos.glob("*.png"))[:2]
    sources = project.root / "sources"
    (sources / orphan.name).write_bytes(orphan.read_bytes())
    (sources / other.name).write_bytes(b"something else of that name")
    (sources / f".abc{PART}").write_bytes(b"half")
    inode = (sources / orphan.name).stat().st_ino
    added = add(project, photos)
    assert added.to_json()["added"] == 24
    assert (sources / orphan.name).stat().st_ino == inode
    assert (sources / other.name).read_bytes() == b"something else of that name"
    assert f"sources/{other.stem} (2).png" in {i.path for i in added.images}
    assert not list(sources.rglob(f"*{PART}"))


def test_progress_counts_every_file(project: Atelier, photos: Path) -> None:
    told: list[tuple[float, float | None]] = []
    add(project, photos, on_progress=lambda done, total, note="": told.append((done, total)))
    assert told == [(i + 1, 24) for i in range(24)]
