"""How far a page is turned: the angle at which its ink falls into the sharpest rows and columns.

W. Postl, "Detection of linear oblique structures and skew scan in digitized documents" (1986):
the right angle is the one whose projection profile has the most energy. Boxes and printed lines
give it away at once; loose drawings only where they stand in rows.
"""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

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
    ys, xs = np.divmod(np.flatnonzero(thinned > 0).astype(np.int32), thinned.shape[1])
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


def printed_angle(pale: Mask, ink: Mask, scale: float) -> float | None:
    """The angle of the level printed lines of a page, or None where it has none.

    They say it to a hundredth of a degree: on 32 drawn pages they were off by .007 at most.

    Args:
        pale: (H, W) uint8, what is paler than ink.
        ink: (h, w) uint8, the ink on the page made smaller, whose rims are pale too.
        scale: pixels there for one of ``pale``.
    """
    crossed = pale[:, ::EVERY]  # level lines cross every upright one
    y, x = np.divmod(np.flatnonzero(crossed > 0).astype(np.int32), crossed.shape[1])
    down, right = y * scale, x * (EVERY * scale)
    wide = cv2.dilate(ink, np.ones((5, 5), np.uint8))
    h, w = ink.shape
    at = np.minimum(down.astype(np.intp), h - 1) * w + np.minimum(right.astype(np.intp), w - 1)
    beside = wide.ravel()[at] == 0
    if not LINES[0] < beside.sum() / crossed.size < LINES[1]:
        return None
    dots = right[beside], down[beside]
    angles = np.arange(-MOST, MOST + 0.01, 0.5)
    energy = _energies(dots, angles, LOOK, 3.0)
    best = float(angles[np.argmax(energy)])
    if energy.max() < PRINTED * np.median(energy):
        return None
    near = best + np.arange(-0.5, 0.51, 0.1)
    return _by_lines(dots, float(near[np.argmax(_energies(dots, near, POINTS, 2.0))]))


def _by_lines(dots: tuple[Floats, Floats], near: float) -> float:
    """The angle of level lines that run at about ``near`` degrees: one slope fitted through all."""
    every = max(1, len(dots[0]) // FINE)
    x, y = dots[0][::every], dots[1][::every]
    for reach in (3.0, 2.0, 2.0):
        c, s = np.cos(np.radians(near)), np.sin(np.radians(near))
        along, across = x * c - y * s, x * s + y * c
        across -= across.min()
        count = np.bincount(across.astype(np.intp), minlength=3).astype(np.float64)
        count[1:-1] = (count[:-2] + 2 * count[1:-1] + count[2:]) / 4
        lines = np.flatnonzero(
            (count >= 0.3 * np.percentile(count, 98)) & (count >= maximum_filter1d(count, 9))
        )
        which = np.searchsorted((lines[1:] + lines[:-1]) / 2, across)
        some = np.abs(across - lines[which] - 0.5) <= reach
        which, u, v = which[some], along[some], across[some]
        total = np.maximum(np.bincount(which, minlength=len(lines)), 1)
        u -= (np.bincount(which, u, len(lines)) / total)[which]
        v -= (np.bincount(which, v, len(lines)) / total)[which]
        near -= float(np.degrees(np.arctan(u @ v / max(u @ u, 1e-9))))
    return near


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
    x, y = dots[0][::every], dots[1][::every]
    points = np.ones((3, len(x)), np.float32)
    points[:2] = _within(2 * most)[:, : len(x)]
    points[0] += x
    points[1] += y
    turned = np.radians(angles)
    c, s = np.cos(turned) / bin_px, np.sin(turned) / bin_px
    rows = np.concatenate([np.stack([s, c], 1), np.stack([c, -s], 1)])  # (2 angles, x and y)
    far = points[:2].max(1).astype(np.float64) + 1
    first = np.minimum(rows, 0) @ far - 3
    width = int((np.abs(rows) @ far).max()) + 6
    start = width * np.arange(len(rows)) - first
    places = np.concatenate([rows, start[:, None]], 1).astype(np.float32) @ points
    counted = np.bincount(places.astype(np.intp).ravel(), minlength=width * len(rows))
    profiles = counted.reshape(len(rows), width).astype(np.float64)
    energy = (profiles**2).sum(1)
    return np.asarray(energy[: len(angles)] + energy[len(angles) :])


@cache
def _within(count: int) -> NDArray[np.float32]:
    """Where in its pixel each dot lies, (2, count), -1 to 1: the same on every page."""
    return np.random.default_rng(0).uniform(-1, 1, (2, count)).astype(np.float32)
