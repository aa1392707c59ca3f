"""How visual weight is spread over a picture: balance, its middle, evenness and mirrors.

Hübner and Fillinger, Comparison of objective measures for predicting perceptual balance and visual
aesthetic preference (2016). Weight is ink: where most of a picture is light, dark is heavy. All are
given in per cent as published; balance and the middle are 0 where they are perfect.
"""

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.features._plane import otsu

Plane = NDArray[Any]
FIELDS = 10  # a side, of evenness


def heavy(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(h, w) the weight of each pixel: dark weighs where at least half of the pixels are light."""
    dark = int((grey < 128).sum())
    return 255 - grey if 2 * dark <= grey.size else grey


def balance(weight: Plane) -> float:
    """The mean of eight imbalances: halves, and the inner against the outer half, of four axes."""
    h, w = weight.shape
    total = max(float(weight.sum(dtype=np.int64)), 1.0)
    parts = []
    for along, side in ((_down(weight), w), (_across(weight), h)):
        half, quarter = side // 2, side // 4
        parts.append(along[:half].sum() - along[side - half :].sum())
        parts.append(total - 2 * (along[:quarter].sum() + along[side - quarter :].sum()))
    for plane in (weight, np.rot90(weight)):
        parts += _by_diagonal(plane, total)
    return float(100 * np.mean(np.abs(parts)) / total)


def _down(plane: NDArray[np.uint8]) -> NDArray[np.int64]:
    """(w,) the sums of columns."""
    return np.asarray(cv2.reduce(plane, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S), np.int64).ravel()


def _across(plane: NDArray[np.uint8]) -> NDArray[np.int64]:
    """(h,) the sums of rows."""
    return np.asarray(cv2.reduce(plane, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S), np.int64).ravel()


def _by_diagonal(weight: Plane, total: float) -> list[float]:
    """The two halves beside the falling diagonal, and the band about it against the corners."""
    h, w = weight.shape
    slanted = np.zeros((h, h + w), np.uint8)  # a row shorter, each row stands one further right
    slanted[:, :w] = weight[::-1]
    sums = _down(slanted.ravel()[: h * (h + w - 1)].reshape(h, -1))
    right, left = sums[h:].sum(), sums[: h - 1].sum()
    up, down = w - int(w * np.sqrt(0.5)), h - int(h * np.sqrt(0.5))
    corners = sums[h - 1 + up :].sum() + sums[: max(h - down, 0)].sum()
    return [right - left, total - 2 * corners]


def middle(weight: Plane) -> tuple[float, float, float]:
    """How far the middle of the weight lies off, in per cent of half a side; how far left and up."""
    h, w = weight.shape
    total = float(weight.sum(dtype=np.int64))
    if total == 0:
        return 0.0, 0.0, 0.0
    x = np.rint(_down(weight) @ np.arange(w) / total) + 1
    y = np.rint(_across(weight) @ np.arange(h) / total) + 1
    left, up = 0.5 - x / w, 0.5 - y / h
    return float(200 * np.hypot(left, up)), float(left), float(up)


def evenness(weight: NDArray[np.uint8]) -> float:
    """How evenly what is heavy is spread over ten columns and ten rows (entropy, per cent)."""
    h, w = weight.shape
    if weight.min() == weight.max():
        return 100.0
    marks = (weight > otsu(weight)).view(np.uint8)
    found = []
    for along, side in ((_down(marks), w), (_across(marks), h)):
        step = max(1, side // FIELDS)
        at = np.minimum(np.arange(side) // step, FIELDS - 1)
        share = np.bincount(at, along, minlength=FIELDS)
        share = share[share > 0] / share.sum()
        found.append(-(share * np.log(share)).sum() / np.log(FIELDS))
    return float(100 * max(0.0, np.mean(found)))


def mirrored(grey: NDArray[np.uint8]) -> float:
    """The share of dark that meets dark in the mirrors, more the nearer to the axis (per cent).

    The two middle axes; of a square picture the diagonals too.
    """
    h, w = grey.shape
    dark = (grey <= otsu(grey)).view(np.uint8)
    turned = np.asarray(cv2.transpose(dark), np.uint8)
    found = []
    for plane in (dark, turned):
        rows, across = plane.shape[0] // 2, plane.shape[1]
        if rows == 0:
            continue
        meets = _across(plane[:rows] & plane[::-1][:rows])
        near = 1 + np.arange(rows) / max(rows - 1, 1)
        found.append(float(meets @ near) * 2 / (3 * across * rows))
    if h == w and w > 1:
        for other, near in zip((turned, turned[::-1, ::-1]), _nearness(h), strict=True):
            sums = np.einsum("ij,ij", near, (dark & other).astype(np.float64))
            found.append(float(sums) * 4 / (3 * h * (w - 1)))
    return float(min(100.0, 100 * np.mean(found))) if found else 100.0


@lru_cache(maxsize=4)
def _nearness(side: int) -> NDArray[np.float64]:
    """(2, side, side) how near each place on one side of a diagonal is to it, 1 to 2; 0 on the other.

    Of the falling diagonal, below it, and of the rising one, below it.
    """
    row, column = np.arange(side)[:, None], np.arange(side)[None]
    near = np.where(column < row, 1 + (column + 1) / np.maximum(row, 1), 0)
    return np.stack([near, np.rot90(near, -1)])
