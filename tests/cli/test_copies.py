"""``latelier copies`` as a person calls it."""

from pathlib import Path

from latelier import images
from latelier.files import sha256
from latelier.project import NewImage
from latelier.steps.open_project import new_project
from planted import CHANGES, ink


def _project(folder: Path) -> None:
    project = new_project(folder)
    new = []
    for name, picture in {
        "one.png": ink(1),
        "two.png": ink(2),
        "one again.png": CHANGES["mirrored"](ink(1)),
    }.items():
        path = project.root / "sources" / name
        picture.save(path)
        pixels = images.read(path)
        size = (pixels.shape[1], pixels.shape[0])
        new.append(NewImage(f"sources/{name}", "source", sha256(path), path.stat().st_size, *size))
    project.images.add(new)
    project.close()


def test_copies_are_listed_hidden_and_shown_again(latelier, tmp_path: Path) -> None:
    _project(tmp_path / "p")
    said = latelier("-C", "p", "copies")
    assert said.code == 0, said.err
    assert "one again.png  near" in said.out
    assert "mirrored" in said.out
    assert "1 of 3 images are copies, in 1 set" in said.out
    assert "Next: latelier copies --hide" in said.out
    (found,) = latelier("-C", "p", "copies", "--json").json["sets"]
    assert found["keeper"] == "sources/one.png"
    (member,) = found["members"]
    assert member["image"] == "sources/one again.png"
    assert member["kind"] == "near"
    assert member["score"] > 0.9
    assert member["transform"]["mirror"]
    assert latelier("-C", "p", "copies", "--hide", "--json").json["hidden"] == 1
    assert latelier("-C", "p", "copies", "--json").json["sets"] == []
    assert latelier("-C", "p", "undo").code == 0
    assert len(latelier("-C", "p", "copies", "--json").json["sets"]) == 1
    apart = latelier("-C", "p", "copies", "--not-copies", "one.png", "one again.png")
    assert "no copies" in apart.out
    assert latelier("-C", "p", "copies", "--json").json["sets"] == []


def test_what_is_typed_wrong_is_said_in_one_sentence(latelier, tmp_path: Path) -> None:
    _project(tmp_path / "p")
    for words, expected in (
        (["--likeness", "7"], "between 0.1 and 1"),
        (["nowhere"], "No set is called 'nowhere'"),
        (["--not-copies", "one.png", "three.png"], "No image is called 'three.png'"),
    ):
        said = latelier("-C", "p", "copies", *words)
        assert said.code == 2
        assert expected in said.err
        assert "Traceback" not in said.err
    assert not list((tmp_path / "p" / "runs").iterdir())
