"""Remember that two images are no copies of each other, whatever their pixels say."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from latelier.errors import UsageError
from latelier.project import Image, Project

KIND = "not-copy-of:"  # the kind of the decision; the id of the other image follows


@dataclass(frozen=True)
class NotCopies:
    """Two images that a person said are no copies.

    Args:
        images: the two.
        entry: the journal's number, for undoing.
    """

    images: tuple[Image, Image]
    entry: int

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {"not_copies": [i.path for i in self.images], "entry": self.entry}


def not_copies(
    project: Project, image: str | int | Path | Image, other: str | int | Path | Image
) -> NotCopies:
    """Never show two images as copies of each other again; ``undo`` takes it back.

    Args:
        project: whose images.
        image: a path, a file name or a number.
        other: the same of the other one.

    Raises:
        UnknownName: there is no such image.
        UsageError: both are the same image.
    """
    one, two = (i if isinstance(i, Image) else project.images.find(i) for i in (image, other))
    if one.id == two.id:
        raise UsageError(f"{one.path} was named twice; name two images that are no copies")
    one, two = sorted((one, two), key=lambda i: i.id)
    said = f"{one.name} and {two.name} are no copies of each other"
    entry = project.journal.decide("copies", said, f"{KIND}{two.id}", {one.id: "1"})
    return NotCopies((one, two), entry)


def refused(project: Project) -> set[frozenset[int]]:
    """The ids of every two images that a person said are no copies of each other."""
    rows = project.store.db.execute(
        "SELECT image, kind FROM decisions WHERE kind LIKE ?", (KIND + "%",)
    )
    return {frozenset((r["image"], int(r["kind"].removeprefix(KIND)))) for r in rows}
