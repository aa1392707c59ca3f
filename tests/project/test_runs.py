"""Runs: numbered folders, finished by their result, entered in the store even after a kill."""

import json

import pytest

from latelier.errors import Damaged, UnknownName, UsageError
from latelier.files import write_text
from latelier.project import NewImage, Project, Run
from latelier.steps.verify import verify


def finished(project: Project, text: str = "made") -> Run:
    run = project.runs.start("make", {"count": 1}, suffix="Ünï côde/slash")
    write_text(run.images_folder / "a.png", text)
    place = project.relative(run.images_folder / "a.png")
    run.finish({"images": 1}, [NewImage(place, "generated", "", 4, 8, 8, run=run.name)])
    return run


def test_a_run_is_a_numbered_folder_that_tells_its_story(project: Project) -> None:
    run = finished(project)
    assert run.name == "0001-make-Ünï-côde-slash"
    assert run.recipe["settings"] == {"count": 1}
    assert run.environment["packages"]["numpy"] != "absent"
    assert set(run.result["outputs"]) == {"images/a.png"}
    assert [i.run for i in project.sets.images("1")] == [run.name]
    assert project.runs.find(1).name == project.runs.find(f"runs/{run.name}/").name == run.name


def test_a_run_killed_before_its_result_is_not_finished(project: Project) -> None:
    run = project.runs.start("make", {})
    with pytest.raises(UsageError, match="has not finished"):
        assert run.result
    assert project.runs.last("make") is None
    assert [n.kind for n in verify(project).notes] == ["unfinished"]


def test_a_run_killed_between_its_result_and_the_store_is_caught_up(project: Project) -> None:
    run = finished(project)
    with project.store.write() as db:
        db.execute("DELETE FROM images")
        db.execute("UPDATE runs SET status = 'running'")
    again = Project(project.root)
    assert [i.run for i in again.images.where()] == [run.name]


def test_a_log_line_cut_short_is_left_out(project: Project) -> None:
    run = project.runs.start("train", {})
    run.log(step=1, words="bon courage, à bientôt")
    with (run.folder / "log.jsonl").open("a") as file:
        file.write('{"step": 2, "wor')
    assert [line["step"] for line in run.logged()] == [1]


def test_an_unknown_run_names_those_there_are(project: Project) -> None:
    finished(project)
    with pytest.raises(UnknownName, match="0001-make"):
        project.runs.find(9)


def test_a_damaged_result_is_said_plainly(project: Project) -> None:
    run = finished(project)
    (run.folder / "result.json").write_text("{")
    with pytest.raises(Damaged, match="run the step again"):
        assert run.result


def test_verify_names_what_is_missing_altered_or_stray(project: Project, latelier) -> None:
    run = finished(project)
    target = run.images_folder / "a.png"
    digest = run.result["outputs"]["images/a.png"]
    with project.store.write() as db:
        db.execute("UPDATE images SET sha256 = ?", (digest,))
    assert verify(project).problems == []
    (project.root / "sources" / "new.png").write_bytes(b"x")
    target.write_text("flipped")
    found = verify(project)
    assert [p.kind for p in found.problems] == ["altered"]
    assert [n.kind for n in found.notes] == ["stray"]
    target.unlink()
    said = latelier("-C", project.root, "verify", "--json")
    assert said.code == 1
    assert [p["kind"] for p in json.loads(said.out)["problems"]] == ["missing"]
