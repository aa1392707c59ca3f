"""A dataset on disk: one memory-mapped uint8 array, and a table that binds each row to its picture.

``dataset.npy`` is (n, h, w, c) uint8, ``manifest.csv`` has one line a row, and ``dataset.json``,
written last, says what the two hold and what they hash to.
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import IO, Any, Self

import numpy as np
from numpy.typing import NDArray

from latelier.errors import Damaged, DiskError, disk_error
from latelier.files import replacing, sha256, write_csv, write_json

ARRAY, MANIFEST, ABOUT = "dataset.npy", "manifest.csv", "dataset.json"


@dataclass(frozen=True)
class Row:
    """What one row of the array is.

    Args:
        row: its number, from 0.
        image: the picture's path in the project.
        sha256: of the picture's file.
        x: left edge of the part that was taken, in pixels of the upright picture.
        y: top edge.
        w: width.
        h: height.
        held_out: whether the row is kept from training, to measure with.
        copy_set: rows with the same number show the same picture and stay on one side.
    """

    row: int
    image: str
    sha256: str
    x: int
    y: int
    w: int
    h: int
    held_out: bool
    copy_set: int


@dataclass(frozen=True)
class Dataset:
    """Pictures of one size, ready to learn from.

    Args:
        folder: where it lies.
        name: what it is called.
        pixels: (n, h, w, c) uint8, mapped from the file; c is 3, or 1 for ink.
        rows: what each row is.
        about: everything else ``dataset.json`` says.
    """

    folder: Path
    name: str
    pixels: NDArray[np.uint8]
    rows: tuple[Row, ...]
    about: Mapping[str, Any]

    @classmethod
    def open(cls, folder: str | Path) -> Self:
        """Open a dataset without reading its pixels.

        Raises:
            Damaged: a file is missing, or is not what ``dataset.json`` says.
        """
        folder = Path(folder)
        try:
            about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
            manifest = folder / MANIFEST
            if sha256(manifest) != about["manifest_sha256"]:
                raise _damaged(folder, f"{MANIFEST} was changed")
            rows = tuple(_rows(manifest))
            pixels = np.load(folder / ARRAY, mmap_mode="r", allow_pickle=False)
            shape = (len(rows), about["height"], about["width"], about["channels"])
        except (DiskError, OSError, ValueError, KeyError, TypeError) as error:
            raise _damaged(folder, f"it cannot be opened ({error})") from error
        if pixels.dtype != np.uint8 or pixels.shape != shape:
            raise _damaged(folder, f"{ARRAY} holds {pixels.shape}, its table says {shape}")
        return cls(folder, about["dataset"], pixels, rows, about)

    def check(self) -> None:
        """Read the whole array once.

        Raises:
            Damaged: it is not what was written.
        """
        if sha256(self.folder / ARRAY) != self.about["array_sha256"]:
            raise _damaged(self.folder, f"{ARRAY} was changed")

    @property
    def size(self) -> int | str:
        """Pixels a side, or ``"96x64"`` where width and height differ."""
        height, width = self.pixels.shape[1:3]
        return width if width == height else f"{width}x{height}"

    @property
    def channels(self) -> int:
        """3 for colour, 1 for ink."""
        return int(self.pixels.shape[3])

    @cached_property
    def train(self) -> NDArray[np.int64]:
        """The numbers of the rows to learn from."""
        return np.array([r.row for r in self.rows if not r.held_out], dtype=np.int64)

    @cached_property
    def held_out(self) -> NDArray[np.int64]:
        """The numbers of the rows that are kept to measure with; may be empty."""
        return np.array([r.row for r in self.rows if r.held_out], dtype=np.int64)

    @cached_property
    def copy_sets(self) -> NDArray[np.int64]:
        """(n,) the copy-set of each row."""
        return np.array([r.copy_set for r in self.rows], dtype=np.int64)

    def __len__(self) -> int:
        return len(self.rows)


class ArrayWriter:
    """Pictures of one shape, written one after the other to an array of a length not yet known.

    Args:
        file: open for writing.
        shape: of one picture, (h, w, c).
    """

    def __init__(self, file: IO[bytes], shape: tuple[int, int, int]) -> None:
        self._file = file
        self._shape = shape
        self.count = 0
        self._head()

    def add(self, pixels: NDArray[np.uint8]) -> None:
        """Write one picture."""
        self._file.write(np.ascontiguousarray(pixels, np.uint8).reshape(self._shape).tobytes())
        self.count += 1

    def close(self) -> None:
        """Say in the file's head how many there are."""
        self._file.seek(0)
        self._head()

    def _head(self) -> None:
        # numpy leaves room in the head for the first axis to grow, so it keeps its length
        np.lib.format.write_array_header_1_0(
            self._file,
            {"descr": "|u1", "fortran_order": False, "shape": (self.count, *self._shape)},
        )


@contextmanager
def writing(folder: Path, shape: tuple[int, int, int]) -> Iterator[ArrayWriter]:
    """Write ``dataset.npy`` whole or not at all.

    Raises:
        DiskError: the disk is full, read-only, or refuses.
    """
    with replacing(folder / ARRAY) as part, part.open("wb") as file:
        writer = ArrayWriter(file, shape)
        yield writer
        writer.close()


def finish(folder: Path, name: str, rows: Sequence[Row], about: Mapping[str, Any]) -> Dataset:
    """Write the table, and last what the dataset is; then open it.

    Raises:
        DiskError: the disk is full, read-only, or refuses.
    """
    columns = [f.name for f in fields(Row)]
    lines = [[int(v) if isinstance(v, bool) else v for v in asdict(r).values()] for r in rows]
    write_csv(folder / MANIFEST, columns, lines)
    try:
        shape = np.load(folder / ARRAY, mmap_mode="r").shape
    except OSError as error:
        raise disk_error(error, f"reading {ARRAY}") from error
    write_json(
        folder / ABOUT,
        {
            "dataset": name,
            "images": len(rows),
            "height": shape[1],
            "width": shape[2],
            "channels": shape[3],
            **about,
            "manifest_sha256": sha256(folder / MANIFEST),
            "array_sha256": sha256(folder / ARRAY),
        },
    )
    return Dataset.open(folder)


def _rows(manifest: Path) -> Iterator[Row]:
    with manifest.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            numbers = {f: int(line[f]) for f in ("row", "x", "y", "w", "h", "copy_set")}
            held_out = line["held_out"] == "1"
            yield Row(image=line["image"], sha256=line["sha256"], held_out=held_out, **numbers)


def _damaged(folder: Path, what: str) -> Damaged:
    return Damaged(f"The dataset in {folder.name} is damaged: {what}; prepare it again.")
