"""Tables of labels: CSV in and out, each row bound to its picture by name, never by position."""

import csv
import io
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from latelier.errors import UsageError, disk_error, nearest
from latelier.files import write_csv
from latelier.project import Image, Project
from latelier.project.criteria import Label, named

PICTURE = ("image", "path", "file", "filename", "file_name", "picture", "bild", "imagen", "name")
LABEL = ("label", "class", "etiqueta", "étiquette")
YES = {"1", "true", "yes", "y", "x", "unsure", "sí", "si", "oui"}
COLUMNS = ("image", "label", "unsure", "note", "again")


def read_table(
    project: Project, criterion: str, table: Path
) -> tuple[dict[int, Label | None], list[str]]:
    """The labels of a table by image id, and the pictures it names that are not here.

    A picture is bound by its path in the project, by where it lay when it was added, or by its
    file's name where only one has it.

    Raises:
        UsageError: it is not there, has no column of pictures or none of labels, or is no table.
        DiskError: it cannot be read.
    """
    rows = _rows(table)
    heads = list(rows[0]) if rows else []
    picture = next((h for w in PICTURE for h in heads if h.strip().lower() == w), None)
    words = (criterion.lower(), *LABEL)
    column = next((h for w in words for h in heads if h.strip().lower() == w), None)
    if picture is None or column is None:
        raise UsageError(
            f"{table.name} has the columns {', '.join(heads) or '(none)'}; it needs one of pictures "
            f"({', '.join(PICTURE[:4])}) and one of labels ({criterion} or {', '.join(LABEL[:2])})."
        )
    lower = {h.strip().lower(): h for h in heads}
    places = _Places(project)
    given: dict[int, Label | None] = {}
    unmatched = []
    for row in rows:
        name, value = (row.get(picture) or "").strip(), (row.get(column) or "").strip()
        if not name or not value:
            continue
        image = places.find(name)
        if image is None:
            unmatched.append(name)
            continue
        found = _label(row, value, lower)
        if image.id in given and given[image.id] != found:
            unmatched.append(f"{name} (named twice, with different labels)")
            continue
        given[image.id] = found
    return given, unmatched


def _label(row: Mapping[str, str | None], value: str, heads: Mapping[str, str]) -> Label:
    def cell(head: str) -> str:
        return (row.get(heads.get(head, "")) or "").strip()

    unsure = cell("unsure").lower() in YES
    return Label(named(value, "label"), unsure, cell("note"), cell("again") or None)


def write_table(path: Path, images: Mapping[int, Image], labels: Mapping[int, Label]) -> int:
    """Put the labels of a criterion at ``path`` as CSV; how many rows.

    Raises:
        DiskError: the disk is full, read-only, or refuses.
    """
    rows = [
        (images[i].path, x.value, "yes" if x.unsure else "", x.note, x.again or "")
        for i, x in sorted(labels.items(), key=lambda item: item[0])
        if i in images
    ]
    write_csv(path, COLUMNS, rows)
    return len(rows)


class _Places:
    """The images of a project by every name a table may call them."""

    def __init__(self, project: Project) -> None:
        self._by: dict[str, list[Image]] = defaultdict(list)
        for image in project.images.where():
            origin = image.origin.replace("\\", "/")
            tail = f"{image.tag}/{image.name}" if image.tag else ""
            for place in {image.path, origin, tail, image.name} - {""}:
                self._by[place].append(image)

    def find(self, name: str) -> Image | None:
        """The one image of that path or name, or None."""
        parts = name.replace("\\", "/").removeprefix("./").split("/")
        for start in range(len(parts)):
            found = self._by.get("/".join(parts[start:]), [])
            if len(found) == 1:
                return found[0]
        return None


def _rows(table: Path) -> list[dict[str, str]]:
    if not table.is_file():
        what = "is a folder" if table.is_dir() else "is not there"
        near = nearest(table.name, (f.name for f in table.parent.glob("*.csv")))
        hint = f" Did you mean {str(table.parent / near)!r}?" if near else ""
        raise UsageError(f"The table {table} {what}; name a CSV of pictures and labels.{hint}")
    try:
        data = table.read_bytes()
    except OSError as error:
        raise disk_error(error, f"reading {table.name}") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")  # as spreadsheets in Europe still write
    if "\0" in text:
        raise UsageError(f"{table.name} is not a table of text; save it as CSV first.")
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=mark))
