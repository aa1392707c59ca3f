"""Files and folders on this machine; subfolders become a tag."""

import os
from collections.abc import Iterator
from pathlib import Path

from latelier.collection._found import Found, Listing
from latelier.errors import UsageError, disk_error

# What is looked at by its name; a picture that was named otherwise is known by its first bytes.
_OURS = ".png .apng .jpg .jpeg .jpe .jfif .jif .mpo .tif .tiff .webp .bmp .dib .gif .avif .avifs"
# Pictures that are not read here: they are refused by name rather than passed over in silence.
_OTHERS = (
    ".heic .heif .psd .psb .xcf .kra .svg .svgz .ai .eps .pdf .jp2 .j2k .jpx .jxl .jxr .exr .hdr "
    ".ico .icns .tga .pcx .ppm .pgm .pbm .pnm .dds .cr2 .cr3 .nef .arw .dng .orf .rw2 .raf"
)
SUFFIXES = frozenset((f"{_OURS} {_OTHERS}").split(" "))
_MAGIC = (
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"II*\0",
    b"MM\0*",
    b"II+\0",
    b"MM\0+",
    b"BM",
    b"GIF87a",
    b"GIF89a",
)


def find(place: str | Path, *, leave_out: Path | None = None) -> Listing:
    """The files at ``place`` that may be pictures, in the order of their names.

    A file is taken whatever it is called; of a folder's files those that by their name or their
    first bytes are pictures. Hidden files and folders are passed over.

    Args:
        place: a file or a folder.
        leave_out: a folder that is not gone into.

    Raises:
        UsageError: nothing is there.
        DiskError: the folder cannot be read.
    """
    path = Path(place).expanduser()
    if path.is_file():
        return Listing((Found(path.absolute()),))
    if not path.is_dir():
        what = "is neither a file nor a folder" if path.exists() else "is not there"
        raise UsageError(f"{place} {what}; name pictures, or a folder of pictures")
    found, aside = [], []
    for file in _files(path.absolute(), leave_out):
        if looks_like_picture(file):
            tag = file.parent.relative_to(path.absolute()).as_posix()
            found.append(Found(file, "" if tag == "." else tag))
        else:
            aside.append(file)
    return Listing(tuple(found), tuple(aside))


def looks_like_picture(file: Path) -> bool:
    """Whether a file is one that a person would call a picture, by its name or first bytes."""
    if file.suffix.lower() in SUFFIXES:
        return True
    try:
        with file.open("rb") as opened:
            start = opened.read(16)
    except OSError:
        return False
    if start[:2] == b"BM":
        return start[6:10] == bytes(4)  # the reserved fields; many a text begins with BM
    boxed = start[:4] == b"RIFF" and start[8:12] == b"WEBP"
    return start.startswith(_MAGIC) or boxed or start[4:12] in (b"ftypavif", b"ftypavis")


def _files(folder: Path, leave_out: Path | None) -> Iterator[Path]:
    """Every file below ``folder``, each folder's own files first; links that lead in circles end."""
    seen = {leave_out}

    def walk(here: Path) -> Iterator[Path]:
        if (true := here.resolve()) in seen:
            return
        seen.add(true)
        try:
            entries = sorted(os.scandir(here), key=lambda e: e.name)
        except OSError as error:
            raise disk_error(error, f"reading the folder {here}") from error
        shown = [e for e in entries if not e.name.startswith(".") and e.name != "__MACOSX"]
        yield from (Path(e.path) for e in shown if e.is_file() and e.name.lower() != "thumbs.db")
        for entry in shown:
            if entry.is_dir():
                yield from walk(Path(entry.path))

    return walk(folder)
