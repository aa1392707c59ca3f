"""What docstrings show is what happens."""

import doctest
import importlib
from pathlib import Path

import pytest

import latelier

HOME = Path(latelier.__file__).parent


def shown() -> list[str]:
    """The modules with examples in their docstrings."""
    files = [f for f in sorted(HOME.rglob("*.py")) if ">>>" in f.read_text(encoding="utf-8")]
    return [".".join(("latelier", *f.relative_to(HOME).with_suffix("").parts)) for f in files]


@pytest.mark.parametrize("name", shown())
def test_examples_in_docstrings_hold(name: str) -> None:
    result = doctest.testmod(
        importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE
    )
    assert result.attempted > 0
    assert result.failed == 0
