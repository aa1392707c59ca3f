"""Who made an image and what may be done with it: said of itself, of what it was cut from, or here."""

from collections.abc import Iterable

from latelier.project import Image, Project

MADE_HERE = ("generated", "refined")


def credits(project: Project, images: Iterable[Image]) -> dict[int, str]:
    """Image id to whom to name.

    Images made here name the artist of the project, and whoever made the pictures that they were
    recombined from.
    """
    return _said(project, images, "credit", project.config.artist)


def rights(project: Project, images: Iterable[Image]) -> dict[int, str]:
    """Image id to what may be done with it.

    Images made here have the rights of the project, and those of what they were recombined from.
    """
    return _said(project, images, "rights", project.config.rights)


def _said(project: Project, images: Iterable[Image], kind: str, here: str) -> dict[int, str]:
    decided = project.journal.values(kind)
    parents = {i.id: i.parent for i in project.images.where("parent IS NOT NULL")}
    lent = {
        i.id: i.facts["parents"]
        for i in project.images.where("role = 'generated'")
        if "parents" in i.facts
    }
    found = {}
    for image in images:
        place: int | None = image.id
        owed = [*image.facts.get("parents", [])]
        while place is not None and place not in decided:
            place = parents.get(place)
            owed += lent.get(place or -1, [])
        said = [decided.get(place or -1, "")]
        if image.role in MADE_HERE and not said[0]:
            said = [here, *(p.get(kind, "") for p in owed)]
        found[image.id] = "; ".join(dict.fromkeys(words for words in said if words))
    return {i: text for i, text in found.items() if text}
