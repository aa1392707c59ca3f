"""How far a page is turned: the angle at which its ink falls into the sharpest rows and columns.

W. Postl, "Detection of linear oblique structures and skew scan in digitized documents" (1986):
the right angle is the one whose projection profile has the most energy. Boxes and printed lines
give it away at once; loose drawings only where they stand in rows.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.cut.ink import Mask

Floats = NDArray[np.float64]
MOST = 17.0  # degrees; a page turned further is for the person to turn
LOOK, POINTS, FINE = 2000, 6000, 16000  # dots of ink that vote: for the half degree, a tenth, less
PRINTED = 1.3  # energy of printed lines at their angle over that some degrees away; 1.35 to 3.8
EVERY = 8  # columns of pixels: one of so many is looked at for printed lines
LINES = (0.015, 0.35)  # of the page that printed lines cover
ENOUGH = 1.12  # energy at the best angle over the median; 1.02 to 1.06 on pages without any order


def page_angle(mask: Mask) -> tuple[float, float]:
    """The angle by which to turn a page so that its rows run level, and how sure that is.

    Args:
        mask: (h, w) uint8, ink above 0.

    Returns:
        degrees, counter-clockwise positive on the screen when the page itself runs uphill, within
        ``MOST``; and the energy there over the median energy (below ``ENOUGH``: no order seen).
    """
    thinned = mask[::2, ::2]
    ys, xs = np.divmod(np.flatnonzero(thinned > 0), thinned.shape[1])
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
    return _peak(fine, _energies(dots, fine, FINE, 1.5)), strength


def printed_angle(pale: Mask, ink: Mask, scale: float, near: float) -> float | None:
    """The angle of the level printed lines of a page, or None where it has none.

    They say it to some thousandths of a degree: on thirty drawn pages they were off by .001 to .03.

    Args:
        pale: (H, W) uint8, what is paler than ink.
        ink: (h, w) uint8, the ink on the page made smaller, whose rims are pale too.
        scale: pixels there for one of ``pale``.
        near: the page's angle as its ink has it.
    """
    crossed = pale[:, ::EVERY]  # level lines cross every upright one
    y, x = np.divmod(np.flatnonzero(crossed > 0), crossed.shape[1])
    down, right = y * scale, x * (EVERY * scale)
    wide = cv2.dilate(ink, np.ones((5, 5), np.uint8))
    h, w = ink.shape
    beside = wide[np.minimum(down.astype(int), h - 1), np.minimum(right.astype(int), w - 1)] == 0
    if not LINES[0] < beside.sum() / crossed.size < LINES[1]:
        return None
    dots = right[beside], down[beside]
    around = near + np.array([-7.0, -5.5, -4.0, 4.0, 5.5, 7.0])
    angles = np.arange(near - 0.8, near + 0.81, 0.1)
    energy = _energies(dots, angles, POINTS, 2.0)
    if energy.max() < PRINTED * np.median(_energies(dots, around, POINTS, 2.0)):
        return None
    fine = angles[np.argmax(energy)] + np.arange(-0.12, 0.121, 0.03)
    return _peak(fine, _energies(dots, fine, FINE, 1.5))


def _peak(angles: Floats, energy: Floats) -> float:
    """The middle of the peak, not of what it stands on."""
    weight = np.clip(energy - np.sort(energy)[2], 0, None) ** 2
    return float(angles @ weight / weight.sum() if weight.sum() else angles[np.argmax(energy)])


def _energies(dots: tuple[Floats, Floats], angles: Floats, most: int, bin_px: float) -> Floats:
    """The energy at each angle, of so many of the dots at most.

    Each dot is moved within its own pixel: left on whole pixels, they fall into sharp rows at 0
    degrees whatever the page shows.
    """
    every = max(1, len(dots[0]) // most)
    within = np.random.default_rng(0).uniform(-1, 1, (2, -(-len(dots[0]) // every)))
    x, y = dots[0][::every] + within[0], dots[1][::every] + within[1]
    turned = np.radians(angles)[:, None]
    c, s = np.cos(turned) / bin_px, np.sin(turned) / bin_px
    return _energy(x * s + y * c) + _energy(x * c - y * s)


def _energy(along: Floats) -> Floats:
    """Sum of squares of each row's profile: how many dots fall into each whole number."""
    bins = (along - along.min(1, keepdims=True)).astype(np.int64)
    width = int(bins.max()) + 1
    bins += width * np.arange(len(bins))[:, None]
    profile = np.bincount(bins.ravel(), minlength=width * len(bins)).reshape(len(bins), width)
    return np.asarray((profile.astype(np.float64) ** 2).sum(1))
