"""What was measured makes sets, and folders when sorting."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from conftest import Said
from drawn_forms import form
from latelier import images
from latelier.errors import UnknownName, UsageError
from latelier.project import NewImage, Project
from latelier.project._facts import Facts


@pytest.fixture
def some(project: Project) -> Project:
    made = project.images.add(
        NewImage(f"sources/{i}.png", "source", str(i) * 64, 1, 8, 8) for i in range(4)
    )
    values = {image.id: [i, i / 10] for i, image in enumerate(made)}
    Facts(project.store).put(["form.eyes", "form.ink_share"], values)
    return project


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("eyes=2", ["2"]),
        ("form.eyes=2", ["2"]),
        ("eyes>=1,ink_share<0.25", ["1", "2"]),
        ("eyes != 0", ["1", "2", "3"]),
        ("ink_share<=0", ["0"]),
        ("eyes=9", []),
    ],
)
def test_comparisons_are_sets(some: Project, asked: str, names: list[str]) -> None:
    assert [i.name.removesuffix(".png") for i in some.sets.images(f"fact:{asked}")] == names


def test_hidden_images_are_in_no_set_of_facts(some: Project) -> None:
    some.journal.decide("hide", "one hidden", "hidden", {3: "1"})
    assert [i.id for i in some.sets.images("fact:eyes=2")] == []


def test_what_was_not_measured_or_is_no_comparison_is_told(some: Project, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match=r"form\.eyes"):
        some.sets.images("fact:eye=2")
    with pytest.raises(UsageError, match="fact:eyes=2"):
        some.sets.images("fact:eyes")
    Facts(some.store).put(["other.eyes"], {1: [1]})
    with pytest.raises(UsageError, match="name one"):
        some.sets.images("fact:eyes=2")
    with pytest.raises(UsageError, match="latelier features"):
        Project.create(tmp_path / "new").sets.images("fact:eyes=2")


def test_measured_forms_are_asked_for_and_sorted_by_their_eyes(
    latelier: Callable[..., Said], tmp_path: Path
) -> None:
    (tmp_path / "forms").mkdir()
    drawn = [form(np.random.default_rng(seed)) for seed in range(8)]
    for number, one in enumerate(drawn):
        (tmp_path / f"forms/{number}.png").write_bytes(images.png_bytes(one.pixels))
    latelier("new", "p")
    latelier("-C", "p", "add", "forms")
    assert latelier("-C", "p", "features", "--names", "form").code == 0
    moves = latelier("-C", "p", "sort", "all", "--to", "out/eyes", "--by", "fact:eyes", "--json")
    by_number = {int(Path(m["to"]).stem[0]): m["to"] for m in moves.json["moves"]}
    for number, one in enumerate(drawn):
        assert by_number[number].split("/")[-2] == str(one.eyes)
    asked = latelier("-C", "p", "sheet", f"fact:eyes={drawn[0].eyes}", "--json").json
    shown = {Path(c["image"]).stem for f in asked["files"] for c in f["cells"]}
    assert shown == {str(n) for n, one in enumerate(drawn) if one.eyes == drawn[0].eyes}
