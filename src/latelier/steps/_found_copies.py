"""What `copies` found last, for the steps that have to keep copies together or count them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from latelier.errors import Damaged
from latelier.project import Image, Project, Run
from latelier.steps.not_copies import refused


@dataclass(frozen=True)
class FoundCopies:
    """Sets of copies, and parts of pictures in others, by the images' paths.

    Args:
        run: the run that found them.
        looked_at: every image that was compared.
        sets: of each the keeper first, then its copies.
        parts: two images each, of which a part of the first lies in the second.
    """

    run: str
    looked_at: frozenset[str]
    sets: tuple[tuple[str, ...], ...]
    parts: tuple[tuple[str, str], ...]

    def covers(self, images: Iterable[Image]) -> bool:
        """Whether all of these images were compared."""
        return all(i.path in self.looked_at for i in images)


def found_copies(project: Project, run: str | None = None) -> FoundCopies | None:
    """What the newest finished run of ``copies`` found, or a certain one; None if there is none.

    What a person has since said to be no copy is left out.

    Raises:
        UnknownName: no run has that name.
        Damaged: its file is not what it was.
    """
    found = project.runs.find(run) if run else project.runs.last("copies")
    if found is None:
        return None
    try:
        told = json.loads((found.folder / "copies.json").read_text(encoding="utf-8"))
        return _kept(project, found, told)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Damaged(
            f"copies.json of run {found.name} is damaged ({error}); look again: latelier copies"
        ) from error


def _kept(project: Project, run: Run, told: dict[str, Any]) -> FoundCopies:
    ids = {i.path: i.id for i in project.images.where()}
    no_copies = refused(project)

    def still(one: str, other: str) -> bool:
        known = one in ids and other in ids
        return known and frozenset((ids[one], ids[other])) not in no_copies

    sets = []
    for each in told["sets"]:
        keeper = each["keeper"]
        near = [m["image"] for m in each["members"] if still(keeper, m["image"])]
        sets.append((keeper, *near))
    parts = [(p["image"], p["in"]) for p in told["partial"] if still(p["image"], p["in"])]
    looked_at = frozenset(run.recipe["inputs"])
    return FoundCopies(run.name, looked_at, tuple(s for s in sets if len(s) > 1), tuple(parts))
