"""The images of a project: a file each, with its parent, hash, rights and story."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from latelier.errors import UnknownName, UsageError, nearest
from latelier.project.store import Store, now

ROLES = ("source", "page", "drawing", "generated", "refined")


@dataclass(frozen=True)
class NewImage:
    """A file that lies in the project folder and is about to become an image of it.

    Args:
        path: from the project folder, with forward slashes.
        role: one of ``ROLES``.
        sha256: of the file's bytes.
        bytes: the file's size.
        width: of the upright picture, in pixels.
        height: of the upright picture, in pixels.
        pixels_sha256: of the upright sRGB pixels and their size; of a very large JPEG, of its coded
            pixels.
        format: of the file: PNG, JPEG, ...
        mode: as stored: RGB, L, CMYK, ...
        tag: the subfolder it came from.
        origin: where it lay when it was added.
        parent: the id of the image it was cut from or refined from.
        run: the run that made it.
        seed: the seed it was made with.
        facts: whatever else is true of it, as JSON.
    """

    path: str
    role: str
    sha256: str
    bytes: int
    width: int
    height: int
    pixels_sha256: str = ""
    format: str = ""
    mode: str = ""
    tag: str = ""
    origin: str = ""
    parent: int | None = None
    run: str | None = None
    seed: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.path.rpartition("/")[2]

    @property
    def truncated(self) -> bool:
        """Whether its file ended before its picture did when it was added, and a person took it."""
        return bool(self.facts.get("truncated"))


@dataclass(frozen=True, kw_only=True)
class Image(NewImage):
    """An image of the project, as stored.

    Args:
        id: its number in the store.
        added_at: when, in UTC.
    """

    id: int
    added_at: str


_COLUMNS = [f.name for f in fields(NewImage)]


class Images:
    """The table of images.

    Args:
        store: the project's database.
        root: the project folder.
    """

    def __init__(self, store: Store, root: Path) -> None:
        self.store = store
        self.root = root

    def add(self, new: Iterable[NewImage]) -> list[Image]:
        """Enter files as images, in one transaction.

        Raises:
            sqlite3.IntegrityError: a path is already an image.
        """
        marks = ", ".join("?" * (len(_COLUMNS) + 2))
        ids = []
        with self.store.write() as db:
            for image in new:
                row = asdict(image)
                row["facts"] = json.dumps(image.facts, ensure_ascii=False)
                cursor = db.execute(
                    f"INSERT INTO images ({', '.join(_COLUMNS)}, name, added_at) VALUES ({marks})",
                    [*(row[c] for c in _COLUMNS), image.name, now()],
                )
                ids.append(cursor.lastrowid)
        return self.by_id([i for i in ids if i is not None])

    def by_id(self, ids: Sequence[int]) -> list[Image]:
        """Images by their numbers, in the order asked for."""
        found: dict[int, Image] = {}
        for start in range(0, len(ids), 500):
            part = ids[start : start + 500]
            rows = self.store.db.execute(
                f"SELECT * FROM images WHERE id IN ({', '.join('?' * len(part))})", list(part)
            )
            found.update((row["id"], _image(row)) for row in rows)
        return [found[i] for i in ids if i in found]

    def where(self, condition: str = "1", values: Sequence[Any] = ()) -> list[Image]:
        """Images that fulfil a condition in SQL over the columns of ``images``, oldest first."""
        query = f"SELECT * FROM images WHERE {condition} ORDER BY id"
        return [_image(row) for row in self.store.db.execute(query, list(values))]

    def find(self, reference: str | int | Path) -> Image:
        """The one image that a path, a file name or a number means.

        Raises:
            UnknownName: there is none; the nearest name is told.
            UsageError: several have that name.
        """
        text = str(reference)
        path = Path(text)
        if path.is_absolute() and path.is_relative_to(self.root):
            text = path.relative_to(self.root).as_posix()
        text = text.replace("\\", "/").removeprefix("./")
        name = text.rpartition("/")[2]
        found = (
            self.where("path = ?", [text])
            or (self.where("id = ?", [int(text)]) if text.isdecimal() else [])
            or self.where(
                "name = ? AND substr('/' || path, -length(?)) = ?", [name, *["/" + text] * 2]
            )
        )
        if len(found) == 1:
            return found[0]
        if not found:
            names = [r["name"] for r in self.store.db.execute("SELECT name FROM images LIMIT 5000")]
            if len(names) > 12:
                near = nearest(text, names)
                hint = f" Did you mean {near!r}?" if near else ""
                raise UsageError(f"No image here is called {text!r} (of {len(names)}).{hint}")
            raise UnknownName("image", text, names)
        paths = ", ".join(i.path for i in found[:4])
        raise UsageError(f"{len(found)} images are called {text!r}: {paths}; give the path of one")

    def file(self, image: NewImage) -> Path:
        """Where the image's file lies."""
        return self.root / image.path

    def refuse(self, refused: Iterable[tuple[str, str, str]]) -> None:
        """Remember files that could not become images: where they lie, why, their sha256 or ''."""
        with self.store.write() as db:
            db.executemany(
                "INSERT INTO refused (file, reason, sha256, at) VALUES (?, ?, ?, ?) "
                "ON CONFLICT(file) DO UPDATE SET reason = excluded.reason, "
                "sha256 = excluded.sha256, at = excluded.at",
                [(*r, now()) for r in refused],
            )

    def accept(self, files: Iterable[str]) -> None:
        """Forget that files were refused, since they have become images now."""
        with self.store.write() as db:
            db.executemany("DELETE FROM refused WHERE file = ?", [(f,) for f in files])

    def refused(self) -> list[dict[str, str]]:
        """Files that could not become images: ``file``, ``reason``, ``sha256``, ``at``."""
        return [dict(r) for r in self.store.db.execute("SELECT * FROM refused ORDER BY file")]


def _image(row: sqlite3.Row) -> Image:
    values = {c: row[c] for c in _COLUMNS}
    values["facts"] = json.loads(row["facts"])
    return Image(**values, id=row["id"], added_at=row["added_at"])
