"""The one tree of errors; each message says what was met, what was expected and what to do.

::

    LatelierError
    ├── UsageError        the words of a call are off (exit 2)
    │   └── UnknownName   a name that nothing answers to; lists the known ones and the nearest
    ├── NotAProject       no ``latelier.toml`` here or above
    ├── ConfigError       ``latelier.toml`` holds something it should not
    ├── PictureError      a file that cannot be read as a picture
    ├── TooFew            a step needs more images than there are
    ├── DoesNotFit        sizes that cannot be brought together
    ├── NotFitted         something was asked before it was learnt
    ├── Damaged           a file does not hold what its hash promised
    ├── MissingExtra      an optional package is not installed
    ├── Stopped           the person stopped it; the message says what is kept and how to go on
    └── DiskError         the disk is full, read-only or refuses
"""

import difflib
import errno
import re
from collections.abc import Iterable

NEAR = 0.65  # of 1: as one of three letters is off in lds, lda; two file names share this by chance
NEAR_FILE = 0.75
_ENDING = re.compile(r"\.\w{2,5}$")


def nearest(name: str, names: Iterable[str]) -> str:
    """Which of some names was probably meant; empty where none is near.

    How files end, and in which folder they lie, makes no two of them alike.

    >>> nearest("flwo", ["flow", "gan"]), nearest("cat.jpg", ["huipil.jpg", "map.jpg"])
    ('flow', '')
    """
    file = bool(_ENDING.search(name))
    bare: dict[str, str] = {}
    for each in names:
        bare.setdefault(_bare(each), each)
    near = difflib.get_close_matches(_bare(name), bare, 1, NEAR_FILE if file else NEAR)
    return bare[near[0]] if near else ""


def _bare(name: str) -> str:
    return _ENDING.sub("", name.replace("\\", "/").rpartition("/")[2]).lower()


class LatelierError(Exception):
    """Anything that Latelier says in one plain sentence instead of a traceback."""


class UsageError(LatelierError):
    """The words of a call are off; the command line exits with 2."""


class UnknownName(UsageError):
    """A name that nothing answers to.

    Args:
        kind: what was looked for, in the singular: ``"model"``.
        name: what was typed.
        known: the names that exist.
    """

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        names = sorted(known)
        near = nearest(name, names)
        shown = ", ".join(names) if names else "none yet"
        hint = f" Did you mean {near!r}?" if near else ""
        super().__init__(f"No {kind} is called {name!r}; there are: {shown}.{hint}")


class NotAProject(LatelierError):
    """There is no project folder here or above."""


class ConfigError(LatelierError):
    """``latelier.toml`` holds something it should not."""


class PictureError(LatelierError):
    """A file that cannot be read as a picture; the message is the reason, in plain words."""


class TooFew(LatelierError):
    """A step needs more images than there are."""


class DoesNotFit(LatelierError):
    """Sizes that cannot be brought together."""


class NotFitted(LatelierError):
    """Something was asked before it was learnt."""


class Damaged(LatelierError):
    """A file does not hold what its hash promised."""


class MissingExtra(LatelierError):
    """An optional package is not installed; the message is the command that installs it."""


class Stopped(LatelierError):
    """The person stopped long work; the message says what is kept and how to go on."""


class DiskError(LatelierError):
    """The disk is full, read-only, or refuses."""


_DISK_WORDS = {
    errno.ENOSPC: "there is no space left on the disk; free some and run the same command again",
    errno.EDQUOT: "the disk quota is used up; free some and run the same command again",
    errno.EROFS: "this disk is read-only; choose a folder that can be written",
    errno.EACCES: "this account may not do that there; choose another folder or change its rights",
    errno.EPERM: "this account may not do that there; choose another folder or change its rights",
    errno.ENAMETOOLONG: "the name is too long for this disk; choose a shorter one",
    errno.ENOENT: "it is not there",
    errno.ENOTDIR: "a file stands where a folder was expected",
    errno.EISDIR: "a folder stands where a file was expected",
    errno.EMFILE: "too many files are open at once; close other programs and try again",
}


def disk_error(error: OSError, doing: str) -> DiskError:
    """One sentence for an error of the operating system.

    Args:
        error: what the system raised.
        doing: what was being done, for example ``"writing out/sheet.pdf"``.
    """
    words = _DISK_WORDS.get(error.errno or 0, error.strerror or str(error))
    return DiskError(f"Could not go on {doing}: {words}.")
