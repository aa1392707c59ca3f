"""What is said of images is kept, counted, put out, taken in and taken back."""

from pathlib import Path

import numpy as np
import pytest

from drawn import cloth
from entered import enter
from latelier.errors import TooFew, UnknownName, UsageError
from latelier.steps.open_project import Atelier


@pytest.fixture
def filled(project: Atelier) -> Atelier:
    """A project of 24 cloths, half of them from a subfolder."""
    rng = np.random.default_rng(1)
    enter(project, {f"cloth {i:02d}.png": cloth(rng, 12, 16) for i in range(24)})
    project.store.db.execute("UPDATE images SET tag = 'más' WHERE id % 2 = 0")
    return project


def test_labels_are_given_in_bulk_counted_and_undone(filled: Atelier) -> None:
    done = filled.label("family", ["cloth 00.png", "cloth 01.png"], name="round", note="soft")
    assert done.counts == {"round": 2}
    filled.label("family", ["cloth 01.png", "cloth 02.png"], name="square", unsure=True)
    held = {
        filled.images.by_id([i])[0].name: x for i, x in filled.criteria.labels("family").items()
    }
    assert {n: x.value for n, x in held.items()} == {
        "cloth 00.png": "round",
        "cloth 01.png": "square",
        "cloth 02.png": "square",
    }
    assert [x.unsure for x in held.values()] == [False, True, True]
    assert held["cloth 01.png"].note == "soft"
    filled.undo()
    assert {x.value for x in filled.criteria.labels("family").values()} == {"round"}
    assert not any(x.unsure for x in filled.criteria.labels("family").values())


def test_a_label_of_a_picture_whose_file_is_gone_is_kept_and_told(latelier, photos: Path) -> None:
    latelier("new", "p")
    latelier("-C", "p", "add", photos)
    gone = latelier("-C", "p", "label", "family", "2", "--as", "round", "--json").json
    (path,) = gone["images"]
    assert gone["gone"] == []
    (photos.parent / "p" / path).unlink()
    said = latelier("-C", "p", "label", "family", "1", "2", "--as", "square")
    assert said.code == 0
    assert f"1 of 2 has no file any more: {path}. Labels are kept;" in said.out
    done = latelier("-C", "p", "label", "family", "1", "2", "--as", "square", "--json").json
    assert done["gone"] == [path] and done["counts"] == {"square": 2}
    assert "no file" not in latelier("-C", "p", "label", "family", "1", "--as", "round").out


def test_labels_make_sets_and_criteria_do_not_mix(filled: Atelier) -> None:
    filled.label("family", ["cloth 00.png", "cloth 02.png"], name="round")
    filled.label("eyes", ["cloth 00.png"], name="round")
    assert len(filled.sets.images("label:family=round")) == 2
    assert len(filled.sets.images("label:eyes")) == 1
    assert filled.sets.images("label:family=square") == []
    assert filled.criteria.names() == ["eyes", "family"]
    filled.label("eyes", ["set:label:eyes"], clear=True)
    assert filled.criteria.names() == ["family"]


def test_folders_name_their_pictures(filled: Atelier) -> None:
    done = filled.label("place", folders=True)
    assert done.counts == {"más": 12}
    with pytest.raises(TooFew, match="None of the 24 images came from a subfolder"):
        filled.label("place", folders=True, level=2)


def test_folders_added_one_by_one_name_their_pictures_too(filled: Atelier) -> None:
    filled.store.db.execute(
        "UPDATE images SET tag = '', origin = '/home/me/' || (CASE WHEN id % 3 = 0 THEN 'kawung' "
        "ELSE 'parang' END) || '/' || name"
    )
    assert filled.label("motif", folders=True).counts == {"parang": 16, "kawung": 8}
    filled.store.db.execute("UPDATE images SET origin = '/home/me/all/' || name")
    with pytest.raises(TooFew, match="None of the 24 images came from a subfolder"):
        filled.label("other", folders=True)


def test_a_table_goes_out_and_comes_in_again(filled: Atelier, tmp_path: Path) -> None:
    filled.label("family", ["cloth 00.png"], name="round, or not", unsure=True, note='a "b"')
    filled.label("family", ["cloth 01.png"], name="square")
    filled.label("family", ["cloth 01.png"], name="round", again=True)
    before = filled.criteria.labels("family")
    filled.labels("family", to=tmp_path / "out.csv")
    filled.label("family", ["set:all"], clear=True)
    assert filled.criteria.labels("family") == {}
    done = filled.label("family", table=tmp_path / "out.csv")
    assert done.unmatched == []
    assert filled.criteria.labels("family") == before


