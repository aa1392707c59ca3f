"""Training in a project: stopped, killed and resumed it is one and the same run; told in words."""

import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conftest import Said, environment
from drawn import cloth, cloth_files, ink_form
from latelier import images
from latelier.errors import Damaged, DoesNotFit, Stopped, TooFew, UnknownName, UsageError
from latelier.models import _files
from latelier.steps import train as train_step
from latelier.steps._training import read_state, snapshots
from latelier.steps.open_project import Atelier, new_project, open_project
from latelier.train import loop, probe

VAE: dict[str, Any] = {
    "model": "vae",
    "settings": {"width": 8, "latent": 8},
    "batch": 32,
    "precision": "float32",
    "threads": 1,
    "save_every": 4,
}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the dataset `c32`, made once."""
    folder = tmp_path_factory.mktemp("once")
    project = new_project(folder / "project")
    project.add(cloth_files(folder / "photos"))
    project.prepare("c32", size=32)
    project.close()
    return project.root


@pytest.fixture
def dataset(prepared: Path, tmp_path: Path) -> Atelier:
    """A project with the prepared dataset `c32`."""
    return open_project(shutil.copytree(prepared, tmp_path / "project"))


def outputs(project: Atelier, run: str) -> dict[str, str]:
    found: dict[str, str] = project.runs.find(run).result["outputs"]
    return found


def test_a_training_leaves_a_model_snapshots_sheets_and_a_log(dataset: Atelier) -> None:
    trained = dataset.train("c32", steps=36, **VAE)
    run = dataset.runs.find(trained.run)
    assert run.name.endswith("-train-vae")
    assert trained.images_seen == 36 * 32 and trained.model == "vae"
    assert snapshots(run) == [32, 36]
    assert trained.best_snapshot in (32, 36)
    sheets = sorted(f.name for f in (run.folder / "sheets").iterdir())
    assert sheets == ["step-0000032.png", "step-0000036.png"]
    name, model, header = _files.load(run.folder / "model.safetensors")
    assert (name, model.shape, header["step"]) == ("vae", (3, 32, 32), trained.best_snapshot)
    log = [line for line in run.logged() if "measures" in line]
    assert [line["step"] for line in log] == [32, 36]
    assert set(log[0]["measures"]) >= {"kid", "variety", "copies", "checkerboard", "eye"}
    assert trained.verdict.endswith(".") and run.result["verdict"] == trained.verdict
    told = trained.to_json()
    assert {
        "run",
        "model",
        "seconds",
        "images_seen",
        "best_snapshot",
        "verdict",
        "measures",
    } <= set(told)
    assert json.loads(json.dumps(told)) == told


def test_a_timed_training_can_be_made_again_to_the_bit(dataset: Atelier) -> None:
    trained = dataset.train("c32", minutes=0.02, **VAE)
    again = dataset.replay(trained.run)
    assert not again.differs
    assert any(name.endswith("state.safetensors") for name in outputs(dataset, trained.run))


def test_what_was_stopped_goes_on_as_if_it_had_not_been(
    dataset: Atelier, monkeypatch: pytest.MonkeyPatch
) -> None:
    straight = dataset.train("c32", steps=36, **VAE)
    asked = iter([False] * 35 + [True])

    @contextmanager
    def at_step_35() -> Iterator[Callable[[], bool]]:
        yield lambda: next(asked)

    monkeypatch.setattr(train_step, "stoppable", at_step_35)
    with pytest.raises(Stopped, match="--resume") as stopped:
        dataset.train("c32", steps=36, **VAE)
    monkeypatch.undo()
    assert "step 35" in str(stopped.value)
    half = dataset.runs.all()[-1]
    assert not half.finished
    resumed = dataset.train(resume=half.name)
    assert outputs(dataset, resumed.run) == outputs(dataset, straight.run)
    assert resumed.images_seen == straight.images_seen


def test_a_training_can_start_from_the_weights_of_another(dataset: Atelier) -> None:
    first = dataset.train("c32", steps=36, **VAE)
    second = dataset.train("c32", steps=2, start_from=first.run, batch=32, threads=1)
    assert second.model == "vae" and "Starts from the vae" in second.said[0]
    start, end = (read_state(dataset.runs.find(r).folder)[0] for r in (first.run, second.run))
    apart = [float((start[k] - end[k]).abs().mean()) for k in start if k.startswith("model/")]
    fresh = read_state(dataset.runs.find(dataset.train("c32", steps=2, **VAE).run).folder)[0]
    untaught = [float((start[k] - fresh[k]).abs().mean()) for k in start if k.startswith("model/")]
    assert sum(apart) < 0.5 * sum(untaught)
    assert not dataset.replay(second.run).differs
    dataset.prepare("c48", size=48)
    with pytest.raises(DoesNotFit, match="another size"):
        dataset.train("c48", steps=2, start_from=first.run)


def test_a_run_cannot_be_resumed_twice_nor_another_step_at_all(dataset: Atelier) -> None:
    trained = dataset.train("c32", steps=2, **VAE)
    with pytest.raises(UsageError, match="has finished"):
        dataset.train(resume=trained.run)
    with pytest.raises(UsageError, match="no training"):
        dataset.train(resume=next(r.name for r in dataset.runs.all() if r.step == "prepare"))
    with pytest.raises(UnknownName):
        dataset.train(resume="77")


def test_a_training_killed_and_then_stopped_by_ctrl_c_ends_as_one_that_was_not(
    dataset: Atelier,
) -> None:
    words = [sys.executable, "-m", "latelier", "train"]
    begun = "c32 --model vae --steps 90000 --set width=8 --set latent=8 --threads 1 --batch 32"
    child = started(dataset, [*words, *begun.split(), "--precision", "float32"])
    wait_for(lambda: bool(list(dataset.root.glob("runs/*/snapshots/*32.*"))))
    child.kill()
    child.communicate()
    half = dataset.runs.all()[-1]
    assert not half.finished and snapshots(half)
    used = max(line["seconds"] for line in half.logged() if "seconds" in line)
    child = started(dataset, [*words, "--resume", half.name])
    wait_for(lambda: any("Went on" in str(line.get("said")) for line in half.logged()))
    time.sleep(0.3)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=60)
    assert child.returncode == 1 and "Traceback" not in said
    assert f"latelier train --resume {half.name}" in said
    rounds = max(line.get("saved", 0) for line in half.logged()) + 1
    resumed = dataset.train(resume=half.name, steps=rounds)
    assert resumed.images_seen == rounds * 32 and resumed.seconds > used
    plan = json.loads((half.folder / "plan.json").read_text())
    straight = dataset.train("c32", steps=rounds, **{**VAE, "save_every": plan["save_every"]})
    assert outputs(dataset, resumed.run) == outputs(dataset, straight.run)


def started(project: Atelier, words: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        words, cwd=project.root, env=environment(), stderr=subprocess.PIPE, encoding="utf-8"
    )


def wait_for(happened: Callable[[], bool]) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and not happened():
        time.sleep(0.05)
    assert happened()


def test_numbers_that_break_are_answered_and_logged(
    dataset: Atelier, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = loop.Trainer.round

    def breaking(self: loop.Trainer) -> dict[str, float]:
        if self.rounds == 34 and self.setbacks == 0:
            raise loop.Diverged("the loss of vae is nan")
        return rounds(self)

    monkeypatch.setattr(loop.Trainer, "round", breaking)
    # a fast machine does more rounds than 34 while it is probed
    monkeypatch.setattr(probe, "probe", lambda *_: probe.Pace(1, "float32", 100.0))
    trained = dataset.train("c32", steps=36, **VAE)
    said = [line["said"] for line in dataset.runs.find(trained.run).logged() if "said" in line]
    assert any("went back to round 32" in s for s in said)
    assert trained.images_seen == 36 * 32


def test_auto_says_what_it_chose_and_why(project: Atelier, tmp_path: Path) -> None:
    folder = tmp_path / "ink"
    folder.mkdir()
    for i in range(20):
        ink = ink_form(np.random.default_rng(i), 48)
        (folder / f"{i}.png").write_bytes(images.png_bytes(ink))
    project.add(folder)
    project.prepare("ink", size=32, ink=True)
    trained = project.train("ink", steps=2, settings={"width": 8}, batch=8)
    assert trained.model == "vae"
    assert trained.said[0].startswith("Chose vae: these are ink forms")
    plan = json.loads((project.runs.find(trained.run).folder / "plan.json").read_text())
    assert plan["settings"]["ink"] is True and plan["flips"] == ""


def test_what_was_said_of_the_collection_once_holds_for_every_training(dataset: Atelier) -> None:
    assert dataset.manner().unanswered == ["flips", "colours", "repeats"]
    dataset.manner(flips="none", colours="free", repeats="yes")
    again = open_project(dataset.root)
    assert again.manner().unanswered == []
    small = {"width": 4, "critic_width": 8, "latent": 8}
    quick: dict[str, Any] = {**VAE, "batch": 4, "model": "gan", "settings": small}
    run = again.runs.find(again.train("c32", steps=1, **quick).run)
    plan = json.loads((run.folder / "plan.json").read_text())
    assert plan["flips"] == "" and plan["settings"]["augment"] == "wrap cutout colour"
    again.manner(flips="x", colours="kept", repeats="no")
    assert run.recipe["settings"]["repeats"] == "yes"  # a replay does what was done
    run = again.runs.find(again.train("c32", steps=1, **quick).run)
    plan = json.loads((run.folder / "plan.json").read_text())
    assert plan["flips"] == "x" and plan["settings"]["augment"] == "translation cutout"


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of its own needs pty")
def test_a_person_at_a_terminal_is_asked_once(dataset: Atelier) -> None:
    import pty

    def said(answers: bytes) -> str:
        ours, theirs = pty.openpty()
        os.write(ours, answers)
        command = [sys.executable, "-m", "latelier", "train", "no such dataset"]
        done = subprocess.run(
            command, stdin=theirs, cwd=dataset.root, env=environment(), capture_output=True
        )
        os.close(ours)
        os.close(theirs)
        assert b"no such dataset" in done.stderr
        return done.stdout.decode()

    assert "mirrored" in said(b"xy\n\nyes\n")
    kept = open_project(dataset.root).manner()
    assert (kept.flips, kept.colours, kept.repeats) == ("xy", "kept", "yes")
    assert said(b"") == ""


def test_too_few_pictures_are_told_with_the_number_needed(project: Atelier, tmp_path: Path) -> None:
    folder = tmp_path / "few"
    folder.mkdir()
    for i in range(3):
        pixels = cloth(np.random.default_rng(i), 40, 40)
        (folder / f"{i}.png").write_bytes(images.png_bytes(pixels))
    project.add(folder)
    project.prepare("few", size=32)
    with pytest.raises(TooFew, match="needs 16"):
        project.train("few")
    same = cloth(np.random.default_rng(9), 40, 40)
    for i in range(20):
        (folder / f"same {i}.png").write_bytes(images.png_bytes(same, {"n": str(i)}))
    project.add(folder)
    project.prepare("same", size=32, share=0)
    with pytest.raises(TooFew, match="23 pictures, only 4 of them different"):
        project.train("same")
    assert not [r for r in project.runs.all() if r.step == "train"]


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ({"model": "gna"}, UnknownName),
        ({"flips": "z"}, UsageError),
        ({"precision": "float8"}, UsageError),
        ({"minutes": -1.0}, UsageError),
        ({"settings": {"wide": 3}}, UnknownName),
    ],
)
def test_what_makes_no_sense_is_refused_before_a_run_begins(
    dataset: Atelier, words: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        dataset.train("c32", **{**VAE, "steps": 2, **words})
    assert not [r for r in dataset.runs.all() if r.step == "train"]


def test_a_hurt_state_or_plan_is_told_and_snapshots_stay(dataset: Atelier) -> None:
    trained = dataset.train("c32", steps=33, **VAE)
    run = dataset.runs.find(trained.run)
    (run.folder / "result.json").unlink()
    whole = (run.folder / "state.safetensors").read_bytes()
    (run.folder / "state.safetensors").write_bytes(whole[:-9])
    with pytest.raises(Damaged, match="snapshots can still be used"):
        dataset.train(resume=trained.run)
    (run.folder / "plan.json").write_text("{")
    with pytest.raises(Damaged, match=r"plan\.json"):
        dataset.train(resume=trained.run)
    assert snapshots(run) == [32, 33]


def test_the_command_line_trains_and_makes(dataset: Atelier, latelier: Callable[..., Said]) -> None:
    words = "train c32 --model vae --steps 2 --set width=8 --threads 1 --json"
    said = latelier(*words.split(), cwd=dataset.root)
    assert said.code == 0, said.err
    assert said.json["model"] == "vae" and said.json["best_snapshot"] == 2
    made = latelier("make", 2, cwd=dataset.root)
    assert made.code == 0 and "seeds 1 to 2" in made.out


@pytest.mark.parametrize(
    ("words", "code"),
    [("train", 2), ("train nothing", 2), ("train c32 --set width", 2)],
)
def test_bad_words_on_the_command_line_are_one_sentence(
    dataset: Atelier, latelier: Callable[..., Said], words: str, code: int
) -> None:
    said = latelier(*words.split(), cwd=dataset.root)
    assert said.code == code and "Traceback" not in said.err
    assert not [r for r in dataset.runs.all() if r.step == "train"]


def test_another_extractor_measures_and_is_named(dataset: Atelier) -> None:
    trained = dataset.train("c32", steps=8, extractor="randconv", **VAE)
    assert trained.measures["eye"] == "randconv-1"


def test_an_extractor_that_will_not_do_is_refused_before_anything_begins(
    dataset: Atelier, tmp_path: Path
) -> None:
    weights = tmp_path / "weights.npz"
    weights.write_bytes(b"none")
    with pytest.raises(UnknownName, match="classic"):
        dataset.train("c32", steps=8, extractor="clasic", **VAE)
    with pytest.raises(Damaged, match="is not the weights"):
        dataset.train("c32", steps=8, extractor=f"mobilenet:{weights}", **VAE)
    assert not [r for r in dataset.runs.all() if r.step == "train"]


def test_tensorboard_reads_the_numbers_too_and_replay_does_not_mind(dataset: Atelier) -> None:
    pytest.importorskip("tensorboardX")
    from tensorboardX.proto.event_pb2 import Event

    trained = dataset.train("c32", steps=32, tensorboard=True, **VAE)
    run = dataset.runs.find(trained.run)
    (log,) = (run.folder / "tensorboard").glob("events.out.tfevents.*")
    data, tags = log.read_bytes(), set()
    while data:  # a record: its length, a check, the event, a check
        (length,) = struct.unpack("<Q", data[:8])
        event, data = Event.FromString(data[12 : 12 + length]), data[16 + length :]
        tags |= {value.tag for value in event.summary.value}
    assert {"loss/vae", "measures/kid", "sheet"} <= tags
    assert not any("tfevents" in name for name in run.result["outputs"])
