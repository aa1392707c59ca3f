"""The demo on a small scale: its own pictures, every stage, and a second time."""

from pathlib import Path

import pytest

from latelier.errors import UsageError
from latelier.steps import _chain_look
from latelier.steps.demo import demo
from latelier.steps.open_project import Atelier


@pytest.mark.slow
def test_the_demo_draws_makes_prints_and_reports(
    project: Atelier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_chain_look, "DPI", 20)
    said: list[str] = []
    ran = demo(project, count=18, size=64, images=6, groups=2, say=said.append)
    assert not [s for s in ran.stages if s.state == "left out"]
    assert len(project.images.refused()) == 3
    assert len(project.sets.images("generated")) == 6
    text = (project.root / ran.report).read_text(encoding="utf-8")
    for title in ("The collection", "Training", "New images", "Groups", "Canvases"):
        assert f"<h2>{title}</h2>" in text
    assert "CC0 1.0" in text

    runs = len(project.runs.all())
    again = demo(project, count=18, size=64, images=6, groups=2)
    assert len(project.runs.all()) == runs
    assert {s.state for s in again.stages} == {"before", "each time"}


def test_the_demo_keeps_out_of_a_project_with_other_pictures(
    project: Atelier, photos: Path
) -> None:
    project.add(photos)
    with pytest.raises(UsageError, match="a folder of its own"):
        demo(project)
