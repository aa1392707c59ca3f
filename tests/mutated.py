"""Sound pictures in every format, and seeded ways of damaging a file, for the tests of reading."""

import io
from collections.abc import Iterator

import numpy as np
from PIL import Image

from drawn import cloth

KINDS = {
    "png": ("PNG", {}),
    "jpg": ("JPEG", {"quality": 80}),
    "progressive.jpg": ("JPEG", {"quality": 80, "progressive": True}),
    "tif": ("TIFF", {"compression": "tiff_lzw"}),
    "raw.tif": ("TIFF", {}),
    "webp": ("WEBP", {"quality": 70}),
    "bmp": ("BMP", {}),
    "gif": ("GIF", {}),
    "avif": ("AVIF", {"quality": 60, "speed": 9}),
}
NUMBERS = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)


def sound() -> Iterator[tuple[str, bytes]]:
    """One small drawn picture in each format: file name and bytes."""
    pixels = cloth(np.random.default_rng(3), 48, 64)
    for ending, (kind, options) in KINDS.items():
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, kind, **options)
        yield f"cloth.{ending}", file.getvalue()


def mutated(data: bytes, other: bytes, rng: np.random.Generator) -> bytes:
    """The bytes, damaged in one to four ways: flipped, overwritten, cut, doubled, spliced."""
    found = bytearray(data)
    for _ in range(int(rng.integers(1, 5))):
        size = len(found)
        if size < 16:
            break
        # headers matter most: half of the wounds are there
        at = int(rng.integers(0, min(size, 128) if rng.random() < 0.5 else size))
        way = int(rng.integers(0, 7))
        if way == 0:
            found[at] ^= 1 << int(rng.integers(0, 8))
        elif way == 1:
            found[at] = int(rng.integers(0, 256))
        elif way == 2:
            width = int(rng.choice([1, 2, 4]))
            number = int(rng.choice(NUMBERS)) & (256**width - 1)
            order = "big" if rng.random() < 0.5 else "little"
            found[at : at + width] = number.to_bytes(width, order)
        elif way == 3:
            del found[at : at + int(rng.integers(1, 64))]
        elif way == 4:
            found[at:at] = found[at : at + int(rng.integers(1, 256))]
        elif way == 5:
            found = found[: max(12, at)]
        else:
            from_at = int(rng.integers(0, max(1, len(other))))
            found[at : at + 64] = other[from_at : from_at + 64]
    return bytes(found)
