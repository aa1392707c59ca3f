"""sRGB to CIE L*a*b*, after IEC 61966-2-1 and CIE 15:2004, with the white of D65."""

import cv2
import numpy as np
from numpy.typing import NDArray

_STEPS = np.arange(256) / 255
_LINEAR = np.where(_STEPS <= 0.04045, _STEPS / 12.92, ((_STEPS + 0.055) / 1.055) ** 2.4)
_TABLE = _LINEAR.astype(np.float32)
_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_WHITE = _TO_XYZ.sum(axis=1)  # of (1, 1, 1), so that white is exactly a* = b* = 0
_RELATIVE = (_TO_XYZ / _WHITE[:, None]).astype(np.float32)
_LOW = np.array([(6 / 29) ** 3])
_TO_LAB = np.array([[0, 116, 0, -16], [500, -500, 0, 0], [0, 200, -200, 0]], np.float32)


def lab(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(..., 3) uint8 sRGB as (..., 3) L* in 0 to 100, a* and b* about -110 to 110."""
    rows = np.ascontiguousarray(pixels).reshape(-1, 1, 3)
    relative = cv2.transform(cv2.LUT(rows, _TABLE), _RELATIVE)
    root = np.asarray(cv2.pow(relative, 1 / 3), np.float32)
    if float(relative.min()) <= _LOW[0]:
        line = relative * np.float32((29 / 6) ** 2 / 3) + np.float32(4 / 29)
        cv2.copyTo(line, cv2.compare(relative, _LOW, cv2.CMP_LE), root)
    return np.asarray(cv2.transform(root, _TO_LAB), np.float32).reshape(pixels.shape)
