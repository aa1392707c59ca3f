"""Fingerprints and likenesses of pictures, kept in the project's ``cache`` so that each is found once.

The cache is an SQLite file of its own: it can be deleted at any time and is made again.
"""

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from latelier import images as pictures
from latelier.copies.fingerprint import READ_AT, VERSION, Fingerprint, fingerprint, from_bytes
from latelier.copies.judge import Likeness
from latelier.copies.proposals import Hashed
from latelier.errors import PictureError, disk_error
from latelier.project.store import in_words

AT_HAND = 600  # fingerprints kept in memory; 0.8 MB each once it was laid on others
Pair = tuple[str, str]  # the hashes of two files, in order
_SCHEMA = """
CREATE TABLE IF NOT EXISTS fingerprints (
    sha256   TEXT PRIMARY KEY,
    hashes   BLOB NOT NULL,              -- of its frames, 48 bytes each: the bits, then the frame
    data     BLOB NOT NULL,
    compared INTEGER NOT NULL DEFAULT 0  -- 1: with every other fingerprint that has a 1
);
CREATE TABLE IF NOT EXISTS likenesses (
    first  TEXT NOT NULL,
    second TEXT NOT NULL,
    found  TEXT,                         -- NULL: looked at, and nothing
    PRIMARY KEY (first, second)
);
"""


class Likenesses:
    """What is known of the pictures of a project: a fingerprint each, and which are alike.

    Args:
        folder: of the project's cache.
        at_hand: how many fingerprints stay in memory.

    Raises:
        DiskError: it cannot be written.
    """

    def __init__(self, folder: Path, at_hand: int = AT_HAND) -> None:
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
        self._at_hand: dict[str, Fingerprint] = {}
        self._most = at_hand

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

    def __enter__(self) -> "Likenesses":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def missing(self, files: Iterable[str]) -> list[str]:
        """Those of the files that have no fingerprint yet."""
        have = {row[0] for row in self._db.execute("SELECT sha256 FROM fingerprints")}
        return [f for f in dict.fromkeys(files) if f not in have]

    def keep(self, prints: Mapping[str, Fingerprint]) -> None:
        """Keep fingerprints."""
        with self.write() as db:
            db.executemany(
                "INSERT OR REPLACE INTO fingerprints (sha256, hashes, data) VALUES (?, ?, ?)",
                [(f, _hashes(p), p.to_bytes()) for f, p in prints.items()],
            )

    def load(self, sha256: str) -> Fingerprint:
        """One fingerprint; the last few stay in memory."""
        found = self._at_hand.pop(sha256, None)
        if found is None:
            query = "SELECT data FROM fingerprints WHERE sha256 = ?"
            found = from_bytes(self._db.execute(query, (sha256,)).fetchone()[0])
            if len(self._at_hand) >= self._most:
                del self._at_hand[next(iter(self._at_hand))]
        self._at_hand[sha256] = found
        return found

    def hashes(self, files: Sequence[str]) -> Hashed:
        """The picture hashes of files; their rows are numbered in the order given."""
        rows = {file: row for row, file in enumerate(files)}
        owners, parts = [], []
        for file, data in self._db.execute("SELECT sha256, hashes FROM fingerprints"):
            if file in rows:
                owners += [rows[file]] * (len(data) // 48)
                parts.append(data)
        table = np.frombuffer(b"".join(parts), np.dtype([("bits", "<u8", 4), ("frame", "<f4", 4)]))
        order = np.argsort(owners, kind="stable")
        return Hashed(
            np.array(owners, np.int64)[order],
            table["bits"][order].astype(np.uint64),
            table["frame"][order].astype(np.float32),
        )

    def compared(self) -> list[str]:
        """The files that have been compared with each other, in the order of their hashes."""
        rows = self._db.execute("SELECT sha256 FROM fingerprints WHERE compared ORDER BY sha256")
        return [row[0] for row in rows]

    def found(self, compared: Iterable[str], alike: Mapping[Pair, Likeness | None]) -> None:
        """Keep what looking at pairs found, all of it or nothing.

        Args:
            compared: files that have been compared with all others now.
            alike: pairs that were looked at; None for nothing.
        """
        with self.write() as db:
            db.executemany(
                "INSERT OR REPLACE INTO likenesses VALUES (?, ?, ?)",
                [(*pair, json.dumps(_row(f)) if f else None) for pair, f in alike.items()],
            )
            db.executemany(
                "UPDATE fingerprints SET compared = 1 WHERE sha256 = ?", [(f,) for f in compared]
            )

    def all(self) -> dict[Pair, Likeness | None]:
        """Every pair that was looked at, and what they are to each other; None: nothing."""
        rows = self._db.execute(
            "SELECT first, second, found FROM likenesses ORDER BY first, second"
        )
        return {
            (a, b): Likeness.from_json(json.loads(found)) if found else None for a, b, found in rows
        }


def taken(
    file: Path, ground: tuple[int, int, int], *, truncated: bool = False
) -> Fingerprint | str:
    """The fingerprint of a picture that is known to be sound, or why it cannot be read."""
    try:
        pixels, size = pictures.read_reduced(file, READ_AT, ground, truncated=truncated)
    except PictureError as error:
        return str(error)
    return fingerprint(pixels, *size)


def _hashes(print_: Fingerprint) -> bytes:
    table = np.zeros(len(print_.hashes), np.dtype([("bits", "<u8", 4), ("frame", "<f4", 4)]))
    table["bits"], table["frame"] = print_.hashes, print_.frames
    return table.tobytes()


def _row(found: Likeness) -> dict[str, Any]:
    return {**found.to_json(), "map": found.map.round(6).tolist()}
