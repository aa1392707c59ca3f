"""Reading order: rows from the top, in each from the left."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def reading_order(bounds: Floats) -> list[int]:
    """The indices of rectangles (n, 4) left, top, right, bottom on an upright page, as one reads.

    A rectangle joins the row that it shares most height with, if that is half of the lower of both.

    >>> reading_order(np.array([[50, 2, 60, 12], [0, 0, 10, 10], [0, 30, 10, 40.0]]))
    [1, 0, 2]
    """
    rows: list[list[int]] = []
    spans: list[tuple[float, float]] = []
    middle = (bounds[:, 1] + bounds[:, 3]) / 2
    sides = bounds.tolist()
    for k in np.argsort(middle, kind="stable").tolist():
        _, top, _, bottom = sides[k]
        best, most = -1, 0.5
        for r in range(len(rows) - 1, max(-1, len(rows) - 4), -1):
            low, high = spans[r]
            shared = min(high, bottom) - max(low, top)
            share = shared / max(min(high - low, bottom - top), 1e-9)
            if share > most:
                best, most = r, share
        if best < 0:
            rows.append([k])
            spans.append((top, bottom))
            continue
        rows[best].append(k)
        n = len(rows[best])
        low, high = spans[best]
        spans[best] = (low + (top - low) / n, high + (bottom - high) / n)
    upper = np.argsort([(a + b) / 2 for a, b in spans], kind="stable")
    return [k for r in upper for k in sorted(rows[r], key=lambda k: float(sides[k][0]))]
