"""Collapse, a lost contest and weights that are no numbers: named in the log, answered, gone on from."""

import dataclasses
import errno
from pathlib import Path
from typing import Any

import pytest
import torch

from drawn import cloth_files
from latelier.errors import DiskError, UsageError, disk_error
from latelier.models import vae
from latelier.steps import _training
from latelier.steps._training import snapshots
from latelier.steps.open_project import Atelier, new_project
from latelier.train import course, loop
from latelier.train.measures import Judge

VAE: dict[str, Any] = {
    "model": "vae",
    "settings": {"width": 8, "latent": 8},
    "batch": 32,
    "precision": "float32",
    "threads": 1,
    "save_every": 40,
}


@pytest.fixture
def dataset(tmp_path: Path) -> Atelier:
    project = new_project(tmp_path / "project")
    project.add(cloth_files(tmp_path / "photos"))
    project.prepare("c32", size=32)
    return project


def said(project: Atelier, run: str) -> list[str]:
    return [line["said"] for line in project.runs.find(run).logged() if "said" in line]


def test_images_that_become_alike_are_answered_from_the_last_sound_state(
    dataset: Atelier, monkeypatch: pytest.MonkeyPatch
) -> None:
    measure, calls = Judge.measure, []

    def alike_at_the_second_look(self: Judge, images: Any) -> Any:
        calls.append(1)  # two averages are measured at each look
        return dataclasses.replace(
            measure(self, images), variety=0.1 if len(calls) in (3, 4) else 0.9
        )

    monkeypatch.setattr(Judge, "measure", alike_at_the_second_look)
    trained = dataset.train("c32", steps=46, **VAE)
    told = said(dataset, trained.run)
    assert any("At round 45 the images had become alike (variety 0.10" in s for s in told)
    assert any("went on from round 32 with stronger augmentation" in s for s in told)
    run = dataset.runs.find(trained.run)
    assert trained.images_seen == 46 * 32 and snapshots(run) == [32, 45, 46]
    assert not (run.folder / "sound.safetensors").exists()


def test_a_player_that_has_won_is_named_and_takes_smaller_steps(
    dataset: Atelier, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[dict[str, float]] = []

    def at_the_second_look(self: vae.Model, losses: dict[str, float]) -> str:
        told.append(losses)
        return "vae" if len(told) == 2 else ""

    monkeypatch.setattr(vae.Model, "winner", at_the_second_look)
    trained = dataset.train("c32", steps=46, **VAE)
    assert any("At round 45 the vae had won" in s for s in said(dataset, trained.run))
    assert all(set(losses) == {"vae"} for losses in told)


def test_weights_that_are_no_numbers_are_not_kept(
    dataset: Atelier, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = loop.Trainer.round

    def spoiling(self: loop.Trainer) -> dict[str, float]:
        losses = rounds(self)
        if self.rounds == 40 and self.setbacks == 0:
            next(self.model.parameters()).data[0] = torch.nan
        return losses

    monkeypatch.setattr(loop.Trainer, "round", spoiling)
    trained = dataset.train("c32", steps=42, **VAE)
    assert any("no longer numbers; went back to round 32" in s for s in said(dataset, trained.run))
    assert trained.images_seen == 42 * 32


def test_a_timed_training_that_fell_back_and_ended_before_it_is_done_again_to_the_bit(
    dataset: Atelier, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds, late = loop.Trainer.round, [0.0]

    def breaking(self: loop.Trainer) -> dict[str, float]:
        if self.rounds == 39 and self.setbacks == 0:
            self.worked += 1
            raise loop.Diverged("the loss of vae is nan")
        losses = rounds(self)
        late[0] = 1e6 if (self.setbacks, self.rounds) == (1, 36) else 0.0
        return losses

    monkeypatch.setattr(loop.Trainer, "round", breaking)
    monkeypatch.setattr(course.time, "monotonic", lambda: late[0])
    trained = dataset.train("c32", minutes=1, **VAE)
    assert any("went back to round 32" in s for s in said(dataset, trained.run))
    assert trained.images_seen == 36 * 32
    late[0] = 0.0
    replayed = dataset.replay(trained.run)
    assert replayed.differs == []
    assert any("went back to round 32" in s for s in said(dataset, replayed.again))


def test_a_disk_that_is_full_in_the_middle_leaves_a_run_that_goes_on(
    dataset: Atelier, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, full = _training.write_bytes, [False]

    def no_room(path: Path, data: bytes) -> None:
        if full[0] and path.name == "state.safetensors":
            raise disk_error(OSError(errno.ENOSPC, "full"), f"writing {path.name}")
        full[0] |= path.parent.name == "sheets"
        write(path, data)

    monkeypatch.setattr(_training, "write_bytes", no_room)
    with pytest.raises(DiskError, match=r"no space left .* latelier train --resume 0002-train-vae"):
        dataset.train("c32", steps=46, **VAE)
    with pytest.raises(UsageError, match=r"0002-train-vae is not finished.*--run"):
        dataset.make(1)
    assert dataset.make(1, run="2").images
    monkeypatch.undo()
    assert dataset.train(resume=2).images_seen == 46 * 32
