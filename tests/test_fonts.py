"""Words on pictures are set in a font that has their letters."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from latelier import fonts


def drawn(text: str) -> bytes:
    page = Image.new("L", (40, 40))
    ImageDraw.Draw(page).text((4, 4), text, fill=255, font=fonts.sans(20))
    return np.asarray(page).tobytes()


@pytest.mark.parametrize("letter", ["í", "ñ", "ß", "Ж", "Ω", "ş", "ع", "…"])
def test_letters_beyond_ascii_are_there(letter: str) -> None:
    missing = drawn("\U0010fffe")
    assert drawn(letter) != missing
    assert fonts.sans(20) is fonts.sans(20)
