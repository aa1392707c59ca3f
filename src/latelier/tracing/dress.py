"""In what dress a borrowed part comes: as it was, in other colours, as a negative, as a drawing of it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.tracing.lay import Polygon
from latelier.tracing.marks import Map

SIDE = 256  # pixels of the longer side at which colours are compared
OTHER_DYE = 14.0  # CIELAB, median; a JPEG and another light stay below
SAME_LIGHT = 0.35  # correlation of lightness under which a part is another in light
NEGATIVE = -0.75  # correlation under which light and dark are exchanged; new dyes can reach -0.5
GROUND = 0.55  # share of a line drawing that is bare ground, at the least
EVEN = 14.0  # CIELAB from the ground within which a place is bare
BARER = 0.15  # by which a drawing is barer than what it was drawn from


@dataclass(frozen=True)
class Dress:
    """How the colours of a part differ from those of its original.

    Args:
        light: correlation of lightness, -1 to 1.
        apart: median difference of colour, CIELAB.
        bare: share of the part that is bare ground.
        barer: by how much more than in the original.
    """

    light: float
    apart: float
    bare: float
    barer: float

    def kinds(self, by_light: float) -> list[str]:
        """``negative``, ``redrawn``, ``recoloured``, or nothing.

        Args:
            by_light: share of the agreeing marks that are marks of lightness; edges redrawn keep none.
        """
        if self.light < NEGATIVE:
            return ["negative", "recoloured"]
        if by_light < 0.25 and self.light < 0.6 and self.bare > GROUND and self.barer > BARER:
            return ["redrawn"]
        if self.apart > OTHER_DYE or self.light < SAME_LIGHT:
            return ["recoloured"]
        return []


def dress(design: NDArray[np.uint8], original: NDArray[np.uint8], m: Map, region: Polygon) -> Dress:
    """Compare a part with the part of the original that it is said to be.

    Args:
        design: (h, w, 3) uint8 sRGB.
        original: (h, w, 3) uint8 sRGB.
        m: the design to the original, in units of longer sides.
        region: outline on the design, in units of its longer side.
    """
    here, there = _small(design), _small(original)
    height, width = here.shape[:2]
    pixels = m.copy()
    pixels[:, :2] *= max(there.shape) / max(here.shape)
    pixels[:, 2] *= max(there.shape)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    laid = cv2.warpAffine(there, pixels, (width, height), flags=flags)
    inside = cv2.warpAffine(
        np.ones(there.shape[:2], np.float32), pixels, (width, height), flags=flags
    )
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [np.round(region * max(here.shape)).astype(np.int32)], 1)
    where = (mask > 0) & (inside > 0.99)
    if where.sum() < 30:
        return Dress(1.0, 0.0, 0.0, 0.0)
    a, b = here[where], np.asarray(laid[where], np.float32)
    x, y = a[:, 0] - a[:, 0].mean(), b[:, 0] - b[:, 0].mean()
    both = float(np.sqrt((x * x).sum() * (y * y).sum()))
    bare = [_bare(v) for v in (a, b)]
    return Dress(
        float((x * y).sum()) / both if both > 1e-3 else 0.0,
        float(np.median(np.linalg.norm(a - b, axis=1))),
        bare[0],
        bare[0] - bare[1],
    )


def _small(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """CIELAB at ``SIDE`` pixels, a little soft, so that places need not lie exactly on each other."""
    scale = SIDE / max(pixels.shape[:2])
    size = (max(4, round(pixels.shape[1] * scale)), max(4, round(pixels.shape[0] * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(pixels, size, interpolation=how).astype(np.float32) / np.float32(255)
    return np.asarray(cv2.cvtColor(cv2.GaussianBlur(small, (0, 0), 1.2), cv2.COLOR_RGB2LAB))


def _bare(colours: NDArray[np.float32]) -> float:
    """The share of places that have the most frequent colour."""
    coarse = np.round(colours / EVEN).astype(np.int64)
    key = (coarse[:, 0] * 64 + coarse[:, 1] + 32) * 64 + coarse[:, 2] + 32
    values, counts = np.unique(key, return_counts=True)
    ground = np.median(colours[key == values[counts.argmax()]], axis=0)
    return float((np.linalg.norm(colours - ground, axis=1) < EVEN).mean())
