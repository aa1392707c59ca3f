"""Sheets: exact geometry, nothing lost, the same file twice, and plain sentences where it cannot be."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image

from entered import enter
from latelier import images
from latelier.errors import UsageError
from latelier.images import SRGB_PROFILE
from latelier.steps.open_project import Atelier
from latelier.steps.sheet import sheet
from small_sheets import SMALL, boxes, cloths, pixels_of

SIZES = [29, 21, 21, 24, 38, 46, 42]  # the seven groups of Latent Fabrics


@pytest.fixture
def twelve(project: Atelier) -> Atelier:
    """Twelve pictures of 256 px, as on canvas 4b."""
    enter(project, cloths(12, 256))
    return project


@pytest.fixture
def small(project: Atelier) -> Atelier:
    """Nine pictures of 16 px."""
    enter(project, cloths(9, 16))
    return project


# ------------------------------------------------------------------ geometry


def test_twelve_pictures_in_a_cross_stand_where_they_stand_on_canvas_4b(twelve: Atelier) -> None:
    done = sheet(twelve, layout="x", size="11x11in", dpi=200, cells=6)
    corners = [273, 553, 832, 1112, 1391, 1671]  # 273 + 279.6 k to the nearest pixel
    expected = {(corners[r], corners[c]) for r in range(6) for c in (r, 5 - r)}
    assert {(x, y) for x, y, _, _ in boxes(done)} == expected
    assert {b[2:] for b in boxes(done)} == {(256, 256)}
    page = pixels_of(twelve, done.files[0].file)
    assert page.shape == (2200, 2200, 3)
    outside = np.ones(page.shape[:2], bool)
    for cell, (x, y, w, h) in zip(done.files[0].cells, boxes(done), strict=True):
        own = images.read(twelve.root / cell["image"])
        assert np.array_equal(page[y : y + h, x : x + w], own)  # to the bit: nothing is resampled
        outside[y : y + h, x : x + w] = False
    assert (page[outside] == 255).all()


def test_the_real_canvas_is_met_to_half_a_pixel(twelve: Atelier, shared_data: Path) -> None:
    """Every edge of the twelve boxes on the original, at the fraction of a pixel it stands on."""
    canvas = images.read(shared_data / "latent-fabrics" / "canvas-4b.png").astype(float)
    assert canvas.shape == (2200, 2200, 3)
    done = sheet(twelve, layout="x", cells=6)
    for x, y, w, h in boxes(done):
        middle = 255 - canvas[y + 60 : y + 196, x - 8 : x + w + 8].mean(axis=(0, 2))
        down = 255 - canvas[y - 8 : y + h + 8, x + 60 : x + 196].mean(axis=(1, 2))
        for ink in (middle, down):
            first = int(np.argmax(ink > 1.0))  # the first pixel that is not paper
            last = len(ink) - 1 - int(np.argmax(ink[::-1] > 1.0))
            assert first in (7, 8)  # ours begins at 8; where theirs begins at 7 it covers a part
            assert last in (len(ink) - 9, len(ink) - 8)
            assert last - first + 1 in (256, 257)
    ours = sorted({b[0] for b in boxes(done)})
    exact = [Fraction(2730, 10) + k * Fraction(2796, 10) for k in range(6)]
    assert all(abs(a - b) <= Fraction(1, 2) for a, b in zip(ours, exact, strict=True))


def test_four_known_pictures_lie_on_the_real_canvas_as_on_ours(
    project: Atelier, shared_data: Path
) -> None:
    """Ours moved by the fraction of a pixel that the original's cell lies off: the same picture."""
    folder = shared_data / "latent-fabrics"
    with Image.open(folder / "canvas-4b.png") as stored:
        canvas = np.asarray(stored.convert("RGB"), float)  # the numbers as they are, no profile
    known = {(0, 0): "003", (3, 3): "064", (4, 4): "059", (4, 1): "050"}
    pictures = {
        f"{n}.png": images.read(folder / "generated-256" / f"{n}.png") for n in known.values()
    }
    filler = {f"z{i}.png": np.full((256, 256, 3), 255, np.uint8) for i in range(8)}
    enter(project, {**pictures, **filler})
    lock = {f"{name}.png": cell for cell, name in known.items()}
    done = sheet(project, layout="x", cells=6, lock=lock)
    ours = pixels_of(project, done.files[0].file).astype(float)
    for cell in done.files[0].cells:
        place = (cell["row"], cell["column"])
        if place not in known:
            continue
        exact = [Fraction(2730 + 2796 * n, 10) for n in place]
        top, left = (int(e) for e in exact)
        down, across = (int((e - int(e)) * 16) / 16 for e in exact)  # it was drawn in sixteenths
        own = ours[cell["y"] : cell["y"] + 256, cell["x"] : cell["x"] + 256]
        moved = (1 - across) * own[:, 1:] + across * own[:, :-1]
        moved = (1 - down) * moved[1:] + down * moved[:-1]
        theirs = canvas[top + 1 : top + 256, left + 1 : left + 256]
        assert np.abs(moved - theirs).mean() < 0.65  # of 255


