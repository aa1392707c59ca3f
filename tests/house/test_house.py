"""The house rules that a machine can read: sizes, docstrings, asserts, prints, defaults."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "latelier"
FILES = sorted(SRC.rglob("*.py"))
MAX_LINES, MAX_FUNCTION, MAX_POSITIONAL = 400, 60, 6
EXCEPTIONS: dict[str, str] = {  # "file::function": the reason why it may be longer
    "steps/sheet.py::sheet": "one line and one sentence for each wish a print may have",
    "steps/train.py::train": "one line and one sentence for each wish a training may have",
}
BANNED = {"utils.py", "helpers.py", "common.py", "util.py", "misc.py"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    return path.relative_to(SRC).as_posix()


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(tree: ast.Module) -> list[Function]:
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def public(tree: ast.Module) -> list[Function | ast.ClassDef]:
    """Public functions and classes of a module, and the public methods of those classes."""
    found: list[Function | ast.ClassDef] = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            found.append(node)
            if isinstance(node, ast.ClassDef):
                found += [
                    n
                    for n in node.body
                    if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")
                ]
    return found


def test_there_is_something_to_check() -> None:
    assert len(FILES) > 20


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_file_is_one_idea_and_has_a_place(path: Path) -> None:
    assert path.name not in BANNED
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MAX_LINES or name_of(path) in EXCEPTIONS, f"{lines} lines"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_functions_are_short_and_take_few_positional_arguments(path: Path) -> None:
    for function in functions(parsed(path)):
        where = f"{name_of(path)}::{function.name}"
        length = (function.end_lineno or 0) - function.lineno + 1
        assert length <= MAX_FUNCTION or where in EXCEPTIONS, f"{where} has {length} lines"
        positional = len(function.args.posonlyargs) + len(function.args.args)
        assert positional <= MAX_POSITIONAL + 1 or where in EXCEPTIONS, f"{where}: {positional}"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_everything_public_is_documented(path: Path) -> None:
    tree = parsed(path)
    assert ast.get_docstring(tree), "the module says nothing of itself"
    for node in public(tree):
        assert ast.get_docstring(node), f"{node.name} has no docstring"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_assert_print_bare_except_mutable_default_or_pickle(path: Path) -> None:
    for node in ast.walk(parsed(path)):
        assert not isinstance(node, ast.Assert), f"assert in line {node.lineno}"
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"bare except in line {node.lineno}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "print" or "cli" in path.parts, f"print in line {node.lineno}"
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for default in [*node.args.defaults, *node.args.kw_defaults]:
                mutable = isinstance(default, ast.List | ast.Dict | ast.Set)
                assert not mutable, f"mutable default in {node.name}"
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [a.name for a in node.names] + [getattr(node, "module", None) or ""]
            assert not {"pickle", "joblib", "shelve"} & set(names), "no pickle anywhere"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_imports_stand_on_top_save_in_commands(path: Path) -> None:
    if "cli" in path.relative_to(SRC).parts:
        return
    for function in functions(parsed(path)):
        for node in ast.walk(function):
            assert not isinstance(node, ast.Import | ast.ImportFrom), f"import in {function.name}"


def test_the_public_face_is_sorted_and_true() -> None:
    import latelier

    assert latelier.__all__ == sorted(latelier.__all__)
    for name in latelier.__all__:
        assert getattr(latelier, name) is not None
