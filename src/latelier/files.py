"""Files written beside their place and moved into it, so that a killed program leaves no half one."""

import contextlib
import csv
import errno
import hashlib
import importlib
import io
import json
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from latelier.errors import disk_error

PART = ".latelier-part"  # ending of a file not yet moved into its place; `verify` sweeps old ones


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a new path beside ``path``; when the block ends well, the file is moved onto ``path``.

    Raises:
        DiskError: the disk is full, read-only, or refuses. Nothing is left behind.
    """
    part = path.with_name(f".{secrets.token_hex(6)}{PART}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        part.replace(path)
    except OSError as error:
        raise disk_error(error, f"writing {path.name}") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


@contextlib.contextmanager
def turn(path: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Let one process at a time into the block; the system ends the turn of one that is killed.

    Args:
        path: of a small file that stands for the turn; it is made and stays.
        waiting: called now and then while another process has the turn.

    Raises:
        DiskError: the file cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("ab")
    except OSError as error:
        raise disk_error(error, f"writing in {path.parent.name}") from error
    with file:
        while not _locked(file.fileno()):
            waiting()
            time.sleep(0.2)
        yield


def _locked(descriptor: int) -> bool:
    try:
        if os.name == "nt":
            windows: Any = importlib.import_module("msvcrt")
            windows.locking(descriptor, windows.LK_NBLCK, 1)
        else:
            posix: Any = importlib.import_module("fcntl")
            posix.flock(descriptor, posix.LOCK_EX | posix.LOCK_NB)
    except OSError as error:
        # a disk that knows no locks, as some network drives, says something else: go on without
        return error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    return True


def write_bytes(path: Path, data: bytes) -> None:
    """Put ``data`` at ``path``, whole or not at all.

    Raises:
        DiskError: the disk is full, read-only, or refuses.
    """
    with replacing(path) as part:
        part.write_bytes(data)


def link(source: Path, path: Path) -> None:
    """Let ``path`` be the file that ``source`` is now, whatever is put at ``source`` later.

    Takes no room where the disk knows hard links.

    Raises:
        DiskError: the disk is full, read-only, or refuses.
    """
    with replacing(path) as part:
        try:
            os.link(source, part)
        except OSError:
            shutil.copyfile(source, part)


def write_text(path: Path, text: str) -> None:
    """Put UTF-8 ``text`` with plain line ends at ``path``, whole or not at all.

    Raises:
        DiskError: the disk is full, read-only, or refuses.
    """
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, value: Any) -> None:
    """Put ``value`` as indented JSON at ``path``, whole or not at all.

    Raises:
        DiskError: the disk is full, read-only, or refuses.
    """
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Put a table at ``path`` as UTF-8 CSV, whole or not at all.

    Raises:
        DiskError: the disk is full, read-only, or refuses.
    """
    page = io.StringIO(newline="")
    writer = csv.writer(page, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    write_text(path, page.getvalue())


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, as 64 hexadecimal digits.

    Raises:
        DiskError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise disk_error(error, f"reading {path.name}") from error
