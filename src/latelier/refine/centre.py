"""Brings a drawing into the middle of its picture, by its mass or its box.

What differs from the even ground at the picture's edge is the drawing.
"""

import cv2
import numpy as np

from latelier.errors import PictureError
from latelier.images import Pixels
from latelier.refine._contract import Setting
from latelier.refine._tones import dark_of, picture_of

OF = "one"
TONES = "any"
SETTINGS = (
    Setting("by", "mass", "What comes to lie in the middle.", choices=("mass", "box")),
    Setting(
        "margin",
        0,
        "Above 0 the drawing is scaled to leave this share of the picture free on each side.",
        0,
        0.45,
    ),
    Setting("size", 0, "Above 0 the picture becomes a square of so many pixels a side.", 0, 8192),
)
APART = 40  # levels in one channel: what differs less from the ground is the ground's own grain


def refine(pixels: Pixels, *, by: str, margin: float, size: float) -> Pixels:
    """The picture with its drawing in the middle.

    Raises:
        PictureError: there is no drawing on it, or it would not fit.
    """
    h, w = pixels.shape[:2]
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    ground = np.median(edge, axis=0)
    drawn = np.abs(pixels.astype(np.int16) - ground).max(-1) > APART
    if not drawn.any():
        raise PictureError("there is no drawing on it to be centred")
    ys, xs = np.nonzero(drawn)
    low, high = np.array([xs.min(), ys.min()]), np.array([xs.max(), ys.max()]) + 1
    mass = np.array([xs.mean(), ys.mean()]) + 0.5
    middle = mass if by == "mass" else (low + high) / 2
    frame = np.array([size, size] if size >= 1 else [w, h]).round()
    reach = np.maximum(middle - low, high - middle)
    most = ((1 - 2 * margin) * frame / (2 * reach)).min()
    scale = float(most) if margin > 0 else min(1.0, float(most))
    offset = frame / 2 - scale * middle
    if scale == 1:
        offset = np.round(offset)  # whole pixels: nothing is resampled
    return _moved(pixels, scale, offset, (int(frame[0]), int(frame[1])), ground)


def _moved(
    pixels: Pixels,
    scale: float,
    offset: np.ndarray,
    frame: tuple[int, int],
    ground: np.ndarray,
) -> Pixels:
    """The picture scaled and then moved into a frame of the ground's colour."""
    if scale < 1:  # shrunk by areas first, so that no thin stroke falls between the pixels
        h, w = pixels.shape[:2]
        small = (max(1, round(w * scale)), max(1, round(h * scale)))
        source = np.asarray(cv2.resize(pixels, small, interpolation=cv2.INTER_AREA), np.uint8)
        scale = 1.0
    else:
        source = pixels
    matrix = np.array([[scale, 0, offset[0]], [0, scale, offset[1]]])
    matrix[:, 2] += (scale - 1) / 2  # pixel middles, not corners
    colour = tuple(float(v) for v in ground)
    moved = cv2.warpAffine(
        source,
        matrix,
        frame,
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=colour,
    )
    out = np.asarray(moved, np.uint8)
    if dark_of(pixels) is not None:
        return picture_of(out[..., 0] < 128)
    return out
