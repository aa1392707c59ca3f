"""What a sheet writes beside its pictures, that it comes again the same, and what it refuses."""

import json
from typing import Any

import numpy as np
import pytest

from drawn import cloth
from entered import enter
from latelier import images
from latelier.errors import Damaged, DoesNotFit, TooFew, UnknownName, UsageError
from latelier.steps.open_project import Atelier
from latelier.steps.replay import replay
from latelier.steps.sheet import sheet
from small_sheets import SMALL, boxes, cloths, pixels_of


@pytest.fixture
def small(project: Atelier) -> Atelier:
    """Nine pictures of 16 px."""
    enter(project, cloths(9, 16))
    return project


# ------------------------------------------------------------------ words


def test_titles_and_captions_are_written_with_their_accents(project: Atelier) -> None:
    names = ["año.png", "ano.png"]
    enter(project, {n: np.full((40, 40, 3), 200, np.uint8) for n in names})
    look = {**SMALL, "cells": 2, "layout": "grid", "captions": "name", "margin": "12mm"}
    look["to"] = "out/c.png"
    done = sheet(project, **look)
    page = pixels_of(project, done.files[0].file)
    under = []
    for c in done.files[0].cells:
        under.append(page[c["y"] + c["h"] : c["y"] + c["h"] + 16, c["x"] : c["x"] + 40])
    assert all((u < 200).any() for u in under)
    assert not np.array_equal(*under)  # the tilde
    assert not [f for f in done.findings if f.kind == "letters"]
    titled = pixels_of(project, sheet(project, **look, title="Cœur à l'été").files[0].file)
    assert (titled[: boxes(done)[0][1]] < 200).any()


def test_what_no_font_can_write_is_said_before_it_is_printed(small: Atelier) -> None:
    done = sheet(small, title="織物", **SMALL, margin="12mm")
    (finding,) = [f for f in done.findings if f.kind == "letters"]
    assert "lack 2 characters of the text (織物)" in finding.words
    assert "--font" in finding.words


def test_the_preflight_names_soft_pictures_credits_rights_and_doubles(project: Atelier) -> None:
    found = enter(project, cloths(3, 20))
    twin = enter(project, {"twin.png": cloth(np.random.default_rng([7, 0]), 20, 20)})
    with project.store.write() as db:
        db.execute("UPDATE images SET pixels_sha256 = sha256")
    project.journal.decide("add", "c", "credit", {i.id: "Ana" for i in [*found[1:], *twin]})
    project.journal.decide("add", "r", "rights", {i.id: "CC BY" for i in [*found, *twin]})
    done = sheet(project, cells=2, **SMALL, gutter="0", margin="0")
    words = [f.words for f in done.findings]
    assert words == [
        "4 pictures will look soft: 20 dpi",
        "1 picture has no credit",
        "one picture is there more than once",
    ]
    assert done.findings[2].images == ["sources/000.png", "sources/twin.png"]
    receipt = (project.root / done.to_json()["receipt"]).read_text(encoding="utf-8")
    assert "Credits:  Ana" in receipt
    assert done.files[0].sha256 in receipt
    sharp = sheet(project, size="1x1in", dpi=600, cell="20px")
    assert not [f for f in sharp.findings if f.kind in ("soft", "enlarged")]


# ------------------------------------------------------------------ again, and not at all


@pytest.mark.parametrize("ending", ["pdf", "png", "tiff"])
def test_the_same_recipe_gives_the_same_file_to_the_bit(small: Atelier, ending: str) -> None:
    look = {**SMALL, "captions": "name", "layout": "mosaic"}
    first = sheet(small, to=f"out/a.{ending}", **look)
    second = sheet(small, to=f"out/b.{ending}", **look)
    assert first.files[0].sha256 == second.files[0].sha256


def test_replay_makes_the_same_sheets_after_groups_have_changed(small: Atelier) -> None:
    everything = small.sets.images("all")
    small.journal.decide("groups", "g", "group", {i.id: str(i.id % 2) for i in everything})
    done = sheet(small, by="group", to="out/g.png", shuffle_seed=3, **SMALL)
    small.journal.decide("groups", "g", "group", {i.id: "0" for i in everything})
    again = replay(small, done.run)
    assert again.differs == []
    assert again.same == 5  # two sheets, two previews, the receipt


