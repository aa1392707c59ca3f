"""What to label next, on a numbered sheet, answered by keyboard."""

import subprocess
import sys

import numpy as np
import pytest

from conftest import environment
from drawn import cloth
from entered import enter
from latelier.errors import TooFew
from latelier.images import read
from latelier.steps.open_project import Atelier


@pytest.fixture
def eight(project: Atelier) -> Atelier:
    rng = np.random.default_rng(0)
    enter(project, {f"{i}.png": cloth(rng, 20, 30) for i in range(8)})
    return project


def test_unlabelled_pictures_come_and_labelled_ones_do_not(eight: Atelier) -> None:
    eight.label("family", [1, 2, 3], name="round")
    found = eight.to_label("family", 4)
    assert len(found.images) == 4
    assert not {eight.images.find(p).id for p in found.images} & {1, 2, 3}
    assert read(eight.root / found.sheet).shape[1] > 800
    again = eight.to_label("family", 9, twice=True)
    assert {eight.images.find(p).id for p in again.images} == {1, 2, 3}
    with pytest.raises(TooFew, match="asked twice, or none is"):
        eight.to_label("eyes", twice=True)
    eight.label("family", ["set:all"], name="round")
    with pytest.raises(TooFew, match="Every original has a label"):
        eight.to_label("family")


def test_after_a_reading_the_least_sure_come_first(eight: Atelier) -> None:
    enter(eight, {f"grey {i}.png": np.full((9, 9, 3), 60 + i, np.uint8) for i in range(6)})
    eight.label("kind", [1, 2, 3, 4], name="cloth")
    eight.label("kind", [9, 10, 11, 12], name="grey")
    done = eight.classify("kind", features=["colour"], head="lda")
    sure = [done.others[path].probability for path in eight.to_label("kind").images]
    assert len(sure) == 6
    assert sure == sorted(sure)


def test_lines_of_numbers_and_a_label_are_answers(eight: Atelier) -> None:
    lines = "1 2 round\n3 square ?\n9 nothing\nround\n4 big one\nundo\n\n5 never\n"
    said = subprocess.run(
        [sys.executable, "-m", "latelier", "label", "family", "--ask", "6"],
        cwd=eight.root,
        env=environment(),
        input=lines,
        capture_output=True,
        encoding="utf-8",
    )
    assert said.returncode == 0, said.stderr
    held = eight.criteria.labels("family")
    assert sorted((x.value, x.unsure) for x in held.values()) == [
        ("round", False),
        ("round", False),
        ("square", True),
    ]
    assert said.stdout.count("Numbers from 1 to 6, then a label") == 2
    assert "1 square, unsure. Now: round 2, square 1." in said.stdout
    assert "3 of 6 answered" in said.stdout, "one answer was taken back"
