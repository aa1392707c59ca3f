"""Files and folders on this machine; subfolders become a tag."""

import os
from collections.abc import Iterator
from pathlib import Path

from latelier.collection._formats import SUFFIXES, begins_like_a_picture
from latelier.collection._found import Found, Listing
from latelier.errors import UsageError, disk_error


def find(place: str | Path, *, leave_out: Path | None = None) -> Listing:
    """The files at ``place`` that may be pictures, in the order of their names.

    A file is taken whatever it is called; of a folder's files those that by their name or their
    first bytes are pictures. Hidden files and folders are passed over.

    Args:
        place: a file or a folder.
        leave_out: a folder that is not gone into.

    Raises:
        UsageError: nothing is there.
        DiskError: the folder itself cannot be read.
    """
    path = Path(place).expanduser()
    if ".." in path.parts and path.name != "..":
        path = path.parent.resolve() / path.name  # what is said of it later names no detour
    if path.is_file():
        return Listing((Found(path.absolute()),))
    if not path.is_dir():
        what = "is neither a file nor a folder" if path.exists() else "is not there"
        raise UsageError(f"{place} {what}; name pictures, or a folder of pictures")
    found: list[Found] = []
    aside: list[Path] = []
    closed: list[Path] = []
    for file in _files(path.absolute(), leave_out, closed):
        if file.suffix.lower() in SUFFIXES or begins_like_a_picture(file):
            tag = file.parent.relative_to(path.absolute()).as_posix()
            found.append(Found(file, "" if tag == "." else tag))
        else:
            aside.append(file)
    return Listing(tuple(found), tuple(aside), tuple(closed))


def _files(folder: Path, leave_out: Path | None, closed: list[Path]) -> Iterator[Path]:
    """Every file below ``folder``, each folder's own files first; links that lead in circles end."""
    seen = {leave_out}

    def walk(here: Path) -> Iterator[Path]:
        if (true := here.resolve()) in seen:
            return
        seen.add(true)
        try:
            entries = sorted(os.scandir(here), key=lambda e: e.name)
        except OSError as error:
            if here == folder:
                raise disk_error(error, f"reading the folder {here}") from error
            closed.append(here)
            return
        shown = [e for e in entries if not e.name.startswith(".") and e.name != "__MACOSX"]
        yield from (Path(e.path) for e in shown if e.is_file() and e.name.lower() != "thumbs.db")
        for entry in shown:
            if entry.is_dir():
                yield from walk(Path(entry.path))

    return walk(folder)
