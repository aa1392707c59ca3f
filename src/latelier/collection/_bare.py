"""A picture's file without what it tells of place, person, camera and time; its pixels untouched.

Nothing is decoded: the parts of the file that hold metadata are left out, and the way up is kept.
JPEG (ITU T.81, annex B), PNG (W3C, third edition), WebP (RFC 9649), GIF (89a), TIFF (revision 6);
of AVIF the bytes of EXIF and XMP are overwritten in place.
"""

import io
import struct
import zlib
from collections.abc import Iterator

from latelier.collection._jpeg import is_needed
from latelier.images import opened

ORIENTATION = 0x0112
PNG_KEPT = {
    *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT"),
    *(b"pHYs", b"bKGD", b"cICP", b"mDCV", b"cLLI", b"acTL", b"fcTL", b"fdAT"),
}
WEBP_TOLD = {b"EXIF": 0x08, b"XMP ": 0x04}  # chunks and their bits in VP8X
TIFF_KEPT = {  # what is needed to see the pixels as they are
    *range(254, 260), 262, 263, 264, 265, 266, ORIENTATION, 273, 277, 278, 279, 280, 281, 282, 283,
    284, 290, 291, 292, 293, 296, 297, 301, 317, 318, 319, 320, 321, 322, 323, 324, 325, 332,
    334, 336, 338, 339, 340, 341, 342, 347, 512, 513, 514, 515, 517, 518, 519, 520, 521, 529, 530,
    531, 532, 34675,
}  # fmt: skip
TIFF_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}


def bare(data: bytes) -> bytes:
    """The same picture without metadata.

    Args:
        data: a whole file.

    Returns:
        the file; the very same bytes where it tells nothing but the picture.

    Raises:
        ValueError: its parts cannot be told apart.
    """
    try:
        for starts, without in (
            (b"\xff\xd8", _jpeg),
            (b"\x89PNG\r\n\x1a\n", _png),
            (b"RIFF", _webp),
            (b"GIF8", _gif),
            (b"II*\0", _tiff),
            (b"MM\0*", _tiff),
            (b"BM", bytes),
        ):
            if data.startswith(starts):
                return _as_upright(data, without(data))
        if data[4:8] == b"ftyp":
            return _as_upright(data, _overwritten(data))
    except (IndexError, struct.error, OSError, SyntaxError) as error:
        raise ValueError(f"it is damaged ({error})") from error
    raise ValueError("it is of a kind that is not known here")


def _way_up(data: bytes) -> int:
    """The orientation that EXIF or XMP gives a picture, 1 to 8."""
    with opened(io.BytesIO(data)) as picture:
        said = picture.getexif().get(ORIENTATION, 1)
    return said if said in range(1, 9) else 1


def _as_upright(data: bytes, without: bytes) -> bytes:
    if _way_up(data) != _way_up(without):
        raise ValueError("which way up it goes is told among its metadata")
    return without


def _only_way_up(orientation: int) -> bytes:
    """An EXIF block that tells nothing but the way up."""
    head = b"MM\0*" + struct.pack(">IH", 8, 1)
    return head + struct.pack(">HHIHH", ORIENTATION, 3, 1, orientation, 0) + bytes(4)


def _jpeg(data: bytes) -> bytes:
    out, turned = [b"\xff\xd8"], _way_up(data)
    for marker, part in _jpeg_parts(data):
        body = part[4:]
        if marker == 0xE0 and body.startswith(b"JFIF\0"):  # without its thumbnail
            out.append(part[:2] + struct.pack(">H", 16) + body[:12] + b"\0\0")
        elif is_needed(marker, body):
            out.append(part)
    if turned != 1:
        block = b"Exif\0\0" + _only_way_up(turned)
        out.insert(1, b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block)
    return b"".join(out)


