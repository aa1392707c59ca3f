"""Honest small measures of a model in training: likeness, coverage, variety, copying, checkerboard.

Each is measured beside the originals themselves, so that it can be said in words. Likeness to the
held-out originals is KID with its standard error (Binkowski et al., arXiv 1801.01401); coverage is
by Naeem et al. (arXiv 2002.09797, equation 7) and recall by Kynkäänniemi et al. (arXiv 1904.06991);
copying is told by distances to the training originals, tested against those of held-out ones
(Meehan et al., arXiv 2004.05675, section 3), and by what is nearly one original.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from latelier.train.grid import checkerboard, lattice

GRID_OF = 256  # originals, evenly spread, whose own grid is measured
NEIGHBOURS = 5  # of coverage and recall, as in both papers' experiments
COPIED, NEARING = 0.5, 1.2  # of the two scores multiplied: a copy, and nearer than the unseen are;
#   the least of 120 held-out wax prints was 2.5, of 42 batiks 15, of 13 huipils 1.3; of 64 blurs after
#   50 showings of each of 40 batiks none, and after 71 one, was under 1.2
AMONG = 3  # which nearest other of an original says how near others come to it
IN_INK = 3.5  # forms of a few strokes lie nearer to each other: 6 of 180 unseen ones had under .34
Copies = Callable[[NDArray[np.uint8]], NDArray[np.bool_]]  # which of (n, h, w, c) are copies
Scores = Callable[
    [NDArray[np.uint8]], NDArray[np.float64]
]  # how near each is; 0 a copy, 1 as usual
Features = NDArray[np.float64]  # (n, d)


class Extractor(Protocol):
    """By what pictures are seen; see `extractors/_contract.py`."""

    @property
    def name(self) -> str:
        """With its version; stands beside every number."""

    def see(self, pixels: NDArray[np.uint8]) -> Features:
        """Rows (n, d) of length near 1 among originals, of pictures (n, h, w, c)."""


@dataclass(frozen=True)
class Measures:
    """What was measured on a handful of generated images.

    Args:
        kid: to the held-out originals; 0 is as like as other originals are. On three real
            collections halves of two pictures put together had 0.04 to 0.15, shuffled pixels
            1.6 to 13, blurred pictures 7.5 to 11, flat colour 14 to 18.
        kid_error: its standard error, from this handful and those held-out.
        coverage: share of held-out originals that have an image in their neighbourhood; fresh
            originals have some 0.95.
        recall: share of held-out originals that lie in the neighbourhood of an image.
        variety: mean pairwise distance, originals = 1.
        copies: share of images that are nearly one training original.
        closeness: how near the images lie to training originals, held-out originals = 1.
        copying: the same as a test, in standard deviations: below -3 the images are nearer to
            the training originals than unseen originals are, which is learning by heart.
        checkerboard: the strongest grid of 2, 4 or 8 px that is in phase in all images, beyond the
            originals' own; 1 is none, and from some 3 on it can be seen.
        eye: which extractor saw.
        nearing: share of images that are nearer to one training original, and to it alone, than
            originals that were never seen: what comes before copies.
    """

    kid: float
    kid_error: float
    coverage: float
    recall: float
    variety: float
    copies: float
    closeness: float
    copying: float
    checkerboard: float
    eye: str
    nearing: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """As JSON, to four digits."""
        return {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(self).items()}


class Judge:
    """Measures images against the same originals again and again.

    Args:
        training: (n, h, w, c) uint8, what the model learns from.
        held_out: the same of those it never sees; the training ones again where none are held out.
        copies: tells which pictures are nearly one training original.
        eye: by what they are seen, fitted on the training originals.
        scores: how near pictures are to one training original by their pixels.
    """

    def __init__(
        self,
        training: NDArray[np.uint8],
        held_out: NDArray[np.uint8],
        copies: Copies,
        eye: Extractor,
        scores: Scores | None = None,
    ) -> None:
        self.eye = eye
        self._ink = bool(((training == 0) | (training == 255)).all())
        self._training = self.eye.see(training)
        self._held = self.eye.see(held_out)
        self._copies, self._scores = copies, scores
        self._grid = lattice(training[:: -(-len(training) // GRID_OF)])
        inside = distances(self._training, self._training)
        self._apart = float(inside[~np.eye(len(inside), dtype=bool)].mean()) or 1.0
        others = inside + np.diag(np.full(len(inside), np.inf))
        nth = min(AMONG, len(inside) - 1) - 1
        reach = np.partition(others, nth, axis=1)[:, nth]  # (n,)
        self._around = np.clip(reach, 1e-9, float(np.median(others.min(1))) or 1e-9)
        same = held_out is training
        to_training = distances(self._held, self._training)
        if same:
            np.fill_diagonal(to_training, np.inf)
        # those it learns from know the unseen too: each lies so far from all others of them
        self._near = np.concatenate([to_training.min(1), [] if same else others.min(1)])

    def nearness(self, images: NDArray[np.uint8]) -> NDArray[np.float64]:
        """How near each image is to one training original, by pixels and features, (n,).

        The distance to the nearest original over the usual one of originals, or over that one's
        to its third nearest where this is less, times that over the distance to the second nearest;
        by aligned pixels and by what the eye sees of the image and of its mirror image, multiplied.
        0 is a copy, 1 as usual, more where it is blurred.
        """
        if self._scores is None:
            return np.full(len(images), np.inf)
        away = np.minimum(
            distances(self.eye.see(images), self._training),
            distances(self.eye.see(np.ascontiguousarray(images[:, :, ::-1])), self._training),
        )
        first, second = np.partition(away, 1, axis=1)[:, :2].T
        seen = first / self._around[away.argmin(1)] * first / np.maximum(second, 1e-9)
        scores: NDArray[np.float64] = self._scores(images) * np.maximum(seen, 1e-9)
        return scores

    def measure(self, images: NDArray[np.uint8]) -> Measures:
        """Measure images (n, h, w, c) uint8, two at least."""
        if self._ink:  # as the originals are, black and white alone
            images = np.where(images < 128, 0, 255).astype(np.uint8)
        seen = self.eye.see(images)
        apart = distances(seen, seen)
        near = distances(seen, self._training).min(1)
        likeness, error = kid(seen, self._held)
        coverage, recall = covered(seen, self._held)
        nearness = self.nearness(images) * (IN_INK if self._ink else 1.0)
        return Measures(
            kid=likeness,
            kid_error=error,
            coverage=coverage,
            recall=recall,
            variety=float(apart[~np.eye(len(apart), dtype=bool)].mean()) / self._apart,
            copies=float((self._copies(images) | (nearness < COPIED)).mean()),
            closeness=float(np.median(near)) / max(float(np.median(self._near)), 1e-9),
            copying=rank_test(near, self._near),
            checkerboard=checkerboard(images, self._grid),
            eye=self.eye.name,
            nearing=float((nearness < NEARING).mean()),
        )


def kid(a: Features, b: Features) -> tuple[float, float]:
    """Squared maximum mean discrepancy with the kernel (x.y + 1)^3, unbiased, and its error.

    The error is that of a U-statistic to the first order: from the spread of each row's own part.

    Args:
        a: (n, d), rows of length near 1.
        b: (m, d), the same.
    """
    aa, bb, ab = ((x @ y.T + 1) ** 3 for x, y in ((a, a), (b, b), (a, b)))
    np.fill_diagonal(aa, 0)
    np.fill_diagonal(bb, 0)
    own_a = aa.sum(1) / (len(a) - 1) - ab.mean(1)  # what each row of a adds
    own_b = bb.sum(1) / (len(b) - 1) - ab.mean(0)
    error = 2 * np.sqrt(own_a.var(ddof=1) / len(a) + own_b.var(ddof=1) / len(b))
    return float(own_a.mean() + own_b.mean()), float(error)


def covered(images: Features, originals: Features) -> tuple[float, float]:
    """Coverage and recall of originals by images, with neighbourhoods of five."""
    between = distances(originals, images)
    by_original = between <= _reach(originals)[:, None]
    by_image = between <= _reach(images)[None]
    return float(by_original.any(1).mean()), float(by_image.any(1).mean())


def _reach(rows: Features) -> NDArray[np.float64]:
    """The distance of each row to its fifth nearest other, or the last where there are fewer."""
    apart = distances(rows, rows)
    np.fill_diagonal(apart, np.inf)
    nth = min(NEIGHBOURS, len(rows) - 1) - 1
    return np.partition(apart, nth, axis=1)[:, nth]


def rank_test(images: NDArray[np.float64], unseen: NDArray[np.float64]) -> float:
    """The Mann-Whitney statistic in standard deviations; below 0 where `images` are smaller."""
    n, m = len(images), len(unseen)
    larger = (images[:, None] > unseen[None]).sum() + 0.5 * (images[:, None] == unseen[None]).sum()
    return float((larger - n * m / 2) / np.sqrt(n * m * (n + m + 1) / 12))


def distances(a: Features, b: Features) -> Features:
    """Euclidean distances, (len(a), len(b))."""
    square = (a * a).sum(1)[:, None] + (b * b).sum(1)[None] - 2 * a @ b.T
    return np.sqrt(np.maximum(square, 0))
