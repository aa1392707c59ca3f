"""The whole chain: every stage said, nothing done twice, what cannot be done left out in words."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from drawn import cloth
from latelier import images
from latelier.errors import PictureError, TooFew, UsageError
from latelier.steps import _chain_look
from latelier.steps._chain_make import chunks, made_from
from latelier.steps.open_project import Atelier, new_project, open_project
from latelier.steps.run import Ran
from latelier.steps.sheet import sheet

ALWAYS = {"add", "check", "train"}


@pytest.fixture(scope="module", autouse=True)
def small_canvases() -> Iterator[None]:
    """Canvases of 220 px: what is printed on them is tested elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_chain_look, "DPI", 20)
        yield


def states(ran: Ran) -> dict[str, str]:
    return {s.name: s.state for s in ran.stages}


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with photos and a project in which the chain, without training, was run on them."""
    root = tmp_path_factory.mktemp("done")
    (root / "photos").mkdir()
    for i in range(12):
        pixels = cloth(np.random.default_rng(i), 48, 48)
        (root / "photos" / f"{i:02d}.png").write_bytes(images.png_bytes(pixels))
    new_project(root / "project").run(root / "photos", train=False, groups=3)
    return root


@pytest.fixture
def again(done: Path, tmp_path: Path) -> Callable[[], Ran]:
    """Run the chain once more on a copy of that folder, in ``tmp_path``."""
    shutil.copytree(done, tmp_path, dirs_exist_ok=True)
    project = open_project(tmp_path / "project")
    return lambda: project.run(tmp_path / "photos", train=False, groups=3)


def test_pictures_alone_come_to_groups_folders_canvases_and_a_report(done: Path) -> None:
    out = done / "project" / "out"
    assert len(list((out / "groups").glob("[0-2]"))) == 3
    assert (out / "canvases" / "all.pdf").read_bytes()[:4] == b"%PDF"
    assert len(list((out / "canvases").glob("[0-2]*.pdf"))) >= 3
    assert "<h2>Canvases</h2>" in (out / "report.html").read_text(encoding="utf-8")


def test_a_second_time_nothing_is_done_twice(again: Callable[[], Ran], tmp_path: Path) -> None:
    before = sorted((tmp_path / "project" / "runs").iterdir())
    found = {n: s for n, s in states(again()).items() if n not in ALWAYS}
    assert found == dict.fromkeys(
        ("copies", "groups", "sort", "map", "canvases", "overview"), "before"
    )
    assert sorted((tmp_path / "project" / "runs").iterdir()) == before


def test_a_lost_file_is_made_again_and_a_new_picture_changes_all(
    again: Callable[[], Ran], tmp_path: Path
) -> None:
    (tmp_path / "project" / "out" / "canvases" / "all.pdf").unlink()
    found = states(again())
    assert (found["canvases"], found["overview"]) == ("before", "done")
    new = cloth(np.random.default_rng(99), 48, 48)
    (tmp_path / "photos" / "new.png").write_bytes(images.png_bytes(new))
    assert states(again())["groups"] == "done"


def test_what_was_stopped_goes_on_where_it_stood(
    again: Callable[[], Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*words: object, **more: object) -> None:
        raise KeyboardInterrupt

    shutil.rmtree(tmp_path / "project" / "out")
    monkeypatch.setattr(_chain_look, "sheet", stopped)
    with pytest.raises(KeyboardInterrupt):
        again()
    monkeypatch.setattr(_chain_look, "sheet", sheet)
    found = states(again())
    assert (found["groups"], found["sort"], found["canvases"]) == ("before", "before", "done")


def test_too_few_to_learn_from_is_said_and_the_rest_goes_on(
    project: Atelier, tmp_path: Path
) -> None:
    few = tmp_path / "few"
    few.mkdir()
    for i in range(5):
        (few / f"{i}.png").write_bytes(images.png_bytes(cloth(np.random.default_rng(i), 64, 64)))
    said: list[str] = []
    ran = project.run(few, say=said.append)
    assert states(ran)["train"] == "left out"
    assert any("5 pictures are too few" in sentence for sentence in said)
    assert states(ran)["canvases"] == "done"


def test_a_folder_of_broken_files_alone_is_told_with_the_first_of_them(
    project: Atelier, tmp_path: Path
) -> None:
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "a.png").write_bytes(b"no picture at all")
    (bad / "b.jpg").write_bytes(b"")
    with pytest.raises(PictureError, match=r"of 2 files; the first, a\.png: it is no picture"):
        project.run(bad)


def test_a_project_of_hidden_pictures_alone_is_told_how_they_are_shown(
    project: Atelier, photos: Path
) -> None:
    project.add(photos)
    images = project.sets.images("all")
    project.journal.decide("copies", "all hidden", "hidden", {i.id: "1" for i in images})
    with pytest.raises(TooFew, match=r"All 24 pictures here are hidden.*latelier undo"):
        project.run(photos, train=False)


def test_a_picture_cut_short_is_taken_when_asked(project: Atelier, tmp_path: Path) -> None:
    few = tmp_path / "few"
    few.mkdir()
    for i in range(2):
        whole = images.png_bytes(cloth(np.random.default_rng(i), 64, 64))
        (few / f"{i}.png").write_bytes(whole[: len(whole) - (i * len(whole) // 4)])
    project.run(few, train=False, truncated=True)
    assert [bool(i.facts.get("truncated")) for i in project.sets.images("all")] == [False, True]


def test_two_pictures_give_a_report_all_the_same(project: Atelier, tmp_path: Path) -> None:
    few = tmp_path / "few"
    few.mkdir()
    for i in range(2):
        (few / f"{i}.png").write_bytes(images.png_bytes(cloth(np.random.default_rng(i), 64, 64)))
    ran = project.run(few)
    assert states(ran)["groups"] == "left out"
    assert (project.root / ran.report).is_file()


def test_new_images_are_made_grouped_and_printed(project: Atelier, photos: Path) -> None:
    shares: list[float] = []

    def told(done: float, total: float | None, note: str = "") -> None:
        if total and note.startswith("make"):
            shares.append(done / total)

    ran = project.run(photos, minutes=0.02, images=9, groups=2, model="vae", on_progress=told)
    assert states(ran)["make"] == "done"
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)
    made = project.sets.images("generated")
    first = project.config.seed
    assert sorted(i.seed or 0 for i in made) == list(range(first, first + 9))
    sheet = next(r for r in project.runs.all() if r.step == "sheet")
    shown = {c["image"] for f in sheet.result["files"] for c in f["cells"]}
    assert shown == {i.path for i in made}
    trained = next(r.name for r in project.runs.all() if r.step == "train")
    assert len(made_from(project, trained)) == 9


def test_seeds_are_put_into_runs_of_following_numbers() -> None:
    assert chunks([]) == []
    assert chunks([4, 5, 6, 9]) == [(4, 3), (9, 1)]


def test_without_pictures_or_with_odd_numbers_it_says_so(project: Atelier, photos: Path) -> None:
    with pytest.raises(TooFew, match="which folder"):
        project.run()
    with pytest.raises(UsageError):
        project.run(photos, minutes=0)
    with pytest.raises(UsageError):
        project.run(photos, groups=1)
    with pytest.raises(UsageError, match="Did you mean 'vae'"):
        project.run(photos, model="vea")
    assert not project.sets.images("all")


def test_the_command_goes_on_and_lists_what_to_open(latelier, done: Path) -> None:
    words = ("run", done / "photos", "--into", done / "project", "--no-train", "--groups", 3)
    said = latelier(*words)
    assert said.code == 0, said.err
    assert "To look at:" in said.out
    assert "nothing was done twice" in said.out
    assert str(Path("out") / "report.html") in said.out
    assert latelier(*words, "--json").json["left_out"] == ["train"]


@pytest.mark.parametrize("folder", ["nowhere", "empty", "words"])
def test_a_folder_without_pictures_leaves_nothing_behind(
    latelier, tmp_path: Path, folder: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "list.txt").write_text("loans", encoding="utf-8")
    said = latelier("run", folder, "--into", "mine")
    assert said.code in (1, 2)
    assert "Traceback" not in said.err
    assert len(said.err.strip().splitlines()) == 1
    assert not (tmp_path / "mine").exists()


def test_a_folder_that_holds_other_things_is_left_alone(
    latelier, photos: Path, tmp_path: Path
) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "letter.txt").write_text("Dear", encoding="utf-8")
    said = latelier("run", photos, "--into", "taken")
    assert said.code == 2
    assert "holds other things" in said.err
    assert [p.name for p in (tmp_path / "taken").iterdir()] == ["letter.txt"]


def test_what_is_nearly_an_original_stays_off_the_canvases(
    done: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(done / "project", tmp_path / "project")
    project = open_project(tmp_path / "project")
    asked = []

    def noted(*words: object, **more: object) -> object:
        asked.append(more["leave_out"])
        return sheet(*words, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(_chain_look, "sheet", noted)
    (project.root / "out" / "canvases" / "all.pdf").unlink()
    ran = project.run(None, train=False, groups=3)
    assert asked == ["copies"] and states(ran)["overview"] == "done"
