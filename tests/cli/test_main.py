"""The command line as a whole: instant help, plain errors, exit codes."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from conftest import environment
from latelier import registry

COMMANDS = [n for n in registry.names("cli") if n != "main"]


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, click\nfrom latelier.cli.main import cli\n"
        "try:\n    cli(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'torch', 'numpy', 'sklearn', 'fastapi', 'PIL', 'scipy', 'rich'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    for name in COMMANDS:
        assert f"  {name} " in done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_and_speaks_json(name: str) -> None:
    command = getattr(registry.load("cli", name), name)
    assert command.help
    assert any("--json" in p.opts for p in command.params)
    for p in command.params:
        assert not isinstance(p, click.Option) or p.help, f"{name} {p.opts} has no help"


def test_an_unknown_command_names_the_nearest(latelier) -> None:
    said = latelier("nwe")
    assert said.code == 2
    assert "Did you mean 'new'?" in said.err


def test_outside_a_project_the_error_says_what_to_do(latelier, tmp_path: Path) -> None:
    said = latelier("journal", "--json")
    assert said.code == 1
    assert "latelier new FOLDER" in said.json["error"]
    assert "Traceback" not in said.err


def test_a_second_new_in_the_same_place_is_refused(latelier) -> None:
    assert latelier("new", "here").code == 0
    said = latelier("new", "here")
    assert said.code == 2
    assert "is a project already" in said.err


def test_every_command_has_its_place_in_the_help(latelier) -> None:
    from latelier.cli.main import SECTIONS

    placed = [name for names in SECTIONS.values() for name in names]
    assert len(placed) == len(set(placed))
    assert set(registry.names("cli")) - {"main"} <= set(placed)
    said = latelier("--help")
    assert [t for t in SECTIONS if f"{t}:\n" in said.out] == list(SECTIONS)
