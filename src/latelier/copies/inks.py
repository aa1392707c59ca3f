"""Tell a second drawing on the same sheet from what was written over a picture.

A drawing that was set beside another shares its sheet with strokes in the same ink; what was written
or painted over a picture has a colour of its own. Where the frames of two pictures coincide nothing
was set into anything, whatever was drawn there.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.copies.hashes import BORDER
from latelier.copies.pixels import FAINT, Sight, reduced_for, warped
from latelier.copies.shown import Shown, Side
from latelier.copies.windows import STEP, WINDOW

COINCIDE = 0.93  # of either's area lies within the other's frame; less was set in or cropped
SHEET = 0.75  # of a picture is its bare ground; a border of one colour around it leaves up to 0.7
WITHIN = 3.0  # pixels within the other's frame
SURELY = 2 * FAINT  # grey levels of detail that are no noise
NEAR_BY = np.ones((5, 5), np.uint8)  # places: a stroke is as wide
FEWEST = 8  # pixels of ink
DARKEST = 10  # one in so many pixels of ink is quite as dark as the ink is
SAME_INK = 40.0  # levels; of 18 drawings set in at most 3, of 40 things written over 75 and more


def second_drawing(shown: Shown) -> float:
    """How much of a picture's detail is another drawing in the same ink, 0 to 1; the greater share.

    Args:
        shown: two pictures as they lie on each other.
    """
    if min(side.area for side in shown.sides) >= COINCIDE:
        return 0.0
    return max(_second_drawing(side) for side in shown.sides)


def _second_drawing(side: Side) -> float:
    sight, other = side.sight, side.other
    if np.mean(_off_ground(sight).max(axis=2) < BORDER) < SHEET:
        return 0.0
    inner = side.within > WITHIN
    there = inner & (sight.weight > SURELY)
    detail = _at_places(other.weight, side)
    drawn = there & (detail < FAINT) & _is_bare(side) & ~side.of_frames
    common = there & (detail > SURELY)
    share = float((sight.weight * drawn).sum() / (sight.weight.sum() + 1e-6))
    if not share:
        return 0.0
    around, near = (cv2.dilate(v.astype(np.uint8), NEAR_BY) > 0 for v in (drawn, common))
    strange = _ink(sight, drawn | (around & ~near))
    own = _ink(sight, common)
    if strange is None or own is None or np.abs(strange - own).max() > SAME_INK:
        return 0.0
    return share


def _off_ground(sight: Sight) -> NDArray[np.float32]:
    """How far each pixel is from the median colour of the picture's edge, in levels: (h, w, 3)."""
    pixels = sight.pixels
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    return np.asarray(np.abs(pixels - np.median(edge, axis=0)), np.float32)


def _at_places(grid: NDArray[np.float32], side: Side) -> NDArray[np.float32]:
    """A value of each place of the other picture, at the places of the one."""
    to_places = side.map.copy()
    to_places[:, 2] /= STEP
    high, wide = side.sight.weight.shape
    return warped(grid, to_places, (wide, high))


def _is_bare(side: Side) -> NDArray[np.bool_]:
    """Where the other picture shows nothing but its ground, at the places of the one."""
    other, m = reduced_for(side.other, side.map)
    ground = (_off_ground(other).max(axis=2) < BORDER).astype(np.float32)
    bare = warped(ground, m, side.sight.size)
    return cv2.blur(bare, (WINDOW, WINDOW), borderType=cv2.BORDER_REFLECT)[::STEP, ::STEP] > 0.95


def _ink(sight: Sight, places: NDArray[np.bool_]) -> NDArray[np.float64] | None:
    """The colour of the ink at some places, (3,), or None where there is hardly any."""
    wide, high = sight.size
    pixels = places.repeat(STEP, axis=0).repeat(STEP, axis=1)[:high, :wide]
    far, colours = _off_ground(sight)[pixels], sight.pixels[pixels]
    inked = far.max(axis=1) > BORDER
    if np.count_nonzero(inked) < FEWEST:
        return None
    far, colours = far[inked].sum(axis=1), colours[inked]
    darkest = np.argsort(-far, kind="stable")[: max(4, len(far) // DARKEST)]
    return np.asarray(colours[darkest].mean(axis=0))