@pytest.mark.parametrize(
    ("size", "dpi", "pixels", "points"),
    [
        ("11x11in", 200, (2200, 2200), (792.0, 792.0)),
        ("11x11in", 150, (1650, 1650), (792.0, 792.0)),
        ("11x11in", 72.5, (798, 798), (792.0, 792.0)),
        ("20cm", 100, (787, 787), (566.929134, 566.929134)),
        ("A5-landscape", 72, (595, 420), (595.275591, 419.527559)),
        ("300x200px", 100, (300, 200), (216.0, 144.0)),
    ],
)
def test_a_pdf_page_has_its_exact_size(
    small: Atelier, size: str, dpi: float, pixels: tuple[int, int], points: tuple[float, float]
) -> None:
    done = sheet(small, size=size, dpi=dpi)
    assert (done.files[0].width_px, done.files[0].height_px) == pixels
    with pikepdf.open(small.root / done.files[0].file) as document:
        box = [float(v) for v in document.pages[0].mediabox]
        assert box == [0, 0, *points]
        (image,) = document.pages[0].get_images().values()
        assert (int(image.Width), int(image.Height)) == pixels
        assert image.ColorSpace[1].read_bytes() == SRGB_PROFILE


@pytest.mark.parametrize("ending", ["pdf", "png", "tiff"])
def test_every_format_holds_the_same_pixels(small: Atelier, ending: str) -> None:
    look = {**SMALL, "bleed": "3mm", "captions": "name", "title": "Señora Muñoz", "margin": "12mm"}
    look["cells"] = 2
    done = sheet(small, to=f"out/s.{ending}", **look)
    png = sheet(small, to="out/other.png", **look)
    assert np.array_equal(pixels_of(small, done.files[0].file), pixels_of(small, png.files[0].file))
    if ending != "pdf":
        with Image.open(small.root / done.files[0].file) as picture:
            assert picture.info["dpi"] == pytest.approx((100, 100), abs=0.01)
            assert picture.info["icc_profile"] == SRGB_PROFILE


def test_bleed_goes_around_the_page_and_mirrors_it(small: Atelier) -> None:
    look = {**SMALL, "cells": 3, "margin": "0", "gutter": "0", "layout": "grid"}
    plain = pixels_of(small, sheet(small, to="out/a.png", **look).files[0].file)
    done = sheet(small, to="out/b.png", **look, bleed="12px")
    page = pixels_of(small, done.files[0].file)
    assert page.shape == (224, 224, 3)
    assert np.array_equal(page[12:-12, 12:-12], plain)
    assert np.array_equal(page, np.pad(plain, ((12, 12), (12, 12), (0, 0)), mode="symmetric"))
    assert done.files[0].cells[0]["x"] == 12
    pdf = sheet(small, to="out/b.pdf", **look, bleed="12px")
    with pikepdf.open(small.root / pdf.files[0].file) as document:
        page_boxes = document.pages[0]
        assert [float(v) for v in page_boxes.mediabox] == pytest.approx(
            [0, 0, 161.28, 161.28]
        )  # 224 px
        assert [float(v) for v in page_boxes.trimbox] == pytest.approx([8.64, 8.64, 152.64, 152.64])


