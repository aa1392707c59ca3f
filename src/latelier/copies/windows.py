"""The small windows within which pictures are compared, and what lies in them on the average."""

import cv2
import numpy as np
from numpy.typing import NDArray

WINDOW = 11  # pixels a side of the places that agree or not
STEP = 4  # pixels between two places


def means(
    values: NDArray[np.float32], wide: int = WINDOW, border: int = cv2.BORDER_REFLECT
) -> NDArray[np.float32]:
    """The mean over each window, every ``STEP`` pixels.

    Args:
        values: (h, w).
        wide: pixels a side of the windows.
        border: how OpenCV goes on beyond the edges.
    """
    found = cv2.blur(values, (wide, wide), borderType=border)
    return np.asarray(found[::STEP, ::STEP], np.float32)


def without_tone(
    picture: NDArray[np.float32],
    inside: NDArray[np.float32],
    much: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    """A picture of one colour less its mean over each window, seeing nothing of what lies outside.

    Args:
        picture: (h, w), 0 outside.
        inside: (h, w), 0 or 1.
        much: (h, w), how much of each window lies inside, above 0; found if left out.
    """
    if much is None:
        much = np.maximum(cv2.blur(inside, (WINDOW, WINDOW)), np.float32(1e-3))
    tone = cv2.blur(picture, (WINDOW, WINDOW))
    return np.asarray((picture - tone / much) * inside, np.float32)
