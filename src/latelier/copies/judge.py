"""Decide what two pictures are to each other once one lies on the other.

The map between them goes from the first to the second, in units of each picture's longer side, so
that it holds at any size.
"""

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.copies.align import STRETCHED
from latelier.copies.evidence import (
    ALL,
    FEW,
    FIRM,
    PATTERN,
    STEADY,
    STRAYED,
    Box,
    Evidence,
    Piece,
    carried,
)
from latelier.copies.pixels import Map, inverse

LIKENESS = 0.50  # the bound a person may move
FLOOR = 0.10  # what is kept at all, so that the bound can be moved down without reading files
WHOLE = 0.60  # of the detail of one picture is found in the other, else it is a part only
HALF = 0.30  # of the detail of the other, for a crop to half the picture with an overlay on it
INSIDE = 0.8  # of the detail of one picture is found where all of it lies in the other
MOSTLY = (
    0.8  # of the common detail agrees where something was drawn across the one that lies inside
)
AROUND = 0.05  # of a picture's detail around the other one makes that a part of it; no copy has any
OUTSIDE = (
    0.2  # of the common detail around all that agrees; of 120 crops to half that were drawn on
)
# 2 had more
FILLED = 0.47  # of a picture's area; a crop to half and the widest border leave 0.49 and more
DRAWN = 0.03  # of a picture's detail that is another drawing's; of 32 parts 31 had more
AS_ONE = 0.9  # of the common detail agrees: nothing was set into it
OWN = 0.42  # likeness of what two pictures have besides their common pattern
BEYOND = 0.025  # of its detail that each shows beyond the other; of 695 copies none had 0.02
TWICE = 0.2  # pixels of straying from which that says that one thing was photographed twice
MOST_CORNERS = 100  # that count for a part; more of them tell of a fine pattern, not of a copy


@dataclass(frozen=True)
class Likeness:
    """What two pictures are to each other.

    Args:
        kind: ``near``, ``part``, ``alike`` (another picture of the same pattern or thing) or
            ``plain`` (a figure so plain that its likeness proves nothing).
        score: 0 to 1.
        map: the first to the second, (2, 3), in units of each picture's longer side.
        agreed: how much of the detail in the common part agrees, 0 to 1.
        of_first: how much of the first's detail is found in the second.
        of_second: how much of the second's detail is found in the first.
        box: x, y, width and height of the piece that agrees, on the first picture in units of its
            longer side; None where it is all that they have in common.
    """

    kind: str
    score: float
    map: Map
    agreed: float
    of_first: float
    of_second: float
    box: Box | None = None

    def to_json(self) -> dict[str, Any]:
        """All of it in what JSON can say."""
        return {**vars(self), "map": self.map.tolist()}

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> "Likeness":
        """The likeness that ``to_json`` gave."""
        box = tuple(said["box"]) if said["box"] else None
        return cls(**{**said, "map": np.array(said["map"]), "box": box})

    def turned(self) -> "Likeness":
        """The same, said from the second picture to the first."""
        back = inverse(self.map)
        box = carried(self.box, self.map) if self.box else None
        return Likeness(
            self.kind, self.score, back, self.agreed, self.of_second, self.of_first, box
        )


def judged(evidence: Evidence) -> Likeness | None:
    """What two pictures are to each other, or None where they are nothing to each other."""
    if evidence.places < FEW:
        return None
    whole, twice = is_whole(evidence), _is_twice(evidence)
    piece = evidence.piece
    score, said = certainty(evidence), evidence
    box: Box | None = None
    if not (whole or twice or _is_inside(evidence)):  # a part is told by its own piece
        if piece is None:
            return None
        score = certainty_of_part(evidence, piece)
        said, box = _as_whole(evidence, piece), piece.box
    if score < FLOOR or (evidence.plain and not whole):
        return None
    kind = "near" if whole and not _is_on_a_sheet(evidence) else "part"
    if evidence.plain:
        kind = "plain"
    elif twice or (said.own < OWN and score < LIKENESS):
        kind = "alike"
    return Likeness(kind, score, said.map, said.agreed, said.of_first, said.of_second, box)


def is_whole(evidence: Evidence) -> bool:
    """Whether one picture shows most of the other, rather than a part."""
    return _is_most(evidence) and evidence.around < AROUND and not _is_set_in(evidence)


def _is_on_a_sheet(evidence: Evidence) -> bool:
    """Whether one picture takes up less of the other than a border leaves, or shares its sheet.

    Another drawing in the same ink stands there as well.
    """
    return evidence.filled < FILLED or evidence.drawn >= DRAWN


def _is_set_in(evidence: Evidence) -> bool:
    """Whether one picture holds a part of the other, and detail of its own around that."""
    around = evidence.beside >= AROUND and evidence.outside >= OUTSIDE
    return around and evidence.agreed < AS_ONE


def _is_most(evidence: Evidence) -> bool:
    most, least = (f(evidence.of_first, evidence.of_second) for f in (max, min))
    return bool(most >= WHOLE and least >= HALF)