def test_pictures_of_other_proportions_are_whole_or_crop_when_asked(project: Atelier) -> None:
    enter(project, cloths(4, side=60, height=30))
    look = {**SMALL, "cells": 2, "margin": "0", "gutter": "0", "layout": "grid"}
    whole = sheet(project, **look)
    assert boxes(whole)[0] == (0, 25, 100, 50)
    filled = sheet(project, to="out/f.png", fill=True, **look)
    assert boxes(filled)[0] == (0, 0, 100, 100)
    assert (pixels_of(project, filled.files[0].file)[:, :100] != 255).any(axis=(1, 2)).all()


def test_nearest_keeps_hard_edges_and_the_usual_way_does_not(project: Atelier) -> None:
    board = np.indices((4, 4)).sum(0) % 2 * 255
    enter(project, {"b.png": np.repeat(board.astype(np.uint8)[..., None], 3, axis=2)})
    look = {**SMALL, "cells": "1x1", "margin": "0", "to": "out/n.png"}
    hard = pixels_of(project, sheet(project, nearest=True, **look).files[0].file)
    assert set(np.unique(hard)) == {0, 255}
    soft = pixels_of(project, sheet(project, **look).files[0].file)
    assert len(np.unique(soft)) > 20


def test_cut_outs_lie_on_the_ground_of_the_sheet(project: Atelier) -> None:
    rgba = np.zeros((16, 16, 4), np.uint8)
    rgba[4:12, 4:12] = (200, 30, 30, 255)
    (image,) = enter(project, {"cut.png": rgba[..., :3]})
    Image.fromarray(rgba).save(project.root / image.path)
    with project.store.write() as db:
        from latelier.files import sha256

        db.execute("UPDATE images SET sha256 = ?", (sha256(project.root / image.path),))
    done = sheet(project, to="out/c.png", ground="#f4efe6", **SMALL)
    x, y, _, _ = boxes(done)[0]
    page = pixels_of(project, done.files[0].file)
    assert tuple(page[y, x]) == tuple(page[0, 0]) == (0xF4, 0xEF, 0xE6)


# ------------------------------------------------------------------ which picture, which sheet


def test_the_seven_groups_make_the_eleven_sheets_of_the_reference(project: Atelier) -> None:
    found = enter(project, cloths(sum(SIZES), 8))
    labels = [str(g) for g, size in enumerate(SIZES) for _ in range(size)]
    project.journal.decide(
        "groups", "g", "group", {i.id: g for i, g in zip(found, labels, strict=True)}
    )
    done = sheet(project, by="group", to="out/canvas.png", **SMALL)
    assert done.capacity == 36
    assert " ".join(f.name for f in done.files) == "0 1 2 3 4a 4b 5a 5b 6a 6b"
    assert [f.file for f in done.files][4:6] == ["out/canvas-4a.png", "out/canvas-4b.png"]
    assert [len(f.cells) for f in done.files] == [29, 21, 21, 24, 19, 19, 23, 23, 21, 21]
    shown = [c["image"] for f in done.files for c in f.cells]
    assert sorted(shown) == sorted(i.path for i in found)
    of = {i.path: g for i, g in zip(found, labels, strict=True)}
    for f in done.files:
        assert {of[c["image"]] for c in f.cells} == {f.name.rstrip("ab")}
    full = sheet(project, by="group", to="out/full/", split="full", **SMALL)
    assert [len(f.cells) for f in full.files][4:] == [36, 2, 36, 10, 36, 6]
    assert [f.file for f in full.files][:2] == ["out/full/0.pdf", "out/full/1.pdf"]


def test_in_python_groups_and_made_images_are_named_by_what_their_steps_gave(
    small: Atelier, tmp_path: Path
) -> None:
    groups = small.groups("all", k=2, decide=False)
    paths = [i.path for i in small.sets.images("all")]
    done = small.sheet(paths, by=groups, to="out/g.png", **SMALL)
    assert [f.name for f in done.files] == ["0", "1"]
    saved = done.save(tmp_path / "elsewhere" / "canvas.png")
    assert [p.name for p in saved] == ["canvas-0.png", "canvas-1.png"]
    assert saved[0].read_bytes() == (small.root / "out/g-0.png").read_bytes()
    assert small.sheet(paths[:2], **SMALL).save(tmp_path / "new") == [tmp_path / "new/sheet.pdf"]
    with pytest.raises(UsageError, match=r"These sheets are \.png"):
        done.save(tmp_path / "canvas.pdf")


