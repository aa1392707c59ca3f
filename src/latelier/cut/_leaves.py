"""The unfolding process: writes the pages of one PDF or TIFF as PNG, and says so in lines of JSON.

It runs as ``python -m latelier.cut._leaves FILE FOLDER``. What breaks here breaks nothing else.
"""

import importlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
from PIL import Image

from latelier import images

MOST = 100_000_000  # pixels of a page that is written anew
PAGE = 2_000_000_000  # pixels of a picture whose pages are only counted
PLAIN_DPI, LEAST_DPI, MOST_DPI = 300.0, 72.0, 1200.0
MEMORY_MB = 3000
SECONDS = 600
_IMAGE = 3  # PDFium's number for a picture on a page (FPDF_PAGEOBJ_IMAGE)
LOCKED = "it is locked with a password; open it, save a copy without the password, and cut that"


class Leaves:
    """Takes one file apart.

    Args:
        folder: where its pages go.
        answers: a file descriptor for what is said.
    """

    def __init__(self, folder: Path, answers: int) -> None:
        self.folder = folder
        self.answers = os.fdopen(answers, "w", encoding="ascii", newline="\n")

    def say(self, **what: Any) -> None:
        """Write one line."""
        self.answers.write(json.dumps(what) + "\n")
        self.answers.flush()

    def pdf(self, file: Path) -> None:
        """Write every page of a PDF."""
        try:
            document = pypdfium2.PdfDocument(file)
        except pypdfium2.PdfiumError as error:
            locked = "password" in str(error).lower() or "security" in str(error).lower()
            self.say(reason=LOCKED if locked else "it is a damaged PDF; save it anew, or as PNG")
            return
        for number in range(len(document)):
            page = document[number]
            dpi = _dpi(page)
            width, height = page.get_size()
            pixels = width * height * (dpi / 72) ** 2
            dpi *= min(1.0, (MOST / max(pixels, 1)) ** 0.5)
            picture = page.render(scale=dpi / 72).to_pil().convert("RGB")
            self._write(np.asarray(picture), file, number)
            page.close()

    def tiff(self, file: Path) -> None:
        """Write every picture of a TIFF that has more than one."""
        with images.opened(file, PAGE) as picture:
            count = int(getattr(picture, "n_frames", 1))
            for number in range(count if count > 1 else 0):
                picture.seek(number)
                if picture.width * picture.height > MOST:
                    self.say(reason=f"its page {number + 1} is too large to be taken apart")
                    return
                self._write(images.flat_srgb(picture), file, number)

    def _write(self, pixels: images.Pixels, file: Path, number: int) -> None:
        grey = bool(
            (pixels[..., 0] == pixels[..., 1]).all() and (pixels[..., 1] == pixels[..., 2]).all()
        )
        name = f"{file.stem}-{number + 1:03d}.png"
        Image.fromarray(pixels[..., 0] if grey else pixels).save(
            self.folder / name, compress_level=3
        )
        self.say(page=name)


def _dpi(page: pypdfium2.PdfPage) -> float:
    """The resolution of the scan that a page consists of, or that of a good print."""
    best = 0.0
    for shape in page.get_objects(filter=[_IMAGE], max_depth=3):
        left, bottom, right, top = shape.get_bounds()
        wide, high = shape.get_px_size()
        area = (right - left) * (top - bottom)
        if area > 0.5 * page.get_width() * page.get_height():
            best = max(best, 72 * wide / max(right - left, 1), 72 * high / max(top - bottom, 1))
    return min(max(best or PLAIN_DPI, LEAST_DPI), MOST_DPI)


def _limit() -> None:
    """Hold no more than so much memory and processor time, where the system can be told."""
    try:
        resource: Any = importlib.import_module("resource")
    except ModuleNotFoundError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    if sys.platform.startswith("linux"):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MB << 20, MEMORY_MB << 20))


def main() -> None:
    """Take the file named on the command line apart."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    answers = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what libraries print is no answer
    file, folder = Path(sys.argv[1]), Path(sys.argv[2])
    leaves = Leaves(folder, answers)
    _limit()
    try:
        with file.open("rb") as opened:
            is_pdf = opened.read(5) == b"%PDF-" or file.suffix.lower() == ".pdf"
        (leaves.pdf if is_pdf else leaves.tiff)(file)
        leaves.say(done=True)
    except MemoryError:
        leaves.say(reason="its pages are too large for the memory that is given to one file")
    except Exception as error:  # noqa: BLE001  whatever a decoder raises is a reason to refuse
        leaves.say(
            reason=f"it could not be taken apart: {str(error)[:200] or type(error).__name__}"
        )


if __name__ == "__main__":
    main()
