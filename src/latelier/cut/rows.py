"""How drawings without boxes stand in rows and columns, to tell the page's angle from their places.

Where the ink itself says the angle to a tenth of a degree or two (`skew`), the places of drawings that
were set in rows say it better: a line is fitted through the middles, the tops or the feet of each row,
whichever lie straightest, all rows with one slope; likewise for columns.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

Floats = NDArray[np.float64]
BY_INK = 0.12  # degrees: the usual error of the angle that the ink alone tells
FEWEST = 12  # drawings in rows of three and more
STRAIGHT = 0.11  # of a drawing's height, deviation from its row; of drawings strewn about .17
MOST = 0.7  # degrees; the ink alone is never off by more on pages that stand in rows


def lean(bounds: Floats) -> float:
    """By how many degrees drawings run uphill on a page that was made level by its ink.

    The more uncertain their places are, the more the answer is drawn to 0.

    Args:
        bounds: (n, 4) left, top, right, bottom of each on that page.
    """
    level, upright = _slope(bounds), _slope(bounds[:, [1, 0, 3, 2]])
    told = [(-level[0], level[1]), (upright[0], upright[1]), (0.0, BY_INK)]
    weight = np.array([1 / max(error, 1e-3) ** 2 for _, error in told])
    more = float(np.array([slope for slope, _ in told]) @ weight / weight.sum())
    return more if abs(more) <= MOST else 0.0


def _slope(bounds: Floats) -> tuple[float, float]:
    """The common slope of all rows in degrees, downhill positive, and its standard error."""
    rows = _rows(bounds)
    if len(rows) < FEWEST:
        return 0.0, np.inf
    some = rows >= 0
    if some.sum() < FEWEST:
        return 0.0, np.inf
    rows = np.unique(rows[some], return_inverse=True)[1]
    b = bounds[some]
    x = (b[:, 0] + b[:, 2]) / 2
    usual = float(np.median(b[:, 3] - b[:, 1]))
    tries = [_fitted(rows, x, y, usual) for y in ((b[:, 1] + b[:, 3]) / 2, b[:, 1], b[:, 3])]
    slope, error = min(tries, key=lambda t: t[1])
    return float(np.degrees(slope)), float(np.degrees(error))


def _rows(bounds: Floats) -> NDArray[np.int64]:
    """The number of each drawing's row, -1 where it stands in a row of fewer than three."""
    size = bounds[:, 2:] - bounds[:, :2]
    middle = (bounds[:, 2:] + bounds[:, :2]) / 2
    usual = float(np.median(size[:, 1])) if len(size) else 0.0
    dx = middle[None, :, 0] - middle[:, None, 0]
    dy = np.abs(middle[None, :, 1] - middle[:, None, 1])
    beside = np.where((dy < 0.3 * usual) & (dx > 0.5 * usual), dx, np.inf)
    nearest = beside.argmin(1) if len(size) else np.zeros(0, int)
    linked = np.isfinite(beside.min(1)) if len(size) else np.zeros(0, bool)
    n = len(bounds)
    i = np.nonzero(linked)[0]
    graph = coo_matrix((np.ones(len(i)), (i, nearest[i])), (n, n))
    _, group = connected_components(graph, directed=False)
    count = np.bincount(group, minlength=1)
    return np.where(count[group] >= 3, group, -1).astype(np.int64)


def _fitted(rows: NDArray[np.int64], x: Floats, y: Floats, usual: float) -> tuple[float, float]:
    """One slope through all rows, outliers left out, and its standard error."""
    keep = np.ones(len(x), bool)
    slope, error = 0.0, np.inf
    for _ in range(4):
        count = np.maximum(np.bincount(rows, keep, rows.max() + 1), 1)
        dx = (x - (np.bincount(rows, x * keep) / count)[rows]) * keep
        dy = (y - (np.bincount(rows, y * keep) / count)[rows]) * keep
        spread = float(dx @ dx)
        free = keep.sum() - len(np.unique(rows[keep])) - 1
        if spread <= 0 or free < 3:
            return 0.0, np.inf
        slope = float(dx @ dy) / spread
        left = dy - slope * dx
        deviation = float(np.sqrt(left @ left / free))
        error = deviation / np.sqrt(spread) if deviation < STRAIGHT * usual else np.inf
        limit = 2.5 * 1.4826 * float(np.median(np.abs(left[keep]))) + 0.5
        keep = np.abs(y - (np.bincount(rows, y * keep) / count)[rows] - slope * dx) <= limit
    return slope, error
