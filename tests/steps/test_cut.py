"""Pages come into the project, are cut into drawings, and are corrected without losing anything."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture

from conftest import Said
from drawn_pages import DrawnPage, page, plain
from latelier import images
from latelier.errors import PictureError, UsageError
from latelier.steps.cut import cut
from latelier.steps.open_project import Atelier
from latelier.steps.recut import recut

SMALL = {"width": 640, "height": 520, "cell": (110, 110), "gutter": 30, "stroke": (3, 4)}


def drawn(kind: str, seed: int, **changes: object) -> DrawnPage:
    return page(np.random.default_rng(seed), plain(kind, **{**SMALL, **changes}))


def saved(at: Path, drawn_page: DrawnPage) -> Path:
    Picture.fromarray(drawn_page.pixels).save(at)
    return at


def iou(a: list[float], b: np.ndarray) -> float:
    low = np.maximum(a[:2], b[:2])
    high = np.minimum(np.add(a[:2], a[2:]), b[:2] + b[2:])
    shared = float(np.clip(high - low, 0, None).prod())
    return shared / (a[2] * a[3] + float(b[2] * b[3]) - shared)


def test_each_drawing_is_an_image_that_knows_its_page_and_place(
    project: Atelier, tmp_path: Path
) -> None:
    truth = drawn("closed", 1, skew=3)
    done = cut(project, saved(tmp_path / "page.png", truth))
    told = done.to_json()["pages"][0]
    assert told["kind"] == "boxes" and len(done.images) == len(truth.boxes)
    parent = project.images.find(told["page"])
    assert parent.role == "page"
    for image, drawing, box in zip(done.images, told["drawings"], truth.boxes, strict=True):
        assert image.role == "drawing" and image.parent == parent.id
        assert drawing["image"] == image.path and iou(drawing["box"], box) > 0.9
        assert image.facts["box"] == drawing["box"]
    assert abs(told["angle"] - 3) < 0.1


def test_the_lines_of_the_box_are_gone_and_the_drawing_is_whole(
    project: Atelier, tmp_path: Path
) -> None:
    truth = drawn("closed", 2, line=4.0, noise=1.0)
    done = cut(project, saved(tmp_path / "page.png", truth))
    for image in done.images:
        ink = images.read(project.images.file(image))[..., 0] < 128
        rim = np.concatenate(
            [ink[:3].ravel(), ink[-3:].ravel(), ink[:, :3].ravel(), ink[:, -3:].ravel()]
        )
        assert rim.mean() < 0.02 and 0.005 < ink.mean() < 0.6


def test_a_page_that_was_turned_is_told_in_pixels_as_stored(
    project: Atelier, tmp_path: Path
) -> None:
    truth = drawn("closed", 3)
    upside = tmp_path / "upside.png"
    Picture.fromarray(np.rot90(truth.pixels, 2).copy()).save(upside)
    h, w = truth.pixels.shape
    done = cut(project, upside, turn=180)
    drawings = done.to_json()["pages"][0]["drawings"]
    for drawing, (x, y, bw, bh) in zip(drawings, truth.boxes, strict=True):
        assert iou(drawing["box"], np.array([w - x - bw, h - y - bh, bw, bh])) > 0.9


def test_pdfs_and_many_paged_tiffs_come_apart_into_pages(project: Atelier, tmp_path: Path) -> None:
    pages = [Picture.fromarray(drawn("closed", s).pixels) for s in (4, 5)]
    pages[0].save(tmp_path / "book.pdf", resolution=150, save_all=True, append_images=pages[1:])
    others = [p.copy() for p in pages]  # Pillow leaves its PDF settings in pictures it saved
    others[0].save(tmp_path / "fax.tif", save_all=True, append_images=others[1:])
    done = cut(project, [tmp_path / "book.pdf", tmp_path / "fax.tif"])
    assert [p.found.kind for p in done.pages] == ["boxes"] * 4
    assert len({p.page.path for p in done.pages}) == 4
    again = cut(project, tmp_path / "book.pdf")
    assert [p.page.id for p in again.pages] == [p.page.id for p in done.pages[:2]]


def test_what_cannot_be_read_is_refused_and_the_other_pages_go_on(
    project: Atelier, tmp_path: Path
) -> None:
    folder = tmp_path / "scans"
    folder.mkdir()
    sound = saved(folder / "page.png", drawn("closed", 6))
    (folder / "half.png").write_bytes(sound.read_bytes()[:3000])
    (folder / "no.pdf").write_bytes(b"%PDF-1.4 nothing")
    Picture.fromarray(np.full((500, 400), 250, np.uint8)).save(folder / "blank.png")
    done = cut(project, folder)
    assert {Path(f).name for f, _ in done.refused} == {"half.png", "no.pdf"}
    notes = {p.page.name: p.notes for p in done.pages}
    assert notes["blank.png"] == ("The page is blank.",) and not notes["page.png"]


def test_cutting_again_hides_the_earlier_drawings_and_undo_brings_them_back(
    project: Atelier, tmp_path: Path
) -> None:
    first = cut(project, saved(tmp_path / "page.png", drawn("closed", 7)))
    second = cut(project, "page.png")
    assert second.replaced == len(first.images)
    assert {i.id for i in project.sets.images("originals")} == {i.id for i in second.images}
    project.undo()
    assert {i.id for i in project.sets.images("originals")} == {i.id for i in first.images}


def test_replaying_a_cut_gives_the_same_files(project: Atelier, tmp_path: Path) -> None:
    done = cut(project, saved(tmp_path / "page.png", drawn("free", 8, skew=-2)), review=True)
    assert not project.replay(done.run).differs


def test_far_sizes_are_flagged_and_not_lost(project: Atelier, tmp_path: Path) -> None:
    path = saved(tmp_path / "page.png", drawn("closed", 9))
    assert not any("far-from-size" in d.flags for d in cut(project, path).pages[0].found.drawings)
    flags = [d.flags for d in cut(project, path, near="40x40").pages[0].found.drawings]
    assert flags and all("far-from-size" in f for f in flags)


def test_drawings_are_merged_split_dropped_and_added_and_the_rest_stays(
    project: Atelier, tmp_path: Path
) -> None:
    first = cut(project, saved(tmp_path / "page.png", drawn("free", 10, parts=1)))
    before = list(first.images)
    done = recut(project, "page.png", merge=[[1, 2]], drop=[3], add=[[5, 5, 40, 30]])
    assert len(done.made) == 2 and len(done.hidden) == 3
    assert len(done.drawings) == len(before) - 1
    assert {i.id for i in before[3:]} <= {i.id for i in done.drawings}
    joined = next(i for i in done.made if "+" in i.name).facts["box"]
    for part in before[:2]:
        x, y, w, h = part.facts["box"]
        assert joined[0] <= x + 1 and joined[1] <= y + 1
        assert joined[0] + joined[2] >= x + w - 1 and joined[1] + joined[3] >= y + h - 1
    number = next(k for k, i in enumerate(done.drawings, 1) if "+" in i.name)
    parted = recut(project, "page.png", split=[number])
    boxes = sorted(i.facts["box"] for i in parted.made)
    assert len(boxes) == 2 and boxes == sorted(i.facts["box"] for i in before[:2])
    project.undo()
    project.undo()
    assert {i.id for i in project.sets.images("originals")} == {i.id for i in before}


def test_a_corrected_page_teaches_the_reach_to_pages_like_it(
    project: Atelier, tmp_path: Path
) -> None:
    style = {"parts": 1, "gutter": 60, "cell": (70, 70)}
    paths = [saved(tmp_path / f"p{s}.png", drawn("free", s, **style)) for s in (11, 12)]
    first = cut(project, paths)
    assert len(first.pages[0].files) > 4
    looser = cut(project, "p11.png", reach=4.0)
    assert len(looser.images) < len(first.pages[0].files)
    alike = cut(project, "p12.png", like="p11.png").run
    assert project.runs.find(alike).recipe["settings"]["reach"] > 1.5
    both = cut(project, ["p11.png", "p12.png"], like="p11.png")  # which stays as it was corrected
    assert [p.page.name for p in both.pages] == ["p12.png"]
    assert [p.page.name for p in cut(project, "p11.png", like="p11.png").pages] == ["p11.png"]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"kind": "box"}, "Did you mean 'boxes'"),
        ({"binarise": "otzu"}, "Did you mean 'otsu'"),
        ({"near": "big"}, "100x100"),
        ({"turn": 45}, "0, 90, 180 or 270"),
        ({"reach": 0}, "reach is 0"),
        ({"tolerance": 9}, "tolerance is 9"),
        ({"threshold": 300}, "threshold is 300"),
        ({"threshold": 140, "binarise": "otsu"}, "leave one of both out"),
    ],
)
def test_settings_that_are_off_are_named(
    project: Atelier, tmp_path: Path, settings: dict, says: str
) -> None:
    path = saved(tmp_path / "page.png", drawn("closed", 13))
    with pytest.raises(UsageError, match=says):
        cut(project, path, **settings)
    assert not project.runs.all()


def test_nothing_half_made_stays_where_nothing_can_be_cut(project: Atelier, tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(b"no picture")
    with pytest.raises(PictureError, match=r"x\.png"):
        cut(project, tmp_path / "x.png")
    assert not project.runs.all() and not list((project.root / "runs").iterdir())


def test_the_command_says_what_it_cut_and_json_holds_every_box(
    latelier: Callable[..., Said], tmp_path: Path
) -> None:
    saved(tmp_path / "page.png", drawn("broken", 14))
    latelier("new", "p")
    said = latelier("-C", "p", "cut", "page.png")
    assert said.code == 0 and "in boxes" in said.out and "latelier prepare" in said.out
    told = latelier("-C", "p", "recut", "page.png", "--drop", "1", "--json").json
    assert len(told["hidden"]) == 1 and told["pages"][0]["drawings"]
    wrong = latelier("-C", "p", "recut", "page.png", "--drop", "99")
    assert wrong.code == 2 and "there is no number 99" in wrong.err and "Traceback" not in wrong.err
    missing = latelier("-C", "p", "cut", "nowhere.png")
    assert missing.code == 2 and "nowhere.png" in missing.err
