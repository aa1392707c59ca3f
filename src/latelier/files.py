"""Files written beside their place and moved into it, so that a killed program leaves no half one."""

import contextlib
import csv
import hashlib
import io
import json
import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
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


def write_bytes(path: Path, data: bytes) -> None:
    """Put ``data`` at ``path``, whole or not at all.

    Raises:
        DiskError: the disk is full, read-only, or refuses.
    """
    with replacing(path) as part:
        part.write_bytes(data)


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