def test_a_picture_that_changed_since_is_not_printed(small: Atelier) -> None:
    path = small.root / "sources/003.png"
    path.write_bytes(images.png_bytes(np.zeros((16, 16, 3), np.uint8)))
    with pytest.raises(Damaged, match="is not the file any more"):
        sheet(small, **SMALL)
    assert not (small.root / "out/sheet.pdf").exists()


@pytest.mark.parametrize(
    ("wrong", "error", "says"),
    [
        (
            {"cell": "900px"},
            DoesNotFit,
            "Cells of 900 x 900 px .* do not fit on a page of 200 x 200",
        ),
        ({"cells": 80}, DoesNotFit, "80 x 80 cells .* do not fit"),
        ({"cells": "many"}, UsageError, "'many' is no count of cells"),
        ({"size": "wide"}, UsageError, "'wide' is no page size"),
        ({"gutter": "5"}, UsageError, "'5' is no length for the gutter"),
        ({"ground": "blurple"}, UsageError, "'blurple' is no colour"),
        ({"layout": "dimond"}, UnknownName, "Did you mean 'diamond'"),
        ({"captions": "names"}, UnknownName, "Did you mean 'name'"),
        ({"split": "half"}, UnknownName, "No way to split"),
        ({"by": "colour"}, UnknownName, "No way to group"),
        ({"by": "group"}, TooFew, "None of the 9 images in 'all' has a group"),
        ({"set_name": "kept"}, TooFew, "no image in 'kept'"),
        ({"to": "out/sheet.gif"}, UsageError, "ends in .pdf, .png, .tif, .tiff"),
        ({"to": "sources/x.pdf"}, UsageError, "keeps its own files"),
        ({"lock": {"nobody.png": (0, 0)}}, UnknownName, "No image is called 'nobody.png'"),
        ({"lock": {"001.png": (7, 0)}}, UsageError, "Place 7,0 cannot be locked"),
        ({"lock": {"001.png": (0,)}}, UsageError, "is no place"),
        ({"title": "A", "margin": "1px"}, UsageError, "A title needs more room"),
        ({"captions": "name", "font": "none.ttf"}, Exception, "none.ttf is no font"),
        ({"bleed": "-3mm"}, UsageError, "is no length for the bleed"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_leaves_nothing(
    small: Atelier, wrong: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says) as said:
        sheet(small, **{**SMALL, **wrong})
    assert "\n" not in str(said.value)
    assert not list((small.root / "out").rglob("*"))
    assert small.runs.all() == []


def test_the_command_line_prints_a_receipt_and_json(latelier, small: Atelier) -> None:
    call = ["-C", small.root, "sheet", "all", "--size", "2x2in", "--dpi", "100"]
    said = latelier(*call, "-o", "out/a.pdf", "--lock", "003.png=0,0", "--layout", "grid")
    assert said.code == 0, said.err
    assert "out/a.pdf: 2 x 2 in (5.08 x 5.08 cm), 200 x 200 px at 100 dpi, sRGB" in said.out
    assert "Before printing: 9 pictures have no credit." in said.out
    done = latelier(*call, "--cells", "2", "-o", "out/b.tiff", "--json").json
    assert [f["file"] for f in done["files"]] == [f"out/b-{n}.tiff" for n in (1, 2, 3)]
    assert {"image", "x", "y", "w", "h"} <= set(done["files"][0]["cells"][0])
    assert json.loads(json.dumps(done)) == done
    for wrong in (["--lock", "003.png"], ["--cell", "30"], ["--layout", "xx"], ["--dpi", "0"]):
        refused = latelier(*call, *wrong)
        assert refused.code == 2
        assert "Traceback" not in refused.err
    too_large = latelier(*call, "--cell", "5in")
    assert too_large.code == 1
    assert "do not fit on a page" in too_large.err
