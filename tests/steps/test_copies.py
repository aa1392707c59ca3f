"""Copies: found whatever was done to them, never where there are none; nothing moved or lost."""

import io
import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageOps

from latelier import images
from latelier.collection import drawn
from latelier.errors import UsageError
from latelier.files import sha256
from latelier.project import NewImage
from latelier.steps import _likenesses
from latelier.steps.copies import Copies, copies
from latelier.steps.not_copies import not_copies
from latelier.steps.open_project import Atelier
from latelier.steps.replay import replay
from latelier.steps.report import report
from latelier.steps.undo import undo
from planted import CHANGES, brocade, ink, within


def put(project: Atelier, pictures: dict[str, Image.Image]) -> None:
    """Enter pictures as images of the project, each under its name."""
    new = []
    for name, picture in pictures.items():
        path = project.root / "sources" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        picture.save(path)
        new.append(_entered(project, f"sources/{name}", images.read(path)))
    project.images.add(new)


def _entered(project: Atelier, path: str, pixels: images.Pixels) -> NewImage:
    file = project.root / path
    height, width = pixels.shape[:2]
    return NewImage(
        path,
        "source",
        sha256(file),
        file.stat().st_size,
        width,
        height,
        pixels_sha256=images.pixels_sha256(pixels),
    )


def found(done: Copies) -> dict[str, list[str]]:
    return {s.keeper.name: sorted(m.image.name for m in s.members) for s in done.sets}


@pytest.fixture
def planted(project: Atelier) -> Atelier:
    """Three pictures, each with some copies, and three without."""
    pictures = {f"cloth {i}.png": brocade(i) for i in range(3)}
    pictures |= {f"ink {i}.png": ink(i) for i in range(3)}
    pictures["cloth 1, mirrored.png"] = CHANGES["mirrored"](brocade(1).resize((180, 180)))
    pictures["cloth 1, small.jpg"] = CHANGES["smaller"](brocade(1))
    pictures["ink 2, negative.png"] = CHANGES["negative"](ink(2))
    put(project, pictures)
    return project


EXPECTED = {
    "cloth 1.png": ["cloth 1, mirrored.png", "cloth 1, small.jpg"],
    "ink 2.png": ["ink 2, negative.png"],
}


@pytest.mark.parametrize("draw", [brocade, ink])
def test_a_copy_is_found_whatever_was_done_to_it(project: Atelier, draw) -> None:
    pictures = {f"{i}.png": draw(i) for i in range(8)}
    pictures |= {f"0 {name}.png": change(draw(0)) for name, change in CHANGES.items()}
    put(project, pictures)
    done = copies(project)
    (one,) = done.sets
    names = sorted([one.keeper.name, *(m.image.name for m in one.members)])
    assert names == sorted(["0.png", *(f"0 {name}.png" for name in CHANGES)])
    assert done.partial == []


def test_cloths_of_one_motif_are_not_copies(project: Atelier) -> None:
    """The same bands, drawn anew by an unsteady hand and photographed from elsewhere."""
    pictures = {
        f"{motif}{hand}.png": brocade(motif, hand=hand) for motif in range(3) for hand in "ab"
    }
    put(project, pictures)
    assert copies(project).sets == []


def test_a_part_of_a_picture_in_another_is_told_apart(project: Atelier) -> None:
    pictures = {f"{i}.png": brocade(i, 240) for i in range(5)}
    pictures["5.png"] = within(brocade(0, 240), brocade(7, 240))
    put(project, pictures)
    done = copies(project)
    assert done.sets == []
    (part,) = done.partial
    assert (part.image.name, part.within.name) == ("0.png", "5.png")
    x, y, w, h = part.box
    assert abs(x - 60) < 12
    assert abs(y - 70) < 12
    assert abs(x + w - 200) < 12
    assert abs(y + h - 210) < 12
    x, y, w, h = part.of  # the half of it that was put there
    assert abs(x - 20) < 16
    assert abs(y - 30) < 16
    assert abs(x + w - 170) < 16
    assert abs(y + h - 180) < 16
    assert part.reason.endswith("of the other")
    page = Image.open(project.root / done.sheets[0]).convert("RGB")
    x, y = 14, 84 + 8  # of the first picture on the sheet; the second is 204 pixels to its right
    blue = np.array((90, 170, 255))
    for left in (x, x + 204):
        shown = np.asarray(page.crop((left, y, left + 176, y + 176))).astype(int)
        assert (np.abs(shown - blue).max(axis=2) < 60).sum() > 100
    report(project)
    assert "lies in 5.png" in (project.root / "out" / "report.html").read_text(encoding="utf-8")