def test_a_table_binds_by_name_and_says_what_it_could_not_bind(
    filled: Atelier, tmp_path: Path
) -> None:
    table = tmp_path / "t.csv"
    table.write_text(
        "file;family;unsure\nmás/cloth 01.png;round;\nelsewhere/cloth 02.png;square;sí\n"
        "gone.png;square;\ncloth 04.png;round;\ncloth 04.png;square;\n",
        encoding="cp1252",
    )
    done = filled.label("family", table=table)
    assert {p.rpartition("/")[2]: v for p, v in done.images.items()} == {
        "cloth 01.png": "round",
        "cloth 02.png": "square",
        "cloth 04.png": "round",
    }
    assert done.unmatched == ["gone.png", "cloth 04.png (named twice, with different labels)"]
    assert [x.unsure for x in filled.criteria.labels("family").values()].count(True) == 1


def test_answers_given_twice_are_compared(filled: Atelier) -> None:
    filled.label("family", ["cloth 00.png", "cloth 01.png", "cloth 02.png"], name="round")
    filled.label("family", ["cloth 00.png", "cloth 01.png"], name="round", again=True)
    filled.label("family", ["cloth 02.png"], name="square", again=True)
    found = filled.labels().criteria["family"]
    assert (found.asked_twice, found.same) == (3, 2)
    assert found.counts == {"round": 3}
    assert list(found.differs.values()) == [("round", "square")]
    assert 0.2 < found.interval[0] < 0.67 < found.interval[1] < 1
    with pytest.raises(UsageError, match="no first answer"):
        filled.label("family", ["cloth 03.png"], name="round", again=True)


def test_labels_of_hidden_and_lost_pictures_are_counted_apart(filled: Atelier) -> None:
    filled.label("family", ["cloth 00.png", "cloth 01.png", "cloth 02.png"], name="round")
    lost = filled.images.find("cloth 00.png")
    filled.images.file(lost).chmod(0o600)
    filled.images.file(lost).unlink()
    hidden = filled.images.find("cloth 01.png")
    filled.journal.decide("hide", "one hidden", "hidden", {hidden.id: "1"})
    found = filled.labels("family").criteria["family"]
    assert (found.counts, found.gone) == ({"round": 1}, 2)


@pytest.mark.parametrize(
    ("words", "error", "says"),
    [
        ({}, UsageError, "in one way"),
        ({"name": "a", "clear": True}, UsageError, "in one way"),
        ({"name": "a"}, TooFew, "No image was named"),
        ({"name": "a=b", "images": ["cloth 00.png"]}, UsageError, "cannot be called"),
        ({"name": "a", "images": ["nobody.png"]}, UsageError, "nobody.png"),
        ({"name": "a", "images": ["set:nothing"]}, UnknownName, "No set"),
        ({"table": "absent.csv"}, UsageError, "absent.csv"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_kept(
    filled: Atelier, words: dict, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        filled.label("family", **words)
    assert filled.criteria.names() == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", r"\(none\)"),
        ("a,b\n1,2\n", "has the columns a, b"),
        ("file,label\ngone.png,x\n", "Of 1 picture named in t.csv none"),
        ("file\0,label\n", "not a table"),
    ],
)
def test_a_table_that_is_none_is_refused(
    filled: Atelier, tmp_path: Path, text: str, says: str
) -> None:
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    with pytest.raises((UsageError, TooFew), match=says):
        filled.label("family", table=tmp_path / "t.csv")


def test_a_table_that_is_not_there_is_told_with_one_that_is(
    filled: Atelier, tmp_path: Path
) -> None:
    (tmp_path / "motifs.csv").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match=r"is not there; .* Did you mean '.*motifs\.csv'"):
        filled.label("family", table=tmp_path / "motivs.csv")
    with pytest.raises(UsageError, match="is a folder; name a CSV"):
        filled.label("family", table=tmp_path)


def test_a_person_labels_and_lists_on_the_command_line(latelier, photos: Path) -> None:
    latelier("new", "p")
    latelier("-C", "p", "add", photos)
    said = latelier("-C", "p", "label", "family", "1", "2", "--as", "round", "--unsure")
    assert said.code == 0, said.err
    assert "family: 2 images labelled. Now: round 2." in said.out
    assert latelier("-C", "p", "label", "family", "1").code == 2
    listed = latelier("-C", "p", "labels", "--json").json
    assert listed["criteria"]["family"]["counts"] == {"round": 2}
    assert listed["criteria"]["family"]["unlabelled"] == 22
    wrong = latelier("-C", "p", "labels", "famly")
    assert wrong.code == 2
    assert "Did you mean 'family'?" in wrong.err
    assert latelier("-C", "p", "labels", "family", "--to", "l.csv").code == 0
    assert "round,yes" in (photos.parent / "l.csv").read_text(encoding="utf-8")
