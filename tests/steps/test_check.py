"""Looking a collection over."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from drawn import cloth
from latelier import images
from latelier.errors import Damaged
from latelier.files import write_json
from latelier.steps.add import add
from latelier.steps.check import Finding, check
from latelier.steps.open_project import Atelier


def kinds(project: Atelier) -> dict[str, Finding]:
    return {f.kind: f for f in check(project).findings}


def save(folder: Path, name: str, pixels: np.ndarray, **options: object) -> None:
    Image.fromarray(pixels).save(folder / name, **options)


def looked_for_copies(project: Atelier, *sets: tuple[str, str]) -> Path:
    """A run of ``copies`` that found some sets of two."""
    run = project.runs.start("copies", {}, inputs=project.sets.images("all"))
    told = [{"keeper": keeper, "members": [{"image": other}]} for keeper, other in sets]
    write_json(run.folder / "copies.json", {"sets": told, "partial": []})
    run.finish({})
    return run.folder


def test_a_sound_collection_goes(project: Atelier, photos: Path) -> None:
    add(project, photos, rights="CC0")
    checked = check(project)
    assert checked.verdict == "go"
    told = {"verdict": "go", "images": 24, "compared": False, "findings": []}
    assert checked.to_json() == told
    looked_for_copies(project)
    assert check(project).to_json() == {**told, "compared": True}


def test_an_empty_project_stops(project: Atelier) -> None:
    assert check(project).verdict == "stop"
    assert list(kinds(project)) == ["too-few"]


def test_each_trouble_is_found_and_no_other(project: Atelier, photos: Path) -> None:
    rng = np.random.default_rng(5)
    first = next(photos.glob("*.png"))
    (photos / "twin.png").write_bytes(first.read_bytes())
    repacked = io.BytesIO()
    Image.open(first).save(repacked, "PNG", compress_level=1)
    (photos / "repacked.png").write_bytes(repacked.getvalue())
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff broken")
    save(photos, "dot.png", np.zeros((1, 1, 3), np.uint8))
    save(photos, "ribbon.png", cloth(rng, 40, 400))
    save(photos, "vast.png", cloth(rng, 700, 700))
    save(photos, "grey.png", cloth(rng, 60, 60)[..., 0])
    save(photos, "clear.png", np.dstack([cloth(rng, 60, 60), np.full((60, 60), 90, np.uint8)]))
    save(
        photos,
        "pages.tif",
        cloth(rng, 60, 60),
        save_all=True,
        append_images=[Image.fromarray(cloth(rng, 60, 60))],
    )
    add(project, photos)
    found = kinds(project)
    told = {k: sorted(Path(i).name for i in f.images) for k, f in found.items()}
    # of three that show the same, one stays; which two are spare follows from the order of names
    assert len(told.pop("byte-identical")) == len(told.pop("pixel-identical")) == 1
    assert len(told.pop("no-rights")) == 32
    assert told == {
        "unreadable": ["broken.jpg"],
        "too-small": ["dot.png"],
        "outlying-shape": ["ribbon.png"],
        "outlying-size": ["dot.png", "vast.png"],
        "mixed-modes": ["clear.png", "grey.png"],
        "first-of-many": ["pages.tif"],
    }
    assert check(project).verdict == "care"
    for finding in found.values():
        assert finding.to_json()["count"] == len(finding.images)
        assert not finding.reasons or len(finding.reasons) == len(finding.images)


def test_copies_do_not_make_a_few_pictures_many(project: Atelier, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for i in range(20):
        pixels = cloth(np.random.default_rng(i // 2), 40, 40)
        (folder / f"{i}.png").write_bytes(images.png_bytes(pixels))
    add(project, folder, rights="CC0")
    checked = check(project)
    assert checked.verdict == "stop"
    few = kinds(project)["too-few"]
    assert few.said.startswith("There are 10 pictures that differ")


def test_a_picture_whose_file_is_gone_stops(project: Atelier, photos: Path) -> None:
    image = add(project, photos, rights="CC0", link=True).images[0]
    Path(image.origin).unlink()
    assert kinds(project)["missing"].images == (image.path,)
    assert check(project).verdict == "stop"


def test_hidden_pictures_are_not_looked_at(project: Atelier, photos: Path) -> None:
    (photos / "twin.png").write_bytes(next(photos.glob("*.png")).read_bytes())
    twin = next(i for i in add(project, photos, rights="CC0").images if i.name == "twin.png")
    assert check(project).verdict == "care"
    project.journal.decide("copies", "Hid a copy", "hidden", {twin.id: "1"})
    assert check(project).verdict == "go"


def test_a_broken_file_that_was_put_aside_is_no_trouble_any_more(
    project: Atelier, photos: Path
) -> None:
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff broken")
    add(project, photos, rights="CC0")
    assert list(kinds(project)) == ["unreadable"]
    (photos / "broken.jpg").unlink()
    assert check(project).verdict == "go"


def test_near_copies_are_counted_once_they_were_looked_for(project: Atelier, photos: Path) -> None:
    one, other, third = (i.path for i in add(project, photos, rights="CC0").images[:3])
    assert kinds(project) == {}
    folder = looked_for_copies(project, (one, other), (third, "sources/gone.png"))
    assert kinds(project)["near-copies"].images == (other,)
    project.not_copies(other, one)
    assert kinds(project) == {}
    project.undo()
    assert list(kinds(project)) == ["near-copies"]
    project.journal.decide("copies", "Hid", "hidden", {project.images.find(other).id: "1"})
    assert kinds(project) == {}
    (folder / "copies.json").write_text("{")
    with pytest.raises(Damaged, match="look again: latelier copies"):
        check(project)
