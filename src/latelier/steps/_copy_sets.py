"""Which images show the same picture, and so must stay on one side of every split."""

from collections import defaultdict
from collections.abc import Hashable, Sequence

from latelier.project import Image
from latelier.steps._found_copies import FoundCopies


def copy_sets(images: Sequence[Image], found: FoundCopies | None = None) -> list[int]:
    """One number an image; images of one number are copies of each other.

    Copies are files of the same bytes, files of the same pixels, an image and what was refined
    from it, and what ``copies`` found, parts of pictures among it.
    """
    near: dict[str, list[int]] = defaultdict(list)
    for number, paths in enumerate([*found.sets, *found.parts] if found else []):
        for path in paths:
            near[path].append(number)
    root = list(range(len(images)))
    first: dict[Hashable, int] = {}

    def top(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    for i, image in enumerate(images):
        marks: list[Hashable] = [("bytes", image.sha256), ("id", image.id)]
        if image.pixels_sha256:
            marks.append(("pixels", image.pixels_sha256))
        if image.role == "refined" and image.parent is not None:
            marks.append(("id", image.parent))
        marks += [("found", number) for number in near.get(image.path, [])]
        for mark in marks:
            a, b = sorted((top(i), top(first.setdefault(mark, i))))
            root[b] = a
    return [top(i) for i in range(len(images))]
