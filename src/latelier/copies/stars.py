"""Gather pairs into sets: stars around a best copy, never chains.

A is like B and B is like C does not make C a copy of A: only pictures that were found alike with
the best copy itself are in its set.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Star(Generic[Key]):
    """One set of copies.

    Args:
        keeper: the best copy.
        members: its copies, the most alike first.
    """

    keeper: Key
    members: list[Key]


def stars(
    pairs: Mapping[tuple[Key, Key], float],
    better: Callable[[Key], tuple[float, ...]],
    ask: Callable[[Key, Key, Key], float | None] = lambda keeper, through, other: None,
) -> list[Star[Key]]:
    """Sets of copies, each picture in one set at the most.

    Args:
        pairs: two pictures to how alike they are.
        better: the higher, the better a keeper.
        ask: how alike a keeper is with the copy (third) of one of its copies (second), where nobody
            has looked yet; None if they are not.

    Returns:
        the sets, the best keepers first.
    """
    near: dict[Key, dict[Key, float]] = {}
    for (a, b), score in pairs.items():
        near.setdefault(a, {})[b] = score
        near.setdefault(b, {})[a] = score
    taken: set[Key] = set()
    made = []
    for keeper in sorted(near, key=better, reverse=True):
        if keeper in taken:
            continue
        found = {k: v for k, v in near[keeper].items() if k not in taken}
        asked = {keeper, *found}
        waiting = sorted(found, key=lambda k: (-found[k], better(k)))
        for through in waiting:  # grows while it is gone through
            for other in sorted(near[through], key=lambda k: (-near[through][k], better(k))):
                if other in asked or other in taken:
                    continue
                asked.add(other)
                answer = ask(keeper, through, other)
                if answer is not None:
                    found[other] = answer
                    waiting.append(other)
        if found:
            members = sorted(found, key=lambda k: (-found[k], tuple(-v for v in better(k))))
            taken |= {keeper, *members}
            made.append(Star(keeper, members))
    return made


def together(items: Iterable[Key], pairs: Iterable[tuple[Key, Key]]) -> dict[Key, int]:
    """A number for each picture, the same for all that hang together by any chain of pairs.

    For splits: what is held out must not be alike with anything that is not.
    """
    parent = {item: item for item in items}

    def root(item: Key) -> Key:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for a, b in pairs:
        parent[root(a)] = root(b)
    numbers: dict[Key, int] = {}
    return {item: numbers.setdefault(root(item), len(numbers)) for item in parent}
