"""Put images out as one folder per group, mark or tag: each by its own file, never by position."""

import csv
import hashlib
import io
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image as Pillow

from latelier.collection import bare
from latelier.errors import DiskError, TooFew, UsageError, disk_error
from latelier.files import sha256, write_bytes, write_csv
from latelier.progress import Progress, silent
from latelier.project import Image, Project
from latelier.steps._grouping import distinct, grouped
from latelier.steps._names import portable, portable_tag
from latelier.steps._out import called, place
from latelier.steps._pictures import pixels as read
from latelier.wording import plural

MANIFEST = "manifest.csv"
COLUMNS = ("file", "image", "label", "sha256", "rights", "credit", "note")


@dataclass(frozen=True)
class Move:
    """One image and the file it is put out as.

    Args:
        image: the image.
        label: its group, mark or tag.
        file: from the folder sorted into, with forward slashes.
        state: ``there`` already, ``new``, or ``changed``: an earlier copy of ours makes way.
        note: why the file is called otherwise than the image, or empty.
        sha256: of the file that is put out.
    """

    image: Image
    label: str
    file: str
    state: str
    note: str
    sha256: str


@dataclass(frozen=True)
class Sorted:
    """What was sorted, or with a dry run would be.

    Args:
        to: the folder, as a person names it.
        by: group, mark, tag, or a number that was measured, such as ``fact:eyes``.
        moves: one for each image.
        removed: copies of an earlier sort into this folder that had their place elsewhere now.
        without: images that have no label and stay out.
        dry_run: whether nothing was touched.
    """

    to: str
    by: str
    moves: list[Move]
    removed: list[str]
    without: list[Image]
    dry_run: bool

    @property
    def sizes(self) -> dict[str, int]:
        """How many images each label has."""
        labels = [m.label for m in self.moves]
        return {label: labels.count(label) for label in dict.fromkeys(labels)}

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "moves": [
                {"image": m.image.path, "to": f"{self.to}/{m.file}", "state": m.state}
                for m in self.moves
            ],
            "manifest": f"{self.to}/{MANIFEST}",
            "by": self.by,
            "sizes": self.sizes,
            "removed": [f"{self.to}/{r}" for r in self.removed],
            "without": [i.path for i in self.without],
            "dry_run": self.dry_run,
        }


def sort(
    project: Project,
    set_name: str = "all",
    to: str | Path = "out/groups",
    *,
    by: str = "group",
    link: bool = False,
    dry_run: bool = False,
    on_progress: Progress = silent,
) -> Sorted:
    """Put the images of a set out as one folder for each label, with a manifest.

    A copy of an original leaves its metadata behind (place, person, camera, time); its pixels are
    those of the file, and the manifest names its rights. A link shows the original as it is.

    Sorting again writes only what is missing; copies that an earlier sort put there and that now
    belong elsewhere make way, as long as nobody has altered them.

    Args:
        project: whose images.
        set_name: the images.
        to: a folder, from the project folder.
        by: group, mark or tag.
        link: symbolic links to the images instead of copies.
        dry_run: say what would be done, and touch nothing.
        on_progress: told after each file.

    Raises:
        UnknownName: there is no such set, or no such way to sort.
        TooFew: no image of the set has a label.
        UsageError: the folder is the project's own, or holds a different file under a name needed.
        DiskError: the disk is full, read-only, or refuses.
    """
    folder = place(project, to)
    images = project.sets.images(set_name)
    labels, without = grouped(project, images, by)
    if not labels:
        hint = {"group": "latelier groups " + set_name, "mark": "latelier mark keep IMAGE"}
        raise TooFew(
            f"None of the {plural(len(images), 'image')} of {set_name!r} has a {by}; "
            f"first: {hint.get(by, 'latelier add a folder with subfolders')}"
        )
    before = _manifest(folder)
    moves = _planned(project, folder, labels, before, link)
    files = {m.file for m in moves}
    removed = [f for f, row in before.items() if f not in files and _ours(folder / f, row)]
    done = Sorted(called(project, folder), by, moves, removed, without, dry_run)
    if dry_run:
        return done
    new = [m for m in moves if m.state != "there"]
    if new or removed:
        _enter(project, done, new, before, link)
    _remove(folder, removed)
    for i, move in enumerate(new):
        _put(project, move.image, folder / move.file, link)
        on_progress(i + 1, len(new), move.file)
    _write_manifest(folder, _rows(project, moves))
    return done


def _enter(
    project: Project,
    done: Sorted,
    new: list[Move],
    before: Mapping[str, Mapping[str, str]],
    link: bool,
) -> None:
    """Write the journal before the files, so that a sort cut short can be undone as well."""
    makes_way = [*done.removed, *(m.file for m in new if m.state == "changed")]
    payload = {
        "folder": done.to,
        "written": _rows(project, new),
        "removed": [dict(before[f]) for f in makes_way],
        "link": link,
    }
    said = f"{plural(len(done.moves), 'image')} sorted by {done.by} into {done.to}"
    project.journal.decide("sort", said, payload=payload)


