"""How large a WebP says it is, read before its decoder, which takes all its memory on opening.

RFC 9649, sections 2.5 to 2.7 and 3.4: the first chunk is VP8X, VP8L or VP8.
"""


def claimed_pixels(head: bytes) -> int:
    """Width times height from the first 30 bytes of a file; 0 if it is no WebP.

    >>> claimed_pixels(b"RIFF" + bytes(4) + b"WEBPVP8X" + bytes(8) + bytes([9, 0, 0, 4, 0, 0]))
    50
    """
    if len(head) < 30 or head[:4] != b"RIFF" or head[8:12] != b"WEBP":
        return 0
    kind = head[12:16]
    if kind == b"VP8X":
        width = int.from_bytes(head[24:27], "little") + 1
        height = int.from_bytes(head[27:30], "little") + 1
    elif kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    else:
        width = int.from_bytes(head[26:28], "little") & 0x3FFF
        height = int.from_bytes(head[28:30], "little") & 0x3FFF
    return width * height
