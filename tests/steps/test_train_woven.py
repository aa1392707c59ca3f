"""A training of plans: what it is looked at by, what its snapshots hold, and what is woven of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from drawn import cloth_files
from latelier import images
from latelier.errors import Damaged, Stopped
from latelier.models import _files
from latelier.steps import train as train_step
from latelier.steps.open_project import Atelier, new_project
from latelier.steps.replay import replay

TINY = {"plan": 16, "parents": 6}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Atelier:
    folder = tmp_path_factory.mktemp("woven")
    project = new_project(folder / "project")
    project.add(cloth_files(folder / "photos", 24))
    project.prepare("c32", size=32)
    project.train("c32", model="woven", steps=70, threads=1, precision="float32", settings=TINY)
    return project


def test_it_is_looked_at_by_its_plans_and_judged_by_what_is_woven(trained: Atelier) -> None:
    run = trained.runs.last("train")
    assert run is not None
    sheets = sorted((run.folder / "sheets").glob("*.png"))
    assert [s.name for s in sheets][-1] == "woven.png" and len(sheets) >= 2
    plans, woven = images.read(sheets[0]), images.read(sheets[-1])
    assert plans.shape[0] == 8 * 18 - 2 and woven.shape[0] == 4 * 34 - 2
    assert run.result["verdict"].startswith("Woven after learnt plans: ")
    assert (
        run.result["measures"]["kid"]
        != [line["measures"]["kid"] for line in run.logged() if "measures" in line][-1]
    )


def test_snapshots_share_one_file_of_originals_and_the_model_needs_no_other(
    trained: Atelier, tmp_path: Path
) -> None:
    run = trained.runs.last("train")
    assert run is not None
    model = run.folder / "model.safetensors"
    (tmp_path / "alone.safetensors").write_bytes(model.read_bytes())
    _, whole, header = _files.load(tmp_path / "alone.safetensors")
    snapshot = next(f for f in run.folder.rglob("*.safetensors") if f.parent != run.folder)
    _, same, _ = _files.load(snapshot)
    assert len(whole.originals) == len(same.originals) > 16 and "apart" not in header
    assert snapshot.stat().st_size + whole.originals.numel() > model.stat().st_size
    assert snapshot.stat().st_size < model.stat().st_size
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "lost.safetensors").write_bytes(snapshot.read_bytes())
    (tmp_path / "material.safetensors").write_bytes(model.read_bytes())
    with pytest.raises(Damaged, match="not what was written"):
        _files.load(tmp_path / "s" / "lost.safetensors")


def test_images_tell_their_parents_and_the_training_can_be_done_again(trained: Atelier) -> None:
    made = trained.make(2, seed=3)
    for image in made.images:
        assert image.facts["planned"] == "vae" and image.facts["parents"][0]["share"] <= 1 / 3
        assert image.facts["kept"] and "Recombined" in image.facts["recombined"]
    run = trained.runs.last("train")
    assert run is not None
    assert replay(trained, run.name).differs == []
    film = trained.walk([3, 4], to="out/w", seconds=0.8, fps=10, size=32)
    assert film.woven_over and not film.jumps
    station = images.read(trained.root / film.file / "frame-00000.png")
    assert np.array_equal(station, images.read(trained.images.file(made.images[0])))


def test_what_was_stopped_goes_on_as_if_it_had_not_been(
    trained: Atelier, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = trained.runs.last("train")
    assert whole is not None
    asked = iter([False] * 66 + [True])

    @contextmanager
    def at_step_66() -> Iterator[Callable[[], bool]]:
        yield lambda: next(asked)

    monkeypatch.setattr(train_step, "stoppable", at_step_66)
    with pytest.raises(Stopped, match="--resume"):
        trained.train("c32", model="woven", steps=70, threads=1, precision="float32", settings=TINY)
    monkeypatch.undo()
    half = trained.runs.all()[-1]
    resumed = trained.runs.find(trained.train(resume=half.name).run)
    assert resumed.result["measures"] == whole.result["measures"]
    own = {"plan.json", "log.jsonl"}  # when to save hangs on the machine's pace
    same = {k: sha for k, sha in whole.result["outputs"].items() if k not in own}
    assert same == {k: v for k, v in resumed.result["outputs"].items() if k not in own}


def test_a_time_can_be_given_for_it(trained: Atelier) -> None:
    done = trained.train("c32", model="woven", minutes=0.05, settings=TINY)
    assert done.images_seen > 0 and done.verdict.startswith("Woven after learnt plans: ")
    assert "expect new compositions" in done.said[-1]
