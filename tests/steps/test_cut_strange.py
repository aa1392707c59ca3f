"""Strange pages: a clear sentence or a flag for each, and the other pages go on."""

from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image as Picture
from PIL import ImageDraw, ImageFont

from drawn_pages import page, plain
from latelier.steps.cut import Cut, cut
from latelier.steps.open_project import Atelier

SMALL = {"width": 640, "height": 520, "cell": (110, 110), "gutter": 30, "stroke": (3, 4)}
WORDS = "the painter keeps her notebooks in a drawer and draws small forms in ink with a brush"


def sound(at: Path, seed: int = 1) -> Path:
    drawn = page(np.random.default_rng(seed), plain("closed", **SMALL))
    Picture.fromarray(drawn.pixels).save(at)
    return at


def notes(done: Cut) -> dict[str, str]:
    return {p.page.name: " ".join(p.notes) for p in done.pages}


def test_a_page_of_text_is_told_and_cut_only_when_asked(project: Atelier, tmp_path: Path) -> None:
    text = Picture.new("L", (800, 1000), 250)
    rng = np.random.default_rng(3)
    for y in range(60, 920, 36):
        line = " ".join(rng.choice(WORDS.split(), 9))
        ImageDraw.Draw(text).text((60, y), line, font=ImageFont.load_default(22), fill=30)
    text.save(tmp_path / "text.png")
    done = cut(project, [tmp_path / "text.png", sound(tmp_path / "page.png")])
    assert "page of writing" in notes(done)["text.png"] and not notes(done)["page.png"]
    assert {i.facts["page"] for i in done.images} == {done.pages[1].page.path}
    assert len(cut(project, "text.png", kind="free").images) > 100


def test_photographs_are_refused_or_every_piece_of_them_is_flagged(
    project: Atelier, tmp_path: Path, shared_data: Path
) -> None:
    cloths = sorted((shared_data / "fabric-fingercamera").rglob("*.jpg"))[::10][:8]
    assert len(cloths) > 4, "the folder holds photographs of cloth"
    done = cut(project, [*cloths, sound(tmp_path / "page.png")])
    *photographs, drawn = done.pages
    assert drawn.files and not drawn.notes
    told = [p for p in photographs if p.notes and all(d.flags for d in p.found.drawings)]
    assert len(told) >= 0.75 * len(photographs)


def test_a_fax_page_of_a_hundred_megapixels_is_cut_at_full_size(
    project: Atelier, tmp_path: Path
) -> None:
    side = 11_000
    large = Picture.new("1", (side, side), 1)
    draw = ImageDraw.Draw(large)
    for x in range(600, side - 2500, 2600):
        for y in range(600, side - 2500, 2600):
            draw.rectangle((x, y, x + 2200, y + 2200), outline=0, width=24)
            draw.ellipse((x + 600, y + 700, x + 1500, y + 1400), outline=0, width=60)
    large.save(tmp_path / "fax.tif", compression="group4")
    done = cut(project, tmp_path / "fax.tif")
    assert len(done.images) == 16 and done.pages[0].found.kind == "boxes"
    assert all(2100 < i.width < 2260 for i in done.images)


def test_a_locked_pdf_is_told_and_the_other_pages_go_on(project: Atelier, tmp_path: Path) -> None:
    folder = tmp_path / "scans"
    folder.mkdir()
    Picture.open(sound(folder / "page.png")).save(tmp_path / "plain.pdf", resolution=100)
    with pikepdf.open(tmp_path / "plain.pdf") as pdf:
        pdf.save(folder / "locked.pdf", encryption=pikepdf.Encryption(owner="a", user="b"))
    done = cut(project, folder)
    assert len(done.pages) == 1 and done.images
    assert [Path(f).name for f, _ in done.refused] == ["locked.pdf"]
    assert "password" in done.refused[0][1]


@pytest.mark.parametrize("grain", [0.0, 4.0])
def test_a_blank_page_is_told(project: Atelier, tmp_path: Path, grain: float) -> None:
    paper = np.random.default_rng(0).normal(240, grain, (700, 500)) if grain else 245
    pixels = np.clip(np.broadcast_to(paper, (700, 500)), 0, 255).astype(np.uint8)
    Picture.fromarray(pixels).save(tmp_path / "blank.png")
    done = cut(project, [tmp_path / "blank.png", sound(tmp_path / "page.png")])
    assert notes(done)["blank.png"] == "The page is blank."
    assert done.images


def test_a_page_upside_down_is_cut_in_its_own_order_and_turned_on_demand(
    project: Atelier, tmp_path: Path
) -> None:
    upright = cut(project, sound(tmp_path / "page.png"))
    with Picture.open(tmp_path / "page.png") as picture:
        picture.rotate(180).save(tmp_path / "upside.png")
    as_is = cut(project, tmp_path / "upside.png")
    assert len(as_is.images) == len(upright.images)
    turned = cut(project, "upside.png", turn=180)
    sizes = [(i.width, i.height) for i in upright.images]
    assert np.abs(np.subtract([(i.width, i.height) for i in turned.images], sizes)).max() <= 2


def test_undoing_a_first_cut_hides_what_it_made(project: Atelier, tmp_path: Path) -> None:
    done = cut(project, sound(tmp_path / "page.png"))
    assert len(project.sets.images("drawings")) == len(done.images)
    project.undo()
    assert not project.sets.images("drawings") and len(project.sets.images("pages")) == 1


def test_a_grainy_picture_of_many_pieces_is_said_to_be_one(
    project: Atelier, tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    fur = np.full((700, 900), 235, np.uint8)
    for x, y in rng.integers(0, 640, (40, 2)).tolist():
        fur[y : y + 40, x : x + 50] = 190
    for x, y in rng.integers(0, 690, (1500, 2)).tolist():
        fur[y, x] = 60
    for x, y in rng.integers(100, 600, (12, 2)).tolist():
        fur[y : y + 30, x : x + 40] = 60
    Picture.fromarray(fur).save(tmp_path / "fur.png")
    assert "Mostly specks" in notes(cut(project, tmp_path / "fur.png"))["fur.png"]
