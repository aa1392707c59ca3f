"""Parts of pictures set into others: how many are told as parts, and how many as something else.

A part of a picture, 30 to 100 % of it, comes to lie on 8 to 35 % of another of its kind: half of
them as a square of it, half drawn across what is there, the darker of the two. The bounds were fixed
on the other halves of the collections, as those of ``copies.py`` were.
"""

from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

from changed_pictures import pasted
from latelier.copies.compare import compared
from latelier.copies.fingerprint import Fingerprint, fingerprint
from latelier.copies.judge import LIKENESS
from latelier.copies.proposals import Hashed
from planted_pictures import SAME, Base, bases

SHOWN = 6  # pairs that are named
_SAME = {frozenset(pair) for pair in SAME}


def together(prints: list[Fingerprint]) -> Hashed:
    """The hashes of all, one after the other."""
    return Hashed(
        np.repeat(np.arange(len(prints)), [len(p.hashes) for p in prints]),
        np.concatenate([p.hashes for p in prints]),
        np.concatenate([p.frames for p in prints]),
    )


def parts(data: Path, count: int, seed: int) -> dict[str, object]:
    """What is said of pictures of which a part was put into another; prints a row."""
    groups: dict[str, list[Base]] = defaultdict(list)
    for base in bases(data, count, seed):
        groups[base.kind].append(base)
    rng, prints = np.random.default_rng([3, seed]), []
    names: list[str] = []
    which: list[tuple[str, str]] = []
    for kind, group in groups.items():
        half = len(group) // 2
        for guest, host in zip(group[:half], group[half : 2 * half], strict=True):
            picture, across = pasted(host.picture, guest.picture, rng)
            prints += [fingerprint(np.asarray(p)) for p in (guest.picture, picture)]
            names += [guest.name, host.name]
            which.append((kind, "drawn across" if across else "as a square"))
    said: dict[tuple[int, int], str] = {}
    for a, b, found in compared(range(len(prints)), [], together(prints), prints.__getitem__):
        if found.score >= LIKENESS:
            said[min(a, b), max(a, b)] = found.kind
    told = [said.pop((2 * k, 2 * k + 1), "nothing") for k in range(len(which))]
    false = [p for p, kind in said.items() if kind == "part" and not _one(names, p)]
    by: dict[str, Counter[str]] = defaultdict(Counter)
    for of, kind in zip(which, told, strict=True):
        for group in ("all", *of):
            by[group][kind] += 1
    rows = {group: _shares(counts) for group, counts in by.items()}
    print(
        f"parts    {len(which)} on 8 to 35 % of another: told as part {rows['all']['part']:.3f}, "
        f"as near {rows['all']['near']:.3f}, not told {rows['all']['nothing']:.3f}; "
        f"{len(false)} of the other pairs told as part"
    )
    print("         " + "  ".join(f"{k} {v['part']:.2f}" for k, v in rows.items() if k != "all"))
    near = [k for k, kind in enumerate(told) if kind == "near"]
    for k in near[:SHOWN]:
        print(f"         near: {' '.join(which[k])}: {names[2 * k]} in {names[2 * k + 1]}")
    for a, b in false[:SHOWN]:
        print(f"         false: {names[a]} | {names[b]}")
    return {"told": rows, "false": len(false)}


def _one(names: list[str], pair: tuple[int, int]) -> bool:
    """Whether two originals are one picture under two names."""
    a, b = (names[k] for k in pair)
    return a == b or frozenset((a, b)) in _SAME


def _shares(counts: Counter[str]) -> dict[str, float]:
    known = ("part", "near", "alike", "plain", "nothing")
    return {kind: counts[kind] / counts.total() for kind in known}
