"""PNG: one sheet, without loss, with its resolution and the sRGB profile.

PNG specification (third edition): chunks IHDR, iCCP, pHYs, iTXt, IDAT, IEND.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from latelier.errors import Damaged
from latelier.images import SRGB_PROFILE
from latelier.printing._contract import BAND, Digest, Paper, Reopened
from latelier.printing._rows import deflated, inflated

SUFFIXES = (".png",)
MANY = False
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_METRE_IN = Fraction(5000, 127)  # inches
_RGB_8_BIT = (8, 2, 0, 0, 0)  # depth, colour, deflate, filters, not interlaced


def write(path: Path, papers: Sequence[Paper]) -> None:
    """Write a sheet as a PNG."""
    paper = papers[0]
    per_metre = round(paper.dpi * _METRE_IN)
    with path.open("wb") as file:
        file.write(_SIGNATURE)
        _chunk(file, b"IHDR", struct.pack(">II5B", paper.width, paper.height, *_RGB_8_BIT))
        _chunk(file, b"iCCP", b"sRGB\0\0" + zlib.compress(SRGB_PROFILE, 9))
        _chunk(file, b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1))
        for key, text in (
            ("Title", paper.title),
            ("Author", paper.author),
            ("Software", "Latelier"),
        ):
            if text:
                _chunk(file, b"iTXt", key.encode() + b"\0\0\0\0\0" + text.encode())
        for piece in deflated(paper.bands()):
            _chunk(file, b"IDAT", piece)
        _chunk(file, b"IEND", b"")


def reopen(path: Path) -> list[Reopened]:
    """Read a PNG written here: its header by Pillow, its pixels row by row.

    Raises:
        Damaged: a checksum is wrong, or pixels are missing.
    """
    try:
        with Image.open(path) as picture:
            width, height = picture.size
            dpi = picture.info.get("dpi", (0.0, 0.0))
            profile = picture.info.get("icc_profile", b"")
    except (OSError, SyntaxError) as error:
        raise Damaged(f"{path.name} is no whole PNG ({error})") from error
    digest = Digest(width, height)
    for band in inflated(_image_data(path), width, height, BAND):
        digest.take(band)
    return [Reopened(width, height, dpi, profile, digest.text)]


def _chunk(file: BinaryIO, kind: bytes, data: bytes) -> None:
    file.write(struct.pack(">I", len(data)) + kind)
    file.write(data)
    file.write(struct.pack(">I", zlib.crc32(data, zlib.crc32(kind))))


def _image_data(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(len(_SIGNATURE))
        while head := file.read(8):
            size, kind = struct.unpack(">I4s", head)
            data, check = file.read(size), file.read(4)
            if check != struct.pack(">I", zlib.crc32(data, zlib.crc32(kind))):
                raise Damaged(f"{path.name}: the checksum of a {kind.decode()} chunk is wrong")
            if kind == b"IDAT":
                yield data