def take_back(project: Project, payload: Mapping[str, Any]) -> str:
    """Undo a sort: remove the files that it wrote and nobody altered, put back those it removed.

    Args:
        project: whose images.
        payload: as ``sort`` left it in the journal.
    """
    folder = (project.root / payload["folder"]).resolve()
    kept = [r for r in payload["written"] if (p := folder / r["file"]).exists() and not _ours(p, r)]
    gone = [r for r in payload["written"] if _ours(folder / r["file"], r)]
    _remove(folder, [r["file"] for r in gone])
    known = {i.path: i for i in project.images.where()}
    restored = [r for r in payload["removed"] if r["image"] in known]
    for row in restored:
        if not os.path.lexists(folder / row["file"]):
            _put(project, known[row["image"]], folder / row["file"], payload["link"])
    now = {**_manifest(folder), **{r["file"]: r for r in restored}}
    rows = [r for f, r in now.items() if _ours(folder / f, r)]
    if rows:
        _write_manifest(folder, rows)
    else:
        (folder / MANIFEST).unlink(missing_ok=True)
        _drop_empty(folder, folder.parent)
    said = f"{plural(len(gone), 'file')} removed from {payload['folder']}"
    if restored:
        said += f", {plural(len(restored), 'earlier one')} put back"
    if kept:
        said += f"; {plural(len(kept), 'file')} altered since then stayed"
    return said + "."


def _planned(
    project: Project,
    folder: Path,
    labels: Mapping[str, list[Image]],
    before: Mapping[str, Mapping[str, str]],
    link: bool,
) -> list[Move]:
    """One move for each image.

    Raises:
        UsageError: a different file stands where one is needed.
    """
    moves = []
    places = [portable_tag(label) for label in labels]
    for label, group_folder in zip(labels, distinct([MANIFEST, *places])[1:], strict=True):
        wanted = [portable(i.name) for i in labels[label]]
        for image, name, file in zip(labels[label], wanted, distinct(wanted), strict=True):
            path = f"{group_folder}/{file}"
            note = ""
            if file != name:
                note = f"another image of {label!r} is called {image.name} too"
            elif file != image.name:
                note = f"{image.name!r} is no file name everywhere"
            digest = image.sha256 if link else _digest(project, image)
            state = _state(folder / path, image, digest, before.get(path), project.root)
            if state == "other":
                raise UsageError(
                    f"{called(project, folder / path)} is there already and is not {image.name}; "
                    "nothing was sorted. Move it away, or sort into another folder."
                )
            moves.append(Move(image, label, path, state, note, digest))
    return moves


def _state(path: Path, image: Image, digest: str, row: Mapping[str, str] | None, root: Path) -> str:
    if not os.path.lexists(path):
        return "new"
    if path.is_symlink() and path.resolve() == (root / image.path).resolve():
        return "there"
    if path.is_file() and sha256(path) == digest:
        return "there"
    return "changed" if row is not None and _ours(path, row) else "other"


def _ours(path: Path, row: Mapping[str, str]) -> bool:
    """Whether the file is the one of the manifest, unaltered."""
    return path.is_file() and sha256(path) == row["sha256"]


def _put(project: Project, image: Image, to: Path, link: bool) -> None:
    source = project.images.file(image)
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        if not link:
            write_bytes(to, _without_metadata(project, image))
            return
        inside = to.is_relative_to(project.root)
        target = os.path.relpath(source, to.parent) if inside else str(source)
        to.unlink(missing_ok=True)
        to.symlink_to(target)
    except OSError as error:
        if link and getattr(error, "winerror", None) == 1314:
            raise DiskError(
                "This account may not make links on Windows; sort without --link, "
                "or switch on Developer Mode"
            ) from error
        raise disk_error(error, f"putting {image.name} into {to.parent.name}") from error


def _without_metadata(project: Project, image: Image) -> bytes:
    """What is put out: the file of a made image, and of an original all but its metadata."""
    source = project.images.file(image)
    data = source.read_bytes()
    if image.role == "generated":
        return data
    try:
        return bare(data)
    except (ValueError, OSError):  # built in a way we do not know: the pixels, written anew
        pixels = Pillow.fromarray(read(project, image))
        file = io.BytesIO()
        kind = Pillow.registered_extensions().get(source.suffix.lower(), "PNG")
        pixels.save(
            file, kind, **({} if kind in ("PNG", "TIFF", "BMP", "GIF") else {"quality": 95})
        )
        return file.getvalue()


def _digest(project: Project, image: Image) -> str:
    if image.role == "generated" or not project.images.file(image).is_file():
        return image.sha256
    return hashlib.sha256(_without_metadata(project, image)).hexdigest()


def _remove(folder: Path, files: Iterable[str]) -> None:
    for file in files:
        try:
            (folder / file).unlink(missing_ok=True)
        except OSError as error:
            raise disk_error(error, f"removing {file}") from error
        _drop_empty((folder / file).parent, folder)


def _drop_empty(folder: Path, stop: Path) -> None:
    """Remove a folder and those above it, below ``stop``, as long as they are empty."""
    while folder != stop and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _rows(project: Project, moves: Iterable[Move]) -> list[dict[str, str]]:
    rights, credit = project.journal.values("rights"), project.journal.values("credit")
    return [
        {
            "file": m.file,
            "image": m.image.path,
            "label": m.label,
            "sha256": m.sha256,
            "rights": rights.get(m.image.id, ""),
            "credit": credit.get(m.image.id, ""),
            "note": m.note,
        }
        for m in moves
    ]


def _manifest(folder: Path) -> dict[str, dict[str, str]]:
    """The rows of the manifest that lies there, by file.

    Raises:
        UsageError: it is not one of ours.
    """
    path = folder / MANIFEST
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise UsageError(f"{path} was not made by sorting; choose another folder")
        return {row["file"]: row for row in reader}


def _write_manifest(folder: Path, rows: Iterable[Mapping[str, str]]) -> None:
    ordered = sorted(rows, key=lambda r: r["file"])
    write_csv(folder / MANIFEST, COLUMNS, [[r[c] for c in COLUMNS] for r in ordered])
