"""How far a page is turned: the angle at which its ink falls into the sharpest rows and columns.

W. Postl, "Detection of linear oblique structures and skew scan in digitized documents" (1986):
the right angle is the one whose projection profile has the most energy. Boxes and printed lines
give it away at once; loose drawings only where they stand in rows.
"""

import numpy as np
from numpy.typing import NDArray

from latelier.cut.ink import Mask

MOST = 17.0  # degrees; a page turned further is for the person to turn
POINTS = 6000  # dots of ink that vote
ENOUGH = 1.12  # energy at the best angle over the median; 1.02 to 1.06 on pages without any order


def page_angle(mask: Mask) -> tuple[float, float]:
    """The angle by which to turn a page so that its rows run level, and how sure that is.

    Args:
        mask: (h, w) uint8, ink above 0.

    Returns:
        degrees, counter-clockwise positive on the screen when the page itself runs uphill, within
        ``MOST``; and the energy there over the median energy (below ``ENOUGH``: no order seen).
    """
    ys, xs = np.nonzero(mask[::2, ::2])
    if len(xs) < 50:
        return 0.0, 1.0
    every = max(1, len(xs) // POINTS)
    x, y = xs[::every] * 2.0, ys[::every] * 2.0
    coarse = np.arange(-MOST, MOST + 0.01, 0.5)
    energy = np.array([_energy(x, y, a, 3.0) for a in coarse])
    best = float(coarse[np.argmax(energy)])
    strength = float(energy.max() / np.median(energy))
    fine = np.arange(best - 0.5, best + 0.51, 0.1)
    sharp = np.array([_energy(x, y, a, 2.0) for a in fine])
    return float(fine[np.argmax(sharp)]), strength


def _energy(x: NDArray[np.float64], y: NDArray[np.float64], degrees: float, bin_px: float) -> float:
    """Sum of squares of the profiles along and across, seen at an angle."""
    c, s = np.cos(np.radians(degrees)) / bin_px, np.sin(np.radians(degrees)) / bin_px
    total = 0.0
    for along in (x * s + y * c, x * c - y * s):
        profile = np.bincount((along - along.min()).astype(np.int64)).astype(np.float64)
        total += float(profile @ profile)
    return total
