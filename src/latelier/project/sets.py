"""Sets: named lists of images. Some are always there; the others a person or a run has made."""

import re
from collections.abc import Iterable
from pathlib import PurePath

from latelier.errors import UnknownName, UsageError
from latelier.project._facts import Facts
from latelier.project.images import Image, Images
from latelier.project.store import Store, now

_HIDDEN = "id IN (SELECT image FROM decisions WHERE kind = 'hidden')"
_MARKED = "id IN (SELECT image FROM decisions WHERE kind = 'mark' AND value = '{}')"
_CUT = "id IN (SELECT parent FROM images WHERE role = 'drawing' AND parent IS NOT NULL)"

ALWAYS = {
    "all": f"NOT {_HIDDEN}",
    "originals": f"role IN ('source', 'drawing') AND NOT {_HIDDEN} AND NOT {_CUT}",
    "generated": f"role = 'generated' AND NOT {_HIDDEN}",
    "pages": f"role = 'page' AND NOT {_HIDDEN}",
    "drawings": f"role = 'drawing' AND NOT {_HIDDEN}",
    "refined": f"role = 'refined' AND NOT {_HIDDEN}",
    "kept": f"({_MARKED.format('keep')} OR {_MARKED.format('favourite')}) AND NOT {_HIDDEN}",
    "rejected": f"{_MARKED.format('reject')} AND NOT {_HIDDEN}",
    "favourites": f"{_MARKED.format('favourite')} AND NOT {_HIDDEN}",
    "hidden": _HIDDEN,
}


class Sets:
    """Named lists of images.

    Args:
        store: the project's database.
        images: the project's images.
    """

    def __init__(self, store: Store, images: Images) -> None:
        self.store = store
        self._images = images

    def names(self) -> list[str]:
        """Every set that can be named: the ones always there, those made, and one a run."""
        made = [r["name"] for r in self.store.db.execute("SELECT name FROM sets ORDER BY name")]
        return [*ALWAYS, *made, *self._runs()]

    def images(self, name: str) -> list[Image]:
        """The images of a set that are not hidden, in its order.

        Besides names, ``tag:WORD``, ``group:LABEL`` and ``label:CRITERION=LABEL`` (or
        ``label:CRITERION``, with any label) are understood, ``fact:eyes=2`` (what ``features``
        measured; several comparisons with commas), a run by its number, and one image by its
        file's name.

        Raises:
            UsageError: a fact is asked for that is no comparison, or was not measured; several
                images have the file's name, or none.
            UnknownName: no set has that name.
        """
        if name in ALWAYS:
            return self._images.where(ALWAYS[name])
        word, colon, value = name.partition(":")
        if colon and word == "tag":
            return self._images.where(
                f"(tag = ?1 OR substr(tag, 1, length(?1) + 1) = ?1 || '/') AND NOT {_HIDDEN}",
                [value],
            )
        if colon and word == "group":
            return self._images.where(
                "id IN (SELECT image FROM decisions WHERE kind = 'group' AND value = ?)"
                f" AND NOT {_HIDDEN}",
                [value],
            )
        if colon and word == "label":
            criterion, equals, label = value.partition("=")
            kind = (f"label:{criterion}", label, "" if equals else "any")
            return self._images.where(
                "id IN (SELECT image FROM decisions WHERE kind = ? AND (value = ? OR ? = 'any'))"
                f" AND NOT {_HIDDEN}",
                kind,
            )
        if colon and word == "fact":
            holds = Facts(self.store).where(value)
            return [i for i in self._images.where(f"NOT {_HIDDEN}") if i.id in holds]
        if self.store.db.execute("SELECT 1 FROM sets WHERE name = ?", (name,)).fetchone():
            rows = self.store.db.execute(
                "SELECT image FROM members WHERE set_name = ? ORDER BY position", (name,)
            )
            hidden = {i.id for i in self._images.where(_HIDDEN)}
            return self._images.by_id([r["image"] for r in rows if r["image"] not in hidden])
        runs = self._runs()
        asked = name.removeprefix("runs/").rstrip("/")
        run = next((r for r in runs if r == asked or int(r[:4]) == _number(asked)), None)
        if run is None and PurePath(name).suffix:
            return [self._images.find(name)]
        if run is None:
            raise UnknownName("set", name, self.names())
        return self._images.where(f"run = ? AND NOT {_HIDDEN}", [run])

    def make(self, name: str, images: Iterable[Image], about: str = "") -> None:
        """Make a set, or give an existing one a new list.

        Raises:
            UsageError: the name is taken by a set that is always there, or is not a plain word.
        """
        if name in ALWAYS or not re.fullmatch(r"[\w][\w .-]{0,79}", name) or name[:4].isdecimal():
            raise UsageError(
                f"A set cannot be called {name!r}; take letters, digits, dots and dashes, "
                f"not starting with four digits, and none of {', '.join(ALWAYS)}"
            )
        with self.store.write() as db:
            db.execute(
                "INSERT INTO sets (name, about, made_at) VALUES (?, ?, ?)"
                " ON CONFLICT(name) DO UPDATE SET about = excluded.about",
                (name, about, now()),
            )
            db.execute("DELETE FROM members WHERE set_name = ?", (name,))
            db.executemany(
                "INSERT OR IGNORE INTO members (set_name, position, image) VALUES (?, ?, ?)",
                [(name, position, image.id) for position, image in enumerate(images)],
            )

    def _runs(self) -> list[str]:
        rows = self.store.db.execute(
            "SELECT DISTINCT run FROM images WHERE run IS NOT NULL ORDER BY run"
        )
        return [r["run"] for r in rows]


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else -1
