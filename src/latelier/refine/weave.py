"""Makes a small picture large by weaving it anew from pieces of the originals, and says whose.

See `latelier.weave.enlarge`. Its composition and colours stay, its detail is theirs.
"""

import zlib

import numpy as np
from PIL import Image
from threadpoolctl import threadpool_limits

from latelier.errors import PictureError
from latelier.images import Pixels
from latelier.refine._contract import Originals, Setting, Told
from latelier.weave.enlarge import enlarged
from latelier.weave.fold import Floats
from latelier.weave.story import story_of
from latelier.weave.structure import LIES, paper_of
from latelier.weave.weaving import Bounds

OF = "woven"
TONES = "any"
SETTINGS = (
    Setting("size", 512, "Pixels of the longer side.", 64, 2048),
    Setting("parents", 10, "Originals that it may be woven from.", 3, 40),
    Setting("piece", 0.0625, "The largest piece, of what is not plain ground.", 0.001, 1),
    Setting("share", 0.333, "The largest share of one original, of the same.", 0.05, 1),
)
SMALL = 64  # pixels of the longer side of the plan; what is finer comes from the originals
FEWEST = 3  # originals; a third each is what one may hold
LEAST = 8  # pixels of the shorter side


def refine(
    pixels: Pixels, originals: Originals, *, size: float, parents: float, piece: float, share: float
) -> Told:
    """The picture, woven large.

    Raises:
        PictureError: the picture is as large already, or has nothing to lay out after; or there
            are too few originals.
    """
    h, w = pixels.shape[:2]
    if min(h, w) < LEAST:
        raise PictureError(f"{w} x {h} pixels are too few to lay anything out; it takes {LEAST}")
    if size <= max(h, w):
        raise PictureError(f"it has {max(h, w)} pixels already; ask for more than that")
    if (count := len(originals.shelf.palettes)) < FEWEST:
        raise PictureError(f"{count} originals are too few to weave from; it takes {FEWEST}")
    height, width = (max(LEAST, round(side * size / max(h, w))) for side in (h, w))
    scale = min(1.0, SMALL / max(h, w))
    plan = _floats(_resized(pixels, max(LEAST, round(h * scale)), max(LEAST, round(w * scale))))
    rows = originals.shelf.nearest(plan, round(parents))
    whole = float(paper_of(plan).mean()) > LIES
    stack = np.stack(
        [
            _floats(framed(originals.read(int(row), max(height, width)), height, width, whole))
            for row in rows
        ]
    )
    bounds = Bounds(piece, share)
    rng = np.random.default_rng(zlib.crc32(np.ascontiguousarray(pixels).tobytes()))
    with threadpool_limits(1):
        woven = enlarged(plan, stack, bounds, rng)
    return Told(np.round(woven.picture * 255).astype(np.uint8), story_of(woven, rows, bounds))


def framed(picture: Pixels, height: int, width: int, whole: bool) -> Pixels:
    """A picture at another size and shape: whole, on its own ground, or cut to its middle."""
    h, w = picture.shape[:2]
    scale = (min if whole else max)(height / h, width / w)
    inner = _resized(picture, max(1, round(h * scale)), max(1, round(w * scale)))
    if not whole:
        y, x = (inner.shape[0] - height) // 2, (inner.shape[1] - width) // 2
        return inner[max(y, 0) :][:height, max(x, 0) :][:, :width]
    edge = np.concatenate([inner[0], inner[-1], inner[:, 0], inner[:, -1]])
    page = np.empty((height, width, 3), dtype=np.uint8)
    page[:] = np.median(edge, axis=0).round()
    y, x = (height - inner.shape[0]) // 2, (width - inner.shape[1]) // 2
    page[y : y + inner.shape[0], x : x + inner.shape[1]] = inner
    return page


def _resized(picture: Pixels, height: int, width: int) -> Pixels:
    return np.asarray(Image.fromarray(picture).resize((width, height), Image.Resampling.LANCZOS))


def _floats(pixels: Pixels) -> Floats:
    return pixels.astype(np.float32) / np.float32(255)
