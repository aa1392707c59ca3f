"""A model learns its pictures under their labels, and is asked for one by name."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conftest import Said
from latelier import images
from latelier.errors import TooFew, UnknownName, UsageError
from latelier.models import _files
from latelier.steps.open_project import Atelier, new_project

VAE: dict[str, Any] = {
    "model": "vae",
    "settings": {"width": 8, "latent": 4, "lr": 5e-3},
    "batch": 16,
    "precision": "float32",
    "threads": 1,
}
GROUNDS = {"dark": (40, 30, 60), "light": (230, 220, 200)}


@pytest.fixture
def labelled(tmp_path: Path) -> Atelier:
    """24 dark and 24 light pictures; a few of them without a label."""
    project = new_project(tmp_path / "project")
    folder = tmp_path / "photos"
    folder.mkdir()
    rng = np.random.default_rng(3)
    for kind, ground in GROUNDS.items():
        for i in range(24):
            pixels = np.clip(np.array(ground) + rng.normal(0, 12, (32, 32, 3)), 0, 255)
            pixels[8 + i % 9 : 20, 6 : 12 + i % 11] = (160, 60, 40)
            (folder / f"{kind} {i:02d}.png").write_bytes(images.png_bytes(pixels.astype(np.uint8)))
    project.add(folder)
    for kind in GROUNDS:
        names = [f"{kind} {i:02d}.png" for i in range(20)]
        project.label("tone", names, name=kind)
    project.prepare("t32", size=32)
    return project


def brightness(project: Atelier, made: Any) -> float:
    return float(np.mean([images.read(project.images.file(i)).mean() for i in made.images]))


def test_what_is_asked_for_is_drawn(labelled: Atelier) -> None:
    trained = labelled.train("t32", steps=60, labels="tone", **VAE)
    assert any("2 labels of 'tone' (dark, light)" in said for said in trained.said)
    run = labelled.runs.find(trained.run)
    assert _files.load(run.folder / "model.safetensors")[1].labels == ("dark", "light")
    dark, light, any_of = (labelled.make(6, seed=1, label=k) for k in ("dark", "light", None))
    assert brightness(labelled, dark) + 30 < brightness(labelled, light)
    assert dark.images[0].facts["label"] == "dark" and "label" not in any_of.images[0].facts
    text = images.png_text(labelled.images.file(light.images[0]))
    assert text["Label asked for"] == "light" and json.loads(text["Latelier"])["label"] == "light"
    assert not labelled.replay(dark.run).differs
    with pytest.raises(UnknownName, match=r"there are: dark, light. Did you mean 'light'"):
        labelled.make(1, label="ligth")
    film = labelled.walk([dark.images[0].path, light.images[1].path], to="out/w", seconds=1, fps=5)
    assert film.seeds == ["1:dark", "2:light"]
    first, last = (
        images.read(f).mean() for f in sorted((labelled.root / "out" / "w").glob("*"))[::4]
    )
    assert first + 30 < last


def test_a_training_with_labels_is_made_again_resumed_and_gone_on_from(labelled: Atelier) -> None:
    trained = labelled.train("t32", steps=8, labels="tone", **VAE)
    assert not labelled.replay(trained.run).differs
    run = labelled.runs.find(trained.run)
    plan = json.loads((run.folder / "plan.json").read_text())
    assert plan["criterion"] == "tone" and set(plan["labelled"]) == {-1, 0, 1}
    whole = (run.folder / "model.safetensors").read_bytes()
    (run.folder / "result.json").unlink()
    labelled.label("tone", ["dark 00.png"], name="light")
    assert labelled.train(resume=trained.run).images_seen == 8 * 16
    assert (run.folder / "model.safetensors").read_bytes() == whole
    further = labelled.train("t32", steps=2, start_from=trained.run, batch=16, threads=1)
    assert labelled.make(1, run=further.run, label="dark").images


@pytest.mark.parametrize("family", ["quilt", "woven"])
def test_what_is_woven_under_a_label_is_of_the_pictures_that_carry_it(
    labelled: Atelier, family: str
) -> None:
    settings: dict[str, Any] = {"parents": 6} | ({"plan": 16} if family == "woven" else {})
    trained = labelled.train(
        "t32", model=family, steps=30, labels="tone", threads=1, settings=settings
    )
    carried = labelled.criteria.labels("tone")
    tone_of = {i.path: carried[i.id].value for i in labelled.images.by_id(list(carried))}
    for tone in GROUNDS:
        made = labelled.make(4, seed=1, label=tone)
        parents = {p["image"] for i in made.images for p in i.facts["parents"]}
        assert {tone_of.get(path) for path in parents} == {tone}
        assert not labelled.replay(made.run).differs
    assert {i.facts.get("label") for i in labelled.make(2, seed=1).images} == {None}
    assert not labelled.replay(trained.run).differs


def test_a_label_of_too_few_pictures_is_said_and_relatives_lend_the_rest(labelled: Atelier) -> None:
    labelled.label("find", [f"dark {i:02d}.png" for i in range(3)], name="rare")
    labelled.label("find", [f"light {i:02d}.png" for i in range(12)], name="plenty")
    trained = labelled.train("t32", model="quilt", steps=1, labels="find")
    assert any("Few to learn from: rare (" in said for said in trained.said)
    made = labelled.make(2, seed=1, label="rare")
    for image in made.images:
        assert image.facts["kept"] and image.facts["parents"][0]["share"] <= 1 / 3


def test_labels_that_cannot_be_learnt_are_told(
    labelled: Atelier, latelier: Callable[..., Said]
) -> None:
    with pytest.raises(UnknownName, match="Did you mean 'tone'"):
        labelled.train("t32", steps=2, labels="tones", **VAE)
    with pytest.raises(UsageError, match="families do: flow, gan, quilt, vae, woven"):
        labelled.train("t32", steps=2, labels="tone", model="dcgan")
    with pytest.raises(UsageError, match="--labels"):
        labelled.train("t32", steps=2, **{**VAE, "settings": {"labels": ["a"]}})
    labelled.label("mood", ["dark 00.png"], name="calm", unsure=True)
    with pytest.raises(TooFew, match="is labelled under 'mood'"):
        labelled.train("t32", steps=2, labels="mood", **VAE)
    assert not [r for r in labelled.runs.all() if r.step == "train"]
    labelled.train("t32", steps=2, **VAE)
    said = latelier("make", "2", "--label", "dark", cwd=labelled.root)
    assert said.code == 2 and "learnt no labels" in said.err and "--labels" in said.err
