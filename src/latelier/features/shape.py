"""The outline of what stands out from its ground: how long, round, whole and pointed, and which way.

The ground is the colour of the picture's edge; what differs from it is one figure, filled, seen from
its own middle in its own size, so that place and size do not matter. Moments are Hu's (Visual
pattern recognition by moment invariants, 1962); the waves around the figure are the same however it
is turned (angular radial transform; Kim and Kim, 2000, with rings instead of radial waves).
"""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.filters import threshold_otsu

from latelier.features._contract import Measure
from latelier.features._plane import planes

SAME_SIZE = False
STANDARDISE = True
BLIND = (
    "The outline knows the figure that stands out from its ground, and nothing of what is inside."
)

SIDE = 128  # px, the longer side
BORDER = 3  # px of the edge that show the ground
LEAST = 4.0  # L*a*b* distance from the ground; less is its own grain
SHARE = 0.7  # of Otsu's threshold, so that pale parts of a figure belong to it
SPECK = 0.004  # of the picture; smaller pieces are none of the figure
RINGS = (0.0, 0.5, 1.0, 1.5, 2.2)  # bounds, in the figure's mean reach
ANGLES, WAVES = 16, 5
MOMENTS = 4  # of Hu's seven; the others are mostly noise

MEASURES = (
    Measure("filled", "share", 0, 1, "How much of the picture the figure takes."),
    Measure("roundness", "1", 0, 1, "How far it is as broad as it is long."),
    Measure("lies", "1", -1, 1, "Whether it lies (1), stands (-1), or neither."),
    Measure("leans", "1", -1, 1, "Whether it leans down to the right (1) or to the left (-1)."),
    Measure("solid", "share", 0, 1, "How much of the hull around it is filled."),
    Measure("compact", "1", 0, 1, "How short its outline is for its area; 1 is a disc."),
    Measure("whole", "share", 0, 1, "How much of it is not holes."),
    Measure("spread", "1", 0, 10, "How far it reaches for its area; a disc has .4."),
    Measure("pieces", "count", 0, 250, "Of how many pieces it is."),
    *(
        Measure(f"moment_{n + 1}", "log", -12, 12, f"Hu's moment {n + 1}, the same if turned.")
        for n in range(MOMENTS)
    ),
    *(
        Measure(
            f"ring_{ring}_at_{round(360 * angle / ANGLES)}",
            "share",
            0,
            1,
            f"How much it fills of ring {ring} at {round(360 * angle / ANGLES)}°.",
        )
        for ring in range(2, len(RINGS))
        for angle in range(ANGLES)
    ),
    *(
        Measure(
            f"ring_{ring}_wave_{wave}",
            "share",
            0,
            1,
            f"How clearly it has {wave} points in ring {ring}, however it is turned.",
        )
        for ring in range(1, len(RINGS))
        for wave in range(1, WAVES + 1)
    ),
)


