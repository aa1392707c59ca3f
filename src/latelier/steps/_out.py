"""Where a person asked for something to be put, and how that place is called in what is said."""

from pathlib import Path

from latelier.errors import UsageError
from latelier.project import Project

OURS = ("sources", "runs")


def place(project: Project, where: str | Path) -> Path:
    """A place as a person names it, from the project folder.

    Raises:
        UsageError: the project itself, its originals or its runs lie there.
    """
    path = (project.root / Path(where).expanduser()).resolve()
    if path == project.root or any(path.is_relative_to(project.root / o) for o in OURS):
        raise UsageError(
            f"{where} is where the project keeps its own files; choose another place, "
            "for example out/mine"
        )
    return path


def called(project: Project, path: Path) -> str:
    """The path from the project folder when it lies inside, else the whole path; forward slashes."""
    if path.is_relative_to(project.root):
        return path.relative_to(project.root).as_posix()
    return path.as_posix()
