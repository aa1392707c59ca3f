"""Lay an original on a design as a map says, and see where their edges agree."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.tracing.marks import Map, Marks

WINDOW = 17  # pixels a side in which edges are compared; of 224, or 320 of a closer look
AGREES = 0.45  # correlation from which a place is one with its place in the original
FLAT = 10.0  # grey levels; a window that varies less has no edges to compare
AT_A_MARK = 7  # pixels around a mark that belong to it
JOINED = 11  # pixels; a smaller gap in what agrees is the picture's own
Polygon = NDArray[np.float64]  # (n, 2)


@dataclass(frozen=True)
class Laid:
    """How edges agree where marks do.

    Args:
        like: correlation of the edges inside the hull of the marks, -1 to 1.
        grown: the share of the picture where edges agree, around the marks and on from there.
        region: outline of that on the traced picture, in units of its longer side.
        origin: the same on the original.
    """

    like: float
    grown: float
    region: Polygon
    origin: Polygon


def laid(asked: Marks, known: Marks, m: Map, points: NDArray[np.float64]) -> Laid:
    """Compare the edges of a design with those of an original laid on it.

    Args:
        asked: marks of the design, or of its mirror image.
        known: of the original.
        m: the design to the original, in units of longer sides.
        points: (n, 2) places of the design that agree.
    """
    here, there = asked.edges.astype(np.float32), known.edges.astype(np.float32)
    height, width = here.shape
    unit_here, unit_there = max(here.shape), max(there.shape)
    pixels = m.copy()
    pixels[:, :2] *= unit_there / unit_here
    pixels[:, 2] *= unit_there
    pixels[:, 2] += pixels[:, :2] @ [0.5, 0.5] - 0.5  # places are of corners, pixels of middles
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    shrink = float(np.sqrt(abs(np.linalg.det(pixels[:, :2]))))
    if shrink > 1.3:
        there = np.asarray(cv2.GaussianBlur(there, (0, 0), 0.45 * shrink), np.float32)
    other, inside = (
        np.asarray(cv2.warpAffine(v, pixels, (width, height), flags=flags), np.float32)
        for v in (there, np.ones_like(there))
    )
    hull = cv2.convexHull((points * unit_here).astype(np.float32))
    near = np.zeros((height, width), np.uint8)
    cv2.fillConvexPoly(near, np.round(hull).astype(np.int32), 1)
    near = np.asarray(cv2.dilate(near, np.ones((9, 9), np.uint8)))
    local = _correlation(here, other, inside)
    where = (near > 0) & (inside > 0.99)
    like = _one(here[where], other[where])
    region = _outline((local > AGREES).astype(np.uint8), points * unit_here) / unit_here
    area = abs(cv2.contourArea((region * unit_here).astype(np.float32))) / (width * height)
    origin = np.clip(region @ m[:, :2].T + m[:, 2], 0, np.array(known.size))
    return Laid(like, float(area), region, origin)


def _correlation(
    a: NDArray[np.float32], b: NDArray[np.float32], inside: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Of every window; 0 where one of them is flat or outside."""

    def mean(v: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(cv2.blur(v, (WINDOW, WINDOW)))

    ma, mb = mean(a), mean(b)
    aa, bb, ab = mean(a * a) - ma * ma, mean(b * b) - mb * mb, mean(a * b) - ma * mb
    clear = (aa > FLAT**2) & (bb > FLAT**2) & (mean(inside) > 0.85)
    return np.where(clear, ab / np.sqrt(np.maximum(aa * bb, 1.0)), 0).astype(np.float32)


def _one(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    if a.size < 40:
        return 0.0
    a, b = a - a.mean(), b - b.mean()
    both = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / both if both > 1e-3 else 0.0


def _outline(agree: NDArray[np.uint8], points: NDArray[np.float64]) -> Polygon:
    """The outline of what agrees and hangs together with most of the marks, in pixels."""
    marked = np.zeros_like(agree)
    for x, y in points:
        cv2.circle(marked, (round(float(x)), round(float(y))), AT_A_MARK, 1, -1)
    opened = np.asarray(
        cv2.morphologyEx(agree, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8
    )
    joined = cv2.morphologyEx(opened | marked, cv2.MORPH_CLOSE, np.ones((JOINED, JOINED), np.uint8))
    slim = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((JOINED, JOINED), np.uint8))
    _, labels = cv2.connectedComponents(np.asarray(slim, np.uint8) | marked)
    most = int(np.bincount(labels[marked > 0], minlength=2)[1:].argmax()) + 1
    found, _ = cv2.findContours(
        (labels == most).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    largest = max(found, key=cv2.contourArea)
    outline = np.asarray(cv2.approxPolyDP(largest, 2.0, True)[:, 0], np.float64)
    if len(outline) < 3:  # a sliver: the hull of the marks stands for it
        outline = np.asarray(cv2.convexHull(points.astype(np.float32))[:, 0], np.float64)
    return outline