def describe(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(81,) the numbers in the order of ``MEASURES``; all 0 where nothing stands out."""
    figure = figure_of(planes(pixels, SIDE).lab)
    outlines, _ = cv2.findContours(figure, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not len(outlines):
        return np.zeros(len(MEASURES))
    filled = np.zeros_like(figure)
    cv2.drawContours(filled, outlines, -1, (1.0,), -1)
    y, x = np.nonzero(figure)
    middle = np.array([y.mean(), x.mean()])
    reach = max(1.0, float(np.sqrt(((y - middle[0]) ** 2 + (x - middle[1]) ** 2).mean())))
    parts = fields(filled, middle, reach)
    waves = np.abs(np.fft.rfft(parts, axis=1))[:, 1 : WAVES + 1] / ANGLES
    numbers = [
        *_plain((y, x), filled, outlines, reach),
        *_moments(filled),
        *parts[1:].ravel(),
        *waves.ravel(),
    ]
    return np.clip(numbers, [m.low for m in MEASURES], [m.high for m in MEASURES])


def figure_of(lab: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(h, w) 1 where a picture differs from its edge, without specks."""
    calm = cv2.GaussianBlur(lab, (0, 0), 1.2)
    edge = np.concatenate(
        [
            side.reshape(-1, 3)
            for side in (calm[:BORDER], calm[-BORDER:], calm[:, :BORDER], calm[:, -BORDER:])
        ]
    )
    ordered = np.sort(edge.T)  # which takes a fifth of the time of np.median
    off = calm - (ordered[:, len(edge) // 2 - 1] + ordered[:, len(edge) // 2]) / np.float32(2)
    far = np.sqrt(np.einsum("ijk,ijk->ij", off, off))
    if far.max() <= LEAST:
        return np.zeros(far.shape, np.uint8)
    marks = (far > max(LEAST, SHARE * threshold_otsu(far))).astype(np.uint8)
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(marks)
    keep = stats[:, cv2.CC_STAT_AREA] >= SPECK * marks.size
    keep[0] = False
    return np.asarray(keep[pieces], np.uint8)


def _plain(
    figure: tuple[NDArray[np.intp], NDArray[np.intp]],
    filled: NDArray[np.uint8],
    outlines: Sequence[Any],
    reach: float,
) -> list[float]:
    """The numbers that have names of their own, of a figure by its pixels down and across."""
    y, x = figure
    area, lines = float(len(y)), list(outlines)
    short, long, turn = 1.0, 1.0, 0.0
    if len(y) > 2:
        right, down = x - x.mean(), y - y.mean()
        wide, high, slant = (
            float(a @ b) / (len(y) - 1) for a, b in ((right, right), (down, down), (right, down))
        )
        apart = np.hypot(wide - high, 2 * slant)  # of the two main spreads
        short, long = (float(np.sqrt(max((wide + high + s) / 2, 1e-6))) for s in (-apart, apart))
        turn = float(np.arctan2(2 * slant, wide - high))
    round_ = short / long
    hull = cv2.contourArea(cv2.convexHull(np.concatenate(lines)))
    around = sum(cv2.arcLength(line, True) for line in lines)
    return [
        area / filled.size,
        round_,
        (1 - round_) * np.cos(turn),
        (1 - round_) * np.sin(turn),
        area / max(hull, area),
        4 * np.pi * area / max(around, 1.0) ** 2,
        area / max(float(filled.sum()), 1.0),
        reach / np.sqrt(area),
        float(len(lines)),
    ]


def _moments(filled: NDArray[np.uint8]) -> NDArray[np.float64]:
    found = cv2.HuMoments(cv2.moments(filled, binaryImage=True)).ravel()[:MOMENTS]
    return np.asarray(np.sign(found) * np.log10(np.abs(found) + 1e-9), np.float64)


def fields(
    filled: NDArray[np.uint8], middle: NDArray[np.float64], reach: float
) -> NDArray[np.float64]:
    """(4, 16) how much of each ring the figure fills by angle, counted from the right downwards."""
    h, w = filled.shape
    down, across = np.arange(h)[:, None] - middle[0], np.arange(w)[None] - middle[1]
    far = np.hypot(down, across) / reach
    ring = np.searchsorted(np.array(RINGS), far.ravel(), side="right") - 1
    angle = np.rint(np.arctan2(down, across) * (ANGLES / (2 * np.pi))).astype(np.intp) & ANGLES - 1
    place = np.minimum(ring, len(RINGS) - 1) * ANGLES + angle.ravel()
    size = len(RINGS) * ANGLES
    marks = np.bincount(place, filled.ravel(), minlength=size)
    shares = (marks / np.maximum(np.bincount(place, minlength=size), 1)).reshape(-1, ANGLES)[:-1]
    return np.asarray((shares + (np.roll(shares, 1, 1) + np.roll(shares, -1, 1)) / 2) / 2)
