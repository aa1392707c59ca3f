"""Makes a picture several times larger; before threshold, soft edges become smooth crisp ones.

By the Lanczos kernel of three lobes (C. Duchon, "Lanczos filtering in one and two dimensions",
1979); true black and white by its outlines, so that the pixels' stairs are not enlarged with it.
"""

import numpy as np
from PIL import Image

from latelier.errors import PictureError
from latelier.images import Pixels
from latelier.refine._contract import Setting
from latelier.refine._outlines import smoothed
from latelier.refine._tones import dark_of, picture_of

OF = "one"
TONES = "any"
SETTINGS = (Setting("times", 4, "How many times wider and higher, 1 to 16.", 1, 16),)
STAIRS = 1.2  # pixels along an outline; averages the stairs of a slanting edge away
MOST = 100_000_000  # pixels of what comes out


def refine(pixels: Pixels, *, times: float) -> Pixels:
    """The picture, larger."""
    h, w = pixels.shape[:2]
    size = (round(w * times), round(h * times))
    if size[0] * size[1] > MOST:
        raise PictureError(f"{size[0]} x {size[1]} pixels are too many; enlarge it less")
    dark = dark_of(pixels)
    if dark is not None and times > 1:
        return picture_of(smoothed(dark, STAIRS, times))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))
