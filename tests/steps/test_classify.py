"""Learning labels in a project: what is learnt, what is left out, and what is said when it cannot be."""

import csv
from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np
import pytest

from drawn import cloth, ink_form
from entered import enter
from latelier.classify.figures import figures, verdict
from latelier.classify.more import Curve
from latelier.errors import TooFew, UnknownName, UsageError
from latelier.features._contract import Measure
from latelier.progress import Progress, silent
from latelier.project import Image, NewImage, Project
from latelier.steps import _lesson
from latelier.steps import classify as step
from latelier.steps._classify_words import _more
from latelier.steps._measured import Numbers
from latelier.steps.open_project import Atelier
from latelier.steps.replay import replay


@pytest.fixture
def numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are measured by their names: ``a-7.png`` lies about 0, ``b-7.png`` about 3."""

    def measured(
        project: Project,
        images: Sequence[Image],
        names: Sequence[str] | None = None,
        *,
        taught_on: Sequence[Image] | None = None,
        on_progress: Progress = silent,
    ) -> Numbers:
        rng = np.random.default_rng(len(images))
        table = rng.normal(0, 1, (len(images), 4))
        table += 3.0 * np.array([["abcdefg".index(i.name[0])] for i in images]).reshape(-1, 1)
        measures = [Measure(f"n{j}", "1", -99, 99, "A number.") for j in range(4)]
        return Numbers(list(images), table, [f"drawn.n{j}" for j in range(4)], measures, {})

    monkeypatch.setattr(step, "measured", measured)
    monkeypatch.setattr(_lesson, "measured", measured)
    monkeypatch.setattr(_lesson, "usual_families", lambda project, images, on_progress: ["colour"])


def named(project: Atelier, counts: dict[str, int], label: bool = True) -> list[Image]:
    """Images without files' worth of drawing: names, and labels after their first letter."""
    dot = np.zeros((2, 2, 3), np.uint8)
    pictures = {}
    for letter, count in counts.items():
        for i in range(count):
            pixels = dot.copy()
            pixels[0, 0] = [ord(letter), i % 256, i // 256]
            pictures[f"{letter}-{i}.png"] = pixels
    images = enter(project, pictures)
    for letter in counts if label else ():
        project.label("family", [i.path for i in images if i.name[0] == letter], name=letter)
    return images


def test_real_pictures_are_told_and_the_run_is_done_again_to_the_bit(project: Atelier) -> None:
    rng = np.random.default_rng(3)
    enter(project, {f"cloth {i}.png": cloth(rng, 40, 40) for i in range(12)})
    enter(project, {f"ink {i}.png": ink_form(rng, 40) for i in range(12)})
    for kind in ("cloth", "ink"):
        chosen = [i.path for i in project.images.where() if i.name.startswith(kind)]
        project.label("kind", chosen[:10], name=kind)
    done = project.classify("kind", features=["colour", "edges"], head="lda")
    assert done.learnt["accuracy"] > 0.9
    assert done.verdict.startswith("Better than chance at kind")
    assert set(done.others) == {f"sources/{k} {i}.png" for k in ("cloth", "ink") for i in (10, 11)}
    assert all(path.split("/")[1].startswith(g.said) for path, g in done.others.items())
    folder = project.runs.folder / done.run
    with (folder / "said.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 24
    assert sum(row["label"] == "" for row in rows) == 4
    assert done.verdict in (folder / "report.md").read_text(encoding="utf-8")
    assert (folder / "plate.png").stat().st_size > 5000
    project.label("kind", ["cloth 3.png"], name="ink")  # the replay learns what was learnt then
    assert replay(project, done.run).differs == []


def test_what_json_gives_is_all_there(project: Atelier, numbered: None) -> None:
    named(project, {"a": 15, "b": 15})
    said = project.classify("family", head="lda", random=True).to_json()
    assert {"criterion", "accuracy", "interval", "baseline", "verdict"} <= set(said)
    assert said["interval"][0] <= said["accuracy"] <= said["interval"][1]
    assert said["baseline"] == 0.5
    assert said["random"]["accuracy"] > 0.5
    assert said["sets"]["calibrated_on"] == 30
    assert any("Split at random" in sentence for sentence in said["sentences"])
    assert any("Copies were not looked for" in sentence for sentence in said["sentences"])


@pytest.mark.parametrize(
    ("counts", "says"),
    [
        ({"a": 20}, "only 'a' has 3 pictures"),
        ({"a": 2, "b": 2}, "no label has 3 pictures"),
        ({"a": 1, "b": 500}, "only 'b' has 3 pictures or more"),
    ],
)
def test_one_label_only_is_refused_with_its_counts(
    project: Atelier, numbered: None, counts: dict[str, int], says: str
) -> None:
    named(project, counts)
    with pytest.raises(TooFew, match=says):
        project.classify("family")
    assert project.runs.all() == []


def test_three_pictures_a_label_are_learnt_and_said_to_say_little(
    project: Atelier, numbered: None
) -> None:
    named(project, {"a": 3, "b": 3})
    done = project.classify("family")
    assert np.ptp(done.learnt["interval"]) > 0.25
    assert done.learnt["sets"] is None
    assert any("No promise of 90% is made" in sentence for sentence in done.sentences)
    assert any("(a 3, b 3): label some 10 of each" in sentence for sentence in done.sentences)


def test_a_label_of_one_picture_is_left_out_and_named(project: Atelier, numbered: None) -> None:
    named(project, {"a": 1, "b": 60, "c": 12})
    done = project.classify("family", head="lda")
    assert done.learnt["classes"] == ["b", "c"]
    assert "'a' was left out: 1 picture; it needs 3 that stand for themselves." in done.sentences
    assert "sources/a-0.png" in done.others


def test_a_rare_label_that_is_told_less_often_is_not_lost_in_the_whole() -> None:
    y = np.array([0] * 500 + [1] * 12)
    said = y.copy()
    said[-2:] = 0
    found = figures(["wax", "batik"], y, said, np.arange(512), 0)
    assert "right on 99% of 512 pictures" in verdict(found, 512, "what"), "100 % is for all"
    assert "right on all of 512 pictures" in verdict(
        figures(["wax", "batik"], y, y, np.arange(512), 0), 512, "what"
    )
    curve = Curve([100, 400], [1.0, 0.996], None, 0.0)
    told = _more(SimpleNamespace(classes=["wax", "batik"], figures=found, curve=curve))
    assert told.startswith("More labels are not needed")
    assert told.endswith("Of batik (83%) they may help all the same.")


def test_pictures_that_are_gone_hidden_or_unsure_are_left_out_and_counted(
    project: Atelier, numbered: None
) -> None:
    images = named(project, {"a": 10, "b": 10})
    project.images.file(images[0]).unlink()
    project.journal.decide("hide", "hidden", "hidden", {images[1].id: "1"})
    project.label("family", [images[2].path], name="a", unsure=True)
    done = project.classify("family", head="lda", set_name="label:family")
    assert len(done.labelled) == 17
    assert any(
        s == "2 labels of pictures that are hidden or gone: left out." for s in done.sentences
    )
    assert "1 unsure label was not learnt from." in done.sentences
    assert images[2].path in done.others
    project.label("solo", [i.path for i in images[:6]], name="same")
    with pytest.raises(
        TooFew, match=r"only 'same'.*\(same 4\).* 2 labels of pictures that are hid"
    ):
        project.classify("solo")


def test_pictures_all_alike_are_said_to_be(project: Atelier) -> None:
    grey = np.full((6, 6, 3), 128, np.uint8)
    pictures = {f"{x}-{i}.png": grey for x in "ab" for i in range(4)}
    images = enter(project, pictures)
    for i in images:  # files of the same bytes are copies; these pretend not to be
        project.store.db.execute(
            "UPDATE images SET sha256 = ? WHERE id = ?", (f"{i.id:064x}", i.id)
        )
    for x in "ab":
        project.label("family", [i.path for i in images if i.name[0] == x], name=x)
    with pytest.raises(TooFew, match="alike in every number"):
        project.classify("family", features=["colour"])
    assert project.runs.all() == []


def test_copies_and_pages_stay_together_and_too_few_pages_are_said(
    project: Atelier, numbered: None
) -> None:
    page = named(project, {"g": 1}, label=False)[0]
    images = named(project, {"a": 6, "b": 6}, label=False)
    project.store.db.execute(
        "UPDATE images SET role = 'drawing', parent = ? WHERE id <> ?", (page.id, page.id)
    )
    for x in "ab":
        project.label("family", [i.path for i in images if i.name[0] == x], name=x)
    done = project.classify("family", head="lda")
    assert any("come from 1 page only" in sentence for sentence in done.sentences)
    of = _lesson.together(project.images.where("role = 'drawing'"), None)
    assert len(set(of)) == 1
    same = enter(project, {"c-1.png": np.zeros((3, 3, 3), np.uint8)})
    same += project.images.add([NewImage("sources/c-2.png", "source", same[0].sha256, 9, 3, 3)])
    assert len(set(_lesson.together(same, None))) == 1


@pytest.mark.parametrize(
    ("words", "error", "says"),
    [
        ({"criterion": "famly"}, UnknownName, "Did you mean 'family'"),
        ({"head": "lds"}, UnknownName, "Did you mean 'lda'"),
        ({"features": ["colr"]}, UnknownName, "Did you mean 'colour'"),
        ({"promise": 1.0}, UsageError, "A promise of 1 cannot be made"),
        ({"score": "x"}, UnknownName, "conformal score"),
        ({"calibrate": "x"}, UnknownName, "temperature"),
        ({"set_name": "nothing"}, UnknownName, "No set is called"),
    ],
)
def test_wrong_words_are_answered_before_anything_is_measured(
    project: Atelier, numbered: None, words: dict, error: type[Exception], says: str
) -> None:
    named(project, {"a": 4, "b": 4})
    with pytest.raises(error, match=says):
        project.classify(**{"criterion": "family", **words})
    assert project.runs.all() == []


def test_nothing_labelled_says_how_to_begin(latelier) -> None:
    latelier("new", "p")
    said = latelier("-C", "p", "classify", "family")
    assert said.code == 1
    assert "latelier label family IMAGE... --as NAME" in said.err
    assert "Traceback" not in said.err
