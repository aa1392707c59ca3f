"""A project is a folder, and its settings are checked when it is opened."""

from pathlib import Path

import pytest

from latelier.errors import ConfigError, Damaged, DiskError, NotAProject, UsageError
from latelier.project import Project, config


def test_a_new_project_says_what_lies_where(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "huipiles de mamá", title='The "red" ones')
    assert project.config.title == 'The "red" ones'
    text = (project.root / "README.txt").read_text(encoding="utf-8")
    for name in ("latelier.toml", "sources", "latelier.db", "runs", "out"):
        assert name in text
        assert (project.root / name).exists()


def test_a_project_is_found_from_a_folder_inside_it(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "p")
    assert Project.nearest(project.root / "sources").root == project.root


def test_outside_of_any_project_it_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(NotAProject, match="latelier new"):
        Project.nearest(tmp_path)


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(UsageError, match="holds other things"):
        Project.create(tmp_path)
    assert [f.name for f in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("sede = 3", "Did you mean 'seed'"),
        ('seed = "three"', "whole number"),
        ("seed = -1", "0 or more"),
        ('ground = "white"', "#ffffff"),
        ("title = [", "not valid TOML"),
        ('flips = "sideways"', '"none", "x", "y", "xy"'),
    ],
)
def test_a_wrong_setting_is_named_with_the_remedy(tmp_path: Path, line: str, words: str) -> None:
    project = Project.create(tmp_path / "p")
    (project.root / "latelier.toml").write_text(line, encoding="utf-8")
    with pytest.raises(ConfigError, match=words):
        Project(project.root)


def test_an_answer_is_written_where_it_belongs_and_leaves_every_other_line(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "p")
    file = project.root / "latelier.toml"
    file.write_text("# mine\ntitle = 'T'  # flips = \"y\"\n  flips = 'xy' # a garment has an up")
    config.remember(file, flips="x", colours="free")
    assert file.read_text() == (
        '# mine\ntitle = \'T\'  # flips = "y"\nflips = "x" # a garment has an up\n'
        'colours = "free"\n'
    )
    assert (config.read(file).flips, config.read(file).colours) == ("x", "free")
    with pytest.raises(UsageError, match='"kept", "free"'):
        config.remember(file, colours="all")


def test_a_store_that_is_no_database_is_said_to_be_damaged(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "p")
    project.close()
    (project.root / "latelier.db").write_bytes(b"not a database at all" * 100)
    for extra in ("latelier.db-wal", "latelier.db-shm"):
        (project.root / extra).unlink(missing_ok=True)
    with pytest.raises(Damaged, match="put back a copy"):
        Project(project.root)


def test_a_file_in_the_way_is_a_plain_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(DiskError, match="Could not go on"):
        Project.create(tmp_path / "file" / "project")
