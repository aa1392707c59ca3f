"""How near an image is to the originals, compared with how near originals are to each other.

Pictures are compared as small thumbnails, laid over one another mirrored, moved by up to a
sixteenth in half steps of a thumbnail's pixel, cropped a little, and a little lighter or darker.
Three numbers answer: the distance to the nearest original over what originals have to theirs, or
that one to its third nearest where this is less, since much lies near a plain picture; over the
distance to the second nearest, which under a third tells a copy (Bonnaire et al., arXiv 2505.16959);
and over the nearest's own contrast, since a blurred picture is near to everything and a copy of
nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 16  # pixels of a thumbnail's side
CROPS = (0.0, 0.015, 0.03)  # of a side cut off at every edge: the originals are known in each
MOVED = 1  # pixels of a thumbnail that a picture may be moved by
FINE = 2  # steps to such a pixel; by whole ones a copy moved by half of one was told from a new
#          picture in .924 of cases only, by halves in .994 (480 wax prints, held-out ones as new)
LIGHTER = 0.1  # of full brightness: a picture lighter or tinted by so much is the same picture
COPY = 1 / 3  # of what is near to that original, or of the second nearest: a copy
BOTH = 0.2  # of `score`: the same; the least of 120 held-out wax prints was 1.4, of 13 huipils .9,
#             of 24 drawn rings, few in kind, .22
CLOSE = 0.7  # of what is near to that original: nearer than originals are to each other
ALONE = 0.85  # of the second nearest; above it a picture is near to many, not close to one
DRAWN = 0.6  # of the original's contrast; above it less than two thirds of the original is there
AMONG = 3  # which nearest other of an original says how near others come to it
TYPICAL_OF = 400  # originals, evenly spread, whose nearest others say what is usual

Thumbs = NDArray[np.float32]  # (n, SIDE * FINE, SIDE * FINE, 3) in [0, 1]


@dataclass(frozen=True)
class Near:
    """The originals nearest to an image.

    Args:
        rows: their numbers, nearest first.
        distances: to each, root mean square over colour in [0, 1].
        ratio: the nearest distance over the usual one of originals to their nearest other, or over
            that original's to its third nearest where this is less.
        alone: the nearest distance over the second nearest.
        missed: the nearest distance over that original's own contrast; 1 is a flat picture.
        crowded: whether others come nearer to that original than is usual, which then is what
            `ratio` is over.
    """

    rows: list[int]
    distances: list[float]
    ratio: float
    alone: float
    missed: float
    crowded: bool

    @property
    def score(self) -> float:
        """One number to order images by: near, and near to one alone, is near 0; 1 is as usual.

        Over the share of the original that is there, to the fourth power: a blur lies near some
        plain picture and shows a half of it. Infinite where nothing of it is there.
        """
        there = max(1 - self.missed**2, 0.0)
        return self.ratio * self.alone / there**4 if there else float("inf")

    @property
    def copy(self) -> bool:
        """Whether it is nearly one original and no other."""
        lone = self.alone < COPY and self.ratio < CLOSE
        return (self.ratio < COPY or lone or self.score < BOTH) and self.missed < DRAWN

    @property
    def close(self) -> bool:
        """Whether it is clearly nearer than originals are to each other."""
        near = self.ratio < CLOSE and self.alone < ALONE and self.missed < DRAWN
        return self.copy or near


class Originals:
    """Originals as thumbnails, against which images are measured again and again.

    Args:
        pictures: (h, w, c) uint8 each, of any sizes, read one by one; three at least.
    """

    def __init__(self, pictures: Iterable[NDArray[np.uint8]]) -> None:
        cut = [[thumb(p, crop) for crop in CROPS] for p in pictures]
        self._small = np.stack([each[0] for each in cut])
        self._known = [_Known(np.stack(same)) for same in zip(*cut, strict=True)]
        self._around: dict[int, float] = {}  # of originals by row: see `around`
        self._last: tuple[bytes, list[Near]] = (b"", [])

    def __len__(self) -> int:
        return len(self._small)

    @cached_property
    def usual(self) -> float:
        """The median distance of originals to their nearest other original."""
        rows = np.unique(np.linspace(0, len(self) - 1, TYPICAL_OF).astype(int))
        apart = self.distances(self._small[rows])  # (rows, n)
        apart[np.arange(len(rows)), rows] = np.inf
        return max(float(np.median(apart.min(1))), 1e-6)

    def distances(self, small: Thumbs) -> NDArray[np.float32]:
        """Smallest distances over mirrors, moves and crops, (len(small), n)."""
        best = np.full((len(small), len(self)), np.inf, np.float32)
        side = SIDE - 2 * MOVED
        for mirrored in (small, small[:, :, ::-1]):
            for dy in range(2 * MOVED * FINE + 1):
                for dx in range(2 * MOVED * FINE + 1):
                    moved = _parted(_inner(mirrored, dy, dx))
                    for known in self._known:
                        np.minimum(best, known.square(*moved), out=best)
        return np.sqrt(np.maximum(best, 0) / (3 * side * side))

    def around(self, rows: Iterable[int]) -> list[float]:
        """What is near to each of these originals: the usual distance, or less where others are."""
        rows = list(rows)
        if new := sorted(set(rows) - self._around.keys()):
            apart = self.distances(self._small[new])  # (new, n)
            apart[np.arange(len(new)), new] = np.inf
            nth = min(AMONG, len(self) - 1) - 1
            reach = np.partition(apart, nth, axis=1)[:, nth]
            self._around |= {row: float(far) for row, far in zip(new, reach, strict=True)}
        return [max(min(self.usual, self._around[row]), 1e-6) for row in rows]

    def near(self, small: Thumbs, count: int = 5) -> list[Near]:
        """The nearest originals of each image."""
        found = []
        apart = self.distances(small)  # (m, n)
        for row, around in zip(apart, self.around(apart.argmin(1).tolist()), strict=True):
            order = np.argsort(row, kind="stable")[: max(2, count)]
            first, second = (float(row[i]) for i in order[:2])
            found.append(
                Near(
                    rows=[int(i) for i in order[:count]],
                    distances=[float(row[i]) for i in order[:count]],
                    ratio=first / around,
                    alone=first / max(second, 1e-6),
                    missed=first / max(float(self._known[0].contrast[order[0]]), 1e-6),
                    crowded=around < self.usual,
                )
            )
        return found

    def scores(self, pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
        """The `score` of each picture (m, h, w, c); infinite for one that is too blurred to say."""
        return np.array([n.score for n in self._compared(pixels)])

    def copies(self, pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Which of the pictures (m, h, w, c) are nearly one original."""
        return np.array([n.copy for n in self._compared(pixels)])

    def _compared(self, pixels: NDArray[np.uint8]) -> list[Near]:
        """`near` of pictures; those asked of last are not compared again."""
        digest = blake2b(np.ascontiguousarray(pixels).data).digest()
        if self._last[0] != digest:
            self._last = (digest, self.near(thumbs(pixels)))
        return self._last[1]


