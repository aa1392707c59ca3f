"""What of a picture stays when it is recoloured, mirrored or redrawn: its edges, and their corners.

Colour and light are given up first. Each place keeps how much changes there in any colour, measured
against its surroundings: a step of colour, the same step in other dyes, its negative and a pen's
line along it all become one ridge. Marks are places of that picture of edges and of the picture's
lightness (SIFT: Lowe, "Distinctive image features from scale-invariant keypoints", IJCV 2004),
compared by the root of their histograms (Arandjelović and Zisserman, "Three things everyone should
know to improve object retrieval", CVPR 2012). A mirrored mark is a rearrangement of its 128 numbers,
so each is taken once.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE = 448  # pixels of the longer side; at 320 small parts are lost, 640 costs twice
MOST = 500  # marks of one kind
# of a design in which nothing was found: a part mostly lies in it smaller than in its original
CLOSER_SIDE, CLOSER_MOST = 640, 700
FINE = 1.6  # pixels: what is finer than this is thread or paper
AROUND = 20.0  # pixels: the surroundings against which an edge is strong or weak
KINDS = ("edges", "light", "pen")
PEN = 2  # the row of what only designs are asked by
MOSTLY_BARE = 0.45  # of a drawing in lines, at the most, is ink
THIN = 9  # pixels that a stroke is wide at the most
THICK = 0.25  # share of its ink that may be thicker
INK = 30.0  # CIELAB from the ground: that is ink
VERSION = 2  # counts up whenever marks or the index would come out otherwise

Map = NDArray[np.float64]  # (2, 3): x, y of one picture to x, y of another


@dataclass(frozen=True)
class Marks:
    """The marks of one picture.

    Args:
        places: (n, 4) float32: x and y in units of the longer side, size in the same, direction in
            radians.
        looks: (n, 128) uint8.
        kinds: (n,) uint8, rows of ``KINDS``.
        edges: (h, w) uint8, the picture of edges at half the side that it was looked at.
        size: width and height in units of the longer side.
    """

    places: NDArray[np.float32]
    looks: NDArray[np.uint8]
    kinds: NDArray[np.uint8]
    edges: NDArray[np.uint8]
    size: tuple[float, float]

    def __len__(self) -> int:
        return len(self.places)


def edges(small: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """How much changes at each place in any colour, against its surroundings: (h, w) uint8.

    Args:
        small: (h, w, 3) uint8.
    """
    seen = cv2.GaussianBlur(small, (0, 0), FINE * 0.75).astype(np.float32)
    across = cv2.Sobel(seen, cv2.CV_32F, 1, 0, scale=1 / 8)
    down = cv2.Sobel(seen, cv2.CV_32F, 0, 1, scale=1 / 8)
    change = (across**2 + down**2).sum(axis=2)
    return _relative(np.sqrt(cv2.GaussianBlur(change, (0, 0), FINE)))


def _relative(strength: NDArray[np.floating], by: float = 1.0) -> NDArray[np.uint8]:
    usual = cv2.GaussianBlur(strength, (0, 0), AROUND * by)
    relative = strength / (usual + 2.0)
    return np.asarray(255 * relative / (relative + 1.0), np.uint8)


def pen(small: NDArray[np.uint8], by: float = 1.0) -> NDArray[np.uint8] | None:
    """A drawing's lines as the edges that they were drawn along; None of what is no line drawing.

    The edges of a pen's line are its two sides; what it was drawn along is its middle.

    Args:
        small: (h, w, 3) uint8.
        by: how many times ``SIDE`` it is large; its lines are as much wider.
    """
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32)
    colours = np.asarray(cv2.GaussianBlur(lab, (0, 0), FINE / 2 * by), np.float32)
    coarse = np.round(colours / 8).astype(np.int64)
    key = (coarse[..., 0] * 64 + coarse[..., 1]) * 64 + coarse[..., 2]
    values, counts = np.unique(key, return_counts=True)
    ground = np.median(colours[key == values[counts.argmax()]], axis=0)
    far = np.linalg.norm(colours - ground, axis=2).astype(np.float32)
    ink = (far > INK).astype(np.uint8)
    thin = round(THIN * by)
    thick = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((thin, thin), np.uint8))
    if not 0 < ink.mean() <= MOSTLY_BARE or thick.sum() > THICK * ink.sum():
        return None
    return _relative(cv2.GaussianBlur(far, (0, 0), FINE * 1.25 * by), by)


def marks(pixels: NDArray[np.uint8], *, closer: bool = False) -> Marks:
    """The marks of a picture; a plain one has none.

    Args:
        pixels: (h, w, 3) uint8 sRGB.
        closer: of a design that is looked at a second time.
    """
    height, width = pixels.shape[:2]
    side, most = (CLOSER_SIDE, CLOSER_MOST) if closer else (SIDE, MOST)
    scale = side / max(height, width)
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = np.asarray(cv2.resize(pixels, size, interpolation=how), np.uint8)
    lines = edges(small)
    light = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
    strokes = pen(small, side / SIDE)
    looks = (lines, light, strokes)
    taken = [_taken(v, k, most) for k, v in enumerate(looks) if v is not None]
    half = (max(8, size[0] // 2), max(8, size[1] // 2))
    longer = max(size)
    return Marks(
        np.concatenate([t[0] for t in taken]),
        np.concatenate([t[1] for t in taken]),
        np.concatenate([t[2] for t in taken]),
        np.asarray(cv2.resize(lines, half, interpolation=cv2.INTER_AREA), np.uint8),
        (size[0] / longer, size[1] / longer),
    )


_sift = {
    most: cv2.SIFT.create(nfeatures=most, contrastThreshold=0.012, edgeThreshold=12, sigma=1.6)
    for most in (MOST, CLOSER_MOST)
}


def _taken(
    grey: NDArray[np.uint8], kind: int, most: int
) -> tuple[NDArray[np.float32], NDArray[np.uint8], NDArray[np.uint8]]:
    points, looks = _sift[most].detectAndCompute(grey, None)
    if looks is None:
        return np.zeros((0, 4), np.float32), np.zeros((0, 128), np.uint8), np.zeros(0, np.uint8)
    points, looks = points[:most], np.asarray(looks, np.float32)[:most]
    unit = 1 / max(grey.shape)
    places = np.array([(p.pt[0], p.pt[1], p.size, np.deg2rad(p.angle) / unit) for p in points])
    roots = np.sqrt(looks / np.maximum(looks.sum(axis=1, keepdims=True), 1e-6))
    return (
        (places * unit).astype(np.float32),
        np.round(roots * 512).clip(0, 255).astype(np.uint8),
        np.full(len(points), kind, np.uint8),
    )


def as_met(kinds: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The kinds of marks of originals that those of a design are compared with: a pen's with edges."""
    return np.where(kinds == PEN, 0, kinds).astype(np.uint8)


