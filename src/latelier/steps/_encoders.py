"""What encoders see of images, beside the named numbers: an extractor's rows, by the picture."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from latelier import registry
from latelier.errors import LatelierError, TooFew
from latelier.extractors._contract import Maps
from latelier.extractors._open import named
from latelier.features._contract import Measure
from latelier.images import Pixels
from latelier.project import Image

SIDE = 224  # px a side that pictures are brought to, whatever their proportions
LARGEST = 1e12
WORDLESS = "of an encoder"  # the unit of numbers that nobody can put into words
FEWEST = 8  # pictures that an encoder can learn from


class Encoder:
    """An extractor that sees one picture at a time.

    Args:
        asked: ``self``, ``mobilenet:FILE``, ``onnx:FILE``, ...
        taught_on: the pictures that one which learns is taught on.
        seed: of what is drawn.

    Raises:
        UnknownName: there is no such extractor.
        UsageError: a file is missing, or given where none is needed.
    """

    def __init__(self, asked: str, taught_on: Sequence[Image], seed: int) -> None:
        self._plugin, self._file, self.name = named(asked)
        self.learns = bool(self._plugin.LEARNS)
        self._seed = seed
        self._squares: Pixels = _NOTHING
        self._maps: Maps | None = None
        self.shows = hasattr(self._plugin, "maps")
        self._see = None if self.learns else self._plugin.parts(_NOTHING, self._file, seed)
        room = Path(str(self._plugin.__file__)).parent
        digest = hashlib.sha256(f"{self.name} {SIDE} {seed if self.learns else 0}".encode())
        for file in [Path(str(self._plugin.__file__)), *sorted(room.glob("_*.py"))]:
            digest.update(file.read_bytes())
        if self.learns:
            digest.update(" ".join(sorted(i.sha256 for i in taught_on)).encode())
        self.digest = digest.hexdigest()[:16]

    def teach(self, pictures: Sequence[Pixels]) -> None:
        """Teach one that learns; the same whatever the order of the pictures.

        Raises:
            TooFew: there are fewer than ``FEWEST``.
        """
        if self.learns and self._see is None:
            if len(pictures) < FEWEST:
                raise TooFew(
                    f"{len(pictures)} pictures are too few to teach the encoder {self.name}; it "
                    f"needs {FEWEST}. Label more, or name another one."
                )
            squares = np.stack([square(p) for p in pictures])
            squares = squares[np.argsort([p.tobytes() for p in squares], kind="stable")]
            self._squares = squares
            self._see = self._plugin.parts(squares, self._file, self._seed)

    @property
    def taught(self) -> bool:
        """Whether it can see."""
        return self._see is not None

    def describe(self, pixels: Pixels) -> NDArray[np.float64]:
        """(d,) what it sees of a picture.

        Raises:
            Damaged: the file is no such network.
        """
        if self._see is None:
            raise LatelierError(f"The encoder {self.name} was not taught yet.")
        return np.concatenate([part[0] for part in self._see(square(pixels)[None])])

    def maps(self, pixels: Pixels) -> tuple[NDArray[np.float64], int]:
        """(c, h, w) the maps that its numbers average, and the first of those; if it ``shows`` them."""
        seen = self._maps = self._maps or self._plugin.maps(self._squares, self._file, self._seed)
        found, first = seen(square(pixels)[None])
        return found[0], first

    def measures(self, count: int) -> list[Measure]:
        """What its numbers are; they have no words."""
        return [
            Measure(f"{n:04d}", WORDLESS, -LARGEST, LARGEST, f"Number {n} that {self.name} sees.")
            for n in range(count)
        ]


_NOTHING = np.zeros((1, 8, 8, 3), np.uint8)


def square(pixels: Pixels) -> Pixels:
    """(224, 224, 3) the whole picture, its proportions given up."""
    small = Pillow.fromarray(pixels).resize((SIDE, SIDE), Pillow.Resampling.BILINEAR)
    return np.array(small)  # torch wants its own


def is_encoder(name: str) -> bool:
    """Whether a name is that of an extractor and not of a family of features."""
    kind = name.partition(":")[0]
    return kind in registry.names("extractors") and kind not in registry.names("features")
