"""What a refinement is: a file in this room that makes a new picture of one, or of several.

A refinement file ``refine/<name>.py`` has, besides a first docstring line that says what it does::

    OF = "one"                  # "one" picture gives one; "several" give one; "file": one gives a file;
                                # "woven": one gives one with the help of the originals
    TONES = "any"               # "two": it takes true black and white alone, as threshold makes it
    SETTINGS = (Setting("area", 12.0, "...", 0, 1e6), ...)     # in the order they may be given in

    def refine(pixels, *, area):          # OF = "one": (h, w, 3) uint8 sRGB -> (h, w, 3) uint8
    def refine(pictures, *, area):        # OF = "several": list of (h, w, 3) -> (h, w, 3) uint8
    def refine(pixels, *, area):          # OF = "file": (h, w, 3) -> Written
    def refine(pixels, originals, *, area):   # OF = "woven": (h, w, 3), Originals -> Told

``refine`` leaves its picture alone, gives the same each time and takes any picture of 1 x 1 or
more; what cannot be done with a picture is a ``PictureError`` whose message is the reason.
``tests/contracts/test_refinements.py`` holds every file here to this.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from latelier.images import Pixels
from latelier.weave.enlarge import Shelf

KINDS = ("one", "several", "file", "woven")


@dataclass(frozen=True)
class Setting:
    """Something about a refinement that a person may say.

    Args:
        name: one word.
        default: a number, or one of ``choices``.
        says: one sentence on what it does.
        low: the smallest number it can be.
        high: the largest.
        choices: the words it can be; none for a number.
    """

    name: str
    default: float | str
    says: str
    low: float = 0.0
    high: float = 0.0
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Written:
    """A picture as a file of another kind.

    Args:
        text: what the file holds.
        ending: of its name, with the dot.
        facts: what is true of it, as JSON.
    """

    text: str
    ending: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Originals:
    """The pictures of a collection, to take something from.

    Args:
        shelf: what each is known by.
        read: gives the picture of a row, with so many pixels on its longer side if it has them.
    """

    shelf: Shelf
    read: Callable[[int, int], Pixels]


@dataclass(frozen=True)
class Told:
    """A picture and what must be told of it.

    Args:
        pixels: (h, w, 3) uint8.
        story: as JSON; ``parents`` are rows of the originals with their shares.
    """

    pixels: Pixels
    story: dict[str, Any]


def share_of(value: float, whole: float) -> float:
    """A setting that is a number of pixels from 1 on, and below it a share of ``whole``."""
    return value if value >= 1 else value * whole
