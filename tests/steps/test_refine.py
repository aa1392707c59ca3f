"""Refining makes new images beside the old ones, and says what it did."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from conftest import Said
from drawn import cloth_files, ink_form
from latelier import images
from latelier.errors import PictureError, TooFew, UnknownName, UsageError
from latelier.files import sha256
from latelier.steps._credits import rights
from latelier.steps.open_project import Atelier


def forms(folder: Path, count: int = 4) -> Path:
    folder.mkdir(parents=True)
    for seed in range(count):
        pixels = ink_form(np.random.default_rng(seed), 48)
        pixels[2:4, 2:4] = 0
        (folder / f"form {seed}.png").write_bytes(images.png_bytes(pixels))
    return folder


def test_each_image_gets_a_refined_one_that_knows_its_parent_and_nothing_is_altered(
    project: Atelier, tmp_path: Path
) -> None:
    project.add(forms(tmp_path / "forms"))
    before = {i.path: sha256(project.images.file(i)) for i in project.sets.images("all")}
    done = project.refine("originals", ["threshold", "despeckle:area=4", "trace:nodes=60"])
    assert len(done.images) == 4 and not done.refused
    assert done.changed == {"threshold": 0, "despeckle": 4}
    assert {sha256(project.images.file(project.images.find(p))) for p in before} == {
        *before.values()
    }
    originals = {i.id for i in project.sets.images("originals")}
    assert {i.parent for i in done.images} == originals
    assert [i.id for i in project.sets.images("refined")] == [i.id for i in done.images]
    for image in done.images:
        assert image.facts["chain"] == list(done.chain)
        assert images.read(project.images.file(image))[2, 2].tolist() == [255] * 3
    for file in done.files:
        assert file["nodes"] <= 60
        assert (project.root / file["file"]).read_text(encoding="utf-8").startswith("<?xml")
    assert (project.root / done.sheet).is_file()
    assert not project.replay(done.run).differs


def test_an_average_is_one_image_of_all_and_names_them(project: Atelier, tmp_path: Path) -> None:
    project.add(forms(tmp_path / "forms"))
    one = project.refine("originals", "average")
    assert len(one.images) == 1 and len(one.images[0].facts["of"]) == 4
    two = project.refine("originals", ["average:2", "threshold"])
    assert len(two.images) == 2


def test_what_cannot_be_refined_is_told_and_the_others_go_on(
    project: Atelier, tmp_path: Path
) -> None:
    project.add(forms(tmp_path / "forms", 2))
    project.add(cloth_files(tmp_path / "cloths", 1))
    done = project.refine("originals", "gaps")
    assert len(done.images) == 2 and "threshold before it" in done.refused[0][1]
    only = [i.path for i in project.sets.images("originals") if "cloth" in i.name]
    runs = len(project.runs.all())
    with pytest.raises(PictureError, match="threshold before it"):
        project.refine(only, "gaps")
    with pytest.raises(TooFew):
        project.refine("generated")
    with pytest.raises(UnknownName, match="despeckle"):
        project.refine("originals", "despekle")
    with pytest.raises(UsageError, match="Say what to do"):
        project.refine("originals", [])
    assert len(project.runs.all()) == runs, "nothing half made stays"


def test_the_command_says_what_each_step_changed(
    latelier: Callable[..., Said], tmp_path: Path
) -> None:
    forms(tmp_path / "forms", 2)
    latelier("new", "p")
    latelier("-C", "p", "add", "forms")
    said = latelier("-C", "p", "refine", "originals", "threshold", "despeckle:4", "trace")
    assert said.code == 0 and "changed 2" in said.out and "2 SVG files" in said.out
    told = latelier("-C", "p", "refine", "originals", "smooth:2", "--json").json
    assert len(told["images"]) == 2 and told["chain"] == ["smooth:radius=2,method=curvature"]
    wrong = latelier("-C", "p", "refine", "originals", "despeckle:much")
    assert wrong.code == 2 and "area" in wrong.err and "Traceback" not in wrong.err
    listed = latelier("refine", "--steps")
    assert listed.code == 0 and "nodes" in listed.out


def test_weaving_large_names_and_credits_those_it_wove_from(
    project: Atelier, tmp_path: Path
) -> None:
    project.add(cloth_files(tmp_path / "cloths", 12), credit="Ana", rights="CC BY 4.0")
    first = [i.path for i in project.sets.images("originals")[:2]]
    done = project.refine(first, ["weave:size=96,parents=6"])
    assert len(done.images) == 2
    for image in done.images:
        assert max(image.width, image.height) == 96
        assert {p["credit"] for p in image.facts["parents"]} == {"Ana"}
        assert image.facts["largest_piece"] <= 1 / 16
        drawing = project.root / "runs" / done.run / image.facts["map"]
        assert images.read(drawing).shape[1] > 400
    assert set(rights(project, done.images).values()) == {"CC BY 4.0"}
    assert not project.replay(done.run).differs
