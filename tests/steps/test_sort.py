"""Sorting: by file, never by position; never over a different file; undone without a trace."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture

from drawn import cloth
from latelier import images
from latelier.errors import TooFew, UnknownName, UsageError
from latelier.files import sha256
from latelier.project import Image, NewImage
from latelier.project._facts import Facts
from latelier.steps._grouping import grouped, split, split_names
from latelier.steps.open_project import Atelier
from latelier.steps.sort import sort
from latelier.steps.undo import undo

SIZES = [29, 21, 21, 24, 38, 46, 42]  # the seven groups of Latent Fabrics


def added(project: Atelier, names: list[str], tag: str = "") -> list[Image]:
    """Drawn cloths as images of the project, each under its name."""
    new = []
    for i, name in enumerate(names):
        path = project.root / "sources" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(images.png_bytes(cloth(np.random.default_rng([len(names), i]), 24, 24)))
        digest = sha256(path)
        record = NewImage(f"sources/{name}", "source", digest, path.stat().st_size, 24, 24, tag=tag)
        new.append(record)
    return project.images.add(new)


def decide(project: Atelier, groups: dict[int, str]) -> None:
    project.journal.decide("groups", "grouped", "group", groups)


@pytest.fixture
def three(project: Atelier) -> Atelier:
    """Six images, two of one name, in the groups 10, 2 and none."""
    found = added(project, ["a.png", "b.png", "c.png", "más/c.png", "más/d.png", "e.png"])
    decide(project, {found[0].id: "10", **{i.id: "2" for i in found[1:5]}})
    return project


def listed(folder: Path) -> dict[str, str]:
    return {
        f.relative_to(folder).as_posix(): sha256(f)
        for f in sorted(folder.rglob("*"))
        if f.is_file()
    }


def test_each_image_lands_in_its_groups_folder_by_its_own_file(three: Atelier) -> None:
    done = sort(three, "all", "out/groups")
    there = listed(three.root / "out/groups")
    assert sorted(there) == [
        "10/a.png",
        "2/b.png",
        "2/c (2).png",
        "2/c.png",
        "2/d.png",
        "manifest.csv",
    ]
    for move in done.moves:
        assert there[move.file] == move.image.sha256
    assert done.sizes == {"2": 4, "10": 1}
    assert [i.name for i in done.without] == ["e.png"]
    with (three.root / "out/groups/manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = {r["file"]: r for r in csv.DictReader(file)}
    assert rows["2/c (2).png"]["image"] == "sources/más/c.png"
    assert "is called c.png too" in rows["2/c (2).png"]["note"]
    assert rows["2/c.png"]["note"] == ""


def test_a_dry_run_lists_every_move_and_touches_nothing(three: Atelier) -> None:
    done = sort(three, "all", "out/groups", dry_run=True)
    assert [m["to"] for m in done.to_json()["moves"]] == [
        *("out/groups/2/" + n for n in ("b.png", "c.png", "c (2).png", "d.png")),
        "out/groups/10/a.png",
    ]
    assert not (three.root / "out/groups").exists()
    assert [e.verb for e in three.journal.entries()] == ["groups"]


def test_sorting_again_writes_nothing(three: Atelier) -> None:
    sort(three, "all", "out/groups")
    times = {f: f.stat().st_mtime_ns for f in (three.root / "out/groups").rglob("*.png")}
    again = sort(three, "all", "out/groups")
    assert {m.state for m in again.moves} == {"there"}
    assert times == {f: f.stat().st_mtime_ns for f in (three.root / "out/groups").rglob("*.png")}
    assert [e.verb for e in three.journal.entries()] == ["sort", "groups"]


def test_a_missing_copy_is_the_only_one_written(three: Atelier) -> None:
    sort(three, "all", "out/groups")
    (three.root / "out/groups/2/d.png").unlink()
    again = sort(three, "all", "out/groups")
    assert [m.file for m in again.moves if m.state == "new"] == ["2/d.png"]


def test_a_different_file_is_never_overwritten(three: Atelier) -> None:
    stranger = three.root / "out/groups/2/b.png"
    stranger.parent.mkdir(parents=True)
    stranger.write_bytes(b"somebody's own")
    with pytest.raises(UsageError, match="nothing was sorted"):
        sort(three, "all", "out/groups")
    assert listed(three.root / "out/groups") == {"2/b.png": sha256(stranger)}


def test_copies_move_with_their_image_when_groups_change(three: Atelier) -> None:
    sort(three, "all", "out/groups")
    before = listed(three.root / "out/groups")
    d = three.images.find("d.png")
    decide(three, {d.id: "10"})
    done = sort(three, "all", "out/groups")
    assert done.removed == ["2/d.png"]
    assert "10/d.png" in listed(three.root / "out/groups")
    undo(three)
    assert listed(three.root / "out/groups") == before


def test_undo_removes_what_was_written_and_nothing_else(three: Atelier) -> None:
    sort(three, "all", "out/groups")
    (three.root / "out/groups/2/c.png").write_bytes(b"painted over")
    (three.root / "out/groups/10/mine.txt").write_text("a note", encoding="utf-8")
    said = undo(three).said
    assert sorted(listed(three.root / "out/groups")) == ["10/mine.txt", "2/c.png"]
    assert "4 files removed" in said
    assert "1 file altered since then stayed" in said


def test_undo_leaves_no_empty_folder(three: Atelier) -> None:
    sort(three, "all", "out/groups")
    undo(three)
    assert not (three.root / "out/groups").exists()
    assert listed(three.root / "sources")


def test_links_point_to_the_images_and_undo_leaves_the_images(three: Atelier) -> None:
    sort(three, "all", "out/linked", link=True)
    link = three.root / "out/linked/2/b.png"
    assert link.is_symlink()
    assert link.resolve() == three.root / "sources/b.png"
    assert not Path(link.readlink()).is_absolute()  # the project folder can be moved
    assert {m.state for m in sort(three, "all", "out/linked", link=True).moves} == {"there"}
    undo(three)
    assert not (three.root / "out/linked").exists()
    assert (three.root / "sources/b.png").is_file()


def test_tags_become_nested_folders_that_every_system_takes(project: Atelier) -> None:
    added(project, ["a.png"], tag="más/rojo: 1")
    added(project, ["b.png", "c.png"], tag="aux")
    done = sort(project, "all", "out/tags", by="tag")
    assert [m.file for m in done.moves] == ["_aux/b.png", "_aux/c.png", "más/rojo_ 1/a.png"]


def test_what_cannot_be_sorted_is_said_in_a_sentence(three: Atelier) -> None:
    with pytest.raises(UnknownName, match="Did you mean 'group'"):
        sort(three, "all", "out/x", by="grup")
    with pytest.raises(TooFew, match="None of the 6 images of 'all' has a mark"):
        sort(three, "all", "out/x", by="mark")
    with pytest.raises(UsageError, match="keeps its own files"):
        sort(three, "all", "sources/groups")
    with pytest.raises(UsageError, match="keeps its own files"):
        sort(three, "all", ".")


def test_names_that_only_some_disks_tell_apart_are_kept_apart(project: Atelier) -> None:
    added(project, ["É.png", "más/é.png"], tag="x")
    done = sort(project, "all", "out/tags", by="tag")
    assert [m.file for m in done.moves] == ["x/É.png", "x/é (2).png"]


def test_the_seven_groups_split_into_the_eleven_names_of_the_reference(project: Atelier) -> None:
    found = added(project, [f"{i:03d}.png" for i in range(sum(SIZES))])
    labels = [str(g) for g, size in enumerate(SIZES) for _ in range(size)]
    decide(project, {i.id: label for i, label in zip(found, labels, strict=True)})
    groups, without = grouped(project, found, "group")
    names = [
        n for g, members in groups.items() for n in split_names(g, len(split(len(members), 36)))
    ]
    assert " ".join(names) == "0 1 2 3 4a 4b 5a 5b 6a 6b"
    assert without == []


def test_the_command_line_sorts_and_says_what_next(latelier, three: Atelier) -> None:
    dry = latelier("-C", three.root, "sort", "all", "--to", "out/g", "--dry-run")
    assert dry.code == 0
    assert "sources/más/c.png -> out/g/2/c (2).png  (new)" in dry.out
    said = latelier("-C", three.root, "sort", "all", "--to", "out/g", "--json")
    assert said.json["manifest"] == "out/g/manifest.csv"
    assert len(said.json["moves"]) == 5
    assert "5 files removed" in latelier("-C", three.root, "undo").out
    wrong = latelier("-C", three.root, "sort", "al", "--to", "out/g")
    assert (wrong.code, "Traceback" in wrong.err) == (2, False)


def test_what_is_put_out_does_not_tell_where_it_was_taken(project: Atelier) -> None:
    path = project.root / "sources" / "a.jpg"
    path.parent.mkdir(parents=True, exist_ok=True)
    told = Picture.Exif()
    told.get_ifd(0x8825).update({1: "N", 29: "Oaxaca 17.06"})
    Picture.fromarray(cloth(np.random.default_rng(1), 24, 24)).save(path, exif=told)
    assert b"Oaxaca" in path.read_bytes()
    digest = sha256(path)
    size = path.stat().st_size
    (image,) = project.images.add([NewImage("sources/a.jpg", "source", digest, size, 24, 24)])
    decide(project, {image.id: "1"})
    (move,) = sort(project).moves
    out = project.root / "out/groups" / move.file
    assert b"Oaxaca" not in out.read_bytes()
    assert np.array_equal(images.read(out), images.read(path))
    assert sha256(path) == digest
    assert [m.state for m in sort(project).moves] == ["there"]
    undo(project)
    assert not out.exists()


def test_measured_numbers_make_a_folder_each_or_a_few_ranges(project: Atelier) -> None:
    found = added(project, [f"{i:02}.png" for i in range(20)])
    facts = Facts(project.store)
    facts.put(["form.eyes"], {image.id: [i % 3] for i, image in enumerate(found)})
    facts.put(["form.symmetry"], {image.id: [0.3 + i / 25] for i, image in enumerate(found)})
    by_eyes, none = grouped(project, found, "fact:eyes")
    assert list(by_eyes) == ["0", "1", "2"] and not none
    by_symmetry, _ = grouped(project, found, "fact:symmetry")
    assert [len(images) for images in by_symmetry.values()] == [4] * 5
    names = list(by_symmetry)
    assert names[0] == "0.30 to 0.45" and names[-1] == "0.91 to 1.06"
    assert [i.id for i in by_symmetry["0.30 to 0.45"]] == [i.id for i in found[:4]]
