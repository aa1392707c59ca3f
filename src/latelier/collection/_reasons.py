"""Why a file is no picture, in words for the person whose file it is."""

from pathlib import Path

from PIL import UnidentifiedImageError

from latelier.collection._formats import OTHERS, RAW, TAKEN, begins_like_a_picture
from latelier.errors import PictureError

CUT_SHORT = (
    "it is cut short: the file ends before the picture does; find a whole copy, "
    "or take what is there with --truncated"
)
NO_HEAD = "it is damaged: it begins like a picture and does not go on like one"
DAMAGED = "it is damaged: what it holds does not make up a picture"
TOO_LONG = "it could not be read in reasonable time; it is probably damaged"
TOO_MUCH_MEMORY = "it asks for more memory than a picture of its kind needs; it is probably damaged"
BROKE_THE_READER = "it is damaged, so badly that the reading program broke down on it"
BOMB = "a small file that would unpack into a giant picture; such files are not opened"
HELD_WHOLE = (
    "it is a JPEG of {millions:.0f} million pixels whose parts are not in their order "
    "(progressive), so that it would have to be held whole; save it as a plain (baseline) JPEG"
)
GONE = "it is not there any more"
MAY_NOT = "this account may not read it"


def foreign(file: Path) -> str:
    """What to say of a file that no known format fits."""
    if begins_like_a_picture(file):
        return NO_HEAD
    suffix = file.suffix.lower()
    if suffix == ".pdf":
        return "it is a PDF; cut drawings out of its pages with: latelier cut"
    if suffix in RAW:
        return "it is a camera's raw file; export it from your photo program as JPEG or TIFF"
    if suffix in OTHERS:
        return f"{OTHERS[suffix]} files are not read here; export it as PNG, JPEG or TIFF"
    return f"it is no picture that can be read here ({TAKEN})"


def in_words(error: BaseException, file: Path) -> str:
    """The reason why a file could not be read as a picture."""
    if isinstance(error, PictureError):
        return str(error)
    if isinstance(error, MemoryError):
        return TOO_MUCH_MEMORY
    if isinstance(error, UnidentifiedImageError):
        return foreign(file)
    if isinstance(error, FileNotFoundError):
        return GONE
    if isinstance(error, PermissionError):
        return MAY_NOT
    if is_cut_short(error):
        return CUT_SHORT
    return DAMAGED


def is_cut_short(error: BaseException) -> bool:
    """Whether reading stopped because the file ended too early."""
    said = str(error)
    return isinstance(error, EOFError) or said == CUT_SHORT or "truncated" in said.lower()
