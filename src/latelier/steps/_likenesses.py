"""Fingerprints and likenesses of pictures, kept in the project's ``cache`` so that each is found once.

The cache is an SQLite file of its own: it can be deleted at any time and is made again.
"""

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from latelier.copies.fingerprint import VERSION, Fingerprint, from_bytes
from latelier.copies.judge import Likeness
from latelier.errors import disk_error
from latelier.project.store import in_words

Pair = tuple[str, str]  # the hashes of two files, in order
_SCHEMA = """
CREATE TABLE IF NOT EXISTS fingerprints (
    sha256   TEXT PRIMARY KEY,
    data     BLOB NOT NULL,
    compared INTEGER NOT NULL DEFAULT 0  -- 1: with every other fingerprint that has a 1
);
CREATE TABLE IF NOT EXISTS likenesses (
    first  TEXT NOT NULL,
    second TEXT NOT NULL,
    found  TEXT NOT NULL,
    PRIMARY KEY (first, second)
);
"""


class Likenesses:
    """What is known of the pictures of a project: a fingerprint each, and which are alike.

    Args:
        folder: of the project's cache.

    Raises:
        DiskError: it cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise disk_error(error, f"making {folder.name}") from error
        self.path = folder / "copies.db"
        try:
            self._db = self._opened()
        except sqlite3.DatabaseError:  # damaged, or not ours: nothing in it cannot be made again
            self.path.unlink(missing_ok=True)
            self._db = self._opened()

    def _opened(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=60, isolation_level=None)
        try:
            db.execute("PRAGMA synchronous = NORMAL")
            if db.execute("PRAGMA user_version").fetchone()[0] != VERSION:
                db.executescript(
                    "DROP TABLE IF EXISTS fingerprints; DROP TABLE IF EXISTS likenesses;" + _SCHEMA
                )
                db.execute(f"PRAGMA user_version = {VERSION}")
            db.execute("SELECT count(*) FROM fingerprints").fetchone()
        except sqlite3.DatabaseError:
            db.close()
            raise
        return db

    @contextlib.contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise in_words(error, self.path) from error

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def missing(self, hashes: Iterable[str]) -> list[str]:
        """Those of the pictures that have no fingerprint yet."""
        have = {row[0] for row in self._db.execute("SELECT sha256 FROM fingerprints")}
        return [h for h in dict.fromkeys(hashes) if h not in have]

    def keep(self, prints: Mapping[str, Fingerprint]) -> None:
        """Keep fingerprints."""
        with self.write() as db:
            db.executemany(
                "INSERT OR REPLACE INTO fingerprints (sha256, data) VALUES (?, ?)",
                [(h, f.to_bytes()) for h, f in prints.items()],
            )

    def load(self, sha256: str) -> Fingerprint:
        """One fingerprint."""
        row = self._db.execute("SELECT data FROM fingerprints WHERE sha256 = ?", (sha256,))
        return from_bytes(row.fetchone()[0])

    def compared(self) -> list[str]:
        """The pictures that have been compared with each other, in the order of their hashes."""
        rows = self._db.execute("SELECT sha256 FROM fingerprints WHERE compared ORDER BY sha256")
        return [row[0] for row in rows]

    def found(self, compared: Iterable[str], alike: Mapping[Pair, Likeness]) -> None:
        """Keep what a comparison found, all of it or nothing."""
        with self.write() as db:
            db.executemany(
                "INSERT OR REPLACE INTO likenesses VALUES (?, ?, ?)",
                [(a, b, json.dumps(_row(found))) for (a, b), found in alike.items()],
            )
            db.executemany(
                "UPDATE fingerprints SET compared = 1 WHERE sha256 = ?", [(h,) for h in compared]
            )

    def all(self) -> dict[Pair, Likeness]:
        """Every likeness that is known."""
        rows = self._db.execute(
            "SELECT first, second, found FROM likenesses ORDER BY first, second"
        )
        return {(a, b): _likeness(json.loads(found)) for a, b, found in rows}


def _row(found: Likeness) -> dict[str, Any]:
    return {**vars(found), "map": found.map.round(6).tolist()}


def _likeness(row: dict[str, Any]) -> Likeness:
    return Likeness(**{**row, "map": np.array(row["map"])})