def _is_twice(evidence: Evidence) -> bool:
    """Whether one thing was photographed twice: each shows what the other does not."""
    return _is_most(evidence) and evidence.beyond > BEYOND and evidence.strays > TWICE


def _is_inside(evidence: Evidence) -> bool:
    """Whether all of one picture lies in the other, and agrees, or mostly does without straying."""
    most = max(evidence.of_first, evidence.of_second)
    firm = evidence.agreed >= MOSTLY and evidence.strays <= STEADY
    agrees = evidence.agreed >= ALL or firm
    return bool(agrees and most >= INSIDE and evidence.beyond <= BEYOND)


def _as_whole(evidence: Evidence, piece: Piece) -> Evidence:
    """The same evidence for a piece as if it were the whole common part."""
    return replace(
        evidence,
        map=piece.map,
        of_first=piece.of_first,
        of_second=piece.of_second,
        agreed=piece.agreed,
    )


def certainty(evidence: Evidence) -> float:
    """How sure it is that the same picture is seen twice, 0 to 1; 0.5 is the usual bound.

    The lesser of two logistic regressions, their signs held to what they mean: the one tells cloths of
    one pattern apart (2,176 proposed pairs, 1,187 true), the other signs by many hands (3,982 pairs
    with 500 signs of omniglot). Tuned on the halves of the collections that
    ``benchmarks/copies.py`` does not score, and on cloths drawn from another seed than the demo's.
    Of 600 copies planted there, two changes each, 584 are found, and no false pair, nor among 500
    signs, 400 drawn forms and 221 cloths without copies.
    """
    sure = np.log1p(evidence.corners)
    most = max(evidence.of_first, evidence.of_second)
    own = min(evidence.own, 0.8)
    stretched = evidence.stretch > STRETCHED
    steady = -np.log(evidence.strays + 0.05)
    of_cloth = 2.51 * sure + 10.8 * most + 1.73 * own - 2.1 * stretched + 5.55 * steady
    of_cloth += 1.57 * evidence.agreed + 2.15 * evidence.firmness - 25.3
    of_signs = 2.37 * sure + 5.61 * most + 0.68 * own - 2.69 * stretched + 5.65 * steady
    of_signs += 1.33 * np.log1p(evidence.places) + 4.41 * evidence.firmness - 25.6
    weight = min(of_cloth, of_signs)
    if evidence.own < PATTERN:
        off = evidence.strays / 0.6 + evidence.strays_closer / 1.2
        weight -= 12 * max(0.0, off - 0.95)
    return float(1 / (1 + np.exp(-weight)))


def may_be(evidence: Evidence) -> bool:
    """Whether anything can come of two pictures, if all that is not known yet is at its best.

    Corners are counted once more when the map is exact, and are more then, but not twice as many.
    """
    best = replace(evidence, corners=2 * evidence.corners + 20, strays_closer=0.0)
    best = replace(best, of_first=1.0, of_second=1.0)
    if certainty(best) >= FLOOR:
        return True
    piece = evidence.piece
    if piece is None:
        return False
    piece = replace(piece, of_first=1.0, of_second=1.0, strays_closer=0.0)
    return certainty_of_part(best, piece) >= FLOOR


def certainty_of_part(evidence: Evidence, piece: Piece) -> float:
    """How sure it is that a piece of one picture lies in another; found as ``certainty`` was."""
    if piece.likeness < FIRM or max(piece.strays, piece.strays_closer) > STRAYED:
        return 0.0
    off = max(piece.strays / 0.35, piece.strays_closer / 0.5)
    weight = (
        4.34 * max(piece.of_first, piece.of_second)
        + 2.99 * np.log1p(min(evidence.corners, MOST_CORNERS))
        - 3.28 * (evidence.stretch > STRETCHED)
        - 6.68 * np.log(off + 0.2)
        - 14.0
    )
    return float(1 / (1 + np.exp(-weight)))


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


def in_frame(box: Box, size: tuple[int, int]) -> list[int]:
    """A box in units of a picture's longer side as whole pixels that lie within it: x, y, w, h."""
    x, y, w, h = (v * max(size) for v in box)
    left, top = max(0, round(x)), max(0, round(y))
    right, low = min(size[0], round(x + w)), min(size[1], round(y + h))
    return [left, top, max(1, right - left), max(1, low - top)]


def _common(m: Map, size: tuple[int, int], other: tuple[int, int]) -> NDArray[np.float32]:
    """The corners of what the copy shows, in pixels of the picture."""
    back = inverse(m)
    frame = np.array([[0, 0], [other[0], 0], other, [0, other[1]]], np.float32)
    shown = (frame @ back[:, :2].T + back[:, 2]).astype(np.float32)
    own = np.array([[0, 0], [size[0], 0], size, [0, size[1]]], np.float32)
    area, corners = cv2.intersectConvexConvex(shown, own)
    return np.round(corners).astype(np.float32) if area > 0 and corners is not None else own
