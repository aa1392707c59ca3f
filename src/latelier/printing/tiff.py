"""TIFF: one sheet, without loss, with its resolution and the sRGB profile, as print shops ask for.

TIFF 6.0 with the deflate compression and the horizontal predictor (Adobe Photoshop TIFF Technical
Notes, 2002), in strips.
"""

import struct
import warnings
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from latelier.errors import Damaged, DoesNotFit
from latelier.images import SRGB_PROFILE, Pixels
from latelier.printing._contract import BAND, Digest, Paper, Reopened
from latelier.printing._rows import LEVEL

SUFFIXES = (".tiff", ".tif")
MANY = False
LARGEST = 2**32 - 1  # bytes: offsets are 32-bit
_ASCII, _SHORT, _LONG, _RATIONAL, _UNDEFINED = 2, 3, 4, 5, 7
_FORMS = {_SHORT: "H", _LONG: "I", _RATIONAL: "I"}
_OFFSETS, _COUNTS = 273, 279

_Tag = tuple[int, int, list[int] | bytes]  # number, type, values


def write(path: Path, papers: Sequence[Paper]) -> None:
    """Write a sheet as a TIFF.

    Raises:
        DoesNotFit: the file would be larger than 4 GB.
    """
    paper = papers[0]
    offsets: list[int] = []
    counts: list[int] = []
    with path.open("wb") as file:
        file.write(b"II*\0\0\0\0\0")
        for band in paper.bands():
            strip = zlib.compress(_differences(band).tobytes(), LEVEL)
            offsets.append(file.tell())
            counts.append(len(strip))
            file.write(strip)
        start = file.tell() + file.tell() % 2
        if start + len(SRGB_PROFILE) + 8 * len(offsets) + 4096 > LARGEST:
            raise DoesNotFit(f"{path.name} would be over 4 GB, more than TIFF can hold; take a PDF")
        file.seek(start)
        file.write(_directory(_tags(paper, offsets, counts), start))
        file.seek(4)
        file.write(struct.pack("<I", start))


def reopen(path: Path) -> list[Reopened]:
    """Read a TIFF written here: its header by Pillow, its pixels strip by strip.

    Raises:
        Damaged: a strip does not unpack to its rows.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # Pillow warns where a directory is cut short
            with Image.open(path) as picture:
                width, height = picture.size
                tags = picture.tag_v2  # type: ignore[attr-defined]
                dpi = (float(tags[282]), float(tags[283]))
                profile = picture.info.get("icc_profile", b"")
                strips = list(zip(tags[_OFFSETS], tags[_COUNTS], strict=True))
    except (OSError, KeyError, SyntaxError, UserWarning) as error:
        raise Damaged(f"{path.name} is no whole TIFF ({error})") from error
    digest = Digest(width, height)
    with path.open("rb") as file:
        for i, (offset, count) in enumerate(strips):
            file.seek(offset)
            rows = min(BAND, height - i * BAND)
            digest.take(_pixels(file.read(count), rows, width, path.name))
    return [Reopened(width, height, dpi, profile, digest.text)]


def _differences(band: Pixels) -> Pixels:
    out = band.copy()
    out[:, 1:] -= band[:, :-1]
    return out


def _pixels(strip: bytes, rows: int, width: int, name: str) -> Pixels:
    try:
        values = np.frombuffer(zlib.decompress(strip), np.uint8)
    except zlib.error as error:
        raise Damaged(f"{name}: a strip does not unpack ({error})") from error
    if values.size != rows * width * 3:
        raise Damaged(f"{name}: a strip holds other than {rows} rows of {width} pixels")
    return np.cumsum(values.reshape(rows, width, 3), axis=1, dtype=np.uint8)


def _tags(paper: Paper, offsets: list[int], counts: list[int]) -> list[_Tag]:
    dpi = [paper.dpi.numerator, paper.dpi.denominator]
    texts: list[_Tag] = [
        (number, _ASCII, text.encode() + b"\0")
        for number, text in ((270, paper.title), (305, "Latelier"), (315, paper.author))
        if text
    ]
    return sorted(
        [
            (256, _LONG, [paper.width]),
            (257, _LONG, [paper.height]),
            (258, _SHORT, [8, 8, 8]),
            (259, _SHORT, [8]),  # deflate
            (262, _SHORT, [2]),  # RGB
            (_OFFSETS, _LONG, offsets),
            (277, _SHORT, [3]),
            (278, _LONG, [BAND]),
            (_COUNTS, _LONG, counts),
            (282, _RATIONAL, dpi),
            (283, _RATIONAL, dpi),
            (284, _SHORT, [1]),  # colours side by side
            (296, _SHORT, [2]),  # inches
            (317, _SHORT, [2]),  # horizontal differences
            (34675, _UNDEFINED, SRGB_PROFILE),
            *texts,
        ],
        key=lambda tag: tag[0],
    )


def _directory(tags: list[_Tag], start: int) -> bytes:
    """The image file directory; values of more than four bytes stand behind it."""
    head = struct.pack("<H", len(tags))
    behind = bytearray()
    base = start + 2 + 12 * len(tags) + 4
    for number, kind, values in tags:
        if isinstance(values, bytes):
            data, count = values, len(values)
        else:
            data = struct.pack(f"<{len(values)}{_FORMS[kind]}", *values)
            count = len(values) // (2 if kind == _RATIONAL else 1)
        if len(data) > 4:
            place = base + len(behind)
            behind += data + b"\0" * (len(data) % 2)
            data = struct.pack("<I", place)
        head += struct.pack("<HHI", number, kind, count) + data.ljust(4, b"\0")
    return head + b"\0\0\0\0" + bytes(behind)
