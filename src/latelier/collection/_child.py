"""The reading process: opens one stranger after the other and answers in lines of JSON.

It runs as ``python -m latelier.collection._child LIMITS``. What comes back is text that the
parent checks, never a pickle: a picture that takes this process over gains nothing but lies about
itself. The parent's program is not imported again, so scripts need no ``__main__`` guard.
"""

import io
import json
import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import numpy as np
from PIL import Image, ImageFile, UnidentifiedImageError

from latelier import colour, images
from latelier.collection import _jpeg, _reasons, _webp
from latelier.collection._limits import Cap, Limits

_LIGHT = {"1": 1 / 8, "L": 1, "P": 1}  # bytes a pixel as stored; Pillow holds one for each
_TAKEN_AT = re.compile(r"\d{4}:\d\d:\d\d \d\d:\d\d:\d\d")


class Child:
    """Answers what a file is.

    Args:
        limits: how much one picture may ask for.
        answers: where the answers are written.
    """

    def __init__(self, limits: Limits, answers: IO[str]) -> None:
        self.limits = limits
        self.answers = answers
        self.cap = Cap()

    def say(self, **what: Any) -> None:
        """Write one line."""
        self.answers.write(json.dumps(what) + "\n")
        self.answers.flush()

    def read(self, file: Path, ground: tuple[int, int, int], truncated: bool) -> None:
        """Say how large the picture claims to be, then what it is or why it is none."""
        self.cap.memory(self.limits.memory_mb)
        self.cap.seconds(self.limits.seconds)
        try:
            sound = self._sound(file, ground)
        except Exception as error:  # noqa: BLE001  whatever a decoder raises is a reason to refuse
            if not (truncated and _reasons.is_cut_short(error)):
                self.say(reason=_reasons.in_words(error, file))
                return
            with _lenient():
                try:
                    sound = self._sound(file, ground, truncated=True)
                    sound["facts"]["truncated"] = True
                except Exception as second:  # noqa: BLE001
                    self.say(reason=_reasons.in_words(second, file))
                    return
        self.say(sound=sound)

    def _sound(
        self, file: Path, ground: tuple[int, int, int], truncated: bool = False
    ) -> dict[str, Any]:
        size = file.stat().st_size
        if size == 0:
            raise images.PictureError("it is empty")
        with file.open("rb") as opened:
            pixels = _webp.claimed_pixels(opened.read(30))
        if 0 < pixels <= self.limits.pixels:
            self._allow(pixels, self.limits.memory_for(pixels), 3 * pixels, size)
        try:
            picture = images.opened(file, self.limits.pixels)
        except UnidentifiedImageError:
            raise images.PictureError(_reasons.foreign(file)) from None
        with picture:
            pixels = picture.width * picture.height
            light = picture.mode in _LIGHT and colour.orientation(picture) == 1
            memory = self.limits.memory_for(pixels // 6 if light else pixels)
            self._allow(pixels, memory, pixels * _LIGHT.get(picture.mode, 3), size)
            mode, (width, height) = picture.mode, colour.upright_size(picture)
            digest = images.picture_sha256(picture, ground)
            kind = "JPEG" if picture.format == "MPO" else picture.format or ""
            if kind == "JPEG" and not truncated and _is_cut_short(file, picture, digest, ground):
                raise images.PictureError(_reasons.CUT_SHORT)
            facts = _facts(picture)
        return {
            "width": width,
            "height": height,
            "format": kind,
            "mode": mode,
            "pixels_sha256": digest,
            "facts": facts,
        }

    def _allow(self, pixels: int, memory: int, unpacked: float, size: int) -> None:
        """Take what a picture deserves by the size of its file, before it is read."""
        if memory > self.limits.memory_mb and unpacked > size * self.limits.unpacking:
            raise images.PictureError(_reasons.BOMB)
        self.say(pixels=pixels)
        self.cap.memory(memory)
        self.cap.seconds(self.limits.seconds_for(pixels))


def _is_cut_short(
    file: Path, picture: Image.Image, digest: str, ground: tuple[int, int, int]
) -> bool:
    """Whether a JPEG that was read holds less than its whole picture."""
    data = file.read_bytes()
    read = _jpeg.markers(data)
    if _jpeg.lacks_data(data, read):
        return True
    right, bottom = picture.size
    last = picture.crop(((right - 1) // 8 * 8, (bottom - 1) // 8 * 8, right, bottom)).convert("L")
    flat = int(np.ptp(np.asarray(last, np.int16))) <= _jpeg.FLAT
    noisy = _jpeg.with_noise(data, read) if flat else None
    if noisy is None:
        return False
    with images.opened(io.BytesIO(noisy)) as other:
        return images.picture_sha256(other, ground) != digest


def _facts(picture: Image.Image) -> dict[str, Any]:
    """What else is true of the picture; nothing of where it was taken."""
    facts: dict[str, Any] = {}
    with suppress(Exception):  # the first picture is sound whatever comes behind it
        taken = picture.getexif().get_ifd(0x8769).get(0x9003)  # EXIF DateTimeOriginal
        if isinstance(taken, str) and _TAKEN_AT.fullmatch(taken.strip("\0 ")):
            facts["taken"] = taken.strip("\0 ")
        if (frames := getattr(picture, "n_frames", 1)) > 1:
            facts["frames"] = frames
    return facts


@contextmanager
def _lenient() -> Iterator[None]:
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False


def main() -> None:
    """Answer until the parent closes its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    answers = os.fdopen(os.dup(1), "w", encoding="ascii", newline="\n")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # what libraries print is no answer
    child = Child(Limits(**json.loads(sys.argv[1])), answers)
    child.say(ready=True)
    for line in sys.stdin:
        task = json.loads(line)
        red, green, blue = task["ground"]
        child.read(Path(task["file"]), (red, green, blue), task["truncated"])


if __name__ == "__main__":
    main()
