"""Take back the newest decision that still stands; files that it put out go too, if untouched."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from latelier import registry
from latelier.project import Entry, Project

TakeBack = Callable[[Project, Mapping[str, Any]], str]


@dataclass(frozen=True)
class Undone:
    """What was taken back.

    Args:
        entry: the decision.
        said: one sentence on what happened.
    """

    entry: Entry
    said: str

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "undone": self.entry.id,
            "verb": self.entry.verb,
            "said": self.said,
            "images": self.entry.images,
        }


def undo(project: Project) -> Undone:
    """Take back the newest decision that still stands.

    A step whose decision put files out says how to take them back in a function ``take_back``
    beside it.

    Raises:
        UsageError: nothing is left to undo.
    """
    entry = project.journal.last()
    said = f"Undone: {entry.said}."
    if entry.verb in registry.names("steps"):
        step = registry.load("steps", entry.verb)
        take_back: TakeBack | None = getattr(step, "take_back", None)
        if take_back is not None:
            said += " " + take_back(project, entry.payload)
    project.journal.undo(entry)
    return Undone(entry, said)
