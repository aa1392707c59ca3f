"""The report of a project: calm when empty, with the parts that there is something to show for."""

import re
from pathlib import Path

import pytest

from latelier.errors import UsageError
from latelier.steps.open_project import Atelier


def written(project: Atelier) -> str:
    return (project.out / "report.html").read_text(encoding="utf-8")


def sections(text: str) -> list[str]:
    return re.findall(r"<h2>(.*?)</h2>", text)


def test_an_empty_project_gives_a_calm_page(project: Atelier) -> None:
    done = project.report()
    assert done.sections == ()
    assert done.bytes < 30_000
    text = written(project)
    assert sections(text) == ["Nothing to show yet"]
    assert "latelier add FOLDER" in text


def test_pictures_rights_and_what_was_refused_are_shown(project: Atelier, photos: Path) -> None:
    (photos / "broken <b>.jpg").write_bytes(b"no picture")
    project.add(photos, rights="by permission", credit="Photograph: Ana Ruiz")
    done = project.report()
    text = written(project)
    assert list(done.sections) == [
        "The collection",
        "Its state",
        "Credits and rights",
        "Journal",
    ]
    assert text.count("<img src=") == 24 + 14  # the wall, and the cover
    assert "by permission" in text
    assert "Photograph: Ana Ruiz" in text
    assert "broken &lt;b&gt;.jpg" in text
    assert "más: 12" in text
    assert done.missing == ()


def test_missing_rights_are_said_and_a_file_that_is_gone_is_named(
    project: Atelier, photos: Path
) -> None:
    project.add(photos)
    gone = project.sets.images("all")[3]
    project.images.file(gone).unlink()
    done = project.report()
    assert done.missing == (gone.name,)
    assert "24 pictures came without stated rights" in written(project)


def test_groups_come_with_their_curve_and_their_pictures(project: Atelier, photos: Path) -> None:
    project.add(photos)
    project.groups("tag:más", k=3)
    project.report()
    text = written(project)
    assert "Groups" in sections(text)
    assert len(re.findall(r"<h3>Group \d: ", text)) == 3
    assert text.count("<svg") == 2
    assert "latelier replay 0001-groups" in text


def test_the_command_says_where_the_page_lies(latelier, project: Atelier) -> None:
    said = latelier("-C", project.root, "report", "-o", "out/page.html")
    assert said.code == 0
    assert "Wrote out/page.html" in said.out
    assert (project.root / "out" / "page.html").is_file()
    assert latelier("-C", project.root, "report", "--json").json["sections"] == []


@pytest.mark.parametrize("place", ["out/report.txt", "sources/report.html", "."])
def test_a_place_that_will_not_do_is_refused(project: Atelier, place: str) -> None:
    with pytest.raises(UsageError):
        project.report(place)
    assert not list(project.root.rglob("report.*"))