def test_a_drawing_in_a_larger_one_is_a_part_and_in_a_border_a_copy(project: Atelier) -> None:
    page = Image.new("RGB", (400, 400), "white")
    for k, at in enumerate([(0, 0), (240, 0), (0, 240), (240, 240)]):
        page.paste(ink(k + 5, 160), at)
    small = ink(0).resize((160, 160), Image.Resampling.LANCZOS)
    drawn = ImageChops.darker(page.crop((120, 120, 280, 280)), small)
    page.paste(drawn, (120, 120))
    pictures = {f"{i}.png": ink(i) for i in range(4)} | {"page.png": page}
    pictures["1 in a border.png"] = ImageOps.expand(ink(1), 38, "black")
    put(project, pictures)
    done = copies(project)
    assert [(p.image.name, p.within.name) for p in done.partial] == [("0.png", "page.png")]
    (one,) = done.sets
    assert {one.keeper.name, one.members[0].image.name} == {"1.png", "1 in a border.png"}


def test_each_copy_says_what_was_done(planted: Atelier) -> None:
    done = copies(planted)
    assert found(done) == EXPECTED
    members = {m.image.name: m for s in done.sets for m in s.members}
    mirrored = members["cloth 1, mirrored.png"]
    assert mirrored.transform["mirror"]
    assert mirrored.transform["crop"] == [0, 0, 200, 200]
    assert mirrored.reason.startswith("mirrored, 180 x 180 px, 100%")
    small = members["cloth 1, small.jpg"]
    assert not small.transform["mirror"]
    assert small.transform["scale"] == pytest.approx([0.5, 0.5], abs=0.01)
    assert "200 x 200 px" in done.sets[0].reason


def test_nothing_is_moved_and_hiding_can_be_undone(planted: Atelier) -> None:
    before = {p: p.read_bytes() for p in (planted.root / "sources").iterdir()}
    done = copies(planted, hide=True)
    assert done.hidden == 3
    assert {p: p.read_bytes() for p in (planted.root / "sources").iterdir()} == before
    assert len(planted.sets.images("all")) == 6
    assert copies(planted).sets == []
    undo(planted)
    assert len(planted.sets.images("all")) == 9
    assert found(copies(planted)) == EXPECTED


