"""Any table of numbers as the same points in as few dimensions as hold them: exact and streamed.

n pictures of d numbers span at most n - 1 dimensions, and k-means, silhouettes and principal
components know nothing but distances. So the columns are centred and scaled (Z, as
scikit-learn's ``StandardScaler`` does), a block of them at a time, into Z Zᵀ (n x n) where
n < d, or Zᵀ Z (d x d) where not; one eigendecomposition Z Zᵀ = U Λ Uᵀ gives the points
U √Λ, which have the distances of Z and are its principal component scores (Jolliffe, Principal
Component Analysis, 2nd ed., section 3.5). The table itself is never expanded to float64.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latelier.progress import Progress, silent

Floats = NDArray[np.float64]
_CHUNK_BYTES = 16 << 20  # of distances at a time
_BLOCK_BYTES = 4 << 20  # of float64 at a time; 1 to 16 MB cost the same, 64 MB a tenth more


@dataclass(frozen=True)
class Geometry:
    """n points that have the distances of a table's centred and scaled rows.

    Args:
        points: (n, r) principal component scores, the largest variance first; r <= min(n - 1, d).
            In each column the largest number by size is positive.
        variances: (r,) of each column of ``points``, divided by n - 1.
        total: the sum of the variances of all components, those left out too.
        mean: (d,) of each column of the table.
        scale: (d,) its standard deviation, divided by n; 1 where the column is constant.
        columns: d, how many numbers a row of the table has.
    """

    points: Floats
    variances: Floats
    total: float
    mean: Floats
    scale: Floats
    columns: int

    @property
    def shares(self) -> Floats:
        """(r,) the share of the whole variance that each component holds, 0 to 1."""
        return self.variances / self.total

    def components_for(self, share: float) -> int:
        """How many components, counted from one, hold at least ``share`` of the variance.

        Where the components kept do not reach it, the number of those kept.
        """
        reached = np.cumsum(self.shares) >= share * (1 - 1e-12)  # rounding of a sum near 1
        return int(np.argmax(reached)) + 1 if reached.any() else len(reached)


def geometry(
    table: NDArray[Any],
    *,
    standardise: bool = True,
    keep: int | None = None,
    on_progress: Progress = silent,
) -> Geometry:
    """Points with the same distances as the table's rows.

    Args:
        table: (n, d), uint8 or float; may be a memory map, since it is read in blocks.
        standardise: give each column that varies the same variance; else it is only centred.
        keep: how many components at the most; all if left out.
        on_progress: told how many columns have been read.
    """
    n, d = table.shape
    mean, scale = np.empty(d), np.ones(d)
    small = np.zeros((min(n, d), min(n, d)))
    for start, stop in _spans(n, d):
        on_progress(start, d, "comparing")
        block = table[:, start:stop]
        mean[start:stop] = block.mean(axis=0, dtype=np.float64)
        if n < d or standardise:
            z = block - mean[start:stop]
        if standardise:
            scale[start:stop] = _scale(z, mean[start:stop])
            z /= scale[start:stop]
        if n < d:
            small += z @ z.T
    if n >= d:
        for rows in _row_blocks(table):
            z = (rows - mean) / scale
            small += z.T @ z
    eigenvalues, vectors = np.linalg.eigh(small)
    eigenvalues, vectors = eigenvalues[::-1], vectors[:, ::-1]
    # what is left of zero: one step of float64 in the largest, as numpy's matrix_rank has it
    floor = eigenvalues[0] * len(small) * np.finfo(np.float64).eps
    r = min(int((eigenvalues > floor).sum()), n - 1, len(small) if keep is None else keep)
    if n < d:
        points = vectors[:, :r] * np.sqrt(eigenvalues[:r])
    else:
        points = np.concatenate([(b - mean) / scale @ vectors[:, :r] for b in _row_blocks(table)])
    return Geometry(
        points=np.ascontiguousarray(points * _signs(points)),
        variances=eigenvalues[:r] / (n - 1),
        total=float(np.trace(small)) / (n - 1),
        mean=mean,
        scale=scale,
        columns=d,
    )


def directions(table: NDArray[Any], found: Geometry, count: int) -> Floats:
    """(count, d) the first components as unit vectors over the table's scaled columns.

    v = Zᵀ u / √λ for each left singular vector u, block by block; ``count`` is cut to r.
    """
    n, d = table.shape
    count = min(count, found.points.shape[1])
    lengths = found.variances[:count] * (n - 1)  # the eigenvalues λ; points = u √λ
    weights = found.points[:, :count] / lengths
    vectors = np.empty((count, d))
    for start, stop in _spans(n, d):
        z = (table[:, start:stop] - found.mean[start:stop]) / found.scale[start:stop]
        vectors[:, start:stop] = weights.T @ z
    return vectors


def means(table: NDArray[Any], labels: NDArray[np.integer], count: int) -> Floats:
    """(count, d) the mean row of each group 0 ... count - 1, in the table's own numbers."""
    n, d = table.shape
    share = np.zeros((count, n))
    share[labels, np.arange(n)] = 1
    share /= np.maximum(share.sum(axis=1, keepdims=True), 1)
    found = np.empty((count, d))
    for start, stop in _spans(n, d):
        found[:, start:stop] = share @ table[:, start:stop].astype(np.float64)
    return found


def distances_of(points: Floats) -> Iterator[tuple[int, Floats]]:
    """Blocks of rows of the n x n Euclidean distances, each with the number of its first row."""
    n = len(points)
    norms = np.einsum("ij,ij->i", points, points)
    height = max(1, _CHUNK_BYTES // (8 * n))
    for start in range(0, n, height):
        stop = min(n, start + height)
        both = norms[start:stop, None] + norms
        squared = both - 2 * (points[start:stop] @ points.T)
        # Two 8-bit pictures that differ at all are 6e-5 or more apart in squares, while the
        # rounding of equal ones stays near 1e-15 of their size: what lies below is equal.
        squared[squared < 1e-12 * both] = 0
        squared[np.arange(stop - start), np.arange(start, stop)] = 0
        yield start, np.sqrt(squared, out=squared)


def _spans(n: int, d: int) -> Iterator[tuple[int, int]]:
    width = max(64, _BLOCK_BYTES // (8 * n))
    for start in range(0, d, width):
        yield start, min(d, start + width)


def _row_blocks(table: NDArray[Any]) -> Iterator[NDArray[Any]]:
    n, d = table.shape
    height = max(64, _BLOCK_BYTES // (8 * d))
    for start in range(0, n, height):
        yield table[start : start + height]


def _scale(centred: Floats, mean: Floats) -> Floats:
    """The standard deviation of each column, 1 where it does not differ from a constant.

    The bound on rounding is Chan, Golub and LeVeque's, as in scikit-learn's ``StandardScaler``.
    """
    n = len(centred)
    variance = np.einsum("ij,ij->j", centred, centred) / n
    eps = np.finfo(np.float64).eps
    constant = variance <= n * eps * variance + (n * mean * eps) ** 2
    return np.where(constant, 1.0, np.sqrt(variance))


def _signs(points: Floats) -> Floats:
    """For each column the sign that makes its largest number by size positive."""
    largest = np.argmax(np.abs(points), axis=0)
    return np.where(points[largest, np.arange(points.shape[1])] < 0, -1.0, 1.0)
