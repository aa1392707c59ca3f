"""Why an image is said to be what it is, from the command to the plate."""

import numpy as np
import pytest

from drawn import cloth, ink_form
from entered import enter
from latelier.errors import PictureError, UnknownName, UsageError
from latelier.steps._explain_words import ROOT, Reason, sure
from latelier.steps.open_project import Atelier
from latelier.steps.replay import replay


@pytest.fixture
def read(project: Atelier) -> Atelier:
    """Cloths and ink forms, told apart by colour and edges."""
    rng = np.random.default_rng(3)
    enter(project, {f"cloth {i}.png": cloth(rng, 40, 40) for i in range(9)})
    enter(project, {f"ink {i}.png": ink_form(rng, 40) for i in range(9)})
    for kind in ("cloth", "ink"):
        chosen = [i.path for i in project.images.where() if i.name.startswith(kind)]
        project.label("kind", chosen[:8], name=kind)
    project.classify("kind", features=["colour"], head="lda")
    return project


def test_reasons_add_up_and_name_what_is_alike(read: Atelier) -> None:
    done = read.explain("ink 8.png", heat="none")
    assert (done.said, done.instead, done.given) == ("ink", "cloth", "")
    assert done.exact
    assert len(done.alike) == 3
    assert {label for _, label, _ in done.alike} == {"ink"}
    assert done.reasons[0].share == max(abs(r.share) for r in done.reasons)
    assert sum(r.share for r in done.reasons) == pytest.approx(
        sum(done.families.values()), abs=1e-3
    )
    assert done.sentences[0].startswith("'ink' (")
    assert any(s.startswith("For it: ") for s in done.sentences)
    assert "cloth" in done.change
    folder = read.runs.folder / done.run
    assert (folder / "explanation.png").stat().st_size > 5000
    assert done.sentences[0] in (folder / "explanation.md").read_text(encoding="utf-8")


def test_a_labelled_picture_is_explained_by_the_head_that_had_not_seen_it(read: Atelier) -> None:
    done = read.explain("cloth 2.png", "kind")
    assert done.given == "cloth"
    assert done.image not in [path for path, _, _ in done.alike]
    assert "the head had not" in done.sentences[0]
    assert done.faith is not None
    assert -1 <= done.faith.score <= 1
    assert done.faith.words in done.sentences
    assert replay(read, done.run).differs == []


def test_a_head_that_adds_nothing_up_gives_reasons_with_errors(read: Atelier) -> None:
    read.classify("kind", features=["colour"], head="svm")
    done = read.explain("ink 8.png", heat="none")
    assert not done.exact
    assert max(r.error for r in done.reasons) > 0
    assert done.said == "ink"


def test_what_cannot_be_explained_is_said(read: Atelier, project: Atelier, latelier) -> None:
    with pytest.raises(UnknownName, match="criterion that was read"):
        read.explain("ink 8.png", "knd")
    with pytest.raises(UnknownName, match="No map is called 'warmth'"):
        read.explain("ink 8.png", heat="warmth")
    with pytest.raises(UsageError, match="No image here"):
        read.explain("nobody.png")
    measure = read.features("all", names=["colour"])
    with pytest.raises(UsageError, match="read no labels"):
        read.explain("ink 8.png", run=measure.run)
    latelier("new", "empty")
    said = latelier("-C", "empty", "explain", "1")
    assert said.code == 2
    assert "Traceback" not in said.err


def test_a_picture_whose_file_is_gone_is_told_so(read: Atelier) -> None:
    read.images.file(read.images.find("ink 8.png")).unlink()
    for ask in (lambda: read.explain("ink 8.png", heat="none"), lambda: read.features("all")):
        with pytest.raises(PictureError, match=r"^\S+/ink 8.png has no file any more; put it back"):
            ask()


def test_nothing_read_yet_says_how_to_begin(project: Atelier) -> None:
    enter(project, {"a.png": np.zeros((4, 4, 3), np.uint8)})
    with pytest.raises(UsageError, match="latelier classify CRITERION"):
        project.explain("a.png")


def test_nothing_is_said_to_be_certain_and_all_are_called_all() -> None:
    assert (sure(0.424), sure(0.9961)) == ("42%", "above 99%")
    most, least = (Reason("x", 0.1, 0.0, 1.0, "1", rank, "How light.") for rank in (1.0, 0.0))
    assert most.compared == "more than all of your labelled pictures"
    assert least.compared == "less than all of your labelled pictures"


def test_shares_that_were_learnt_from_by_their_roots_are_told_as_shares() -> None:
    reason = Reason("palette.dark", 1.0, 0.0, 0.182, ROOT, 0.9, "Square root of the share of dark.")
    assert reason.words.startswith("The share of dark: 3.3%, more than 90%")
