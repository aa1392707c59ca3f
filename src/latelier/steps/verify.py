"""Look whether everything in the project is still what it was: files, runs, the store."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from latelier.files import PART, sha256
from latelier.progress import Progress, silent
from latelier.project import Project

OLD_S = 3600.0  # a part file older than an hour belongs to no program that still runs


@dataclass(frozen=True)
class Problem:
    """Something that is not as it was.

    Args:
        kind: missing, altered, unfinished, stray or store.
        file: where, from the project folder.
        advice: what it is and what to do.
    """

    kind: str
    file: str
    advice: str


@dataclass(frozen=True)
class Verified:
    """What was looked at and what was found.

    Args:
        images: how many images were read.
        outputs: how many files of runs were read.
        problems: what is not as it was.
        notes: what is harmless, but good to know.
        swept: half-written files of killed programs that were removed.
    """

    images: int
    outputs: int
    problems: list[Problem]
    notes: list[Problem]
    swept: int

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "ok": not self.problems,
            "images": self.images,
            "outputs": self.outputs,
            "problems": [vars(p) for p in self.problems],
            "notes": [vars(p) for p in self.notes],
            "swept": self.swept,
        }


def verify(project: Project, on_progress: Progress = silent) -> Verified:
    """Read every image and every output of a finished run, and compare hashes.

    Nothing is changed, save that half-written files older than an hour are swept away.
    """
    problems = [
        Problem("store", "latelier.db", f"{line}; put back a copy of latelier.db")
        for line in project.store.check()
    ]
    images = project.images.where()
    runs = [r for r in project.runs.all() if r.finished]
    outputs = {
        (r.folder / name): digest for r in runs for name, digest in r.result["outputs"].items()
    }
    wanted = {project.images.file(i): i.sha256 for i in images} | outputs
    for done, (path, digest) in enumerate(wanted.items()):
        on_progress(done, len(wanted), path.name)
        problem = _compare(project, path, digest)
        if problem:
            problems.append(problem)
    notes = [
        Problem("unfinished", f"runs/{r.name}", "did not finish; run it again or go on with it")
        for r in project.runs.all()
        if not r.finished
    ]
    notes += _strays(project, set(wanted))
    return Verified(len(images), len(outputs), problems, notes, _sweep(project.root))


def _compare(project: Project, path: Path, digest: str) -> Problem | None:
    name = path.relative_to(project.root).as_posix()
    if not path.is_file():
        return Problem(
            "missing", name, "is gone; put it back from a copy, or add the picture again"
        )
    if sha256(path) != digest:
        return Problem("altered", name, "is not what it was; put it back from a copy")
    return None


def _strays(project: Project, known: set[Path]) -> list[Problem]:
    files = (f for f in sorted((project.root / "sources").rglob("*")) if f.is_file())
    return [
        Problem("stray", f.relative_to(project.root).as_posix(), "is no image yet; latelier add it")
        for f in files
        if f not in known and not f.name.endswith(PART)
    ]


def _sweep(root: Path) -> int:
    old = [f for f in root.rglob(f".*{PART}") if time.time() - f.stat().st_mtime > OLD_S]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)
