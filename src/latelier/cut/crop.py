"""A drawing cut out of its page: straightened, at full resolution, without its box and its neighbours.

Lines of boxes go as staff lines go from music: by the length of the ink across them, so that a
stroke that runs into a line keeps what is its own (N. Carter and R. Bacon, 1992).
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.cut.ink import PAPER, Grey, Mask, grey_of

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]  # (h, w) grey or (h, w, 3) sRGB
LEVEL = 0.1  # degrees: a drawing that leans less is copied as it is, not resampled
MARGIN = 0.06  # of a free drawing's longer side, left white around it
STRAY = 0.14  # of a box's side: lines of boxes that stand in a grid lie within it of the grid's
DEEP = (
    0.25  # of a piece that hangs on the walls: with more inside it is a drawing that touches them
)


@dataclass(frozen=True)
class Frame:
    """Where a drawing lies and what surrounds it.

    Args:
        polygon: (4, 2) corners in pixels of the page, clockwise from its own top left.
        boxed: whether lines run along the polygon.
        line: thickness of these lines in pixels.
        stroke: width of the pen in pixels.
        threshold: of ink against paper, in levels of a page flattened to ``PAPER``.
    """

    polygon: Floats
    boxed: bool
    line: float
    stroke: float
    threshold: float


def window(frame: Frame, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """The part of the page that ``cut_out`` needs: left, top, right, bottom in whole pixels."""
    low, high = frame.polygon.min(0), frame.polygon.max(0)
    around = _margin(frame) + 3
    x0, y0 = np.floor(low - around).astype(int).tolist()
    x1, y1 = np.ceil(high + around).astype(int).tolist()
    return max(0, x0), max(0, y0), min(shape[1], x1 + 1), min(shape[0], y1 + 1)


def cut_out(part: Pixels, corner: tuple[int, int], frame: Frame) -> Pixels:
    """The drawing in a frame, straightened, its box and what is foreign painted over with paper.

    Args:
        part: (h, w) or (h, w, 3) uint8, the window of the page.
        corner: x and y of the part's top left pixel on the page.
        frame: where the drawing lies.

    Returns:
        (h, w) or (h, w, 3) uint8.
    """
    polygon = frame.polygon - np.array(corner)
    if frame.boxed:
        straight = _straightened(part, polygon, _margin(frame))
        ink = ink_of(straight, frame.threshold)
        lines = box_lines(ink, frame.line)
        return _painted_over(straight, lines | _pale_rim(straight, ink & ~lines, frame))
    part = _painted_over(part, _foreign(ink_of(part, frame.threshold), polygon))
    return _straightened(part, polygon, _margin(frame))


def _foreign(ink: Mask, polygon: Floats) -> Mask:
    """Ink that lies mostly outside the polygon: drawings beside this one that reach into its window."""
    _, labels = cv2.connectedComponents(ink, connectivity=8)
    own = np.zeros_like(ink)
    cv2.fillConvexPoly(own, np.rint(polygon).astype(np.int32), 255)
    total = np.bincount(labels.ravel())
    inside = np.bincount(labels[own > 0], minlength=len(total))
    foreign = inside < 0.5 * total
    foreign[0] = False
    if not foreign.any():
        return np.zeros_like(ink)
    mask = foreign[labels].astype(np.uint8) * np.uint8(255)
    return np.asarray(cv2.dilate(mask, np.ones((5, 5), np.uint8)), np.uint8)


def _margin(frame: Frame) -> float:
    """Pixels around the polygon that are cut too; below 0: that are not."""
    if frame.boxed:
        return -round(frame.line / 2 + 0.5)
    sides = np.hypot(*(np.roll(frame.polygon, -1, 0) - frame.polygon).T)
    return float(round(max(2 * frame.stroke, MARGIN * sides.max())))


def _straightened(part: Pixels, polygon: Floats, margin: float) -> Pixels:
    """The polygon as an upright rectangle of the same size, ``margin`` pixels wider on each side."""
    top, right, bottom, left = np.roll(polygon, -1, 0) - polygon
    width = (np.hypot(*top) + np.hypot(*bottom)) / 2
    height = (np.hypot(*left) + np.hypot(*right)) / 2
    w, h = max(1, round(width + 2 * margin)), max(1, round(height + 2 * margin))
    rise = max(abs(top[1]), abs(bottom[1]), abs(left[0]), abs(right[0]))
    if rise < max(1.0, np.radians(LEVEL) * min(width, height)) and top[0] > 0:
        x, y = np.rint((polygon[0] + polygon[2]) / 2 - np.array([w, h]) / 2).astype(int).tolist()
        return _slice(part, x, y, w, h)
    x0, y0, x1, y1 = margin, margin, margin + width, margin + height
    corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32)
    matrix = cv2.getPerspectiveTransform(polygon.astype(np.float32), corners)
    return np.asarray(
        cv2.warpPerspective(
            part, matrix, (w, h), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        ),
        np.uint8,
    )


def _slice(part: Pixels, x: int, y: int, w: int, h: int) -> Pixels:
    """A rectangle of a picture; beyond its edge the edge goes on."""
    high, wide = part.shape[:2]
    rows, columns = (
        np.clip(np.arange(y, y + h), 0, high - 1),
        np.clip(np.arange(x, x + w), 0, wide - 1),
    )
    return np.ascontiguousarray(part[rows[:, None], columns])


def ink_of(pixels: Pixels, threshold: float) -> Mask:
    """Where there is ink on a small piece of a page, by the threshold of its flattened page."""
    grey: Grey = grey_of(pixels)
    paper = float(np.percentile(grey[::2, ::2], 85))
    return np.asarray(
        cv2.threshold(grey, threshold / PAPER * paper, 255, cv2.THRESH_BINARY_INV)[1], np.uint8
    )


def box_lines(ink: Mask, line: float) -> Mask:
    """What of the ink in a box belongs to its lines: (h, w) uint8, 255 there."""
    h, w = ink.shape
    band = max(2, min(round(1.5 * line + 0.04 * min(h, w)), min(h, w) // 4))
    labels = np.asarray(cv2.connectedComponents(ink, connectivity=8)[1], np.int32)
    rim = np.zeros_like(ink)
    cv2.rectangle(rim, (0, 0), (w - 1, h - 1), 255, 2)
    lines = np.zeros_like(ink)
    total = np.bincount(labels.ravel())
    inner = np.bincount(labels[band : h - band, band : w - band].ravel(), minlength=len(total))
    touches = np.bincount(labels[rim > 0], minlength=len(total)) > 0
    for label in _strayed(labels, total, line):
        lines[labels == label] = 255
    for label in np.nonzero(touches | (inner == 0))[0]:
        if label == 0:
            continue
        piece = labels == label
        if touches[label] and inner[label] > DEEP * total[label]:
            lines |= _runs_from_walls(piece, line, band)
        elif touches[label] or max(cv2.boundingRect(piece.astype(np.uint8))[2:]) > 3 * line:
            lines[piece] = 255  # a stretch of the line that strayed inward; dots stay
    return np.asarray(cv2.dilate(lines, np.ones((3, 3), np.uint8)), np.uint8)


def _strayed(labels: NDArray[np.int32], total: NDArray[np.int64], line: float) -> list[int]:
    """Stretches of a line that lie farther inside than most do: long, thin and along a wall."""
    h, w = labels.shape
    ring = max(2, min(round(STRAY * min(h, w)), min(h, w) // 4))
    inner = np.bincount(labels[ring : h - ring, ring : w - ring].ravel(), minlength=len(total))
    found = []
    for label in np.nonzero((inner == 0) & (total > 0.2 * line * min(h, w)))[0]:
        _, _, wide, high = cv2.boundingRect((labels == label).astype(np.uint8))
        along = max(wide, high) + (min(wide, high) if min(wide, high) > 4 * line else 0)
        if label and along > 0.25 * min(h, w) and total[label] <= (1.8 * line + 1) * along:
            found.append(int(label))
    return found


def _pale_rim(pixels: Pixels, ink: Mask, frame: Frame) -> Mask:
    """What a line has left along the walls that is paler than ink: its soft edge.

    Printed lines of the paper cross it; what lies beside ink farther in belongs to a drawing.
    """
    pale = ink_of(pixels, (frame.threshold + 2 * PAPER) / 3)
    h, w = pale.shape
    band = max(1, min(round(0.5 * frame.line + 2), min(h, w) // 4))
    inner = slice(band, h - band), slice(band, w - band)
    own = np.zeros_like(pale)
    own[inner] = ink[inner]
    reach = 2 * band + 3
    rim = pale & ~np.asarray(cv2.dilate(own, np.ones((reach, reach), np.uint8)), np.uint8)
    rim[inner] = 0
    return rim


def _runs_from_walls(piece: NDArray[np.bool_], line: float, band: int) -> Mask:
    """Of a drawing that touches its box: the runs of ink along the walls as thick as the line."""
    out = np.zeros(piece.shape, np.uint8)
    thick = int(np.ceil(1.3 * line + 1))
    for turns in range(4):
        ink, erase = np.rot90(piece, turns), np.rot90(out, turns)
        near = ink[:band]
        first = np.argmax(near, 0)
        has = near.any(0)
        rows = np.arange(ink.shape[0])[:, None]
        gap = ~ink & (rows > first)
        end = np.where(gap.any(0), np.argmax(gap, 0), ink.shape[0])
        short = has & (end - first <= thick)
        usual = int(np.median(end[short])) if short.any() else 0
        stop = np.where(short, end, np.where(has, usual, 0))
        erase[(rows < stop) & ink] = 255
    return out


def _painted_over(pixels: Pixels, where: Mask) -> Pixels:
    """The picture with the paper's own colour nearby laid over a mask."""
    if not where.any():
        return pixels
    grey = grey_of(pixels)
    paper = float(np.percentile(grey[::2, ::2], 85))
    clear = ((grey > 0.9 * paper) & (where == 0)).astype(np.float32)
    reach = (2 * max(8, min(grey.shape) // 6) + 1,) * 2
    weight = cv2.blur(clear, reach)
    out = pixels.copy()
    channels = pixels if pixels.ndim == 3 else pixels[..., None]
    for k in range(channels.shape[2]):
        light = cv2.blur(channels[..., k] * clear, reach)
        fill = np.where(weight > 1e-3, light / np.maximum(weight, 1e-3), paper)
        target = out[..., k] if out.ndim == 3 else out
        target[where > 0] = np.clip(fill + 0.5, 0, 255).astype(np.uint8)[where > 0]
    return out
