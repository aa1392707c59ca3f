"""Groups of a project's images: the right label on each, honest words, decided in one entry."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.preprocessing import StandardScaler

from drawn import cloth
from entered import enter
from latelier import images
from latelier.cluster import clearness
from latelier.errors import TooFew, UnknownName, UsageError
from latelier.features import pixels
from latelier.project import Image
from latelier.steps import _gather
from latelier.steps import groups as step
from latelier.steps._gather import gather
from latelier.steps.groups import groups
from latelier.steps.open_project import Atelier
from latelier.steps.replay import replay
from latelier.steps.undo import undo

KINDS, EACH = 4, 5


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """No figures and few comparisons, where a test is not about them; they cost two seconds."""
    monkeypatch.setattr(step, "group_figures", lambda *_, **__: [])
    monkeypatch.setattr(clearness, "DRAWS", 3)


@pytest.fixture
def four_kinds(project: Atelier) -> list[Image]:
    """Twenty noisy copies of four cloths, a kind apart by four; named so that order misleads."""
    rng = np.random.default_rng(0)
    kinds = [cloth(rng, 24, 24).astype(float) for _ in range(KINDS)]
    pictures = {
        f"{(i * 7) % 20:02d} of kind {i % KINDS}.png": np.clip(
            kinds[i % KINDS] + rng.normal(0, 9, (24, 24, 3)), 0, 255
        ).astype(np.uint8)
        for i in range(KINDS * EACH)
    }
    return enter(project, pictures)


def kinds_by_label(labels: dict[str, int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for path, label in labels.items():
        found.setdefault(label, set()).add(path[-5])
    return found


@pytest.mark.usefixtures("plain")
def test_planted_kinds_are_found_and_said_to_be_clear(project: Atelier, four_kinds) -> None:
    done = groups(project)
    assert done.k == KINDS
    assert not done.chosen
    assert all(len(kinds) == 1 for kinds in kinds_by_label(done.labels).values())
    assert done.sizes == [EACH] * KINDS
    assert done.clearness.word in ("clear", "very clear")
    assert done.clearness.sentences[0].endswith("the pictures themselves fall into 4.")
    assert sorted(done.silhouettes) == list(range(2, 20))


@pytest.mark.usefixtures("plain")
def test_labels_are_those_of_scikit_learn_on_the_flattened_files(
    project: Atelier, four_kinds
) -> None:
    done = groups(project, k=7)
    flat = np.stack([images.read(project.images.file(i)).reshape(-1) for i in four_kinds])
    scaled = StandardScaler().fit_transform(flat)
    theirs = KMeans(7, n_init=10, random_state=42).fit_predict(scaled)
    assert list(done.labels.items()) == [
        (i.path, int(label)) for i, label in zip(four_kinds, theirs, strict=True)
    ]


@pytest.mark.usefixtures("plain")
def test_the_decision_is_one_entry_and_can_be_undone(project: Atelier, four_kinds) -> None:
    first = groups(project, k=2)
    assert {i.path for i in project.sets.images("group:1")} == {
        p for p, label in first.labels.items() if label == 1
    }
    second = groups(project, k=5)
    assert len(project.journal.entries()) == 2
    held = {i.path: project.journal.values("group")[i.id] for i in project.sets.images("all")}
    assert held == {p: str(label) for p, label in second.labels.items()}
    undo(project)
    assert set(project.journal.values("group").values()) == {"0", "1"}
    undo(project)
    assert project.journal.values("group") == {}


@pytest.mark.usefixtures("plain")
def test_grouping_a_part_takes_the_old_groups_off_the_rest_and_says_so(
    project: Atelier, four_kinds
) -> None:
    groups(project, k=3)
    project.sets.make("half", four_kinds[:10])
    done = groups(project, "half", k=2)
    assert done.cleared == 10
    assert len(project.journal.values("group")) == 10
    undo(project)
    assert len(project.journal.values("group")) == 20


@pytest.mark.usefixtures("plain")
def test_only_looking_decides_nothing(project: Atelier, four_kinds) -> None:
    done = groups(project, k=2, decide=False)
    assert (project.runs.folder / done.run / "groups.csv").is_file()
    assert project.journal.entries() == []


@pytest.mark.usefixtures("plain")
def test_the_run_says_everything_and_the_table_pairs_by_image(project: Atelier, four_kinds) -> None:
    done = groups(project, k=4)
    run = project.runs.find(done.run)
    with (run.folder / "groups.csv").open(encoding="utf-8", newline="") as file:
        rows = [(r["image"], int(r["label"])) for r in csv.DictReader(file)]
    assert rows == list(done.labels.items())
    result = run.result
    assert json.loads(json.dumps(done.to_json())) == {k: result[k] for k in done.to_json()}
    assert set(run.recipe["inputs"]) == {i.path for i in four_kinds}


def test_replaying_gives_the_same_files_and_leaves_later_decisions_alone(
    project: Atelier, four_kinds
) -> None:
    first = groups(project, k=4)
    project.journal.decide("groups", "by hand", "group", {i.id: "mine" for i in four_kinds})
    before = project.journal.values("group")
    again = replay(project, first.run)
    assert again.differs == []
    assert again.same > 0
    assert project.journal.values("group") == before


@pytest.mark.usefixtures("plain")
def test_pictures_of_several_sizes_are_fitted_whole_and_it_is_said(project: Atelier) -> None:
    rng = np.random.default_rng(2)
    enter(project, {f"{i}.png": cloth(rng, 40 + 10 * (i % 2), 60) for i in range(6)})
    done = groups(project, k=2)
    assert "Each picture was compared at" in done.notes[0]
    assert "different sizes" in done.notes[0]


@pytest.mark.usefixtures("plain")
def test_the_palette_groups_by_colour_where_pixels_do_not(project: Atelier) -> None:
    y, x = np.mgrid[:32, :32]
    pictures = {}
    for i in range(12):  # red or blue dots on white, at a new place each time
        colour = [(200, 30, 30), (30, 60, 200)][i % 2]
        spot = ((x - 4 - (5 * i) % 24) ** 2 + (y - 4 - (7 * i) % 24) ** 2) < 20
        pixels = np.full((32, 32, 3), 250, np.uint8)
        pixels[spot] = colour
        pictures[f"{i}.png"] = pixels
    enter(project, pictures)

    def apart(feature: str) -> bool:
        labels = list(groups(project, k=2, features=feature).labels.values())
        return labels == [labels[0], labels[1]] * 6 and labels[0] != labels[1]

    assert apart("palette")
    assert not apart("pixels")


@pytest.mark.usefixtures("plain")
def test_a_table_on_disk_gives_the_same_groups(
    project: Atelier, four_kinds, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = groups(project, k=5)
    monkeypatch.setattr(_gather, "IN_MEMORY", 1000)
    second = groups(project, k=5)
    assert isinstance(gather(project, four_kinds, pixels).table, np.memmap)
    assert first.labels == second.labels
    assert first.silhouettes == second.silhouettes
    assert not list(project.root.glob(".*")), "the table has left a file"


@pytest.mark.usefixtures("plain")
def test_very_many_pictures_are_compared_small_and_it_is_said(
    project: Atelier, four_kinds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_gather, "EXACT", 12)
    monkeypatch.setattr("latelier.steps.groups.EXACT", 12)
    monkeypatch.setattr(_gather, "MANY_SIDE", 6)
    monkeypatch.setattr("latelier.steps.groups.COMPONENTS", 8)
    done = groups(project)
    assert done.k == KINDS
    assert "compared at 6 x 6 pixels, because more than 12 pictures" in done.notes[0]
    assert "first 8 principal components, which hold" in done.notes[1]


@pytest.mark.usefixtures("plain")
def test_two_images_are_too_few(project: Atelier) -> None:
    enter(
        project,
        {"a.png": cloth(np.random.default_rng(0), 8, 8), "b.png": np.zeros((8, 8, 3), np.uint8)},
    )
    with pytest.raises(TooFew, match=r"2 images in 'all'; grouping needs 3\."):
        groups(project)
    assert project.runs.all() == []


@pytest.mark.usefixtures("plain")
def test_equal_images_cannot_be_grouped(project: Atelier) -> None:
    same = cloth(np.random.default_rng(0), 8, 8)
    enter(project, {f"{i}.png": same for i in range(5)})
    with pytest.raises(TooFew, match="equal to the last pixel"):
        groups(project)
    assert project.runs.all() == []


@pytest.mark.usefixtures("plain")
def test_copies_do_not_count_as_different_images(project: Atelier) -> None:
    rng = np.random.default_rng(0)
    three = [cloth(rng, 8, 8) for _ in range(3)]
    enter(project, {f"{i}.png": three[i % 3] for i in range(9)})
    with pytest.raises(TooFew, match=r"3 different images in 'all' cannot make 4 groups; take 3"):
        groups(project, k=4)
    done = groups(project)
    assert done.k == 3
    assert done.silhouettes[3] == 1
    labels = list(done.labels.values())
    assert labels == labels[:3] * 3


@pytest.mark.usefixtures("plain")
def test_more_groups_than_images_is_refused(project: Atelier, four_kinds) -> None:
    with pytest.raises(TooFew, match=r"20 images in 'all' cannot make 20 groups; take 19 or fewer"):
        groups(project, k=20)


@pytest.mark.parametrize("k", [1, 0, -3, "many", "2.5", ""])
@pytest.mark.usefixtures("plain")
def test_a_number_of_groups_that_is_none_is_refused(project: Atelier, four_kinds, k) -> None:
    with pytest.raises(UsageError, match="take a number from 2, or auto"):
        groups(project, k=k)


@pytest.mark.usefixtures("plain")
def test_an_unknown_feature_or_set_is_named_with_the_nearest(project: Atelier, four_kinds) -> None:
    with pytest.raises(UnknownName, match="Did you mean 'pixels'"):
        groups(project, features="pixel")
    with pytest.raises(UnknownName, match="No set is called 'al'"):
        groups(project, "al")


def test_the_command_speaks_plainly_and_as_json(latelier, project: Atelier, four_kinds) -> None:
    said = latelier("-C", project.root, "groups", "all", "--k", "7")
    assert said.code == 0, said.err
    assert "20 images in 7 groups" in said.out
    assert "How clear are the groups: " in said.out
    assert "Next: latelier sort all --to out/groups" in said.out
    said = latelier("-C", project.root, "groups", "--json")
    assert said.json["k"] == 4
    assert set(said.json["labels"]) == {i.path for i in four_kinds}
    assert set(said.json["silhouettes"]) == {str(k) for k in range(2, 20)}
    assert said.json["components_70"] >= 1


def test_the_command_refuses_in_one_sentence(latelier, project: Atelier, four_kinds) -> None:
    said = latelier("-C", project.root, "groups", "all", "--k", "99")
    assert said.code == 1
    assert "Traceback" not in said.err
    assert len(said.err.strip().splitlines()) == 1
    assert not any((project.root / "runs").iterdir())


def test_real_huipils_give_a_flat_curve_and_the_words_for_it(
    project: Atelier, shared_data: Path
) -> None:
    files = sorted((shared_data / "latent-fabrics" / "generated-256").glob("*.png"))
    enter(project, {f.name: images.read(f) for f in files})
    done = groups(project, k=7)
    assert len(done.labels) == 84
    assert round(done.silhouettes[2], 2) == 0.14
    assert done.silhouettes[19] < 0.06
    assert done.clearness.sentences[0] == (
        "How clear are the groups: 0.07, weak; 7 is your choice, not the data's."
    )


def test_the_figures_are_there_named_and_belong_to_the_groups(
    project: Atelier, four_kinds: list[Image]
) -> None:
    done = groups(project, k=4)
    folder = project.runs.folder / done.run
    stems = ("silhouettes", "elbow", "variance", "map", "map-3d", "means", "components")
    expected = {f"{s}.{e}" for s in stems for e in ("png", "svg")}
    assert set(done.figures) == expected | {f"means/{label}.png" for label in range(4)}
    assert set(project.runs.find(done.run).result["outputs"]) == {*done.figures, "groups.csv"}
    for label in range(4):
        mine = [i for i in four_kinds if done.labels[i.path] == label]
        mean = np.mean([images.read(project.images.file(i)) for i in mine], axis=0)
        shown = images.read(folder / f"means/{label}.png")
        assert np.abs(shown - mean).max() <= 0.5
