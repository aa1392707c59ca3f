"""Walks: each station is the image of its seed, the film is the same again, errors are plain."""

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
from latelier.errors import Stopped, TooFew, UnknownName, UsageError
from latelier.generate.sample import pixels_of
from latelier.generate.walk import stations
from latelier.models import _files, vae
from latelier.steps import walk as walk_step
from latelier.steps._training import dataset_of
from latelier.steps._weights import weights
from latelier.steps.open_project import Atelier, new_project, open_project
from latelier.steps.replay import replay

VAE: dict[str, Any] = {
    "model": "vae",
    "settings": {"width": 8, "latent": 8},
    "batch": 32,
    "precision": "float32",
    "threads": 1,
}


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a trained model and three made images, made once."""
    folder = tmp_path_factory.mktemp("once")
    project = new_project(folder / "project")
    project.add(cloth_files(folder / "photos"))
    project.prepare("c32", size=32)
    project.train("c32", steps=33, **VAE)
    project.make(3, seed=5, variety=1.0)
    project.close()
    return project.root


@pytest.fixture
def trained(once: Path, tmp_path: Path) -> Atelier:
    return open_project(shutil.copytree(once, tmp_path / "project"))


@pytest.mark.parametrize("loop", [True, False])
def test_on_its_station_each_picture_is_the_image_of_that_seed(
    trained: Atelier, loop: bool
) -> None:
    done = trained.walk(
        ["seed-000005.png", 7, "seed-000006.png"], to="out/w", seconds=1, fps=10, loop=loop, size=32
    )
    assert done.seeds == [5, 7, 6]
    assert (done.frames, done.size) == (10, (32, 32))
    for seed, place in zip(done.seeds, stations(3, 10, loop), strict=True):
        made = images.read(trained.images.file(trained.images.find(f"seed-{seed:06d}.png")))
        filmed = images.read(trained.root / "out/w" / f"frame-{place:05d}.png")
        assert np.array_equal(made, filmed)
    assert (trained.runs.find(done.run).folder / "strip.png").is_file()


def test_a_vae_passes_pictures_it_learned_from_as_it_understood_them(trained: Atelier) -> None:
    done = trained.walk(["cloth 03.png", "cloth 07.png"], to="out/w", seconds=1, fps=10, size=32)
    paths = [trained.images.find(name).path for name in ("cloth 03.png", "cloth 07.png")]
    assert done.seeds == paths
    _, model, _ = _files.load(weights(trained.runs.find(done.model_run), None))
    dataset = dataset_of(trained, trained.runs.find(done.model_run))
    for path, frame in zip(paths, (0, 9), strict=True):
        row = next(k for k, r in enumerate(dataset.rows) if r.image == path)
        x = torch.from_numpy(dataset.pixels[row].copy()).permute(2, 0, 1)[None] / 127.5 - 1
        with torch.no_grad():
            understood = pixels_of(model.decode(model.encode(x))[0])
        filmed = images.read(trained.root / "out/w" / f"frame-{frame:05d}.png")
        assert np.abs(filmed.astype(int) - understood).max() <= 1
    assert not replay(trained, done.run).differs


def test_a_picture_that_the_model_never_saw_is_no_place(trained: Atelier) -> None:
    trained.add(cloth_files(trained.root.parent / "more", 25) / "cloth 24.png")
    runs = len(trained.runs.all())
    with pytest.raises(UsageError, match="pictures it learned from"):
        trained.walk(["cloth 24.png", 1])
    assert len(trained.runs.all()) == runs


def test_a_film_is_enlarged_by_whole_multiples_and_the_same_again(trained: Atelier) -> None:
    done = trained.walk([1, 2], seconds=0.5, fps=12, loop=True)
    assert (done.file, done.size, done.frames) == ("out/walk.mp4", (512, 512), 6)
    assert (trained.root / done.file).is_file()
    assert replay(trained, done.run).differs == []


def test_a_set_of_made_images_can_be_walked(trained: Atelier) -> None:
    trained.mark("favourite", ["seed-000005.png", "seed-000007.png"])
    done = trained.walk(["set:favourites"], to="out/f.webp", seconds=0.5, fps=10, size=32)
    assert done.seeds == [5, 7]
    assert trained.runs.find(done.run).recipe["settings"]["variety"] == 1.0  # as they were made


def test_a_model_without_a_smooth_way_is_noticed(
    trained: Atelier, monkeypatch: pytest.MonkeyPatch
) -> None:
    smooth = trained.walk([1, 2, 3], to="out/s", seconds=4, fps=10, size=32)
    assert not smooth.jumps
    assert smooth.largest_step < 0.2
    decode = vae.Model.decode
    monkeypatch.setattr(vae.Model, "decode", lambda self, z: decode(self, z.sign() * 2))
    assert trained.walk([1, 2, 3], to="out/j", seconds=4, fps=10, size=32).jumps


def test_stopping_leaves_no_half_film(trained: Atelier, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def after_three() -> Iterator[Callable[[], bool]]:
        asked = iter([False, False, False])
        yield lambda: next(asked, True)

    monkeypatch.setattr(walk_step, "stoppable", after_three)
    with pytest.raises(Stopped, match="after 3 of 10 pictures; no film was written"):
        trained.walk([1, 2], seconds=1, fps=10, size=32)
    assert not (trained.root / "out/walk.mp4").exists()


@pytest.mark.parametrize(
    ("places", "wrong", "error", "says"),
    [
        ([1], {}, TooFew, "two images or more"),
        ([1, 2], {"to": "out/a.gif"}, UsageError, "a film is a file that ends in"),
        ([1, 2], {"seconds": 0}, UsageError, "A film of 0 s"),
        ([1, 2], {"fps": 500}, UsageError, "1 to 120"),
        ([1, 2], {"seconds": 0.05}, UsageError, "too few to pass 2 images"),
        ([1, 2], {"size": 9}, UsageError, "take 16 to 4096"),
        ([1, 2], {"variety": 3}, UsageError, "take 0 to 2"),
        ([1, 2], {"run": "9"}, UnknownName, "No run"),
        ([1, 2], {"snapshot": 1}, UnknownName, "No snapshot"),
        (["nobody.png", 1], {}, UsageError, "nobody.png"),
    ],
)
def test_what_makes_no_sense_is_refused(
    trained: Atelier, places: list[Any], wrong: dict[str, Any], error: type[Exception], says: str
) -> None:
    runs = len(trained.runs.all())
    with pytest.raises(error, match=says):
        trained.walk(places, **wrong)
    assert len(trained.runs.all()) == runs
    assert not (trained.root / "out/walk.mp4").exists()


def test_without_a_model_it_says_what_to_do(project: Atelier) -> None:
    with pytest.raises(UsageError, match="latelier train"):
        project.walk([1, 2])


def test_the_command_line_walks(latelier, trained: Atelier) -> None:
    call = ["-C", trained.root, "walk", "5", "6", "--seconds", "0.5", "--fps", "10", "--size", "32"]
    said = latelier(*call, "-o", "out/a.mov", "--loop", "--json")
    assert said.code == 0, said.err
    assert said.json["file"] == "out/a.mov"
    assert said.json["frames"] == 5
    assert "Filmed 2 images" in latelier(*call, "-o", "out/frames").out
    refused = latelier(*call, "-o", "out/a.xyz")
    assert (refused.code, "Traceback" in refused.err) == (2, False)
