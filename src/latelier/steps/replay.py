"""Do a run again from its recipe, and name every hash that differs."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from latelier import registry
from latelier.errors import Damaged, UsageError
from latelier.project import Project, Run


@dataclass(frozen=True)
class Replayed:
    """A run beside the same run done again.

    Args:
        run: the name of the first.
        again: the name of the second.
        same: how many files are equal to the bit.
        differs: files that are not: ``file``, ``was``, ``now`` (None: not there).
        versions: packages whose version differs: name to (was, now).
    """

    run: str
    again: str
    same: int
    differs: list[dict[str, str | None]]
    versions: dict[str, tuple[str, str]]

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {**vars(self), "equal": not self.differs}


def replay(project: Project, run: str | int | Path | Run) -> Replayed:
    """Do a finished run again as a new run, and compare what came out.

    Raises:
        UnknownName: there is no such run.
        UsageError: it has not finished.
        Damaged: an image that it read has changed or gone since.
    """
    first = run if isinstance(run, Run) else project.runs.find(run)
    result, recipe = first.result, first.recipe
    if recipe["step"] not in registry.names("steps"):
        raise UsageError(f"Run {first.name} was made by {recipe['step']!r}, which is not here.")
    _inputs_stand(project, first.name, recipe["inputs"])
    step = getattr(registry.load("steps", recipe["step"]), recipe["step"])
    before = {r.name for r in project.runs.all()}
    step(project, **{**recipe["settings"], **result.get("replay", {})})
    again = next(
        r
        for r in project.runs.all()
        if r.name not in before and r.step == first.step and r.finished
    )
    was, now = result["outputs"], again.result["outputs"]
    differs = [
        {"file": name, "was": was.get(name), "now": now.get(name)}
        for name in sorted({*was, *now})
        if was.get(name) != now.get(name)
    ]
    return Replayed(
        first.name, again.name, len(was) - len(differs), differs, _versions(first, again)
    )


def _inputs_stand(project: Project, name: str, inputs: Mapping[str, str]) -> None:
    known = {i.path: i.sha256 for i in project.images.where()}
    for path, digest in inputs.items():
        there = (project.root / path).is_file()
        if not there or (path in known and known[path] != digest):
            raise Damaged(f"{path}, which run {name} read, has gone or changed; put it back first.")


def _versions(first: Run, again: Run) -> dict[str, tuple[str, str]]:
    was, now = (r.environment["packages"] for r in (first, again))
    return {p: (was[p], now.get(p, "absent")) for p in was if was[p] != now.get(p)}
