"""Which images are too near to an original, by what each knew of itself when it was made."""

from collections.abc import Sequence

from latelier.errors import UsageError
from latelier.project import Image, Project

TOO_NEAR = {
    "copies": ("copy",),  # nearly an original
    "close": ("copy", "close"),  # or nearer to one than originals are to each other
}


def parted(
    project: Project, images: Sequence[Image], how_near: str
) -> tuple[list[Image], list[Image]]:
    """Images that may stay and those that are too near; what was never compared may stay.

    A refined image is as near as the one that it was refined from.

    Args:
        project: that holds them.
        images: which.
        how_near: ``copies`` or ``close``.

    Raises:
        UsageError: it is neither.
    """
    if how_near not in TOO_NEAR:
        raise UsageError(f"{how_near!r} says nothing of nearness; it can be copies or close.")
    known: dict[int, Image] = {i.id: i for i in images}
    kept: list[Image] = []
    left: list[Image] = []
    for image in images:
        told: Image | None = image
        while told is not None and "near" not in told.facts:
            above = told.parent
            if above is not None and above not in known:
                known |= {i.id: i for i in project.images.by_id([above])}
            told = known.get(above) if above is not None else None
        near = told.facts["near"] if told is not None else {}
        (left if any(near.get(word) for word in TOO_NEAR[how_near]) else kept).append(image)
    return kept, left
