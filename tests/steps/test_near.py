"""`near`: who an image resembles, said and shown."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from conftest import Said
from drawn import cloth
from latelier import images
from latelier.errors import TooFew, UsageError
from latelier.project import NewImage
from latelier.steps.open_project import Atelier


@pytest.fixture
def full(project: Atelier, photos: Path) -> Atelier:
    """A project with 24 cloths."""
    project.add(photos)
    return project


def generated(project: Atelier, name: str, pixels: images.Pixels) -> str:
    """Enter a picture as if a run had made it."""
    path = project.root / "runs" / name
    path.write_bytes(images.png_bytes(pixels))
    height, width = pixels.shape[:2]
    project.images.add([NewImage(f"runs/{name}", "generated", name, 1, width, height)])
    return f"runs/{name}"


def test_a_copy_is_named_with_its_original_and_shown_beside_it(full: Atelier) -> None:
    original = full.sets.images("originals")[5]
    copy = images.read(full.images.file(original))[:, ::-1].copy()
    found = full.near(generated(full, "copy.png", copy))
    assert found.copy and found.neighbours[0].image == original.path
    assert found.verdict.startswith(f"Nearly a copy of {original.name}")
    page = images.read(full.root / found.shown)
    assert page.shape[0] < page.shape[1]
    told = found.to_json()
    assert set(told) >= {"image", "neighbours", "ratio", "verdict"}
    assert set(told["neighbours"][0]) == {"image", "distance"}


def test_what_the_distance_is_measured_by_is_said(project: Atelier, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    plain = [np.clip(90 + 12 * cloth(rng, 60, 60) / 255, 0, 255).astype(np.uint8) for _ in range(6)]
    loud = [cloth(rng, 60, 60) for _ in range(12)]
    (tmp_path / "mixed").mkdir()
    for i, picture in enumerate([*plain, *loud]):
        (tmp_path / "mixed" / f"{i:02}.png").write_bytes(images.png_bytes(picture))
    project.add(tmp_path / "mixed")
    faint = np.clip(90 + 12 * cloth(np.random.default_rng(5), 60, 60) / 255, 0, 255)
    among = project.near(generated(project, "faint.png", faint.astype(np.uint8)))
    apart = project.near(generated(project, "loud.png", cloth(np.random.default_rng(6), 60, 60)))
    assert among.crowded and not apart.crowded
    assert "other originals" in among.verdict and "each other" not in among.verdict
    assert "other originals" not in apart.verdict
    half = (0.5 * faint + 0.5 * plain[0]).astype(np.uint8)
    close = project.near(generated(project, "half.png", half))
    assert close.close and "of the distance that other originals keep from it" in close.verdict


def test_a_new_picture_is_its_own(full: Atelier) -> None:
    found = full.near(generated(full, "new.png", cloth(np.random.default_rng(77), 50, 60)))
    assert not found.copy and found.ratio > 0.5
    assert found.compared == 24 and len(found.neighbours) == 5
    distances = [n.distance for n in found.neighbours]
    assert distances == sorted(distances)


def test_an_original_is_compared_with_the_others(full: Atelier) -> None:
    original = full.sets.images("originals")[0]
    found = full.near(original.path, count=2)
    assert found.compared == 23 and len(found.neighbours) == 2
    assert original.path not in [n.image for n in found.neighbours]


def test_originals_that_are_gone_do_not_stop_it(full: Atelier) -> None:
    gone = full.sets.images("originals")[3]
    full.images.file(gone).chmod(0o600)
    full.images.file(gone).unlink()
    found = full.near(generated(full, "new.png", cloth(np.random.default_rng(77), 50, 60)))
    assert found.compared == 23


def test_too_few_originals_or_no_such_image_is_one_sentence(
    project: Atelier, latelier: Callable[..., Said]
) -> None:
    path = generated(project, "new.png", cloth(np.random.default_rng(1), 40, 40))
    with pytest.raises(TooFew, match="0 originals"):
        project.near(path)
    with pytest.raises(UsageError):
        project.near("nothing.png")
    said = latelier("near", path, cwd=project.root)
    assert said.code == 1 and "0 originals" in said.err and "Traceback" not in said.err
