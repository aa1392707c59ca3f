"""Decide what two pictures are to each other once one lies on the other.

The map between them goes from the first to the second, in units of each picture's longer side, so
that it holds at any size.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.copies.align import exact
from latelier.copies.pixels import Laid, Map, Sight, inverse, laid, scale_of

LIKENESS = 0.60  # the bound a person may move
FLOOR = 0.40  # what is kept at all, so that the bound can be moved down without reading files
SURE = 0.85  # a likeness that needs no better alignment
HOPELESS = 0.12  # a likeness that no better alignment will save
WHOLE = 0.45  # of the detail of one picture is found in the other, else it is a part only
HALF = 0.22  # of the detail of the other, for a crop to half the picture with an overlay on it
FEW = 2.5  # places that agree; fewer prove nothing


@dataclass(frozen=True)
class Likeness:
    """What two pictures are to each other.

    Args:
        kind: ``near`` or ``part``.
        score: 0 to 1.
        map: the first to the second, (2, 3), in units of each picture's longer side.
        agreed: how much of the detail in the common part agrees, 0 to 1.
        of_first: how much of the first's detail is found in the second.
        of_second: how much of the second's detail is found in the first.
    """

    kind: str
    score: float
    map: Map
    agreed: float
    of_first: float
    of_second: float

    def turned(self) -> "Likeness":
        """The same, said from the second picture to the first."""
        back = inverse(self.map)
        return Likeness(self.kind, self.score, back, self.agreed, self.of_second, self.of_first)


def in_pixels(unit: Map, first: Sight, second: Sight) -> Map:
    """A map in units of the longer sides as one in pixels of the two small pictures."""
    a, b = float(max(first.size)), float(max(second.size))
    turn = unit[:, :2] * (b / a)
    return np.c_[turn, unit[:, 2] * b + turn.sum(axis=1) / 2 - 0.5]  # raster counts from centres


def in_units(m: Map, first: Sight, second: Sight) -> Map:
    """A map in pixels of the two small pictures as one in units of their longer sides."""
    a, b = float(max(first.size)), float(max(second.size))
    return np.c_[m[:, :2] * (a / b), (m[:, 2] + 0.5 - m[:, :2].sum(axis=1) / 2) / b]


def judged(first: Sight, second: Sight, unit: Map) -> Likeness | None:
    """What the second picture is to the first, or None where they are nothing to each other.

    Args:
        first: one picture.
        second: the other.
        unit: about how the first lies on the second, in units of their longer sides.
    """
    m = in_pixels(unit, first, second)
    if not _plausible(m):
        return None
    if scale_of(m) < 1:
        back = judged(second, first, in_units(inverse(m), second, first))
        return back.turned() if back is not None else None
    seen = laid(first, second, m)
    if HOPELESS < seen.likeness < SURE:
        better = exact(first, second, m)
        again = laid(first, second, better) if _plausible(better) else seen
        if _score(again) > _score(seen):
            seen, m = again, better
    score = _score(seen)
    if score < FLOOR or seen.places < FEW:
        return None
    most, least = max(seen.of_first, seen.of_second), min(seen.of_first, seen.of_second)
    kind = "near" if most >= WHOLE and least >= HALF else "part"
    return Likeness(
        kind, score, in_units(m, first, second), seen.share, seen.of_first, seen.of_second
    )


def _score(seen: Laid) -> float:
    return (seen.likeness + seen.share) / 2


def _plausible(m: Map) -> bool:
    """Whether a map is a change that people make: no more than 6 times, no flatter than 1 to 3."""
    sizes = np.linalg.svd(m[:, :2], compute_uv=False)
    return bool(sizes[1] > 1 / 6 and sizes[0] < 6 and sizes[0] < 3 * sizes[1])


def described(unit: Map, size: tuple[int, int], other: tuple[int, int]) -> dict[str, Any]:
    """A map from a picture to its copy in words and numbers that a person can check.

    Args:
        unit: the picture to its copy, in units of their longer sides.
        size: width and height of the picture, in its own pixels.
        other: width and height of the copy, in its own pixels.

    Returns:
        ``crop`` [x, y, w, h]: the part of the picture that the copy shows, in the picture's pixels;
        ``rotation``: degrees counter-clockwise, after mirroring; ``mirror``: bool;
        ``scale`` [x, y]: pixels of the copy for one of the picture.
    """
    m = np.c_[unit[:, :2] * (max(other) / max(size)), unit[:, 2] * max(other)]
    mirror = bool(np.linalg.det(m[:, :2]) < 0)
    straight = m[:, :2] @ (np.diag([-1.0, 1.0]) if mirror else np.eye(2))
    u, _, vt = np.linalg.svd(straight)
    turn = u @ vt  # the rotation nearest to the map
    angle = float(np.degrees(np.arctan2(-turn[1, 0], turn[0, 0])))
    x, y, w, h = cv2.boundingRect(_common(m, size, other))
    return {
        "crop": [int(x), int(y), max(1, min(w, size[0] - x)), max(1, min(h, size[1] - y))],
        "rotation": round(angle, 1) % 360.0,
        "mirror": mirror,
        "scale": [round(float(np.linalg.norm(straight[:, i])), 3) for i in (0, 1)],
    }


def _common(m: Map, size: tuple[int, int], other: tuple[int, int]) -> NDArray[np.float32]:
    """The corners of what the copy shows, in pixels of the picture."""
    back = inverse(m)
    frame = np.array([[0, 0], [other[0], 0], other, [0, other[1]]], np.float32)
    shown = (frame @ back[:, :2].T + back[:, 2]).astype(np.float32)
    own = np.array([[0, 0], [size[0], 0], size, [0, size[1]]], np.float32)
    area, corners = cv2.intersectConvexConvex(shown, own)
    return np.round(corners).astype(np.float32) if area > 0 and corners is not None else own
