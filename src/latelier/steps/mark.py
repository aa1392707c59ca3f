"""Mark images: keep, reject, favourite, or clear the mark again."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from latelier.errors import TooFew, UnknownName
from latelier.project import Image, Project

MARKS = {"keep": "kept", "reject": "rejected", "favourite": "made favourites", "clear": "cleared"}


@dataclass(frozen=True)
class Marked:
    """What was marked.

    Args:
        mark: keep, reject, favourite or clear.
        images: the images, as they are stored.
        entry: the journal's number, for undoing.
    """

    mark: str
    images: list[Image]
    entry: int

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "mark": self.mark,
            "marked": len(self.images),
            "images": [i.path for i in self.images],
            "entry": self.entry,
        }


def mark(project: Project, mark: str, images: Sequence[str | int | Path]) -> Marked:
    """Give images a mark, in one entry of the journal.

    Args:
        project: whose images.
        mark: keep, reject, favourite or clear.
        images: paths, file names or numbers, each of one image; or names of sets with ``set:``.

    Raises:
        UnknownName: there is no such mark, image or set.
        TooFew: no image was named.
    """
    if mark not in MARKS:
        raise UnknownName("mark", mark, MARKS)
    chosen: dict[int, Image] = {}
    for reference in images:
        word, colon, name = str(reference).partition(":")
        of_set = colon and word == "set"
        found = project.sets.images(name) if of_set else [project.images.find(reference)]
        chosen.update((i.id, i) for i in found)
    if not chosen:
        raise TooFew(f"No image was named to {mark}; name one or more, or a set: set:all")
    value = None if mark == "clear" else mark
    count = len(chosen)
    said = f"{count} image{'s' if count != 1 else ''} {MARKS[mark]}"
    entry = project.journal.decide("mark", said, "mark", dict.fromkeys(chosen, value))
    return Marked(mark, list(chosen.values()), entry)
