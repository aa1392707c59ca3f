"""What was found on a page, drawn over it for a person to look through."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.cut import ink
from latelier.cut.page import Drawing

BOX, FREE, FLAGGED = (0, 114, 178), (0, 158, 115), (213, 94, 0)  # told apart by the colour-blind
LONGEST = 1600  # pixels of the overlay's longer side
LEGIBLE = 70  # pixels of a drawing's shorter side: with less its number would hide it
LARGEST = 5000  # pixels of the longer side of an overlay of very small drawings
PREVIEW = 700  # pixels of a preview's longer side


def overlay(page: NDArray[np.uint8], drawings: Sequence[Drawing]) -> NDArray[np.uint8]:
    """The page with each drawing framed and numbered in reading order, flagged ones in orange.

    Args:
        page: (h, w) or (h, w, 3) uint8.
        drawings: in reading order.

    Returns:
        (h, w, 3) uint8, at most ``LONGEST`` pixels long; longer where drawings are very small.
    """
    picture, scale = _reduced(page, _long_enough(page, drawings))
    picture = picture // 2 + 127  # paler, so that the frames stand out
    thick = max(2, round(min(max(picture.shape[:2]), LONGEST) / 700))
    for number, drawing in enumerate(drawings, 1):
        corners = np.rint((drawing.polygon + 0.5) * scale * 16 - 8).astype(np.int32)
        colour = FLAGGED if drawing.flags else BOX if drawing.boxed else FREE
        cv2.polylines(picture, [corners], True, colour, thick, cv2.LINE_AA, 4)
        _number(picture, str(number), corners[0] / 16, drawing, colour, scale)
    return picture


def _long_enough(page: NDArray[np.uint8], drawings: Sequence[Drawing]) -> int:
    """How many pixels long the overlay should be for its drawings to stay legible."""
    if not drawings:
        return LONGEST
    short = float(np.median([min(d.box[2:]) for d in drawings]))
    return min(LARGEST, max(LONGEST, round(LEGIBLE / max(short, 1) * max(page.shape[:2]))))


def _number(
    picture: NDArray[np.uint8],
    text: str,
    corner: NDArray[np.float64],
    drawing: Drawing,
    colour: tuple[int, int, int],
    scale: float,
) -> None:
    """Write a number on a small plate: inside a box's corner, above a drawing without a box."""
    height = float(np.clip(0.16 * min(drawing.box[2:]) * scale, 8, 22))
    size = height / 21
    (w, h), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, size, 1)
    x, y = int(corner[0]) + 1, int(corner[1]) + 1
    if not drawing.boxed:
        y = max(0, y - h - 5)
    cv2.rectangle(picture, (x, y), (x + w + 3, y + h + 4), colour, -1)
    white = (255, 255, 255)
    cv2.putText(
        picture, text, (x + 2, y + h + 1), cv2.FONT_HERSHEY_SIMPLEX, size, white, 1, cv2.LINE_AA
    )


def binarised(page: NDArray[np.uint8], threshold: float | None = None) -> NDArray[np.uint8]:
    """The page as each way of telling ink from paper sees it, side by side.

    Args:
        page: (h, w) or (h, w, 3) uint8.
        threshold: of the fixed one; 128 if left out.

    Returns:
        (h, w, 3) uint8: the page itself, by itself, Otsu, Sauvola, fixed, each named.
    """
    picture, _ = _reduced(page, PREVIEW * 3)
    grey = ink.grey_of(picture)
    panels = [(picture, "the page")]
    for method in ink.METHODS:
        mask = ink.find_ink(grey, method, threshold).mask
        panels.append((np.repeat((255 - mask)[..., None], 3, 2), method))
    made = []
    for panel, name in panels:
        small, _ = _reduced(panel, PREVIEW)
        plate = np.full((small.shape[0] + 34, small.shape[1] + 12, 3), 255, np.uint8)
        plate[28:-6, 6:-6] = small
        cv2.putText(
            plate, name, (8, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (40, 40, 40), 1, cv2.LINE_AA
        )
        made.append(plate)
    return np.concatenate(made, 1)


def _reduced(page: NDArray[np.uint8], longest: int) -> tuple[NDArray[np.uint8], float]:
    """The page in colour, at most so long, and by how much it was made smaller."""
    scale = min(1.0, longest / max(page.shape[:2]))
    if scale < 1:
        size = (max(1, round(page.shape[1] * scale)), max(1, round(page.shape[0] * scale)))
        page = np.asarray(cv2.resize(page, size, interpolation=cv2.INTER_AREA), np.uint8)
    return (np.repeat(page[..., None], 3, 2) if page.ndim == 2 else page.copy()), scale
