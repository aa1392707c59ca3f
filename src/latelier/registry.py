"""Plugins: a file in a plugin room is a plugin, listed without importing and imported on use.

``models/flow.py`` is the model ``flow``; names that begin with an underscore are the room's own.
Packages of others join through the entry point group ``latelier.<room>``.
"""

import ast
import importlib
import importlib.util
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType

from latelier.errors import MissingExtra, UnknownName

PLUGIN_ROOMS = ("collection", "extractors", "features", "layout", "models", "printing", "refine")
_SINGULAR = {
    "collection": "source",
    "extractors": "extractor",
    "features": "feature",
    "layout": "layout",
    "models": "model",
    "printing": "print format",
    "refine": "refinement",
    "cli": "command",
    "steps": "step",
}


def _room_folder(room: str) -> Path:
    spec = importlib.util.find_spec(f"latelier.{room}")
    places = spec.submodule_search_locations if spec else None
    if not places:
        raise UnknownName("room", room, PLUGIN_ROOMS)
    return Path(next(iter(places)))


@lru_cache
def _own(room: str) -> dict[str, Path]:
    files = sorted(_room_folder(room).glob("*.py"))
    return {f.stem: f for f in files if not f.stem.startswith("_")}


def _joined(room: str) -> dict[str, EntryPoint]:
    return {e.name: e for e in entry_points(group=f"latelier.{room}")}


def names(room: str) -> list[str]:
    """The plugins of a room, sorted, without importing any."""
    return sorted({*_own(room), *_joined(room)})


def describe(room: str) -> dict[str, str]:
    """Each plugin's name and the first line of its docstring, without importing any."""
    lines = {name: f"from {entry.value}" for name, entry in _joined(room).items()}
    for name, file in _own(room).items():
        text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
        lines[name] = text.partition("\n")[0]
    return dict(sorted(lines.items()))


def load(room: str, name: str) -> ModuleType:
    """The module that is the plugin ``name`` of ``room``.

    Raises:
        UnknownName: no plugin has that name; the known ones and the nearest are listed.
        MissingExtra: the plugin needs a package that is not installed.
    """
    try:
        if name in _own(room):
            return importlib.import_module(f"latelier.{room}.{name}")
        if name in (joined := _joined(room)):
            loaded: ModuleType = joined[name].load()
            return loaded
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("latelier"):
            raise
        raise MissingExtra(
            f"{name!r} needs the package {error.name!r}, which is not installed: "
            f"pip install {error.name}"
        ) from error
    raise UnknownName(_SINGULAR.get(room, room), name, names(room))
