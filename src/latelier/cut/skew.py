"""How far a page is turned: the angle at which its ink falls into the sharpest rows and columns.

W. Postl, "Detection of linear oblique structures and skew scan in digitized documents" (1986):
the right angle is the one whose projection profile has the most energy. Boxes and printed lines
give it away at once; loose drawings only where they stand in rows.
"""

import numpy as np
from numpy.typing import NDArray

from latelier.cut.ink import Mask

Floats = NDArray[np.float64]
MOST = 17.0  # degrees; a page turned further is for the person to turn
LOOK, POINTS, FINE = 2000, 6000, 16000  # dots of ink that vote: for the half degree, a tenth, less
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
    dots = xs * 2.0, ys * 2.0
    coarse = np.arange(-MOST, MOST + 0.01, 0.5)
    energy = _energies(dots, coarse, LOOK, 3.0)
    best = float(coarse[np.argmax(energy)])
    strength = float(energy.max() / np.median(energy))
    near = np.arange(best - 0.5, best + 0.51, 0.1)
    best = float(near[np.argmax(_energies(dots, near, POINTS, 2.0))])
    fine = np.arange(best - 0.12, best + 0.121, 0.03)
    sharp = _energies(dots, fine, FINE, 1.5)
    weight = np.clip(sharp - np.sort(sharp)[2], 0, None) ** 2  # the peak, not what it stands on
    return float(fine @ weight / weight.sum() if weight.sum() else best), strength


def _energies(dots: tuple[Floats, Floats], angles: Floats, most: int, bin_px: float) -> Floats:
    """The energy at each angle, of so many of the dots at most.

    Each dot is moved within its own pixel: left on whole pixels, they fall into sharp rows at 0
    degrees whatever the page shows.
    """
    every = max(1, len(dots[0]) // most)
    within = np.random.default_rng(0).uniform(-1, 1, (2, -(-len(dots[0]) // every)))
    x, y = dots[0][::every] + within[0], dots[1][::every] + within[1]
    return np.array([_energy(x, y, angle, bin_px) for angle in angles])


def _energy(x: Floats, y: Floats, degrees: float, bin_px: float) -> float:
    """Sum of squares of the profiles along and across, seen at an angle."""
    c, s = np.cos(np.radians(degrees)) / bin_px, np.sin(np.radians(degrees)) / bin_px
    total = 0.0
    for along in (x * s + y * c, x * c - y * s):
        profile = np.bincount((along - along.min()).astype(np.int64)).astype(np.float64)
        total += float(profile @ profile)
    return total
