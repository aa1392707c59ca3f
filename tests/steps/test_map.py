"""A project's map: each place with the image that has it, as table, drawing and page."""

import csv
import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from drawn import cloth
from entered import enter
from latelier import images
from latelier.errors import MissingExtra, TooFew, UnknownName, UsageError
from latelier.project import Image
from latelier.steps.map import map as lay
from latelier.steps.open_project import Atelier
from latelier.steps.replay import replay


@pytest.fixture
def twelve(project: Atelier) -> list[Image]:
    """Twelve cloths whose names do not follow their order."""
    rng = np.random.default_rng(4)
    names = [f"{(i * 5) % 12:02d}.png" for i in range(12)]
    return enter(project, {name: cloth(rng, 20, 20) for name in names})


def records(page: Path) -> list[dict]:
    found = re.search(
        r'<script type="application/json" id="data">(.*?)</script>',
        page.read_text(encoding="utf-8"),
        re.S,
    )
    assert found
    return json.loads(found[1])["points"]


def test_places_are_the_components_of_the_image_they_stand_beside(
    project: Atelier, twelve: list[Image]
) -> None:
    done = lay(project, dims=3)
    flat = np.stack([images.read(project.images.file(i)).reshape(-1) for i in twelve])
    exact = PCA(3, svd_solver="full").fit(scaled := StandardScaler().fit_transform(flat))
    scores = exact.transform(scaled)
    for at, image in enumerate(twelve):
        np.testing.assert_allclose(np.abs(done.points[image.path]), np.abs(scores[at]), atol=1e-8)
    assert done.shares == pytest.approx(exact.explained_variance_ratio_)
    share = f"{100 * exact.explained_variance_ratio_.sum():.0f} %"
    assert done.notes[0].startswith(f"This map shows {share} of all differences. Of the 10")


def test_table_page_and_result_agree_image_by_image(project: Atelier, twelve: list[Image]) -> None:
    done = lay(project)
    folder = project.runs.folder / done.run
    with (folder / "map.csv").open(encoding="utf-8", newline="") as file:
        table = {r["image"]: [float(r["x"]), float(r["y"])] for r in csv.DictReader(file)}
    assert table == done.points
    for record in records(done.page):
        assert done.points[record["name"]] == pytest.approx([record["x"], record["y"]], abs=1e-5)
    outputs = project.runs.find(done.run).result["outputs"]
    assert set(outputs) == {"map.csv", "map.html", "map.png", "map.svg"}


def test_images_wear_the_group_that_was_decided(project: Atelier, twelve: list[Image]) -> None:
    named = {i.id: "rojo" for i in twelve[:3]} | {i.id: "azul" for i in twelve[3:6]}
    project.journal.decide("groups", "by hand", "group", named)
    worn = {r["name"]: r.get("group") for r in records(lay(project).page)}
    assert worn == {i.path: named.get(i.id) for i in twelve}


def test_replaying_gives_the_same_files_though_groups_have_changed(
    project: Atelier, twelve: list[Image]
) -> None:
    first = lay(project)
    project.journal.decide("groups", "by hand", "group", {i.id: "1" for i in twelve})
    assert replay(project, first.run).differs == []


def test_neighbour_maps_say_that_distances_mean_nothing(
    project: Atelier, twelve: list[Image]
) -> None:
    done = lay(project, method="tsne", features="palette")
    assert "how far apart heaps lie, or how large, means nothing" in done.notes[0]
    assert done.shares == []
    assert 0 < done.kept <= 1


def test_what_cannot_be_mapped_is_said_before_a_run_begins(
    project: Atelier, twelve: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "umap", None)
    project.sets.make("two", twelve[:2])
    for error, settings in (
        (UnknownName, {"method": "mds"}),
        (UsageError, {"dims": 4}),
        (TooFew, {"set_name": "two"}),
        (MissingExtra, {"method": "umap"}),
        (UnknownName, {"features": "smell"}),
    ):
        with pytest.raises(error):
            lay(project, **settings)
    assert project.runs.all() == []


def test_equal_images_have_no_map(project: Atelier) -> None:
    same = cloth(np.random.default_rng(0), 9, 9)
    enter(project, {f"{i}.png": same for i in range(4)})
    with pytest.raises(TooFew, match="equal to the last pixel"):
        lay(project)


def test_the_command_tells_where_the_page_is(latelier, project: Atelier, twelve) -> None:
    said = latelier("-C", project.root, "map", "--dims", "3", "--json")
    assert said.code == 0, said.err
    assert (project.root / said.json["page"]).is_file()
    assert set(said.json["points"]) == {i.path for i in twelve}
    said = latelier("-C", project.root, "map", "--method", "mds")
    assert said.code == 2
    assert "there are: pca, tsne, umap" in said.err
