"""Images by what was decided of them: by group, by mark, by tag; and names for what is put out."""

import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from statistics import quantiles

from latelier.errors import UnknownName
from latelier.project import Image, Project
from latelier.project._facts import Facts
from latelier.steps._names import free

BY = {"group": "group", "mark": "mark", "tag": "tag"}
DIFFERENT = 12  # numbers that each make a label; more that are not whole come into ranges
RANGES = 5


def grouped(
    project: Project, images: Iterable[Image], by: str
) -> tuple[dict[str, list[Image]], list[Image]]:
    """Images by label, labels in reading order (2 before 10), and the images that have none.

    Args:
        project: whose decisions count.
        images: in their order, which is kept within each label.
        by: group, mark or tag, or a number that was measured: ``fact:eyes``. Numbers that are
            not whole and differ much come into five ranges with about as many images each.

    Raises:
        UnknownName: ``by`` is none of them, or was not measured.
        UsageError: nothing was measured.
    """
    images = list(images)
    word, colon, name = by.partition(":")
    decided: Mapping[int, str] = {}
    if colon and word == "fact":
        known = Facts(project.store).of(name)
        decided = in_ranges({i.id: known[i.id] for i in images if i.id in known})
    elif by not in BY:
        raise UnknownName("way to group", by, [*BY, "fact:NAME"])
    elif by != "tag":
        decided = project.journal.values(by)
    labels: dict[str, list[Image]] = {}
    without: list[Image] = []
    for image in images:
        label = image.tag if by == "tag" else decided.get(image.id, "")
        if label:
            labels.setdefault(label, []).append(image)
        else:
            without.append(image)
    return {label: labels[label] for label in sorted(labels, key=reading_order)}, without


def in_ranges(numbers: Mapping[int, float]) -> dict[int, str]:
    """A label for each number: itself, or the range that it lies in.

    >>> in_ranges({7: 2.0, 8: 10.0})
    {7: '2', 8: '10'}
    >>> in_ranges({k: k / 40 for k in range(40)})[31]
    '0.58 to 0.78'
    """
    values = sorted(numbers.values())
    if len(set(values)) <= DIFFERENT or all(v.is_integer() for v in values):
        return {key: f"{value:.4g}" for key, value in numbers.items()}
    edges = [values[0], *quantiles(values, n=RANGES, method="inclusive"), values[-1]]
    digits = max(0, math.ceil(1.5 - math.log10(values[-1] - values[0])))
    names = [f"{low:.{digits}f} to {high:.{digits}f}" for low, high in pairwise(edges)]
    return {key: names[bisect_left(edges, value, 1, RANGES) - 1] for key, value in numbers.items()}


def reading_order(text: str) -> list[tuple[int, int, str]]:
    """A sorting key under which ``2`` stands before ``10``.

    >>> sorted(["10", "2", "1b"], key=reading_order)
    ['1b', '2', '10']
    """
    parts = re.findall(r"\d+|\D+", text)
    return [(0, int(p), p) if p.isdecimal() else (1, 0, p.casefold()) for p in parts] + [
        (-1, 0, text)
    ]


def split(count: int, capacity: int, *, full: bool = False) -> list[int]:
    """How many of ``count`` come on each of as few sheets as hold them.

    >>> split(38, 36), split(38, 36, full=True), split(29, 36)
    ([19, 19], [36, 2], [29])

    Args:
        count: how many there are.
        capacity: how many a sheet holds.
        full: fill each sheet before the next; otherwise the sheets hold the same, or one less.
    """
    sheets = math.ceil(count / capacity)
    if full:
        return [min(capacity, count - i * capacity) for i in range(sheets)]
    each, more = divmod(count, sheets) if sheets else (0, 0)
    return [each + (i < more) for i in range(sheets)]


def letters(index: int) -> str:
    """The index-th of a, b, ..., z, aa, ab, ...

    >>> letters(0), letters(25), letters(26)
    ('a', 'z', 'aa')
    """
    text = ""
    while index >= 0:
        index, digit = divmod(index, 26)
        text, index = chr(ord("a") + digit) + text, index - 1
    return text


def split_names(label: str, sheets: int) -> list[str]:
    """The names of a group's sheets: its label alone, or with a, b, ... when there are several.

    >>> split_names("3", 1), split_names("4", 2), split_names("4b", 2)
    (['3'], ['4a', '4b'], ['4b-a', '4b-b'])
    """
    if sheets == 1:
        return [label]
    joint = "" if label[-1:].isdecimal() else "-"
    return [f"{label}{joint}{letters(i)}" for i in range(sheets)]


def distinct(wanted: Sequence[str]) -> list[str]:
    """The names in their order, a second one of the same spelling with `` (2)``, then `` (3)``.

    Names that differ only in capitals count as the same, as they do on Windows and macOS.

    >>> distinct(["a.png", "A.png", "b"])
    ['a.png', 'A (2).png', 'b']
    """
    taken: set[str] = set()
    names = []
    for name in wanted:
        names.append(free(name, taken))
        taken.add(names[-1].casefold())
    return names
