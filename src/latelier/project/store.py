"""One SQLite file in WAL mode: many may read, one writes, a killed writer leaves nothing half done."""

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from latelier.errors import Damaged, DiskError
from latelier.project.migrations import MIGRATIONS

BUSY_S = 60  # how long a writer waits for another process to finish its sentence


def now() -> str:
    """The time in UTC to the millisecond, as ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def in_words(error: sqlite3.Error, path: Path) -> DiskError | Damaged:
    """One sentence for an error of SQLite."""
    text = str(error)
    if isinstance(error, sqlite3.DatabaseError) and (
        "malformed" in text or "not a database" in text or "encrypted" in text
    ):
        return Damaged(
            f"{path} is damaged ({text}); put back a copy of it. "
            "The pictures in sources/ and the runs in runs/ are not touched by this."
        )
    if "full" in text or "disk I/O" in text:
        return DiskError(f"Could not write {path}: the disk is full; free some space and try again")
    if "readonly" in text or "unable to open" in text:
        return DiskError(
            f"Could not write {path}: the folder is read-only; "
            "copy the project to a folder that can be written"
        )
    if "locked" in text:
        return DiskError(f"{path} has been busy for {BUSY_S} s; let the other program finish first")
    return DiskError(f"Could not use {path}: {text}")


class Store:
    """The project's database; each thread gets a connection of its own.

    Args:
        path: of the SQLite file; made and brought up to date when missing or old.

    Raises:
        DiskError: the file cannot be written.
        Damaged: the file is no SQLite database, or was made by a newer Latelier.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._here = threading.local()
        with self.write() as db:
            self._migrate(db)

    @property
    def db(self) -> sqlite3.Connection:
        """This thread's connection; rows come as ``sqlite3.Row``."""
        if not hasattr(self._here, "db"):
            try:
                db = sqlite3.connect(self.path, timeout=BUSY_S, isolation_level=None)
                db.row_factory = sqlite3.Row
                db.execute("PRAGMA journal_mode = WAL")
                db.execute("PRAGMA synchronous = FULL")  # a decision survives the plug being pulled
                db.execute("PRAGMA foreign_keys = ON")
            except sqlite3.Error as error:
                raise in_words(error, self.path) from error
            self._here.db = db
        connection: sqlite3.Connection = self._here.db
        return connection

    @contextlib.contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of the block or nothing of it; blocks inside blocks join the outer.

        Raises:
            DiskError: the file cannot be written, or another process held it too long.
        """
        db = self.db
        if db.in_transaction:
            yield db
            return
        try:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")
        except sqlite3.IntegrityError:
            raise
        except sqlite3.Error as error:
            raise in_words(error, self.path) from error

    def close(self) -> None:
        """Close this thread's connection; the next use opens another."""
        if hasattr(self._here, "db"):
            self._here.db.close()
            del self._here.db

    def check(self) -> list[str]:
        """What SQLite's own integrity check finds; empty when all is well."""
        rows = [str(row[0]) for row in self.db.execute("PRAGMA integrity_check")]
        rows += [
            f"{r[0]} row {r[1]} points nowhere" for r in self.db.execute("PRAGMA foreign_key_check")
        ]
        return [row for row in rows if row != "ok"]

    def _migrate(self, db: sqlite3.Connection) -> None:
        db.execute(
            "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL)"
        )
        done = {row["name"] for row in db.execute("SELECT name FROM migrations")}
        if unknown := sorted(done - {name for name, _ in MIGRATIONS}):
            raise Damaged(
                f"{self.path} was made by a newer Latelier (it has {unknown[0]!r}); "
                "update Latelier to open it"
            )
        for name, script in MIGRATIONS:
            if name not in done:
                for statement in _statements(script):
                    db.execute(statement)
                db.execute("INSERT INTO migrations VALUES (?, ?)", (name, now()))


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one; ``executescript`` would commit the transaction."""
    gathered = ""
    for line in script.splitlines(keepends=True):
        gathered += line
        if sqlite3.complete_statement(gathered):
            yield gathered
            gathered = ""
