"""Measuring a set: each row its own image's numbers, each column explained."""

import csv
import importlib.util

import numpy as np
import pytest
from pyarrow import parquet

from drawn import cloth
from entered import enter
from latelier import images, registry
from latelier.errors import MissingExtra, TooFew, UnknownName
from latelier.project import Image
from latelier.steps.features import features
from latelier.steps.open_project import Atelier
from latelier.steps.replay import replay


@pytest.fixture
def five(project: Atelier) -> list[Image]:
    rng = np.random.default_rng(4)
    return enter(project, {f"{(i * 3) % 5}.png": cloth(rng, 30, 30 + i) for i in range(5)})


def table(project: Atelier, run: str, name: str) -> list[dict[str, str]]:
    with (project.runs.folder / run / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_each_row_holds_the_numbers_of_its_own_image(project: Atelier, five: list[Image]) -> None:
    done = features(project, names=["texture", "colour"])
    rows = table(project, done.run, "features.csv")
    assert [row["image"] for row in rows] == [i.path for i in five]
    for row, image in zip(rows, five, strict=True):
        pixels = images.read(project.images.file(image))
        for family in ("texture", "colour"):
            plugin = registry.load("features", family)
            for measure, value in zip(plugin.MEASURES, plugin.describe(pixels), strict=True):
                assert float(row[f"{family}.{measure.name}"]) == pytest.approx(value, rel=1e-8)


def test_every_column_has_its_unit_range_and_sentence(project: Atelier, five: list[Image]) -> None:
    done = features(project)
    said = {row["column"]: row for row in table(project, done.run, "measures.csv")}
    assert list(said) == done.columns
    assert "pixels" not in done.features
    for row in said.values():
        assert row["unit"]
        assert float(row["low"]) < float(row["high"])
        assert row["says"].endswith(".")


def test_measuring_again_gives_the_same_file(project: Atelier, five: list[Image]) -> None:
    assert replay(project, features(project, names=["colour"]).run).differs == []


def test_unknown_families_and_empty_sets_are_refused(project: Atelier, five: list[Image]) -> None:
    with pytest.raises(UnknownName, match="Did you mean 'texture'"):
        features(project, names=["textures"])
    with pytest.raises(UnknownName, match="No family of features is called 'pixels'"):
        features(project, names=["pixels"])
    with pytest.raises(TooFew, match="no images in 'kept'"):
        features(project, "kept")
    assert project.runs.all() == []


def test_the_command_names_the_tables(latelier, project: Atelier, five: list[Image]) -> None:
    said = latelier("-C", project.root, "features", "--names", "colour, palette")
    assert said.code == 0, said.err
    assert "64 numbers (colour, palette) of 5 images: runs/0001-features-colour-palette" in said.out


def test_a_file_is_measured_once_and_again_only_when_the_cache_is_gone(
    project: Atelier, five: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = features(project, names=["colour"])
    plugin = registry.load("features", "colour")
    monkeypatch.setattr(plugin, "describe", lambda pixels: np.zeros(len(plugin.MEASURES)))
    assert features(project, names=["colour"]).values == first.values
    (kept,) = (project.root / "cache" / "features").iterdir()
    kept.write_bytes(b"not what it was")
    assert set(features(project, names=["colour"]).values[five[0].path]) == {0.0}


def test_parquet_holds_the_same_table_and_what_each_column_means(
    project: Atelier, five: list[Image]
) -> None:
    done = features(project, names=["colour"], parquet=True)
    held = parquet.read_table(project.runs.folder / done.run / "features.parquet")
    assert held.column_names == ["image", *done.columns]
    assert held.column("image").to_pylist() == list(done.values)
    for column, values in zip(done.columns, zip(*done.values.values(), strict=True), strict=True):
        assert held.column(column).to_pylist() == list(values)
    mean = held.schema.field("colour.lightness_mean").metadata
    assert mean == {
        b"unit": b"L*",
        b"low": b"0",
        b"high": b"100",
        b"says": b"How light the picture is on the whole.",
    }
    assert replay(project, done.run).differs == []


def test_parquet_without_its_package_is_refused_before_anything_is_measured(
    project: Atelier, five: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match="pip install pyarrow"):
        features(project, names=["colour"], parquet=True)
    assert not project.runs.all()
