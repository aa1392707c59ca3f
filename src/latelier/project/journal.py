"""The journal of decisions: only ever appended to; what holds now is the last word on each image."""

import getpass
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from latelier.errors import UsageError
from latelier.project.store import Store, now


@dataclass(frozen=True)
class Entry:
    """One line of the journal.

    Args:
        id: its number.
        at: when, in UTC.
        who: the account's name.
        verb: the step that decided.
        said: one sentence for a person.
        payload: what the step needs to take it back.
        undoes: the entry that this one took back.
        undone: whether a later entry took this one back.
        images: how many images it changed.
    """

    id: int
    at: str
    who: str
    verb: str
    said: str
    payload: dict[str, Any]
    undoes: int | None
    undone: bool
    images: int


class Journal:
    """Decisions on images, each a kind (``mark``, ``hidden``, ``group``, ...) and a value.

    Args:
        store: the project's database.
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    def decide(
        self,
        verb: str,
        said: str,
        kind: str = "",
        values: Mapping[int, str | None] | None = None,
        *,
        payload: Mapping[str, Any] | None = None,
        more: Mapping[str, Mapping[int, str | None]] | None = None,
    ) -> int:
        """Append one entry that gives each image a value of ``kind``; None means undecided.

        Args:
            verb: the step that decides.
            said: one sentence for a person.
            kind: what is decided.
            values: image id to value.
            payload: what the step needs to take it back, as JSON.
            more: further kinds decided in the same breath.

        Returns:
            the number of the entry.
        """
        kinds = {**({kind: values} if kind and values else {}), **(more or {})}
        with self.store.write() as db:
            entry = db.execute(
                "INSERT INTO journal (at, who, verb, said, payload) VALUES (?, ?, ?, ?, ?)",
                (now(), _who(), verb, said, json.dumps(dict(payload or {}), ensure_ascii=False)),
            ).lastrowid
            for each, decided in kinds.items():
                before = self.values(each)
                db.executemany(
                    "INSERT INTO changes (entry, image, kind, before, after) VALUES (?, ?, ?, ?, ?)",
                    [
                        (entry, image, each, before.get(image), after)
                        for image, after in decided.items()
                        if before.get(image) != after
                    ],
                )
        return int(entry or 0)

    def record_added(
        self,
        said: str,
        images: Iterable[int],
        rights: Mapping[str, str | Mapping[int, str]],
        entry: int | None = None,
    ) -> int:
        """Append that images were added, so that undoing hides them again.

        Args:
            said: one sentence for a person.
            images: their ids.
            rights: what was stated of them: kind (``rights``, ``credit``) to one value for all, or
                to a value for each image id.
            entry: an entry of the same adding that these images join.

        Returns:
            the number of the entry.
        """
        with self.store.write() as db:
            entry, ids = entry or self.decide("add", said), list(images)
            changes: list[tuple[int, int, str, str | None, str | None]] = [
                (entry, i, "hidden", "1", None) for i in ids
            ]
            for kind, stated in rights.items():
                before = self.values(kind)
                decided = dict.fromkeys(ids, stated) if isinstance(stated, str) else stated
                changes += [
                    (entry, i, kind, before.get(i), value)
                    for i, value in decided.items()
                    if before.get(i) != value
                ]
            db.executemany(
                "INSERT INTO changes (entry, image, kind, before, after) VALUES (?, ?, ?, ?, ?)",
                changes,
            )
        return entry

    def taken_back(self) -> set[int]:
        """The images that are hidden because their adding was undone."""
        rows = self.store.db.execute(
            "SELECT c.image FROM changes c JOIN journal u ON u.id = c.entry"
            " JOIN journal a ON a.id = u.undoes AND a.verb = 'add'"
            " WHERE c.kind = 'hidden' AND c.after IS NOT NULL AND c.id = (SELECT max(d.id)"
            "  FROM changes d WHERE d.image = c.image AND d.kind = 'hidden')"
        )
        return {row["image"] for row in rows}

    def values(self, kind: str) -> dict[int, str]:
        """What holds now of one kind: image id to value."""
        rows = self.store.db.execute("SELECT image, value FROM decisions WHERE kind = ?", (kind,))
        return {row["image"]: row["value"] for row in rows}

    def entries(self, limit: int | None = None) -> list[Entry]:
        """The journal, newest first."""
        rows = self.store.db.execute(
            "SELECT j.*, (SELECT count(DISTINCT image) FROM changes c WHERE c.entry = j.id) AS images,"
            " EXISTS (SELECT 1 FROM journal u WHERE u.undoes = j.id) AS undone"
            " FROM journal j ORDER BY j.id DESC LIMIT ?",
            (-1 if limit is None else limit,),
        )
        return [
            Entry(
                id=r["id"],
                at=r["at"],
                who=r["who"],
                verb=r["verb"],
                said=r["said"],
                payload=json.loads(r["payload"]),
                undoes=r["undoes"],
                undone=bool(r["undone"]),
                images=r["images"],
            )
            for r in rows
        ]

    def last(self) -> Entry:
        """The newest decision that still stands.

        Raises:
            UsageError: nothing is left to undo.
        """
        for entry in self.entries():
            if entry.undoes is None and not entry.undone:
                return entry
        raise UsageError("There is nothing left to undo in this project.")

    def undo(self, entry: Entry) -> int:
        """Append an entry that gives every image of ``entry`` the value it had before.

        Where a later decision changed the same image again, the later one stays.

        Raises:
            UsageError: it was undone already.
        """
        with self.store.write() as db:
            if db.execute("SELECT 1 FROM journal WHERE undoes = ?", (entry.id,)).fetchone():
                raise UsageError(f"Entry {entry.id} ({entry.said}) was undone already.")
            new = db.execute(
                "INSERT INTO journal (at, who, verb, said, undoes) VALUES (?, ?, 'undo', ?, ?)",
                (now(), _who(), f"Undone: {entry.said}", entry.id),
            ).lastrowid
            db.execute(
                "INSERT INTO changes (entry, image, kind, before, after)"
                " SELECT ?, c.image, c.kind, c.after, c.before FROM changes c WHERE c.entry = ?"
                " AND NOT EXISTS (SELECT 1 FROM changes l JOIN journal j ON j.id = l.entry"
                "  WHERE l.image = c.image AND l.kind = c.kind AND l.id > c.id AND j.undoes IS NULL"
                "  AND NOT EXISTS (SELECT 1 FROM journal u WHERE u.undoes = j.id))",
                (new, entry.id),
            )
        return int(new or 0)


def _who() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "somebody"  # no account name: a container, or Windows without USERNAME
