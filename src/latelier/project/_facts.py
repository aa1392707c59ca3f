"""Numbers measured on images, kept in the store, and what ``fact:eyes=2`` asks of them."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from latelier.errors import UnknownName, UsageError
from latelier.project.store import Store

COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_ASKED = re.compile(r"\s*([\w.]+)\s*(>=|<=|!=|=|>|<)\s*(-?\d*\.?\d+)\s*")


class Facts:
    """The table of measured numbers.

    Args:
        store: the project's database.
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    def put(self, columns: Sequence[str], values: Mapping[int, Sequence[float]]) -> None:
        """Keep the numbers of images, in the place of earlier ones of the same name.

        Args:
            columns: names, ``family.name``.
            values: image id to its numbers, in the order of the columns.
        """
        rows = [
            (column, image, float(value))
            for image, numbers in values.items()
            for column, value in zip(columns, numbers, strict=True)
        ]
        with self.store.write() as db:
            db.executemany("INSERT OR REPLACE INTO measured VALUES (?, ?, ?)", rows)

    def of(self, name: str) -> dict[int, float]:
        """Image id to its number, for every image on which it was measured.

        Args:
            name: a column, or its last part: ``eyes`` for ``form.eyes``.

        Raises:
            UnknownName: nothing of that name was measured.
            UsageError: several families have it.
        """
        known = [
            r["name"]
            for r in self.store.db.execute("SELECT DISTINCT name FROM measured ORDER BY 1")
        ]
        meant = [n for n in known if n == name] or [
            n for n in known if n.rpartition(".")[2] == name
        ]
        if not meant:
            if not known:
                raise UsageError(f"Nothing was measured yet; first: latelier features ({name})")
            raise UnknownName("measured number", name, known)
        if len(meant) > 1:
            raise UsageError(f"{name!r} is measured as {' and '.join(meant)}; name one of them")
        rows = self.store.db.execute("SELECT image, value FROM measured WHERE name = ?", meant)
        return {r["image"]: r["value"] for r in rows}

    def where(self, asked: str) -> set[int]:
        """The images of which ``eyes=2``, ``ink_share>0.1`` or several of them with commas hold.

        Raises:
            UsageError: it is no comparison.
            UnknownName: nothing of that name was measured.
        """
        found: set[int] | None = None
        for part in asked.split(","):
            match = _ASKED.fullmatch(part)
            if not match:
                raise UsageError(
                    f"fact:{asked} is no comparison; ask as in fact:eyes=2 or fact:ink_share>0.1"
                )
            name, sign, number = match.groups()
            holds = {i for i, v in self.of(name).items() if COMPARED[sign](v, float(number))}
            found = holds if found is None else found & holds
        return found or set()
