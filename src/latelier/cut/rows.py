"""How drawings without boxes stand in rows and columns, to tell the page's angle from their places.

Where the ink itself says the angle to a tenth of a degree or two (`skew`), the places of drawings that
were set in rows say it better: a line is fitted through the middles, the tops or the feet of each row,
whichever lie straightest, all rows with one slope; likewise for columns. A drawing as large as its
place stands in the middle of it, a small one anywhere, so the large ones count for more; and what
strays counts for less, by Student's t (K. Lange, R. Little and J. Taylor, "Robust statistical modeling
using the t distribution", 1989, eq. 3).
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
BY_INK = 0.3  # degrees: what the angle that the ink alone tells may be off by
FEWEST = 12  # drawings in rows of three and more
IN_ROWS = (
    0.75  # of all drawings stand in such rows: .8 to 1 where they were set so, strewn .25 to .7
)
APART = 0.25  # of the usual height: rows stand at least so far apart, by the middles of drawings
STRAIGHT = 0.16  # of the usual size, deviation from the row; even of drawings loosely set .13
MOST = 1.5  # degrees; further off, rows are none any more
SURE = 0.03  # of the usual size: as well as the middle of any drawing tells its place
FREEDOM = 4.0  # of Student's t


def lean(bounds: Floats) -> float:
    """By how many degrees drawings run uphill on a page that was made level by its ink.

    The more uncertain their places are, the more the answer is drawn to 0.

    Args:
        bounds: (n, 4) left, top, right, bottom of each on that page.
    """
    level, upright = _slope(bounds), _slope(bounds[:, [1, 0, 3, 2]])
    told = [(-level[0], level[1]), (upright[0], upright[1]), (0.0, BY_INK)]
    weight = np.array([1 / max(error, 3e-3) ** 2 for _, error in told])
    more = float(np.array([slope for slope, _ in told]) @ weight / weight.sum())
    return more if abs(more) <= MOST else 0.0


def _slope(bounds: Floats) -> tuple[float, float]:
    """The common slope of all rows in degrees, downhill positive, and its standard error."""
    if len(bounds) < FEWEST:
        return 0.0, np.inf
    rows = _rows(bounds)
    some = rows >= 0
    if some.sum() < max(FEWEST, IN_ROWS * len(bounds)):
        return 0.0, np.inf
    side = (bounds[:, 2:] - bounds[:, :2]).max(1)
    usual, large = float(np.median(side)), float(np.percentile(side, 90))
    slack = np.clip(large - side[some], 0, None) / 2
    by_size = 1 / ((SURE * usual) ** 2 + slack**2)
    b, rows = bounds[some], rows[some]
    x, middle = (b[:, 0] + b[:, 2]) / 2, (b[:, 1] + b[:, 3]) / 2
    if _deviation(rows, x, middle) > STRAIGHT * usual:
        return 0.0, np.inf
    even = np.ones(len(b))
    known = np.stack([by_size / by_size.mean(), even, even, even])
    slope, error = _fitted(rows, x, np.stack([middle, middle, b[:, 1], b[:, 3]]), known)
    best = int(np.argmin(error))
    return float(np.degrees(slope[best])), float(np.degrees(error[best]))


def _rows(bounds: Floats) -> Ints:
    """The number of each drawing's row, -1 where it stands in a row of fewer than three."""
    middle = (bounds[:, 1] + bounds[:, 3]) / 2
    order = np.argsort(middle)
    apart = np.diff(middle[order]) > APART * np.median(bounds[:, 3] - bounds[:, 1])
    group = np.zeros(len(bounds), np.int64)
    group[order[1:]] = np.cumsum(apart)
    large = np.bincount(group) >= 3
    return np.where(large, np.cumsum(large) - 1, -1)[group]


def _deviation(rows: Ints, x: Floats, y: Floats) -> float:
    """How far places deviate from rows of one slope, in pixels."""
    count = np.bincount(rows)
    dx = x - (np.bincount(rows, x) / count)[rows]
    dy = y - (np.bincount(rows, y) / count)[rows]
    left = dy - dx * (dx @ dy) / max(dx @ dx, 1e-9)
    return float(np.sqrt((left**2).mean()))


def _fitted(rows: Ints, x: Floats, y: Floats, known: Floats) -> tuple[Floats, Floats]:
    """One slope through all rows, and its standard error, for each of k ways to take their places.

    Args:
        rows: (n,) the row of each place.
        x: (n,) along the rows.
        y: (k, n) across.
        known: (k, n) how well each is known: one over its variance, 1 on the average.

    Returns:
        (k,) slopes and (k,) errors.
    """
    free = len(x) - int(rows.max()) - 2
    if free < 3:
        return np.zeros(len(y)), np.full(len(y), np.inf)
    in_row = (rows == np.arange(rows.max() + 1)[:, None]).astype(np.float64).T  # (n, rows)
    weight = known
    for _ in range(8):
        total = weight @ in_row
        dx = x - ((weight * x) @ in_row / total)[:, rows]
        dy = y - ((weight * y) @ in_row / total)[:, rows]
        spread = np.maximum((weight * dx**2).sum(1), 1e-9)
        slope = (weight * dx * dy).sum(1) / spread
        left = (dy - slope[:, None] * dx) ** 2
        variance = (weight * left).sum(1) / free + 1e-6
        weight = known * (FREEDOM + 1) / (FREEDOM + left * known / variance[:, None])
    return slope, np.sqrt(variance / spread)