class _Known:
    """Originals laid out one way, ready to be compared with."""

    def __init__(self, small: Thumbs) -> None:
        self._form, self._tint = _parted(_inner(small, MOVED * FINE, MOVED * FINE))
        self._length = (self._form**2).sum(1)
        self.contrast = np.sqrt((self._form**2).mean(1))

    def square(self, form: NDArray[np.float32], tint: NDArray[np.float32]) -> NDArray[np.float32]:
        """Squared distances of pictures parted into form and tint, (m, n)."""
        square = (form**2).sum(1)[:, None] + self._length - 2 * form @ self._form.T
        for one, other in zip(tint.T, self._tint.T, strict=True):
            apart = np.maximum(np.abs(one[:, None] - other) - LIGHTER, 0)
            square += form.shape[1] / 3 * apart**2
        return square


def _inner(small: Thumbs, dy: int, dx: int) -> NDArray[np.float32]:
    """The inner part at an offset in fine steps, (n, SIDE - 2 MOVED, SIDE - 2 MOVED, 3)."""
    side = SIDE - 2 * MOVED
    part = small[:, dy : dy + side * FINE, dx : dx + side * FINE]
    whole: NDArray[np.float32] = part.reshape(-1, side, FINE, side, FINE, 3).mean((2, 4))
    return whole


def _parted(small: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Thumbnails as form (n, d), their mean colour taken out, and that colour (n, 3)."""
    tint = small.mean((1, 2), dtype=np.float32)
    form = (small - tint[:, None, None]).reshape(len(small), -1)
    return np.ascontiguousarray(form, dtype=np.float32), tint


def thumbs(pixels: NDArray[np.uint8]) -> Thumbs:
    """Pictures (n, h, w, c) uint8 as thumbnails; each pixel is the mean of what it covers."""
    return np.stack([thumb(picture) for picture in pixels])


def thumb(picture: NDArray[np.uint8], crop: float = 0.0) -> Thumbs:
    """One picture (h, w, c) uint8 as a thumbnail in fine steps, transparency on white.

    Args:
        picture: of any size.
        crop: share of each side to leave out at each edge.
    """
    if picture.shape[2] == 4:
        alpha = picture[..., 3:] / np.float32(255)
        picture = np.rint(picture[..., :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)
    if picture.shape[2] == 1:
        picture = np.repeat(picture, 3, axis=2)
    height, width = picture.shape[:2]
    box = (crop * width, crop * height, (1 - crop) * width, (1 - crop) * height)
    small = Image.fromarray(picture).resize((SIDE * FINE, SIDE * FINE), Image.Resampling.BOX, box)
    return np.asarray(small).astype(np.float32) / np.float32(255)
