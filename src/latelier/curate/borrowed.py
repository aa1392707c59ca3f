"""A map of what a recombined image borrowed from where: each parent a colour, plain ground grey."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from latelier.curate.beside import beside
from latelier.images import Pixels

COLOURS = (  # by order of share; told apart by most eyes, the first eight by all
    (230, 159, 0), (86, 180, 233), (0, 158, 115), (240, 228, 66), (0, 114, 178), (213, 94, 0),
    (204, 121, 167), (240, 240, 240), (120, 94, 240), (150, 75, 20), (160, 220, 120), (255, 120, 150),
)  # fmt: skip
OTHERS = (110, 110, 110)
SHOWN = 6  # parents that are shown beside the map
FRAME = 0.05  # of a parent's picture


def borrowed(
    image: Pixels, owners: NDArray[np.uint8], parents: Sequence[tuple[Pixels, str]]
) -> Pixels:
    """The image, the map over its drawing, and the parents with the largest shares, each framed.

    Args:
        image: (h, w, 3) uint8.
        owners: (h, w) uint8, which parent each pixel is from; 255 on plain ground.
        parents: picture and caption of each, the largest share first.
    """
    framed = [_framed(picture, _colour(i)) for i, (picture, _) in enumerate(parents[:SHOWN])]
    captions = ["as woven", "from whom; grey is plain ground", *(c for _, c in parents[:SHOWN])]
    return beside([image, tinted(image, owners), *framed], captions)


def tinted(image: Pixels, owners: NDArray[np.uint8]) -> Pixels:
    """The image in grey under the colours of those it is from, with dark seams between them.

    Args:
        image: (h, w, 3) uint8.
        owners: (h, w) uint8, which parent each pixel is from; 255 on plain ground.
    """
    table = np.array([_colour(i) for i in range(255)] + [(70, 70, 70)], dtype=np.float32)
    light = image.astype(np.float32).mean(-1, keepdims=True) / 255
    map_ = table[owners] * (0.35 + 0.65 * light)
    seam = np.zeros(owners.shape, dtype=bool)
    seam[1:] |= owners[1:] != owners[:-1]
    seam[:, 1:] |= owners[:, 1:] != owners[:, :-1]
    map_[seam] *= 0.35
    return map_.round().astype(np.uint8)


def _colour(i: int) -> tuple[int, int, int]:
    return COLOURS[i] if i < len(COLOURS) else OTHERS


def _framed(picture: Pixels, colour: tuple[int, int, int]) -> Pixels:
    edge = max(1, round(FRAME * max(picture.shape[:2])))
    h, w = picture.shape[:2]
    page = np.empty((h + 2 * edge, w + 2 * edge, 3), dtype=np.uint8)
    page[:] = colour
    page[edge:-edge, edge:-edge] = picture[..., :3]
    return page