def test_recombined_images_are_printed_with_the_credits_of_their_parents(project: Atelier) -> None:
    (image,) = enter(project, cloths(1, 16), role="generated")
    told = {
        "parents": [{"credit": "Ana", "rights": "CC BY"}, {"credit": "Luis", "rights": "CC BY"}]
    }
    with project.store.write() as db:
        db.execute("UPDATE images SET facts = ?", (json.dumps(told),))
    done = sheet(project, **SMALL)
    assert done.receipts[0].credits == ["Ana; Luis"]
    assert not [f for f in done.findings if f.kind in ("credit", "rights")]
    project.journal.decide("rights", "c", "credit", {image.id: "By me"})
    assert sheet(project, **SMALL).receipts[0].credits == ["By me"]


def test_figures_are_filled_first_since_they_are_best_seen_whole(small: Atelier) -> None:
    done = sheet(small, layout="x", cells=3, **SMALL)
    assert [len(f.cells) for f in done.files] == [5, 4]


def test_images_without_a_group_are_not_lost(small: Atelier) -> None:
    first = small.images.find("000.png")
    small.journal.decide("groups", "g", "group", {first.id: "7"})
    done = sheet(small, by="group", **SMALL)
    assert [(f.name, len(f.cells)) for f in done.files] == [("7", 1), ("ungrouped", 8)]


def test_more_than_a_sheet_holds_flows_to_further_files_or_pages(small: Atelier) -> None:
    done = sheet(small, cells=2, **SMALL)
    assert [f.file for f in done.files] == [f"out/sheet-{n}.pdf" for n in (1, 2, 3)]
    book = sheet(small, cells=2, one_file=True, to="out/book.pdf", **SMALL)
    assert [(f.file, f.page) for f in book.files] == [("out/book.pdf", n) for n in (1, 2, 3)]
    with pikepdf.open(small.root / "out/book.pdf") as document:
        assert len(document.pages) == 3
    fit = sheet(small, cells="fit", **SMALL)
    assert [(f.file, len(f.cells)) for f in fit.files] == [("out/sheet.pdf", 9)]
    with pytest.raises(UsageError, match="Only a PDF holds several"):
        sheet(small, cells=2, one_file=True, to="out/book.png", **SMALL)


def test_locked_pictures_keep_their_place_and_the_others_are_shuffled(small: Atelier) -> None:
    look = {**SMALL, "layout": "grid", "cells": 3, "lock": {"004.png": (0, 2), "000.png": (2, 1)}}
    seen = []
    for seed in (1, 1, 2):
        done = sheet(small, shuffle_seed=seed, **look)
        at = {c["image"].rpartition("/")[2]: (c["row"], c["column"]) for c in done.files[0].cells}
        assert (at["004.png"], at["000.png"]) == ((0, 2), (2, 1))
        assert len(set(at.values())) == 9
        seen.append(at)
    assert seen[0] == seen[1] != seen[2]


def test_likeness_puts_dark_beside_dark(project: Atelier) -> None:
    order = np.random.default_rng(0).permutation(16)
    enter(
        project,
        {f"{i:02d}.png": np.full((8, 8, 3), 16 * int(v), np.uint8) for i, v in enumerate(order)},
    )
    done = sheet(project, layout="likeness", cells=4, to="out/l.png", **SMALL)
    page = pixels_of(project, done.files[0].file)
    grid = np.zeros((4, 4))
    for c in done.files[0].cells:
        grid[c["row"], c["column"]] = page[c["y"] + 2, c["x"] + 2, 0]
    steps = np.concatenate([np.abs(np.diff(grid, axis=a)).ravel() for a in (0, 1)])
    assert steps.mean() < 60  # by lot it is 91


def test_a_small_block_stands_in_the_middle_of_the_page(small: Atelier) -> None:
    done = sheet(small, cells=6, **SMALL)
    x = [b[0] for b in boxes(done)] + [b[0] + b[2] for b in boxes(done)]
    y = [b[1] for b in boxes(done)] + [b[1] + b[3] for b in boxes(done)]
    assert abs(min(x) + max(x) - 200) <= 1
    assert abs(min(y) + max(y) - 200) <= 1
