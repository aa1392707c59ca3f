"""Making images: one seed, one image, whatever is made beside it; each says how it came to be."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from drawn import cloth_files
from latelier import images
from latelier.errors import Stopped, UnknownName, UsageError
from latelier.models import vae
from latelier.steps import make as make_step
from latelier.steps.open_project import Atelier, new_project, open_project

VAE: dict[str, Any] = {
    "model": "vae",
    "settings": {"width": 8, "latent": 8},
    "batch": 32,
    "precision": "float32",
    "threads": 1,
}


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a trained model, made once."""
    folder = tmp_path_factory.mktemp("once")
    project = new_project(folder / "project")
    project.add(cloth_files(folder / "photos"), credit="Ana", rights="CC BY 4.0")
    project.prepare("c32", size=32)
    project.train("c32", steps=33, **VAE)
    project.close()
    return project.root


@pytest.fixture
def trained(once: Path, tmp_path: Path) -> Atelier:
    """A project with a trained model."""
    return open_project(shutil.copytree(once, tmp_path / "project"))


def pixels(project: Atelier, made: Any) -> list[Any]:
    return [images.read(project.images.file(i)) for i in made.images]


def test_an_image_is_the_same_to_the_bit_whatever_is_made_beside_it(trained: Atelier) -> None:
    many = trained.make(4, seed=5)
    one = trained.make(1, seed=7)
    assert [i.name for i in many.images] == [f"seed-{s:06d}.png" for s in (5, 6, 7, 8)]
    assert one.images[0].sha256 == many.images[2].sha256
    assert len({i.sha256 for i in many.images}) == 4
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        assert trained.make(1, seed=7).images[0].sha256 == one.images[0].sha256
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(threads)


def test_making_again_goes_on_with_seeds_that_were_not_used(trained: Atelier) -> None:
    first, second = trained.make(3), trained.make(2)
    assert [i.seed for i in first.images] == [1, 2, 3]
    assert [i.seed for i in second.images] == [4, 5]
    assert not trained.replay(first.run).differs


def test_the_png_and_the_store_tell_the_story(trained: Atelier) -> None:
    made = trained.make(1, seed=9, variety=0.5)
    image = made.images[0]
    run = trained.runs.last("train")
    assert run is not None
    assert image.role == "generated" and image.seed == 9 and image.run == made.run
    assert image.facts["model_run"] == run.name and image.facts["model"] == "vae"
    assert image.facts["snapshot"] == run.result["best_snapshot"]
    text = images.png_text(trained.images.file(image))
    assert text["Software"] == "made by Latelier"
    assert (text["Seed"], text["Variety"], text["Model run"]) == ("9", "0.5", run.name)
    assert json.loads(text["Latelier"])["seed"] == 9
    near = image.facts["near"]
    assert trained.images.find(near["image"]).role == "source" and near["copy"] is False
    assert trained.near(image).neighbours[0].image == near["image"]
    assert made.to_json()["images"] == [image.path]


def test_less_variety_brings_images_together(trained: Atelier) -> None:
    def spread(variety: float) -> float:
        return float(
            np.stack(pixels(trained, trained.make(6, seed=1, variety=variety))).std(0).mean()
        )

    assert spread(0.2) < spread(1.0)
    assert spread(0) == 0


def test_an_earlier_snapshot_and_an_unfinished_run_can_be_used(trained: Atelier) -> None:
    run = trained.runs.last("train")
    assert run is not None
    early = trained.make(1, run=run, seed=3, snapshot=32)
    late = trained.make(1, run=run.name, seed=3, snapshot=33)
    assert early.images[0].sha256 != late.images[0].sha256
    assert early.images[0].facts["snapshot"] == 32
    with pytest.raises(UnknownName, match="there are: 32, 33"):
        trained.make(1, snapshot=5)
    best = run.result["best_snapshot"]
    (run.folder / "result.json").unlink()
    (run.folder / "model.safetensors").unlink()
    assert trained.make(1, run=run.name).images[0].facts["snapshot"] == best


def test_recombined_images_name_their_parents_credits_and_rights(
    trained: Atelier, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(self: vae.Model, z: Any) -> tuple[Any, list[dict[str, Any]]]:
        return self.decode(z), [{"parents": [{"row": 2, "share": 0.25}], "largest_piece": 0.05}]

    monkeypatch.setattr(vae.Model, "decode_told", told)
    image = trained.make(1).images[0]
    parent = image.facts["parents"][0]
    source = trained.images.find(parent["image"])
    assert source.role == "source"
    assert (parent["share"], parent["credit"], parent["rights"]) == (0.25, "Ana", "CC BY 4.0")
    text = images.png_text(trained.images.file(image))
    assert text["Recombined from"] == f"{source.path} (25%) [Ana, CC BY 4.0]"


def test_stopping_keeps_what_was_made_and_says_how_to_make_the_rest(
    trained: Atelier, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = iter([False, False, True])

    @contextmanager
    def after_three() -> Iterator[Callable[[], bool]]:
        yield lambda: next(asked)

    monkeypatch.setattr(make_step, "stoppable", after_three)
    with pytest.raises(Stopped, match=r"latelier make 7 .* --seed 4"):
        trained.make(10, seed=1)
    run = trained.runs.last("make")
    assert run is not None and len(trained.sets.images(run.name)) == 3
    monkeypatch.undo()
    assert not trained.replay(run).differs


def test_what_makes_no_sense_is_refused(project: Atelier) -> None:
    with pytest.raises(UsageError, match="latelier train"):
        project.make(3)
    for words in ({"n": 0}, {"n": 2, "variety": 3.0}, {"n": 2, "seed": -1}):
        with pytest.raises(UsageError):
            project.make(**words)
    with pytest.raises(UnknownName):
        project.make(1, run="9")


def test_a_woven_image_comes_with_a_map_and_credits_the_one_it_is_laid_out_after(
    tmp_path: Path,
) -> None:
    project = new_project(tmp_path / "project")
    project.add(cloth_files(tmp_path / "photos"), credit="Ana", rights="CC BY 4.0")
    project.prepare("c32", size=32)
    run = project.train("c32", model="quilt", steps=1, threads=1, precision="float32")
    made = project.make(3, run=run.run)
    folder = project.root / "runs" / made.run
    for image in made.images:
        facts = image.facts
        assert images.read(folder / facts["map"]).shape[1] > 400
        after = [p for p in facts["parents"] if p["row"] == facts["after"]]
        assert len(after) == 1 and after[0]["credit"] == "Ana"
        told = json.loads(images.png_text(project.images.file(image))["Latelier"])
        assert told["map"] == facts["map"] and len(json.dumps(told)) < 60_000
    again = project.make(3, run=run.run, seed=made.images[0].seed)
    assert [i.sha256 for i in again.images] == [i.sha256 for i in made.images]
    name = made.images[0].facts["map"]
    twin = project.root / "runs" / again.run / name
    assert twin.read_bytes() == (folder / name).read_bytes()
