"""What is kept of a picture so that it can be compared without reading it again.

Up to three 256-bit hashes, its corners, and a picture of 256 pixels: some 60 kB.
"""

import functools
import io
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.copies.features import SIDE, Features, found
from latelier.copies.hashes import framed, frames, hashed
from latelier.copies.pixels import SIDE as SIGHT_SIDE
from latelier.copies.pixels import Sight

VERSION = 9  # counts up whenever a fingerprint or a likeness would come out otherwise
CLEAR_SIDE = 256  # pixels of the longer side of the picture that is kept
AT_HAND = 8  # clear pictures that stay decoded; each is held against a few others in turn
_AS_JPEG = [
    cv2.IMWRITE_JPEG_QUALITY,
    90,
    cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
    cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
]
READ_AT = SIDE  # pixels of the longer side from which nothing is gained


@dataclass(frozen=True)
class Fingerprint:
    """What is kept of one picture.

    Args:
        width: of the whole picture, in pixels.
        height: of the whole picture, in pixels.
        hashes: (n, 4) uint64, one for each frame.
        frames: (n, 4) float32, the whole picture and what lies within its borders, as shares of it.
        corners: as they are.
        mirrored: those of the mirror image.
        small: the picture at 256 pixels as the bytes of a JPEG.
    """

    width: int
    height: int
    hashes: NDArray[np.uint64]
    frames: NDArray[np.float32]
    corners: Features
    mirrored: Features
    small: bytes

    @cached_property
    def sight(self) -> Sight:
        """The picture at 128 pixels, ready to be laid on others."""
        return Sight(_at_most(self.clear.pixels, SIGHT_SIDE))

    @property
    def clear(self) -> Sight:
        """The picture at 256 pixels, for the few that are looked at twice."""
        return _seen(self.small)

    def to_bytes(self) -> bytes:
        """The fingerprint as bytes, the same on every machine."""
        file = io.BytesIO()
        counts = [len(self.hashes), len(self.corners), len(self.mirrored)]
        file.write(np.array([self.width, self.height, *counts], "<u4").tobytes())
        file.write(self.hashes.astype("<u8").tobytes() + self.frames.astype("<f4").tobytes())
        for features in (self.corners, self.mirrored):
            file.write(features.looks.astype("<u8").tobytes())
            file.write(features.places.astype("<f2").tobytes())
        file.write(self.small)
        return file.getvalue()


def fingerprint(pixels: NDArray[np.uint8], width: int = 0, height: int = 0) -> Fingerprint:
    """Take the fingerprint of a picture.

    Args:
        pixels: (h, w, 3) uint8, possibly reduced; at least ``READ_AT`` on the longer side where the
            picture is that large.
        width: of the whole picture; as ``pixels`` if left out.
        height: of the whole picture; as ``pixels`` if left out.
    """
    clear = _at_most(pixels, CLEAR_SIDE)
    grey = np.asarray(cv2.cvtColor(clear, cv2.COLOR_RGB2GRAY), np.uint8)  # fewer pixels to resize
    corners, mirrored = found(grey)
    inner = frames(grey)
    blue_first = cv2.cvtColor(clear, cv2.COLOR_RGB2BGR)
    _, small = cv2.imencode(".jpg", blue_first, _AS_JPEG)
    return Fingerprint(
        width or pixels.shape[1],
        height or pixels.shape[0],
        np.stack([hashed(framed(grey, frame)) for frame in inner]),
        inner,
        corners,
        mirrored,
        small.tobytes(),
    )


@functools.lru_cache(maxsize=AT_HAND)
def _seen(small: bytes) -> Sight:
    """The picture that was kept as the bytes of a JPEG."""
    kept = cv2.imdecode(np.frombuffer(small, np.uint8), cv2.IMREAD_COLOR)
    return Sight(np.asarray(cv2.cvtColor(np.asarray(kept), cv2.COLOR_BGR2RGB), np.uint8))


def _at_most(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """The picture with ``side`` pixels on its longer side, or as it is where it is smaller."""
    scale = min(1.0, side / max(pixels.shape[:2]))
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def from_bytes(data: bytes) -> Fingerprint:
    """The fingerprint that ``to_bytes`` gave."""
    width, height, some, *counts = (int(n) for n in np.frombuffer(data, "<u4", 5))
    at, both = 20 + 48 * some, []
    hashes = np.frombuffer(data, "<u8", 4 * some, 20).reshape(-1, 4).astype(np.uint64)
    inner = np.frombuffer(data, "<f4", 4 * some, 20 + 32 * some).reshape(-1, 4)
    for count in counts:
        looks = np.frombuffer(data, "<u8", 4 * count, at).reshape(-1, 4).astype(np.uint64)
        at += 32 * count
        places = np.frombuffer(data, "<f2", 4 * count, at).reshape(-1, 4).astype(np.float32)
        at += 8 * count
        both.append(Features(places, looks))
    return Fingerprint(width, height, hashes, inner, both[0], both[1], data[at:])
