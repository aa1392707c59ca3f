"""How far a share counted on few pictures may lie from the truth.

Wilson's score interval (Probable inference, 1927), with the number of pictures divided by Kish's
design effect (Survey Sampling, 1965) where pictures come in sets of copies, which count less than
as many strangers.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

LEVEL = 0.95


def wilson(right: float, count: float, level: float = LEVEL) -> tuple[float, float]:
    """The interval of a share of ``right`` in ``count``; (0, 1) where nothing was counted.

    >>> [round(end, 3) for end in wilson(9, 10)]
    [0.596, 0.982]
    """
    if count <= 0:
        return 0.0, 1.0
    z = float(norm.ppf(0.5 + level / 2))
    share = right / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * np.sqrt(share * (1 - share) / count + (z / (2 * count)) ** 2)
    # rounding must not put the ends on the wrong side of the share itself
    low, high = min(share, middle - half), max(share, middle + half)
    return float(max(0.0, low)), float(min(1.0, high))


def design_effect(right: NDArray[np.bool_], groups: Sequence[int] | NDArray[np.int64]) -> float:
    """How many times as uncertain the share is as if all pictures were strangers; 1 or more.

    Args:
        right: (n,) whether each prediction was right.
        groups: (n,) pictures of one number are copies, or of one page.
    """
    n, share = len(right), float(np.mean(right))
    _, of = np.unique(np.asarray(groups), return_inverse=True)
    k = int(of.max()) + 1
    if k == n or k < 2 or share in (0.0, 1.0):
        sizes = np.bincount(of)
        # nobody was wrong, or all were: take copies to be fully alike, the careful guess
        return 1.0 if k == n else float((sizes**2).sum() / n)
    residual = np.bincount(of, weights=right - share)
    variance = k / (k - 1) * (residual**2).sum() / n**2
    return max(1.0, float(variance / (share * (1 - share) / n)))


def share(
    right: NDArray[np.bool_], groups: Sequence[int] | NDArray[np.int64], level: float = LEVEL
) -> tuple[float, float]:
    """The interval of the share that is right, copies counted as what they are."""
    effect = design_effect(right, groups)
    return wilson(float(np.sum(right)) / effect, len(right) / effect, level)
