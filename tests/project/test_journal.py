"""Decisions are appended, never overwritten, and can be undone across restarts."""

import pytest

from latelier.errors import UnknownName, UsageError
from latelier.project import NewImage, Project
from latelier.steps.mark import mark
from latelier.steps.undo import undo


@pytest.fixture
def five(project: Project) -> Project:
    project.images.add(NewImage(f"sources/{n}.png", "source", "0" * 64, 1, 8, 8) for n in "abcde")
    return project


def marks(project: Project) -> dict[int, str]:
    return project.journal.values("mark")


def test_undo_goes_back_step_by_step_across_restarts(five: Project) -> None:
    mark(five, "keep", ["a.png", "b.png"])
    mark(five, "reject", ["b.png", "sources/c.png"])
    mark(five, "clear", [1])
    assert marks(five) == {2: "reject", 3: "reject"}
    again = Project(five.root)
    undo(again)
    assert marks(again) == {1: "keep", 2: "reject", 3: "reject"}
    undo(Project(five.root))
    assert marks(again) == {1: "keep", 2: "keep"}
    undo(again)
    assert marks(again) == {}
    with pytest.raises(UsageError, match="nothing left to undo"):
        undo(again)


def test_the_journal_keeps_what_was_undone(five: Project) -> None:
    mark(five, "keep", ["a.png"])
    undo(five)
    said = [(e.verb, e.undone) for e in five.journal.entries()]
    assert said == [("undo", False), ("mark", True)]


def test_undoing_an_older_entry_leaves_later_decisions_standing(five: Project) -> None:
    mark(five, "keep", ["a.png", "b.png"])
    older = five.journal.last()
    mark(five, "reject", ["b.png"])
    five.journal.undo(older)
    assert marks(five) == {2: "reject"}
    with pytest.raises(UsageError, match="undone already"):
        five.journal.undo(older)


def test_undoing_an_add_hides_what_was_added(five: Project) -> None:
    five.journal.record_added("5 added", [1, 2], {"rights": "CC0"})
    assert five.journal.values("rights") == {1: "CC0", 2: "CC0"}
    undo(five)
    assert [i.id for i in five.sets.images("all")] == [3, 4, 5]
    assert five.journal.values("rights") == {}


def test_an_unknown_mark_or_image_names_the_nearest(five: Project) -> None:
    with pytest.raises(UnknownName, match="Did you mean 'keep'"):
        mark(five, "keeep", ["a.png"])
    with pytest.raises(UnknownName, match=r"Did you mean 'a\.png'"):
        mark(five, "keep", ["a.pngg"])
    with pytest.raises(UnknownName) as far:
        mark(five, "keep", ["garment.png"])
    assert "Did you mean" not in str(far.value)  # five names end so


def test_two_images_of_one_name_are_told_apart_by_path(five: Project) -> None:
    five.images.add([NewImage("sources/sub/a.png", "source", "1" * 64, 1, 8, 8, tag="sub")])
    with pytest.raises(UsageError, match="give the path of one"):
        five.images.find("a.png")
    assert five.images.find("sub/a.png").tag == "sub"
    assert five.images.find("sources/a.png").tag == ""


def test_marks_from_the_command_line_and_back(five: Project, latelier) -> None:
    said = latelier(
        "-C", five.root, "mark", "favourite", "a.png", "set:tag:none", "b.png", "--json"
    )
    assert said.code == 0, said.err
    assert said.json["marked"] == 2
    assert [i.name for i in five.sets.images("kept")] == ["a.png", "b.png"]
    assert latelier("-C", five.root, "undo").code == 0
    assert five.sets.images("kept") == []
    said = latelier("-C", five.root, "mark", "kep", "a.png")
    assert said.code == 2
    assert "Did you mean 'keep'" in said.err
