"""Sets: some always there, some made, one a run, and words for tags and groups."""

import pytest

from latelier.errors import UnknownName, UsageError
from latelier.project import NewImage, Project


@pytest.fixture
def some(project: Project) -> Project:
    project.images.add(
        NewImage(f"sources/t{i % 2}/{i}.png", "source", str(i) * 64, 1, 8, 8, tag=f"t{i % 2}")
        for i in range(6)
    )
    return project


def names(project: Project, of: str) -> list[str]:
    return [i.name for i in project.sets.images(of)]


def test_all_is_everything_that_is_not_hidden(some: Project) -> None:
    some.journal.decide("copies", "one hidden", "hidden", {1: "1"})
    assert names(some, "all") == ["1.png", "2.png", "3.png", "4.png", "5.png"]
    assert names(some, "hidden") == ["0.png"]


def test_tags_and_groups_are_sets(some: Project) -> None:
    some.journal.decide("groups", "two groups", "group", {1: "0", 2: "1", 3: "1"})
    assert names(some, "tag:t1") == ["1.png", "3.png", "5.png"]
    assert names(some, "group:1") == ["1.png", "2.png"]


def test_a_tag_takes_those_below_it_and_none_that_is_only_spelt_alike(project: Project) -> None:
    tags = ["a_b", "a_b/c", "axb/c", "a_bc", "A_B/d"]
    project.images.add(
        NewImage(f"sources/{i}.png", "source", str(i) * 64, 1, 8, 8, tag=t)
        for i, t in enumerate(tags)
    )
    assert names(project, "tag:a_b") == ["0.png", "1.png"]


def test_a_made_set_keeps_its_order_and_can_be_made_anew(some: Project) -> None:
    images = some.images.where()
    some.sets.make("wall", [images[4], images[1]])
    assert names(some, "wall") == ["4.png", "1.png"]
    some.sets.make("wall", [images[2]])
    assert names(some, "wall") == ["2.png"]


@pytest.mark.parametrize("name", ["all", "", "../up", "0007-make"])
def test_a_set_needs_a_name_of_its_own(some: Project, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be called"):
        some.sets.make(name, [])


def test_a_drawing_takes_the_place_of_its_page_among_the_originals(some: Project) -> None:
    some.images.add(
        [NewImage("runs/0001-cut/images/d.png", "drawing", "a" * 64, 1, 8, 8, parent=1)]
    )
    assert "0.png" not in names(some, "originals")
    assert "d.png" in names(some, "originals")
    assert "0.png" in names(some, "all")


def test_a_file_name_is_a_set_of_one_image(some: Project) -> None:
    assert names(some, "3.png") == names(some, "sources/t1/3.png") == ["3.png"]
    with pytest.raises(UsageError, match="none"):
        some.sets.images("none.png")


def test_an_unknown_set_lists_the_known_ones(some: Project) -> None:
    with pytest.raises(UnknownName, match="favourites"):
        some.sets.images("favorites")
