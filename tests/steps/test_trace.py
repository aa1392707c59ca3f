"""Designs are traced to originals, in words, pixels and drawings; and what cannot be traced is said."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from conftest import Said
from latelier import images
from latelier.errors import PictureError, TooFew, UsageError
from latelier.steps import trace as step
from latelier.steps.open_project import Atelier, open_project
from latelier.tracing.search import Evidence
from planted import brocade


@pytest.fixture(scope="module")
def cloths(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of eight cloths with credit and rights."""
    from latelier.steps.open_project import new_project

    folder = tmp_path_factory.mktemp("cloths")
    for k in range(8):
        brocade(k).save(folder / f"cloth {k}.png")
    project = new_project(folder.parent / f"{folder.name}-project")
    project.add(folder, credit="María of the looms", rights="by permission")
    project.close()
    return project.root


@pytest.fixture
def project(cloths: Path) -> Atelier:
    return open_project(cloths)


def borrowed(path: Path) -> Path:
    """A part of cloth 2, mirrored, on another cloth."""
    design = brocade(30).copy()
    part = ImageOps.mirror(brocade(2).crop((20, 30, 170, 170)))
    design.paste(part.resize((110, 104), Image.Resampling.LANCZOS), (70, 60))
    design.save(path)
    return path


def test_a_borrowing_is_told_with_place_transform_and_whose_it_is(
    project: Atelier, tmp_path: Path
) -> None:
    done = project.trace(borrowed(tmp_path / "design.png"))
    found = done.traced[0].findings[0]
    assert found.original == "sources/cloth 2.png"
    assert found.probability > 0.8
    assert {"part", "mirrored"} <= set(found.kind)
    assert found.transform["mirrored"]
    assert abs(found.transform["turned"]) < 4
    assert found.transform["size"] == pytest.approx(110 / 150, rel=0.05)
    region = np.array(found.region)
    assert np.all(region.min(axis=0) > [55, 40])
    assert np.all(region.max(axis=0) < [195, 178])
    m = np.array(found.transform["matrix"])
    assert m[:, :2] @ [95, 100] + m[:, 2] == pytest.approx([125, 112], abs=4)
    assert (found.credit, found.rights) == ("María of the looms", "by permission")
    assert "mirrored" in found.words
    assert "cloth 2.png" in found.words
    assert images.read(project.root / found.plate).shape[1] > 800
    page = (project.root / done.page).read_text(encoding="utf-8")
    assert "cannot say which of two came first" in page
    assert "María of the looms; by permission" in page
    recipe = project.runs.find(done.run).recipe
    for name in ("sources/cloth 2.png", str(tmp_path / "design.png")):
        assert recipe["inputs"][name] in page, "whoever doubts it can know the very files"
    assert recipe["started"][:10] in page
    assert "borrowed what" not in page, "the title claims nothing"


def test_the_run_says_all_and_can_be_done_again(project: Atelier, tmp_path: Path) -> None:
    done = project.trace(borrowed(tmp_path / "design.png"))
    run = project.runs.find(done.run)
    assert run.result["traced"] == json.loads(json.dumps(done.to_json()["traced"]))
    assert set(run.recipe["inputs"]) >= {"sources/cloth 2.png", str(tmp_path / "design.png")}
    again = project.replay(run.name)
    assert [d["file"] for d in again.differs if d["file"] != "evidence.html"] == []


def test_a_design_that_borrows_nothing_is_told_with_care(project: Atelier, tmp_path: Path) -> None:
    brocade(40).save(tmp_path / "own.png")
    said = project.trace(tmp_path / "own.png").traced[0]
    assert said.findings == []
    assert said.said[0].startswith("No borrowing found in 8 originals; a redrawing by a practised")


def test_an_original_is_not_traced_to_itself(project: Atelier) -> None:
    traced = project.trace("sources/cloth 1.png").traced[0]
    assert traced.itself == ["sources/cloth 1.png"]
    assert "itself in the collection" in traced.said[0]
    assert all(f.original != "sources/cloth 1.png" for f in traced.findings)


def test_a_folder_is_traced_and_what_is_no_picture_is_named(
    project: Atelier, tmp_path: Path
) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    borrowed(folder / "b.png")
    brocade(41).save(folder / "own.png")
    Image.new("RGB", (1, 1), "red").save(folder / "dot.png")
    Image.new("RGB", (300, 200), "beige").save(folder / "plain.png")
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    done = project.trace(folder)
    assert [Path(t.image).name for t in done.borrowing] == ["b.png"]
    assert [Path(u["image"]).name for u in done.unread] == ["broken.png"]
    plain = {Path(t.image).name: t.said[0] for t in done.traced}
    for name in ("dot.png", "plain.png"):
        assert plain[name].startswith("There is nothing in it to compare")


def test_what_cannot_be_traced_is_said_in_one_sentence(project: Atelier, tmp_path: Path) -> None:
    (tmp_path / "note.png").write_text("no picture", encoding="utf-8")
    with pytest.raises(PictureError, match=r"note\.png could not be read"):
        project.trace(tmp_path / "note.png")
    (tmp_path / "empty").mkdir()
    with pytest.raises(PictureError, match="There are no pictures in"):
        project.trace(tmp_path / "empty")
    with pytest.raises(UsageError, match="neither a file or folder, nor a set or image"):
        project.trace("nowhere")
    with pytest.raises(UsageError, match=r"between 0\.05 and 0\.99"):
        project.trace("sources/cloth 1.png", at_least=2)


