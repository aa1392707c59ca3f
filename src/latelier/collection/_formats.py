"""The formats that are read, those that are not, and how a file is known for either."""

from pathlib import Path

TAKEN = "PNG, JPEG, TIFF, WebP, BMP, GIF or AVIF"
OURS = ".png .apng .jpg .jpeg .jpe .jfif .jif .mpo .tif .tiff .webp .bmp .dib .gif .avif .avifs"
OTHERS = {
    ".heic": "HEIC",
    ".heif": "HEIF",
    ".psd": "Photoshop",
    ".psb": "Photoshop",
    ".xcf": "GIMP",
    ".kra": "Krita",
    ".svg": "SVG",
    ".svgz": "SVG",
    ".ai": "Illustrator",
    ".eps": "EPS",
    ".jp2": "JPEG 2000",
    ".j2k": "JPEG 2000",
    ".jpx": "JPEG 2000",
    ".jxl": "JPEG XL",
    ".jxr": "JPEG XR",
    ".exr": "OpenEXR",
    ".ico": "icon",
    ".icns": "icon",
    ".tga": "Targa",
    ".dds": "DDS",
}
RAW = (".cr2", ".cr3", ".nef", ".arw", ".dng", ".orf", ".rw2", ".raf")
MORE = ".pdf .j2c .jpx .hdr .pcx .ppm .pgm .pbm .pnm"
# What a person would call a picture by its name: those not read here are refused by name rather
# than passed over in silence.
SUFFIXES = frozenset([*OURS.split(" "), *OTHERS, *RAW, *MORE.split(" ")])
_MAGIC = (
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"II*\0",
    b"MM\0*",
    b"II+\0",
    b"MM\0+",
    b"GIF87a",
    b"GIF89a",
)


def begins_like_a_picture(file: Path) -> bool:
    """Whether a file's first bytes are those of a format that is read here."""
    try:
        with file.open("rb") as opened:
            start = opened.read(16)
    except OSError:
        return False
    if start[:2] == b"BM":
        return start[6:10] == bytes(4)  # the reserved fields; many a text begins with BM
    boxed = start[:4] == b"RIFF" and start[8:12] == b"WEBP"
    return start.startswith(_MAGIC) or boxed or start[4:12] in (b"ftypavif", b"ftypavis")
