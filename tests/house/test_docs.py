"""The documents agree with the code, and their links lead somewhere."""

import importlib.util
import re
from pathlib import Path

import pytest

from latelier import registry

ROOT = Path(__file__).resolve().parents[2]
SPEC = importlib.util.spec_from_file_location("build_reference", ROOT / "docs/build_reference.py")
assert SPEC is not None
assert SPEC.loader is not None
build_reference = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(build_reference)
TEXTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("name", sorted(build_reference.PAGES))
def test_the_reference_is_made_from_the_code_as_it_is(name: str) -> None:
    made = build_reference.build()[name]
    stands = (build_reference.FOLDER / name).read_text(encoding="utf-8")
    assert stands == made, "run: make docs"


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    for link in build_reference.links(path.read_text(encoding="utf-8")):
        assert (path.parent / link).exists(), f"{link} is not there"


def test_every_page_is_named_in_the_readme() -> None:
    named = set(build_reference.links((ROOT / "README.md").read_text(encoding="utf-8")))
    pages = {p.relative_to(ROOT).as_posix() for p in (ROOT / "docs").rglob("*.md")}
    assert pages <= named, f"a reader finds no way to {sorted(pages - named)}"


def test_the_changelog_says_nothing_twice() -> None:
    lines = [x for x in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines() if x]
    assert len(lines) == len(set(lines)), "the same line twice: a merge has doubled it"


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_commands_in_the_documents_exist(path: Path) -> None:
    known = set(registry.names("cli"))
    text = path.read_text(encoding="utf-8")
    for block in re.findall(r"```(?:sh|console|bash)?\n(.*?)```", text, re.S):
        for word in re.findall(r"^\$?\s*latelier (?:-C \S+ )?([a-z]+)", block, re.M):
            assert word in known, f"latelier {word} is no command"


@pytest.mark.parametrize("room", registry.PLUGIN_ROOMS)
def test_every_plugin_says_what_it_is(room: str) -> None:
    for name, line in registry.describe(room).items():
        assert len(line) > 12, f"{room}/{name}.py needs a first docstring line"
