"""Files of many pages taken apart into one picture a page, by a process that may break."""

import json
import os
import subprocess
import sys
from pathlib import Path

from latelier.errors import PictureError

PROGRAM = (sys.executable, "-P", "-m", "latelier.cut._leaves")  # -P: nothing from the folder
FOLDED = (".pdf", ".tif", ".tiff")
WORDS_S = 180.0  # on the clock for one page, on a busy machine
BROKE = "it broke the program that opens it, which was started anew; save it anew as PDF or PNG"


def is_folded(file: Path) -> bool:
    """Whether a file may have several pages, by its name or its first bytes."""
    if file.suffix.lower() in FOLDED:
        return True
    try:
        with file.open("rb") as opened:
            return opened.read(5) == b"%PDF-"
    except OSError:
        return False


def unfold(file: Path, into: Path) -> list[Path]:
    """Put the pages of a PDF or of a TIFF with several pictures into a folder, as PNG.

    A scanned page of a PDF comes out at the resolution of its scan, any other at 300 dpi.

    Args:
        file: to take apart.
        into: an empty folder.

    Returns:
        the pages' files in order; none for a TIFF with one picture, which is a page itself.

    Raises:
        PictureError: it cannot be taken apart; the message is the reason.
    """
    process = subprocess.Popen(
        [*PROGRAM, str(file), str(into)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="ascii",
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    pages: list[Path] = []
    try:
        said, _ = process.communicate(timeout=WORDS_S * 4)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise PictureError("it took too long to open; it may be damaged") from None
    except BaseException:
        process.kill()
        process.communicate()
        raise
    done = False
    for line in said.splitlines():
        try:
            word = json.loads(line)
        except ValueError:
            break
        if "reason" in word:
            raise PictureError(str(word["reason"]))
        if "page" in word:
            pages.append(into / Path(str(word["page"])).name)
        done |= bool(word.get("done"))
    if not done:
        raise PictureError(BROKE)
    return pages