def test_the_bound_moves_and_a_new_picture_comes_without_reading_the_others_again(
    planted: Atelier, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = copies(planted)
    read: list[str] = []
    whole = images.read_reduced

    def noted(path: Path, *rest, **how):
        read.append(path.name)
        return whole(path, *rest, **how)

    monkeypatch.setattr(_likenesses.pictures, "read_reduced", noted)
    assert found(copies(planted, likeness=0.5)) == EXPECTED
    assert copies(planted, likeness=1.0).sets == []
    assert read == []
    put(planted, {"ink 0, turned.png": CHANGES["quarter turn"](ink(0))})
    again = copies(planted)
    assert read == ["ink 0, turned.png"]
    assert again.new == 1
    assert found(again) == {**EXPECTED, "ink 0.png": ["ink 0, turned.png"]}
    assert first.new == 9


def test_what_was_read_before_a_stop_is_not_read_again(planted: Atelier) -> None:
    def stop(done: float, total: float | None, note: str = "") -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copies(planted, on_progress=stop)
    with _likenesses.Likenesses(planted.root / "cache") as cache:
        assert len(cache.missing(i.sha256 for i in planted.sets.images("all"))) == 5
    assert found(copies(planted)) == EXPECTED


def test_comparing_one_by_one_finds_what_comparing_at_once_finds(planted: Atelier) -> None:
    at_once = found(copies(planted))
    (planted.root / "cache" / "copies.db").unlink()
    names = [i.path for i in planted.sets.images("all")]
    for i in range(1, len(names) + 1):
        planted.sets.make("some", [planted.images.find(n) for n in names[:i]])
        last = copies(planted, "some")
    assert found(last) == at_once == EXPECTED


def test_the_same_file_and_the_same_pixels_are_told_apart(project: Atelier) -> None:
    put(project, {"a.png": brocade(1), "b.bmp": brocade(1), "c.png": brocade(2)})
    (project.root / "sources" / "d.png").write_bytes((project.root / "sources/a.png").read_bytes())
    a = project.images.find("a.png")
    twin = NewImage("sources/d.png", "source", a.sha256, a.bytes, 200, 200, a.pixels_sha256)
    project.images.add([twin])
    done = copies(project)
    assert {m.image.name: m.kind for s in done.sets for m in s.members} == {
        "a.png": "same pixels",
        "d.png": "same pixels",
    }
    assert done.sets[0].keeper.name == "b.bmp"
    assert "fullest file" in done.sets[0].reason


def test_no_copies_is_remembered_and_can_be_undone(planted: Atelier) -> None:
    not_copies(planted, "cloth 1.png", "cloth 1, mirrored.png")
    assert found(copies(planted))["cloth 1.png"] == ["cloth 1, small.jpg"]
    undo(planted)
    assert found(copies(planted)) == EXPECTED
    with pytest.raises(UsageError, match="twice"):
        not_copies(planted, "cloth 1.png", "cloth 1.png")


def test_a_run_is_kept_and_done_again_to_the_bit(planted: Atelier) -> None:
    done = copies(planted)
    again = replay(planted, done.run)
    assert again.differs == []
    assert again.same >= 1


def test_a_file_that_has_gone_is_reported_and_the_rest_goes_on(planted: Atelier) -> None:
    (planted.root / "sources" / "cloth 0.png").unlink()
    done = copies(planted)
    assert [u["image"] for u in done.unread] == ["sources/cloth 0.png"]
    assert found(done) == EXPECTED


def test_a_damaged_cache_is_made_again(planted: Atelier) -> None:
    copies(planted)
    (planted.root / "cache" / "copies.db").write_bytes(b"no database at all" * 100)
    assert found(copies(planted)) == EXPECTED


def test_a_fingerprint_survives_being_kept(planted: Atelier) -> None:
    copies(planted)
    cache = _likenesses.Likenesses(planted.root / "cache")
    kept = cache.load(cache.compared()[0])
    cache.close()
    assert kept.to_bytes() == type(kept)(**vars(kept)).to_bytes()
    assert len(kept.corners) > 50
    assert np.all(kept.corners.places[:, :2] <= 1)


def test_a_likeness_out_of_range_is_refused(planted: Atelier) -> None:
    with pytest.raises(UsageError, match=r"between 0\.1 and 1"):
        copies(planted, likeness=0.05)


def test_the_groups_of_a_public_collection_are_found(project: Atelier, shared_data: Path) -> None:
    folder = shared_data / "near-duplicates"
    truth = json.loads((folder / "groups.json").read_text(encoding="utf-8"))
    new = []
    for path in sorted(folder.rglob("*.*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix not in (".jpg", ".jpeg", ".png", ".webp") or name in truth["corrupt"]:
            continue
        place = project.root / "sources" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
        pixels = images.read(place)
        new.append(_entered(project, f"sources/{name}", pixels))
    project.images.add(new)
    made = {
        frozenset(
            i.path.removeprefix("sources/") for i in [s.keeper, *(m.image for m in s.members)]
        )
        for s in copies(project).sets
    }
    assert made == {frozenset(group) for group in truth["groups"]}


LOOK_ALIKES = {  # of the drawn collection: the same nets, frets and flowers, woven again
    "indigo nets": (2, 3, 10, 25, 27),
    "brown cotton flocks": (4, 14),
    "jardín de noche": (8, 10, 23, 24, 25, 26),
    "marigold frets": (7, 8, 16),
    "whitework": (8, 13, 24),
}
ON_CLOTH = ("cropped", "mirrored", "jpeg", "turned")


def test_of_cloths_in_one_manner_only_the_copies_are_copies(project: Atelier) -> None:
    families = {f.name: f for f in drawn.FAMILIES}
    pictures = {
        f"{name} {number}.png": Image.fromarray(drawn.cloth(families[name], number, 1))
        for name, numbers in LOOK_ALIKES.items()
        for number in numbers
    }
    for change in ON_CLOTH:
        pictures[f"{change}.png"] = CHANGES[change](pictures["indigo nets 10.png"])
    put(project, pictures)
    done = copies(project)
    assert done.partial == []
    (one,) = done.sets
    names = {one.keeper.name, *(m.image.name for m in one.members)}
    assert names == {"indigo nets 10.png", *(f"{change}.png" for change in ON_CLOTH)}


def test_one_cloth_photographed_twice_is_alike_and_no_copy(
    project: Atelier, shared_data: Path
) -> None:
    folder = shared_data / "fabric-fingercamera" / "floral"
    put(project, {p.name: Image.open(p) for p in sorted(folder.iterdir())[:16]})
    done = copies(project)
    assert (done.sets, done.partial) == ([], [])
    (pair,) = done.alike
    assert {pair.image.name, pair.other.name} == {"floral-00134.jpg", "floral-00139.jpg"}
    assert "photographed twice" in pair.reason


def test_the_sets_are_drawn_on_a_contact_sheet(planted: Atelier) -> None:
    put(planted, {"cloth 2, written over.png": CHANGES["written over"](brocade(2))})
    done = copies(planted)
    (file,) = done.sheets
    with Image.open(planted.root / file) as page:
        assert page.width > 1000
    told = json.loads((planted.root / "runs" / done.run / "copies.json").read_text("utf-8"))
    (marked,) = (m["changed"] for s in told["sets"] for m in s["members"] if m["changed"])
    x, y = np.array(marked[0]).T
    assert 0.45 < x.min() < x.max() < 1
    assert 0.5 < y.min() < y.max() < 0.95
    report(planted)
    page = (planted.root / "out" / "report.html").read_text("utf-8")
    assert page.count("its changes outlined") == 1
    assert copies(planted, likeness=1.0).sheets == []


SIGNS = (  # of omniglot: simple ones by many hands, the nearest of 700 to be taken for copies
    *("0643_18", "0643_17", "0649_03", "0258_08", "0668_01", "0663_20", "0659_03", "0659_07"),
    *("0659_01", "0659_06", "0666_14", "0648_05", "0264_16", "0256_03", "0262_01", "0262_17"),
)


def test_one_sign_by_many_hands_is_not_a_copy(project: Atelier, shared_data: Path) -> None:
    (pack,) = (shared_data / "omniglot").glob("**/*small1.zip")
    with zipfile.ZipFile(pack) as signs:
        names = [n for n in signs.namelist() if n.endswith(".png") and Path(n).stem in SIGNS]
        pictures = {Path(n).name: Image.open(io.BytesIO(signs.read(n))) for n in names}
    assert len(pictures) == len(SIGNS)
    pictures["turned.png"] = CHANGES["turned"](pictures["0663_20.png"].convert("RGB"))
    put(project, pictures)
    done = copies(project)
    assert {s.keeper.name for s in done.sets} <= {"turned.png", "0663_20.png"}
    assert [len(s.members) for s in done.sets] == [1]
    assert done.partial == []
