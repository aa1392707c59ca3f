"""Which images show the same picture, and so must stay on one side of every split."""

from collections.abc import Hashable, Sequence

from latelier.project import Image


def copy_sets(images: Sequence[Image]) -> list[int]:
    """One number an image; images of one number are copies of each other.

    Copies are files of the same bytes, files of the same pixels, and an image and what was refined
    from it.
    """
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
        for mark in marks:
            a, b = sorted((top(i), top(first.setdefault(mark, i))))
            root[b] = a
    return [top(i) for i in range(len(images))]
