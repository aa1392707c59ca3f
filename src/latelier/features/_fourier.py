"""The Fourier transform of a picture, whose sides may be any whole number.

Rows by OpenCV, which takes a quarter of scipy's time where the width is a large prime, and columns
by scipy.
"""

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft


def half_spectrum(plane: NDArray[np.float32]) -> NDArray[np.complex64]:
    """(h, w / 2 + 1) complex, the half of the spectrum of (h, w) that the other half mirrors."""
    rows = np.asarray(cv2.dft(plane, flags=cv2.DFT_ROWS), np.float32)
    high, wide = rows.shape
    found = np.zeros((high, wide // 2 + 1), np.complex64)
    # a row is packed as its mean, real and imaginary parts in turn, and what is left over
    found.real[:, 0] = rows[:, 0]
    pairs = (wide - 1) // 2
    found[:, 1 : pairs + 1] = rows[:, 1 : 2 * pairs + 1].view(np.complex64)
    if wide % 2 == 0:
        found.real[:, -1] = rows[:, -1]
    return np.asarray(fft.fft(found, axis=0, overwrite_x=True))
