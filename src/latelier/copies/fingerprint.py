"""What is kept of a picture so that it can be compared without reading it again.

A 256-bit hash, its corners, and a picture of 160 pixels: some 30 kB.
"""

import io
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latelier.copies.features import SIDE, Features, found
from latelier.copies.hashes import hashed
from latelier.copies.pixels import SIDE as SIGHT_SIDE
from latelier.copies.pixels import Sight

VERSION = 1  # counts up whenever a fingerprint of the same picture would come out otherwise
READ_AT = SIDE  # pixels of the longer side from which nothing is gained


@dataclass(frozen=True)
class Fingerprint:
    """What is kept of one picture.

    Args:
        width: of the whole picture, in pixels.
        height: of the whole picture, in pixels.
        hash: (4,) uint64.
        corners: as they are.
        mirrored: those of the mirror image.
        small: the picture at 160 pixels as the bytes of a JPEG.
    """

    width: int
    height: int
    hash: NDArray[np.uint64]
    corners: Features
    mirrored: Features
    small: bytes

    @cached_property
    def sight(self) -> Sight:
        """The small picture, ready to be laid on others."""
        with Image.open(io.BytesIO(self.small)) as picture:
            return Sight(np.asarray(picture.convert("RGB")))

    def to_bytes(self) -> bytes:
        """The fingerprint as bytes, the same on every machine."""
        file = io.BytesIO()
        head = np.array([self.width, self.height, len(self.corners), len(self.mirrored)], "<u4")
        file.write(head.tobytes() + self.hash.astype("<u8").tobytes())
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
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    corners, mirrored = found(grey)
    scale = min(1.0, SIGHT_SIDE / max(grey.shape))
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    small = io.BytesIO()
    Image.fromarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)).save(
        small, "JPEG", quality=92, subsampling=0
    )
    return Fingerprint(
        width or pixels.shape[1],
        height or pixels.shape[0],
        hashed(grey),
        corners,
        mirrored,
        small.getvalue(),
    )


def from_bytes(data: bytes) -> Fingerprint:
    """The fingerprint that ``to_bytes`` gave."""
    width, height, *counts = (int(n) for n in np.frombuffer(data, "<u4", 4))
    first = np.frombuffer(data, "<u8", 4, 16).astype(np.uint64)
    at, both = 48, []
    for count in counts:
        looks = np.frombuffer(data, "<u8", 4 * count, at).reshape(-1, 4).astype(np.uint64)
        at += 32 * count
        places = np.frombuffer(data, "<f2", 4 * count, at).reshape(-1, 4).astype(np.float32)
        at += 8 * count
        both.append(Features(places, looks))
    return Fingerprint(width, height, first, both[0], both[1], data[at:])
