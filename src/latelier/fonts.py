"""Fonts for words on pictures; they come with matplotlib, which is not imported for them."""

import importlib.util
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

from latelier.errors import MissingExtra


def file(name: str) -> Path:
    """Where a font of matplotlib's lies, such as ``DejaVuSans.ttf`` or ``STIXGeneral.ttf``.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    found = importlib.util.find_spec("matplotlib")
    if found is None or found.origin is None:
        raise MissingExtra("Captions need the fonts of matplotlib: pip install matplotlib")
    return Path(found.origin).parent / "mpl-data" / "fonts" / "ttf" / name


@lru_cache
def sans(size: int) -> ImageFont.FreeTypeFont:
    """DejaVu Sans, which has accents and most scripts, in pixels; set the same on every machine."""
    return ImageFont.truetype(
        str(file("DejaVuSans.ttf")), size, layout_engine=ImageFont.Layout.BASIC
    )
