"""Open or make a project whose methods are the steps: ``p.add(...)``, ``p.train(...)``."""

from collections.abc import Callable
from pathlib import Path
from types import MethodType
from typing import Any

from latelier import registry
from latelier.project import Project


class Atelier(Project):
    """A project folder with every step as a method, loaded on first use.

    ``p.groups("all", k=7)`` is ``latelier.steps.groups.groups(p, "all", k=7)``.
    """

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_") or name not in registry.names("steps"):
            raise AttributeError(f"{type(self).__name__} has no step or attribute {name!r}")
        return MethodType(getattr(registry.load("steps", name), name), self)

    def __dir__(self) -> list[str]:
        return sorted(
            {*super().__dir__(), *registry.names("steps")} - {"new_project", "open_project"}
        )


def open_project(folder: str | Path = ".") -> Atelier:
    """The project in ``folder`` or in the nearest folder above it.

    Raises:
        NotAProject: there is none.
    """
    return Atelier.nearest(folder)


def new_project(folder: str | Path, title: str = "") -> Atelier:
    """A new project in an empty or missing folder.

    Raises:
        UsageError: the folder is a project already, or holds other things.
        DiskError: it cannot be made there.
    """
    return Atelier.create(folder, title)