def test_an_empty_collection_is_said(tmp_path: Path) -> None:
    from latelier.steps.open_project import new_project

    brocade(1).save(tmp_path / "a.png")
    with pytest.raises(TooFew, match="0 images in 'originals'"):
        new_project(tmp_path / "new").trace(tmp_path / "a.png")


def test_a_second_trace_looks_at_no_original_again(
    project: Atelier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.trace(borrowed(tmp_path / "design.png"))
    said: list[str] = []
    project.trace(tmp_path / "design.png", on_progress=lambda done, total, what: said.append(what))
    assert not [s for s in said if s.startswith("looking at cloth")]


def test_a_stopped_trace_goes_on_after_the_last_design(
    project: Atelier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    with Image.open(borrowed(tmp_path / "other.png")) as design:
        design.save(shop / "a.png", compress_level=1)  # a file that no other test traces
    brocade(141).save(shop / "b.png")
    brocade(142).save(shop / "c.png")
    whole = step.evidence_of_two_looks
    asked: list[int] = []

    def stopped(*words: object, **more: object) -> list[Evidence]:
        asked.append(1)
        if len(asked) == 2:
            raise KeyboardInterrupt
        return whole(*words, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(step, "evidence_of_two_looks", stopped)
    with pytest.raises(KeyboardInterrupt):
        project.trace(shop)
    assert len(asked) == 2
    done = project.trace(shop)
    assert len(asked) == 4  # b and c; a was kept
    assert [f.original for f in done.traced[0].findings] == ["sources/cloth 2.png"]
    again = project.trace(shop)
    assert len(asked) == 4
    left = {"run", "page", "plate"}
    told = [
        {k: v for k, v in f.to_json().items() if k not in left}
        for d in (done, again)
        for f in d.traced[0].findings
    ]
    assert told[: len(told) // 2] == told[len(told) // 2 :]


def taken_away(file: Path, design: Path) -> Callable[[int, int, str], None]:
    """Takes a file away when a design's tracing begins, after it was first looked at."""

    def told(done: int, total: int, what: str) -> None:
        if what == f"tracing {design.name}":
            file.unlink()

    return told


def test_a_design_that_goes_before_its_closer_look_is_said_to_be_looked_at_once(
    project: Atelier, tmp_path: Path
) -> None:
    design = tmp_path / "own.png"
    brocade(143).save(design)
    kept = design.read_bytes()
    traced = project.trace(design, on_progress=taken_away(design, design)).traced[0]
    assert len(traced.said) == 2
    assert traced.said[0].startswith("No borrowing found")
    assert traced.said[1].startswith("own.png could not be read again for the closer look")
    assert traced.unseen == traced.to_json()["unseen"] == traced.said[1:]
    design.write_bytes(kept)
    assert len(project.trace(design).traced[0].said) == 1, "the first look was not kept as final"


@pytest.mark.parametrize("which", ["design", "original"])
def test_what_was_found_is_said_though_a_file_goes_before_it_is_shown(
    project: Atelier, tmp_path: Path, which: str
) -> None:
    design = borrowed(tmp_path / "design.png")
    original = project.root / "sources" / "cloth 2.png"
    project.trace(design)  # so that the original's marks are known
    file = design if which == "design" else original
    kept = file.read_bytes()
    try:
        traced = project.trace(design, on_progress=taken_away(file, design)).traced[0]
    finally:
        file.write_bytes(kept)
    assert traced.findings == []
    assert len(traced.said) == 1
    assert traced.said[0].startswith("A part of it may be of cloth 2.png, probability above")
    assert f"{file.name} could not be read any more" in traced.said[0]


def test_a_damaged_cache_is_made_again(project: Atelier, tmp_path: Path) -> None:
    project.trace(borrowed(tmp_path / "design.png"))
    (project.root / "cache" / "tracing.db").write_bytes(b"not a database at all" * 100)
    (project.root / "cache" / "tracing-index.npz").write_bytes(b"PK\x03\x04 half")
    done = project.trace(tmp_path / "design.png")
    assert done.borrowing


def test_the_first_page_of_the_evidence_says_all_at_a_glance(
    project: Atelier, tmp_path: Path
) -> None:
    done = project.trace(borrowed(tmp_path / "design.png"))
    page = (project.root / done.page).read_text(encoding="utf-8")
    first = page[page.index('id="found"') : page.index('id="borrowings"')]
    for words in (
        "originals they were compared with",
        "María of the looms; by permission",
        "mirrored",
        "A probability says",
        "It cannot say which of two came first",
    ):
        assert words in first
    assert page.count("It cannot say which of two came first") == 1


def test_the_report_shows_the_last_trace(project: Atelier, tmp_path: Path) -> None:
    project.trace(borrowed(tmp_path / "design.png"))
    assert "Parts that are alike" in project.report().sections


def test_the_command_line_tells_and_gives_json(
    cloths: Path, tmp_path: Path, latelier: Callable[..., Said]
) -> None:
    borrowed(tmp_path / "design.png")
    said = latelier("-C", cloths, "trace", tmp_path / "design.png", "--json").json
    found = said["traced"][0]["findings"][0]
    assert set(found) >= {
        "original", "probability", "kind", "region", "in", "transform", "points", "words", "credit",
        "rights",
    }  # fmt: skip
    wrong = latelier("-C", cloths, "trace", "nowhere")
    assert wrong.code == 2
    assert "Traceback" not in wrong.err
