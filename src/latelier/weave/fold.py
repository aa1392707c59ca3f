"""Folds: a picture that is worked out on a part of itself, the rest following by mirror or repeat.

The part is called the domain. Whatever is woven on it is symmetric when it is unfolded, because no
pixel outside the domain exists: it is looked up inside.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
WAYS = ("free", "wrap", "mirror", "half")


class Places(NamedTuple):
    """Where places of the picture lie in the domain, each array of the shape that was asked for."""

    y: Ints
    x: Ints
    turn_y: Ints  # 1, or -1 where the picture shows the domain upside down
    turn_x: Ints


@dataclass(frozen=True)
class Fold:
    """How a domain of ``height`` x ``width`` pixels covers the plane.

    Each axis goes one way: ``free`` ends at its edges (beyond them the edge pixel is repeated),
    ``wrap`` begins again, ``mirror`` is reflected at both ends, ``half`` has a free start and is
    reflected at its end: a left half whose right half follows.

    Args:
        height, width: of the domain, in pixels.
        rows, columns: the way of the vertical and of the horizontal axis.
        drop: with ``rows`` = ``wrap``, how many pixels each repeat is moved sideways (half-drop).
    """

    height: int
    width: int
    rows: str = "free"
    columns: str = "free"
    drop: int = 0

    def places(self, y: Ints, x: Ints) -> Places:
        """The places of the domain that show at rows ``y`` and columns ``x``, of any shape."""
        if self.drop:
            x = x - self.drop * (y // self.height)
        fy, ty = _along(y, self.height, self.rows)
        fx, tx = _along(x, self.width, self.columns)
        return Places(fy, fx, ty, tx)

    def window(self, y0: int, y1: int, x0: int, x1: int) -> Places:
        """The places of the rectangle of rows y0 to y1 and columns x0 to x1; each (h, w)."""
        return self.places(*np.mgrid[y0:y1, x0:x1])

    def inside(self, y: Ints, x: Ints) -> NDArray[np.bool_]:
        """Whether places belong to the picture, and not to the nothing beyond a free edge."""
        within = np.ones(np.broadcast(y, x).shape, dtype=bool)
        if self.rows in ("free", "half"):
            within &= (y >= 0) & (y < self.height * (2 if self.rows == "half" else 1))
        if self.columns in ("free", "half"):
            within &= (x >= 0) & (x < self.width * (2 if self.columns == "half" else 1))
        return within

    def tiles(self, height: int, width: int) -> bool:
        """Whether pictures of that size go on into each other when laid side by side."""
        spans = {"wrap": 1, "mirror": 2}
        if self.rows not in spans or self.columns not in spans:
            return False
        times, rest = divmod(height, self.height * spans[self.rows])
        wide = self.width * spans[self.columns]
        return rest == 0 and width % wide == 0 and (times * self.drop) % wide == 0

    def unfold(self, domain: NDArray, height: int, width: int) -> NDArray:
        """The whole picture (height, width, ...) of what stands on the domain."""
        at = self.window(0, height, 0, width)
        return domain[at.y, at.x]

    def seen(self, height: int, width: int) -> Ints:
        """How often each pixel of the domain shows in a picture of that size, (h, w)."""
        at = self.window(0, height, 0, width)
        count = np.bincount((at.y * self.width + at.x).ravel(), minlength=self.height * self.width)
        return count.reshape(self.height, self.width)

    def folded(self, picture: Floats) -> Floats:
        """A whole picture (h, w, c) brought onto the domain: the mean of all that would show there."""
        height, width, channels = picture.shape
        at = self.window(0, height, 0, width)
        flat = (at.y * self.width + at.x).ravel()
        size = self.height * self.width
        sums = [np.bincount(flat, picture[..., c].ravel(), size) for c in range(channels)]
        mean = np.stack(sums, axis=-1).reshape(self.height, self.width, channels)
        return (mean / np.maximum(self.seen(height, width), 1)[..., None]).astype(np.float32)

    def resized(self, height: int, width: int) -> "Fold":
        """The same fold with a domain of another size."""
        drop = round(self.drop * width / self.width)
        return Fold(height, width, self.rows, self.columns, drop)

    def stretch(self, domain: Floats, to: "Fold") -> Floats:
        """What stands on this domain, resampled to the domain of ``to``; (h, w, c) float32."""
        margin = 4  # pixels that the filter may look at beyond the edge
        at = self.window(-margin, self.height + margin, -margin, self.width + margin)
        box = (margin, margin, margin + self.width, margin + self.height)
        return resample(domain[at.y, at.x], to.height, to.width, box)


def _along(i: Ints, n: int, way: str) -> tuple[Ints, Ints]:
    ones = np.ones_like(i)
    if way == "wrap":
        return i % n, ones
    if way == "free":
        return np.clip(i, 0, n - 1), ones
    j = i % (2 * n) if way == "mirror" else np.clip(i, 0, 2 * n - 1)
    back = j >= n
    return np.where(back, 2 * n - 1 - j, j), np.where(back, -1, ones)


def resample(
    picture: Floats, height: int, width: int, box: tuple[float, float, float, float] | None = None
) -> Floats:
    """A picture (h, w, c) float32 at another size: areas averaged down, bicubic up."""
    h, w = picture.shape[:2]
    if box is None and (h, w) == (height, width):
        return picture
    smaller = height < h and width < w
    way = Image.Resampling.BOX if smaller else Image.Resampling.BICUBIC
    planes = [
        np.asarray(
            Image.fromarray(np.ascontiguousarray(picture[..., c], dtype=np.float32)).resize(
                (width, height), way, box=box
            )
        )
        for c in range(picture.shape[2])
    ]
    return np.stack(planes, axis=-1)
