"""The marks of pictures, kept in the project's ``cache`` so that each picture is looked at once."""

import hashlib
import json
import sqlite3
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from latelier.errors import disk_error
from latelier.files import replacing
from latelier.project.store import in_words
from latelier.seeds import rng
from latelier.tracing.index import Index, indexed
from latelier.tracing.judge import BIAS, WEIGHTS
from latelier.tracing.marks import VERSION, Marks, from_bytes, to_bytes
from latelier.tracing.search import VERSION as SEARCH
from latelier.tracing.search import Evidence

AT_HAND = 200  # pictures whose marks stay in memory; 0.2 MB each
CLOSER = "-closer"  # a picture's marks by a closer look
_ARRAYS = ("looks", "owner", "row", "kinds", "places", "words", "starts")


class MarksCache:
    """The marks of pictures by the hash of their file, the index of one collection, what was found.

    Args:
        folder: of the project's cache.
        ground: what transparency is laid on; another ground, other marks.

    Raises:
        DiskError: it cannot be written.
    """

    def __init__(self, folder: Path, ground: tuple[int, int, int]) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise disk_error(error, f"making {folder.name}") from error
        self.path = folder / "tracing.db"
        self._index = folder / "tracing-index.npz"
        self._ground = bytes(ground).hex()
        try:
            self._db = self._opened()
        except sqlite3.DatabaseError:  # damaged, or not ours: nothing in it cannot be made again
            self.path.unlink(missing_ok=True)
            self._db = self._opened()
        self._at_hand: dict[str, Marks] = {}
        self._compared_with = ""

    def _opened(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=60, isolation_level=None)
        try:
            db.execute("PRAGMA synchronous = NORMAL")
            if db.execute("PRAGMA user_version").fetchone()[0] != VERSION:
                db.execute("DROP TABLE IF EXISTS marks")
                db.execute("CREATE TABLE marks (key TEXT PRIMARY KEY, data BLOB NOT NULL)")
                db.execute("DROP TABLE IF EXISTS evidence")
                db.execute(f"PRAGMA user_version = {VERSION}")
            db.execute("SELECT count(*) FROM marks").fetchone()
            db.execute(
                "CREATE TABLE IF NOT EXISTS evidence (key TEXT PRIMARY KEY, data TEXT NOT NULL)"
            )
        except sqlite3.DatabaseError:
            db.close()
            raise
        return db

    def __enter__(self) -> "MarksCache":
        return self

    def __exit__(self, *error: object) -> None:
        self._db.close()

    def _key(self, sha256: str) -> str:
        return f"{sha256}-{self._ground}"

    def missing(self, files: Sequence[str]) -> list[str]:
        """Those of the files whose marks are not known."""
        have = {row[0] for row in self._db.execute("SELECT key FROM marks")}
        return [f for f in dict.fromkeys(files) if self._key(f) not in have]

    def keep(self, found: Mapping[str, Marks]) -> None:
        """Keep marks by the hashes of their files."""
        rows = [(self._key(f), to_bytes(m)) for f, m in found.items()]
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany("INSERT OR REPLACE INTO marks VALUES (?, ?)", rows)
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise in_words(error, self.path) from error

    def load(self, sha256: str) -> Marks:
        """The marks of one picture; the last ``AT_HAND`` stay in memory."""
        found = self._at_hand.pop(sha256, None)
        if found is None:
            query = "SELECT data FROM marks WHERE key = ?"
            found = from_bytes(self._db.execute(query, (self._key(sha256),)).fetchone()[0])
            if len(self._at_hand) >= AT_HAND:
                del self._at_hand[next(iter(self._at_hand))]
        self._at_hand[sha256] = found
        return found

    def index(self, files: Sequence[str]) -> Index:
        """The index of pictures whose marks are known: the one kept, or a new one where they changed."""
        said = "\n".join([str(VERSION), *map(self._key, files)])
        digest = self._compared_with = hashlib.sha256(said.encode()).hexdigest()
        try:
            with self._index.open("rb") as file, np.load(file, allow_pickle=False) as held:
                if str(held["digest"]) == digest:
                    return Index(**{name: held[name] for name in _ARRAYS}, count=len(files))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            pass  # not there yet, or damaged: it is made again
        made = indexed([self.load(f) for f in files], rng(0, "tracing"))
        arrays = {name: getattr(made, name) for name in _ARRAYS}
        with replacing(self._index) as part, part.open("wb") as to:
            np.savez(to, digest=np.array(digest), **arrays)
        return made

    def _case(self, sha256: str, without: Sequence[int]) -> str:
        said = (self._key(sha256), self._compared_with, list(without), SEARCH, BIAS, WEIGHTS)
        return hashlib.sha256(repr(said).encode()).hexdigest()

    def evidence(self, sha256: str, without: Sequence[int]) -> list[Evidence] | None:
        """What was found of a design beside the originals of ``index``; None where none looked yet."""
        query = "SELECT data FROM evidence WHERE key = ?"
        row = self._db.execute(query, (self._case(sha256, without),)).fetchone()
        return [Evidence.from_json(told) for told in json.loads(row[0])] if row else None

    def found(self, sha256: str, without: Sequence[int], evidence: Sequence[Evidence]) -> None:
        """Keep what was found of a design, so that a stopped trace goes on after it."""
        told = json.dumps([e.to_json() for e in evidence])
        try:
            self._db.execute(
                "INSERT OR REPLACE INTO evidence VALUES (?, ?)",
                (self._case(sha256, without), told),
            )
        except sqlite3.Error as error:
            raise in_words(error, self.path) from error
