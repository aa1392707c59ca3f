"""Corners of a picture and what they look like: what is found again when part of it is.

ORB (Rublee et al., "ORB: an efficient alternative to SIFT or SURF", ICCV 2011): 256-bit
descriptors of corners at eight scales, turned with the corner. A mirrored corner looks different,
so each picture is described twice, once from its mirror image.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE = 256  # pixels of the longer side on which corners are sought
MOST = 400  # corners a picture


@dataclass(frozen=True)
class Features:
    """Corners of one picture.

    Args:
        places: (n, 4) float32: x and y in pixels of the full picture divided by its longer side,
            size in the same measure, direction in degrees.
        looks: (n, 4) uint64.
    """

    places: NDArray[np.float32]
    looks: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.looks)

    @cached_property
    def whole(self) -> NDArray[np.int16]:
        """(4, n): x, y, the logarithm of the size and the direction in whole numbers of 16 bits.

        The last goes round as degrees do. ``WHOLE`` are the units.
        """
        x, y, size, degrees = self.places.T
        return whole(np.stack([x, y, np.log2(np.maximum(size, 2**-30)), degrees]), WHOLE)


WHOLE = np.array([4096, 4096, 1024, 65536 / 360], np.float32)  # of x, y, octaves and degrees
FARTHEST = 7.9  # longer sides: as far off as the numbers go


def whole(values: NDArray[np.float32], unit: NDArray[np.float32]) -> NDArray[np.int16]:
    """Rows of values in whole numbers of so many to the unit; what is too large goes round."""
    return (values * unit[:, None]).astype(np.int32).astype(np.int16)


def _finder(threshold: int) -> cv2.ORB:
    return cv2.ORB.create(
        nfeatures=MOST,
        scaleFactor=1.2,
        nlevels=8,
        edgeThreshold=12,
        patchSize=31,
        fastThreshold=threshold,
    )


_orb = _finder(5)  # 1.5 to 3 ms a picture; a threshold of 5 finds corners on soft brush edges
_orb_of_cloth = _finder(15)  # where corners abound: 0.997 of the same ones in 0.7 of the time
BUSY = 9.0  # levels of mean Laplacian; batik and cloth have 8 to 34, drawings up to 6


def found(grey: NDArray[np.uint8]) -> tuple[Features, Features]:
    """The corners of a picture, and those of its mirror image (in its own pixels).

    Args:
        grey: (h, w) uint8.
    """
    height, width = grey.shape
    scale = SIDE / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = np.asarray(
        cv2.GaussianBlur(cv2.resize(grey, size, interpolation=how), (0, 0), 0.8), np.uint8
    )
    busy = cv2.norm(cv2.Laplacian(small, cv2.CV_16S), cv2.NORM_L1) > BUSY * small.size
    points, looks = (_orb_of_cloth if busy else _orb).detectAndCompute(small, None)
    if looks is None:
        nothing = Features(np.zeros((0, 4), np.float32), np.zeros((0, 4), np.uint64))
        return nothing, nothing
    places = _places(points)
    corners = _features(places, np.asarray(looks, np.uint8), small)
    # the same corners where the mirror shows them: a third of finding them anew
    places[:, 0] = small.shape[1] - 1 - places[:, 0]
    places[:, 3] = (180.0 - places[:, 3]) % 360
    for point, (x, y, _, angle) in zip(points, places.tolist(), strict=True):
        point.pt, point.angle = (x, y), angle
    kept, looks = _orb.compute(np.ascontiguousarray(small[:, ::-1]), points)
    if len(kept) != len(points):  # one lay at the very edge
        places = _places(kept)
    return corners, _features(places, np.asarray(looks, np.uint8), small)


def _places(points: Sequence[cv2.KeyPoint]) -> NDArray[np.float64]:
    """x, y, size and direction of each, (n, 4), in pixels and degrees."""
    places = np.empty((len(points), 4))
    places[:, :2] = cv2.KeyPoint.convert(points)
    places[:, 2] = [p.size for p in points]
    places[:, 3] = [p.angle for p in points]
    return places


def _features(
    places: NDArray[np.float64], looks: NDArray[np.uint8], grey: NDArray[np.uint8]
) -> Features:
    scale = 1 / max(grey.shape)
    units = (places + np.array([0.5, 0.5, 0, 0])) * np.array([scale, scale, scale, 1])
    return Features(units.astype(np.float32), np.ascontiguousarray(looks).view(np.uint64))