def _jpeg_parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Every segment with its marker, scans with what they hold, up to the end of the image."""
    at = 2
    while True:
        if data[at] != 0xFF:
            raise ValueError("its segments do not follow each other")
        while data[at + 1] == 0xFF:  # fill bytes
            at += 1
        marker = data[at + 1]
        if marker == 0xD9:
            yield marker, data[at : at + 2]
            return
        end = at + 2 + struct.unpack_from(">H", data, at + 2)[0]
        if marker == 0xDA:  # what follows is the scan itself, up to the next marker proper
            while True:
                end = data.index(b"\xff", end)
                if data[end + 1] not in (0, *range(0xD0, 0xD8)):
                    break
                end += 2
        if end > len(data):
            raise ValueError("it is cut short")
        yield marker, data[at:end]
        at = end


def _png(data: bytes) -> bytes:
    out, turned, at, name = [data[:8]], _way_up(data), 8, b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            raise ValueError("it is cut short")
        if name in PNG_KEPT:
            out.append(data[at:end])
        at = end
    if turned != 1:
        out.insert(2, _png_chunk(b"eXIf", _only_way_up(turned)))
    return b"".join(out)


def _png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _webp(data: bytes) -> bytes:
    if data[8:12] != b"WEBP":
        raise ValueError("it is no WebP")
    end = min(len(data), 8 + struct.unpack_from("<I", data, 4)[0])
    out: list[bytes] = []
    turned, at, flags_at = _way_up(data), 12, -1
    while at + 8 <= end:
        name, length = struct.unpack_from("<4sI", data, at)
        part = data[at : at + 8 + length + length % 2]
        if name not in WEBP_TOLD:
            flags_at = len(out) if name == b"VP8X" else flags_at
            out.append(part)
        at += len(part)
    if flags_at >= 0:
        flags = bytearray(out[flags_at])
        flags[8] &= ~(WEBP_TOLD[b"EXIF"] | WEBP_TOLD[b"XMP "])
        flags[8] |= WEBP_TOLD[b"EXIF"] * (turned != 1)
        out[flags_at] = bytes(flags)
    if turned != 1:
        block = _only_way_up(turned)
        out.append(struct.pack("<4sI", b"EXIF", len(block)) + block)
    body = b"WEBP" + b"".join(out)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _gif(data: bytes) -> bytes:
    def table(flags: int) -> int:
        return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0

    at = 13 + table(data[10])
    out = [data[:at]]
    while data[at] != 0x3B:
        start, kept = at, True
        if data[at] == 0x2C:
            at += 11 + table(data[at + 9])
        elif data[at] == 0x21:
            loops = data[at + 3 : at + 14] in (b"NETSCAPE2.0", b"ANIMEXTS1.0")
            kept = data[at + 1] == 0xF9 or (data[at + 1] == 0xFF and loops)
            at += 2
        else:
            raise ValueError("its blocks do not follow each other")
        while data[at]:
            at += 1 + data[at]
        at += 1
        if kept:
            out.append(data[start:at])
    return b"".join(out) + b"\x3b"


def _tiff(data: bytes) -> bytes:
    order = "<" if data[:2] == b"II" else ">"
    out, seen = bytearray(data), set()
    at = struct.unpack_from(order + "I", data, 4)[0]
    while at and at not in seen:
        seen.add(at)
        count = struct.unpack_from(order + "H", data, at)[0]
        entries = [data[at + 2 + 12 * k : at + 14 + 12 * k] for k in range(count)]
        following = data[at + 2 + 12 * count : at + 6 + 12 * count]
        kept = []
        for entry in entries:
            tag, kind, amount = struct.unpack_from(order + "HHI", entry)
            if tag in TIFF_KEPT:
                kept.append(entry)
                continue
            size = amount * TIFF_BYTES.get(kind, 1)
            place = struct.unpack_from(order + "I", entry, 8)[0]
            if size > 4:
                out[place : place + size] = bytes(len(out[place : place + size]))
            elif tag in (
                330,
                0x8769,
                0x8825,
            ):  # thumbnails, EXIF and GPS in directories of their own
                _blank_directory(out, order, place)
        table = struct.pack(order + "H", len(kept)) + b"".join(kept) + following
        out[at : at + len(table)] = table
        end = at + 6 + 12 * count
        out[at + len(table) : end] = bytes(end - at - len(table))
        at = struct.unpack(order + "I", following)[0]
    return bytes(out)


def _blank_directory(out: bytearray, order: str, at: int) -> None:
    if at + 2 > len(out):
        return
    count = struct.unpack_from(order + "H", out, at)[0]
    for k in range(count):
        if at + 14 + 12 * k > len(out):
            return
        _, kind, amount, place = struct.unpack_from(order + "HHII", out, at + 2 + 12 * k)
        size = amount * TIFF_BYTES.get(kind, 1)
        if size > 4:
            out[place : place + size] = bytes(len(out[place : place + size]))
    end = min(len(out), at + 6 + 12 * count)
    out[at:end] = bytes(end - at)


def _overwritten(data: bytes) -> bytes:
    """The file with the bytes of its EXIF and XMP overwritten where they lie."""
    out = data
    with opened(io.BytesIO(data)) as picture:
        exif = picture.info.get("exif", b"").removeprefix(b"Exif\0\0")
        xmp = picture.info.get("xmp", b"")
    if exif:
        block = _only_way_up(_way_up(data))
        if len(exif) < len(block) or out.count(exif) != 1:
            raise ValueError("its EXIF does not lie in one piece")
        out = out.replace(exif, block + bytes(len(exif) - len(block)))
    if xmp:
        if out.count(xmp) != 1:
            raise ValueError("its XMP does not lie in one piece")
        out = out.replace(xmp, b" " * len(xmp))
    return out
