"""Names that a file can keep on every system: Linux, macOS and Windows, copied between them."""

import re
import unicodedata
from collections.abc import Container
from pathlib import PurePosixPath

LONGEST = 240  # bytes in UTF-8; most disks take 255, and " (12)" must fit behind
_FORBIDDEN = re.compile(r'[<>:"|?*\\/\x00-\x1f\x7f]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)


def readable(name: str) -> str:
    """A name as text that can be stored and shown.

    Names are bytes on Linux; those that are no UTF-8 are read as the Western European code page
    they most often come from. Accents become one letter each (NFC), as they are typed.
    """
    raw = name.encode("utf-8", "surrogateescape")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    return unicodedata.normalize("NFC", text)


def portable(name: str) -> str:
    """The nearest name that every system takes; nearly always the name itself.

    >>> portable("¿qué? <1>.jpg")
    '¿qué_ _1_.jpg'
    """
    text = _FORBIDDEN.sub("_", readable(name)).rstrip(" .") or "_"
    if _DEVICES.match(text):
        text = f"_{text}"
    while len(text.encode()) > LONGEST:
        stem, dot, ending = text.rpartition(".")
        if not dot or len(ending) > 10:
            stem, dot, ending = text, "", ""
        text = stem[:-1].rstrip(" .") + dot + ending
    return text


def portable_tag(tag: str) -> str:
    """A subfolder's path of which every part is portable."""
    return "/".join(portable(part) for part in PurePosixPath(tag).parts)


def free(path: str, taken: Container[str]) -> str:
    """``path``, or the first of ``name (2).jpg``, ``name (3).jpg`` ... that is not taken.

    Args:
        path: with forward slashes.
        taken: paths in small letters, since Windows and macOS do not tell A from a.

    >>> free("a/b.jpg", {"a/b.jpg"})
    'a/b (2).jpg'
    """
    if path.casefold() not in taken:
        return path
    place = PurePosixPath(path)
    number = 2
    while True:
        other = place.with_name(f"{place.stem} ({number}){place.suffix}").as_posix()
        if other.casefold() not in taken:
            return other
        number += 1