_ROWS = np.arange(128).reshape(4, 4, 8)
_MIRROR = _ROWS[::-1][:, :, (-np.arange(8)) % 8].reshape(-1)


def mirrored(found: Marks) -> Marks:
    """The marks that the mirror image of the picture has, left and right exchanged."""
    places = found.places.copy()
    places[:, 0] = found.size[0] - places[:, 0]
    places[:, 3] = np.pi - places[:, 3]
    return Marks(places, found.looks[:, _MIRROR], found.kinds, found.edges[:, ::-1], found.size)


def to_bytes(found: Marks) -> bytes:
    """Marks as bytes, the same on every machine."""
    head = np.array([len(found), *found.edges.shape], "<u4").tobytes()
    size = np.array(found.size, "<f8").tobytes()
    return b"".join(
        (
            head,
            size,
            found.places.astype("<f4").tobytes(),
            found.looks.tobytes(),
            found.kinds.tobytes(),
            found.edges.tobytes(),
        )
    )


def from_bytes(data: bytes) -> Marks:
    """The marks that ``to_bytes`` gave."""
    n, height, width = (int(v) for v in np.frombuffer(data, "<u4", 3))
    size = np.frombuffer(data, "<f8", 2, 12)
    at = 28
    places = np.frombuffer(data, "<f4", n * 4, at).reshape(n, 4).astype(np.float32)
    looks = np.frombuffer(data, np.uint8, n * 128, at + n * 16).reshape(n, 128)
    kinds = np.frombuffer(data, np.uint8, n, at + n * 144)
    edge = np.frombuffer(data, np.uint8, height * width, at + n * 145).reshape(height, width)
    return Marks(places, looks, kinds, edge, (float(size[0]), float(size[1])))
