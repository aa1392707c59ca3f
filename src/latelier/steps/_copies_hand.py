"""Reading and comparing pictures in a process beside the main one: see ``_hands``.

Runs as ``python -m latelier.steps._copies_hand CACHE`` and imports no more than it needs.
"""

import base64
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from latelier.copies.compare import likeliest
from latelier.copies.fingerprint import Fingerprint, from_bytes
from latelier.copies.judge import Likeness
from latelier.copies.proposals import Proposal
from latelier.steps._hands import Hands, serve
from latelier.steps._likenesses import Likenesses, taken

AT_HAND = 150  # fingerprints kept in memory: some 100 MB
Proposed = tuple[str, str, Sequence[Proposal]]  # two files, and how they may lie on each other


def hands(cache: Likenesses) -> Hands:
    """Other processes that read pictures and look at pairs."""
    return Hands("latelier.steps._copies_hand", [str(cache.path.parent)])


def read(
    with_hands: Hands, files: Iterable[tuple[Path, bool]], ground: tuple[int, int, int]
) -> Iterator[Fingerprint | str]:
    """The fingerprint of each file, or why it could not be read.

    Args:
        with_hands: that take part.
        files: each with whether it was taken although it ends before its picture does.
        ground: what transparency is laid on.
    """
    tasks = [{"read": str(f), "truncated": cut} | {"ground": ground} for f, cut in files]

    def told(answer: dict[str, str]) -> Fingerprint | str:
        return answer.get("unread") or from_bytes(base64.b64decode(answer["print"]))

    return with_hands.each(tasks, _taken, told)


def look(
    with_hands: Hands, cache: Likenesses, runs: Sequence[Sequence[Proposed]]
) -> Iterator[list[Likeness | None]]:
    """What the files of each pair are to each other, run by run."""
    tasks = [{"look": [(a, b, list(map(_said, some))) for a, b, some in run]} for run in runs]

    def told(answer: list[dict[str, Any] | None]) -> list[Likeness | None]:
        return [None if f is None else Likeness.from_json(f) for f in answer]

    return with_hands.each(tasks, lambda task: _looked(cache, task["look"]), told, apart=True)


def _taken(task: dict[str, Any]) -> Fingerprint | str:
    return taken(Path(task["read"]), tuple(task["ground"]), truncated=task["truncated"])


def _said(proposal: Proposal) -> dict[str, Any]:
    return {**vars(proposal), "map": proposal.map.tolist()}


def _looked(cache: Likenesses, pairs: list[tuple[str, str, Any]]) -> list[Likeness | None]:
    return [
        likeliest(
            cache.load(a),
            cache.load(b),
            [Proposal(**{**p, "map": np.array(p["map"])}) for p in proposals],
        )
        for a, b, proposals in pairs
    ]


def main() -> None:
    """Answer until the parent closes its end."""
    cv2.setNumThreads(1)
    cache: list[Likenesses] = []

    def answer(task: dict[str, Any]) -> Any:
        if "read" in task:
            found = _taken(task)
            if isinstance(found, str):
                return {"unread": found}
            return {"print": base64.b64encode(found.to_bytes()).decode("ascii")}
        if not cache:  # made by now
            cache.append(Likenesses(Path(sys.argv[1]), AT_HAND))
        return [f and f.to_json() for f in _looked(cache[0], task["look"])]

    serve(answer)


if __name__ == "__main__":
    main()
