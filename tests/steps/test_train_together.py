"""Two processes that torchrun starts learn what one process learns from the joined batch."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
import torch.distributed as dist

from conftest import environment
from drawn import cloth_files
from latelier.errors import UsageError
from latelier.steps._training import STATE
from latelier.steps.open_project import Atelier

pytestmark = pytest.mark.skipif(
    not (dist.is_available() and dist.is_gloo_available()), reason="this torch has no gloo"
)
SETTINGS = ["--set", "width=8", "--batch", "8", "--threads", "1", "--precision", "float32"]


@pytest.fixture
def dataset(project: Atelier, tmp_path: Path) -> Atelier:
    project.add(cloth_files(tmp_path / "photos", 24))
    project.prepare("c32", size=32)
    return project


def weights(folder: Path) -> dict[str, np.ndarray]:
    tensors = safetensors.numpy.load_file(folder / STATE)
    return {k: v for k, v in tensors.items() if k.startswith("model/")}


@pytest.mark.parametrize("name", ["vae", "gan relativistic", "gan hinge"])
def test_two_processes_learn_the_same_as_one(dataset: Atelier, name: str) -> None:
    model, _, contest = name.partition(" ")
    told = {"contest": contest} if contest else {}
    words = ["train", "c32", "--model", model, "--steps", "6", *SETTINGS]
    words += [word for key, value in told.items() for word in ("--set", f"{key}={value}")]
    done = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2",
         "-m", "latelier", *words],
        cwd=dataset.root, env=environment(), capture_output=True, encoding="utf-8", timeout=300,
    )  # fmt: skip
    # not the exit status: torch's own threads were seen to abort a process as it ended
    (run,) = [r for r in dataset.runs.all() if r.step == "train"]
    assert run.finished, done.stderr
    assert done.stdout.count("pictures seen") <= 1, "only the first process speaks"
    alone = dataset.train(
        "c32", model=model, steps=6, batch=8, shards=2, threads=1, precision="float32",
        settings={"width": 8} | told,
    )  # fmt: skip
    together, single = weights(run.folder), weights(dataset.runs.find(alone.run).folder)
    assert together.keys() == single.keys()
    for name, tensor in single.items():
        if "running" in name or "num_batches" in name:  # the mean of two, not one after the other
            continue
        np.testing.assert_allclose(together[name], tensor, atol=2e-3, err_msg=name)


def test_shards_that_do_not_fit_the_processes_are_refused() -> None:
    from latelier.steps._together import fits
    from latelier.steps._training import Planned
    from latelier.train.team import Several

    planned = Planned("vae", {}, 8, "", 1, "float32", 1, "cpu", 8, shards=3)
    with pytest.raises(UsageError, match="3 parts"):
        fits(planned, Several(0, 2))
