"""The reading process: opens one stranger after the other and answers in lines of JSON.

It runs as ``python -m latelier.collection._child LIMITS``. What comes back is text that the
parent checks, never a pickle: a picture that takes this process over gains nothing but lies about
itself. The parent's program is not imported again, so scripts need no ``__main__`` guard.
"""

import io
import json
import mmap
import os
import re
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from latelier import colour, images
from latelier.collection import _jpeg, _reasons, _webp
from latelier.collection._limits import MIB, MPX, Cap, Limits

IN_MEMORY = 32 << 20  # bytes of a file that is read whole before it is opened
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
            with images.cut_short():
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
        # From memory a decoder that believes in an enormous chunk gets what there is; from a file
        # Python would first make room for all of it.
        data = file.read_bytes() if size <= IN_MEMORY else None
        with io.BytesIO(data) if data else file.open("rb") as source:
            pixels = _webp.claimed_pixels(source.read(30))
            if 0 < pixels <= self.limits.pixels:
                self._allow(pixels, self.limits.memory_for(pixels), 3 * pixels, size)
            source.seek(0)
            return self._read(file, source, size, ground, truncated)

    def _read(
        self,
        file: Path,
        source: IO[bytes],
        size: int,
        ground: tuple[int, int, int],
        truncated: bool,
    ) -> dict[str, Any]:
        try:
            picture = images.opened(source, self.limits.pixels)
        except UnidentifiedImageError:
            raise images.PictureError(_reasons.foreign(file)) from None
        with picture:
            pixels, bands = picture.width * picture.height, len(picture.getbands())
            kind = "JPEG" if picture.format == "MPO" else picture.format or ""
            light = picture.mode in _LIGHT and colour.orientation(picture) == 1
            memory = self.limits.memory_for(pixels // 6 if light else pixels)
            held = self.limits.memory_mb if kind == "JPEG" else memory
            self._allow(pixels, memory, pixels * _LIGHT.get(picture.mode, 3), size, held)
            mode, (width, height) = picture.mode, colour.upright_size(picture)
            scale = 1
            if kind == "JPEG":
                scale = self._scale(source, size, pixels, 1 if bands == 1 else 4)
            if scale > 1:
                picture.draft(None, (picture.width // scale, picture.height // scale))
            digest = images.picture_sha256(picture, ground)
            flat = kind == "JPEG" and _ends_flat(picture, 8 // scale)
            facts, turned = _facts(picture), colour.orientation(picture)
        del picture  # its pixels are given back: a large one is not held twice
        if kind == "JPEG":
            data = _whole(source)
            read = _jpeg.markers(data)
            if not truncated and _is_cut_short(data, read, flat, digest, ground, scale):
                raise images.PictureError(_reasons.CUT_SHORT)
            if scale > 1:
                digest = _jpeg.coded_sha256(data, read, turned)
        return {
            "width": width,
            "height": height,
            "format": kind,
            "mode": mode,
            "pixels_sha256": digest,
            "facts": facts,
        }

    def _scale(self, source: IO[bytes], size: int, pixels: int, stored: int) -> int:
        """How many times smaller a JPEG is to be opened so that there is room for it.

        Args:
            source: its file.
            size: of the file, in bytes.
            pixels: width times height.
            stored: bytes that a pixel takes.

        Raises:
            PictureError: there is room at no size.
        """
        room = self.limits.room_mib() * MIB - (size if size <= IN_MEMORY else 0)
        if 3 * stored * pixels <= room:  # whatever the order of its parts is
            return 1
        held = _jpeg.coefficients(_jpeg.markers(_whole(source)))
        source.seek(0)
        for scale in (1, 4, 8):
            if held + stored * pixels / scale**2 <= room:
                return scale
        if not held:
            return 8
        raise images.PictureError(_reasons.HELD_WHOLE.format(millions=pixels / MPX))

    def _allow(
        self, pixels: int, memory: int, unpacked: float, size: int, held: int | None = None
    ) -> None:
        """Take what a picture deserves by the size of its file, before it is read.

        Args:
            pixels: width times height.
            memory: in MiB, that such a picture may take.
            unpacked: bytes that its pixels are.
            size: of its file, in bytes.
            held: in MiB, that it will take, where that is less.
        """
        if memory > self.limits.memory_mb and unpacked > size * self.limits.unpacking:
            raise images.PictureError(_reasons.BOMB)
        self.say(pixels=pixels)
        self.cap.memory(memory if held is None else held)
        self.cap.seconds(self.limits.seconds_for(pixels))


def _whole(source: IO[bytes]) -> _jpeg.Data:
    """All bytes of a file; no second copy of one in memory, and none at all of another."""
    if isinstance(source, io.BytesIO):
        return source.getvalue()
    return mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ)


def _ends_flat(picture: Image.Image, block: int) -> bool:
    """Whether the last block of a JPEG, of so many pixels, is as flat as what a decoder fills in."""
    right, bottom = picture.size
    x, y = ((n - 1) // block * block for n in picture.size)
    last = picture.crop((x, y, right, bottom)).convert("L")
    return int(np.ptp(np.asarray(last, np.int16))) <= _jpeg.FLAT


def _is_cut_short(
    data: _jpeg.Data,
    read: _jpeg.Markers,
    flat: bool,
    digest: str,
    ground: tuple[int, int, int],
    scale: int,
) -> bool:
    """Whether a JPEG that was read, so many times smaller, holds less than its whole picture."""
    if _jpeg.lacks_data(data, read):
        return True
    noisy = _jpeg.with_noise(data, read) if flat else None
    if noisy is None:
        return False
    try:
        with images.opened(noisy) as other:
            if scale > 1:
                other.draft(None, (other.width // scale, other.height // scale))
            return images.picture_sha256(other, ground) != digest
    except (OSError, ValueError):
        return True  # the decoder ran into the noise


def _facts(picture: Image.Image) -> dict[str, Any]:
    """What else is true of the picture; nothing of where it was taken."""
    facts: dict[str, Any] = {}
    with suppress(Exception):  # the first picture is sound whatever comes behind it
        taken = picture.getexif().get_ifd(0x8769).get(0x9003)  # EXIF DateTimeOriginal
        if isinstance(taken, str) and _TAKEN_AT.fullmatch(taken.strip("\0 ")):
            facts["taken"] = taken.strip("\0 ")
        frames = getattr(picture, "n_frames", 1)
        if frames > 1 and picture.format != "MPO":  # a phone's: the others are previews and depth
            facts["frames"] = frames
    return facts


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
