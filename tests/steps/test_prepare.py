"""Making a dataset."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from conftest import Said
from drawn import cloth, ink_form
from latelier import images
from latelier.errors import LatelierError, TooFew, UnknownName, UsageError
from latelier.files import write_json
from latelier.steps._datasets import find_dataset
from latelier.steps.add import add
from latelier.steps.open_project import Atelier, new_project
from latelier.steps.prepare import prepare


def test_a_dataset_binds_each_row_to_its_picture(project: Atelier, photos: Path) -> None:
    add(project, photos)
    made = prepare(project, "d", size=32)
    dataset, run = find_dataset(project, "d")
    assert run.name == made.run.name
    assert dataset.pixels.shape == (24, 32, 32, 3)
    assert sorted([*dataset.train, *dataset.held_out]) == list(range(24))
    assert len(dataset.held_out) == 2
    by_path = {i.path: i for i in project.images.where()}
    for row, pixels in zip(dataset.rows, dataset.pixels, strict=True):
        image = by_path[row.image]
        assert image.sha256 == row.sha256
        assert (row.w, row.h) == (image.width, image.height)
        small = images.fitted(images.read(project.images.file(image)), 32, 32)
        top = (32 - small.shape[0]) // 2
        assert np.array_equal(pixels[top : top + small.shape[0]], small)
        assert (pixels[:top] == 255).all()
    dataset.check()


def test_the_same_recipe_makes_the_same_bytes_and_can_be_replayed(
    project: Atelier, photos: Path
) -> None:
    add(project, photos)
    first = prepare(project, "d", size=40, fit="tiles", tile=32)
    assert project.replay(first.run).to_json()["equal"]
    assert find_dataset(project, "d")[1].name != first.run.name


def test_copies_stay_on_one_side_of_the_split(project: Atelier, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for i in range(15):
        picture = Image.fromarray(cloth(np.random.default_rng(i), 40, 40))
        for kind, level in (("a", 1), ("b", 1), ("c", 9)):
            picture.save(folder / f"{i}{kind}.png", compress_level=level)
    add(project, folder)
    for seed in range(6):
        dataset = prepare(project, "d", size=32, seed=seed, share=0.2).dataset
        assert len(dataset.held_out) == 9
        held = {dataset.rows[i].image[8:-5] for i in dataset.held_out}
        learnt = {dataset.rows[i].image[8:-5] for i in dataset.train}
        assert not held & learnt
        assert len(set(dataset.copy_sets.tolist())) == 15


def test_what_copies_found_stays_on_one_side_and_a_replay_goes_by_the_same_finding(
    project: Atelier, photos: Path
) -> None:
    paths = [i.path for i in add(project, photos).images]
    run = project.runs.start("copies", {}, inputs=project.sets.images("all"))
    pairs = [
        {"keeper": a, "members": [{"image": b}]}
        for a, b in zip(paths[::4], paths[1::4], strict=True)
    ]
    parts = [{"image": paths[2], "in": paths[0]}]
    write_json(run.folder / "copies.json", {"sets": pairs, "partial": parts})
    run.finish({})
    made = [prepare(project, "d", size=32, seed=seed, share=0.3) for seed in range(8)]
    for each in made:
        sets = each.dataset.copy_sets.tolist()
        assert sets[0] == sets[1] == sets[2]
        assert sets[4] == sets[5] != sets[6]
        held = {sets[i] for i in each.dataset.held_out}
        assert not held & {sets[i] for i in each.dataset.train}
        assert each.compared
    later = project.runs.start("copies", {}, inputs=[])
    write_json(later.folder / "copies.json", {"sets": [], "partial": []})
    later.finish({})
    assert project.replay(made[0].run).to_json()["equal"]
    fresh = prepare(project, "d", size=32)
    assert not fresh.compared
    assert len(set(fresh.dataset.copy_sets.tolist())) == 24


def test_tiles_of_one_picture_stay_together_and_blank_ones_are_left_out(
    project: Atelier, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for i in range(14):
        pixels = np.full((64, 192, 3), 255, np.uint8)
        pixels[:, :128] = cloth(np.random.default_rng(i), 64, 128)
        (folder / f"{i}.png").write_bytes(images.png_bytes(pixels))
    (folder / "white.png").write_bytes(images.png_bytes(np.full((64, 64, 3), 255, np.uint8)))
    add(project, folder)
    made = prepare(project, "d", size=32, fit="tiles")
    assert len(made.dataset) == 28
    assert made.to_json()["left_out"] == [
        {"image": "sources/white.png", "reason": "it is all of one colour"}
    ]
    held = {made.dataset.rows[i].image for i in made.dataset.held_out}
    assert len(held) == 1
    assert len(made.dataset.held_out) == 2


def test_ink_is_one_channel_of_black_and_white(project: Atelier, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for i in range(16):
        (folder / f"{i}.png").write_bytes(images.png_bytes(ink_form(np.random.default_rng(i), 90)))
    (folder / "empty.png").write_bytes(images.png_bytes(np.full((90, 90, 3), 250, np.uint8)))
    add(project, folder)
    made = prepare(project, "ink", size=100, ink=True)
    assert made.dataset.pixels.shape == (16, 100, 100, 1)
    assert set(np.unique(made.dataset.pixels)) == {0, 255}
    assert [image for image, _ in made.left_out] == ["sources/empty.png"]
    assert "no drawing on it" in made.left_out[0][1]


def test_a_dot_a_changed_and_a_missing_picture_are_left_out_and_the_rest_goes_on(
    project: Atelier, photos: Path
) -> None:
    (photos / "dot.png").write_bytes(images.png_bytes(np.zeros((1, 1, 3), np.uint8)))
    added = add(project, photos).images
    project.images.file(added[0]).write_bytes(b"overwritten")
    project.images.file(added[1]).unlink()
    made = prepare(project, "d", size=32)
    assert len(made.dataset) == 22
    reasons = dict(made.left_out)
    assert "1 x 1 pixels are too few" in reasons.pop("sources/dot.png")
    assert "has changed" in reasons.pop(added[0].path)
    assert "not there any more" in reasons.pop(added[1].path)
    assert not reasons


def test_large_jpegs_are_read_small_and_look_the_same(project: Atelier, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    exif = Image.Exif()
    exif[0x112] = 6
    pixels = np.asarray(
        Image.fromarray(cloth(np.random.default_rng(2), 120, 150)).resize((1500, 1200))
    )
    for i, options in enumerate(({}, {"exif": exif}, {"progressive": True})):
        Image.fromarray(pixels).save(folder / f"{i}.jpg", quality=92, **options)
    add(project, folder)
    dataset = prepare(project, "d", size=64, fit="crop").dataset
    for row, shown in zip(dataset.rows, dataset.pixels, strict=True):
        whole = Image.fromarray(images.read(project.root / row.image))
        box = (row.x, row.y, row.x + row.w, row.y + row.h)
        exact = np.asarray(whole.resize((64, 64), Image.Resampling.LANCZOS, box=box))
        assert np.abs(shown.astype(int) - exact).mean() < 1.5


def test_metadata_of_the_originals_never_reaches_a_dataset(
    project: Atelier, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[2] = (17.0, 3.0, 42.0)
    for i in range(3):
        file = io.BytesIO()
        Image.fromarray(cloth(np.random.default_rng(i), 40, 40)).save(
            file, "JPEG", exif=exif, comment=b"SecretPlace"
        )
        (folder / f"{i}.jpg").write_bytes(file.getvalue())
    add(project, folder)
    run = prepare(project, "d", size=32).run
    for file in [*run.folder.rglob("*"), project.root / "latelier.db"]:
        assert b"Secret" not in (file.read_bytes() if file.is_file() else b"")


def test_an_empty_project_says_to_add(project: Atelier) -> None:
    with pytest.raises(TooFew, match="latelier add"):
        prepare(project, "d")


def test_when_nothing_is_left_nothing_is_left_behind(project: Atelier, tmp_path: Path) -> None:
    (tmp_path / "dot.png").write_bytes(images.png_bytes(np.zeros((1, 1, 3), np.uint8)))
    add(project, tmp_path / "dot.png")
    with pytest.raises(
        TooFew, match=r"None of the 1 pictures could be used; sources/dot\.png: 1 x 1"
    ):
        prepare(project, "d")
    assert not list((project.root / "runs").iterdir())
    assert project.runs.all() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": 16},
        {"size": 1025},
        {"size": "64x"},
        {"size": "32x2000"},
        {"fit": "squeeze"},
        {"share": 2},
        {"share": float("nan")},
        {"tile": -1},
        {"threshold": 255, "ink": True},
        {"centre": "eye", "ink": True},
        {"ink": True, "fit": "tiles"},
        {"ground": "white"},
        {"set": "nobody's"},
    ],
)
def test_settings_that_are_off_are_refused_before_anything_is_made(
    project: Atelier, photos: Path, wrong: dict
) -> None:
    add(project, photos)
    with pytest.raises(UsageError):
        prepare(project, "d", **wrong)
    with pytest.raises(UsageError, match="cannot be called"):
        prepare(project, "../d")
    assert not list((project.root / "runs").iterdir())


def test_a_dataset_that_is_not_there_names_those_that_are(project: Atelier, photos: Path) -> None:
    add(project, photos)
    prepare(project, "huipils")
    with pytest.raises(UnknownName, match=r"there are: huipils\. Did you mean 'huipils'"):
        find_dataset(project, "huipil")


def test_a_full_disk_is_said_and_nothing_stays(
    small_disk: Path, tmp_path: Path, photos: Path
) -> None:
    project = new_project(small_disk / "project")
    add(project, photos, link=True)
    with pytest.raises(LatelierError, match=r"no space left|disk is full"):
        prepare(project, "d", size=256)
    assert not [f for f in (project.root / "runs").rglob("*") if f.is_file()]
    project.close()


def test_the_command_says_what_was_made_and_what_is_missing(
    latelier, project, photos: Path
) -> None:
    few = photos / "más"
    (few / "dot.png").write_bytes(images.png_bytes(np.zeros((1, 1, 3), np.uint8)))
    add(project, few)
    said: Said = latelier("-C", project.root, "prepare", "h64", "--size", "96x64", "--fit", "crop")
    assert said.code == 0
    assert "Made the dataset h64: 12 pictures of 96x64 pixels, 2 of them held out" in said.out
    assert "sources/dot.png: 1 x 1 pixels are too few" in said.out
    assert "Training needs 16" in said.out
    assert said.out.rstrip().endswith("Next: latelier train h64")
    told = latelier("-C", project.root, "prepare", "h64", "--json").json
    assert (told["dataset"], told["images"], told["size"], told["held_out"]) == ("h64", 12, 64, 2)
    assert latelier("-C", project.root, "prepare", "x", "--size", "5").code == 2
    assert latelier("-C", project.root, "prepare", "x", "--set", "rejected").code == 1
