"""How a picture is composed: like itself in its parts, complex, of one direction or of all.

Self-similarity, complexity and anisotropy of the pyramid of oriented gradients (Amirshahi, Koch,
Denzler and Redies, PHOG analysis of self-similarity in aesthetic images, 2012; Braun, Amirshahi,
Denzler and Redies, Statistical image properties of print advertisements, visual artworks and
images of architecture, 2013), and the entropies of second order: how evenly the directions of two
edges differ, at several distances between them (Redies, Brachmann and Wagemans, High entropy of
edge orientations characterizes visual artworks from diverse cultural backgrounds, 2017).
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from latelier.features._contract import Measure
from latelier.features._plane import entropy, lightness

SAME_SIZE = False
STANDARDISE = True
BLIND = "Composition knows how the parts go together, and nothing of what they show."

BINS = 16  # of the pyramid, over the full turn
LEVELS = 3  # below the whole: 4, 16 and 64 parts
TURNS = 24  # of the entropies, over the full turn
EDGES = 300  # the strongest edge pixels; 10,000 in the paper, of pictures ten times as large
NEAR, FAR = 16, 96  # px of 256, the bounds of the three ranges of distance: 20 to 240 of its size
WEAK = 0.5  # L*/px; below it there is no edge

MEASURES = (
    *(
        Measure(
            f"self_similarity_{4**level}",
            "1",
            0,
            1,
            f"How far each of {4**level} parts has the directions of the whole.",
        )
        for level in range(1, LEVELS + 1)
    ),
    Measure("complexity", "L*/px", 0, 100, "How strongly lightness changes from pixel to pixel."),
    Measure("anisotropy", "1", 0, 1, "How far some directions outweigh others in its parts."),
    Measure("orientation_entropy_1", "1", 0, 1, "How evenly its strongest edges run all ways."),
    Measure("orientation_entropy_near", "1", 0, 1, "How freely close edges differ in direction."),
    Measure("orientation_entropy_far", "1", 0, 1, "How freely distant edges differ in direction."),
    Measure("parallel", "share", 0, 1, "How many pairs of close edges run the same way."),
)


def describe(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(9,) the numbers in the order of ``MEASURES``."""
    light = lightness(pixels)
    down = ndimage.sobel(light, axis=0) / 8
    across = ndimage.sobel(light, axis=1) / 8
    strength = np.hypot(down, across)
    turn = np.arctan2(down, across) % (2 * np.pi)
    finest = directions(strength, turn, 2**LEVELS)
    pyramid = [shares(joined(finest, 2**level)) for level in range(LEVELS + 1)]
    alike = [float(np.median(np.minimum(p, pyramid[0]).sum(axis=1))) for p in pyramid[1:]]
    uneven = float(pyramid[-1].std(axis=1).mean()) * BINS / np.sqrt(BINS - 1)  # 1: one way only
    return np.array(
        [*alike, min(float(strength.mean()), 100.0), min(uneven, 1.0), *pairs(strength, turn)]
    )


def directions(
    strength: NDArray[np.float64], turn: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    """(count, count, 16) the strength of each direction in each part of an even lattice."""
    h, w = strength.shape
    row, column = np.arange(h) * count // h, np.arange(w) * count // w
    way = np.minimum((turn * (BINS / (2 * np.pi))).astype(np.intp), BINS - 1)
    way += (row * (count * BINS))[:, None] + (column * BINS)[None, :]
    sums = np.bincount(way.ravel(), strength.ravel(), minlength=count * count * BINS)
    return np.asarray(sums, np.float64).reshape(count, count, BINS)


def joined(finest: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """(count, count, 16) the same of larger parts; ``count`` divides that of the finest."""
    each = len(finest) // count
    return finest.reshape(count, each, count, each, BINS).sum(axis=(1, 3))


def shares(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """(parts, 16) each part's shares of directions; even where it has no edge."""
    flat = sums.reshape(-1, BINS)
    total = flat.sum(axis=1, keepdims=True)
    even = np.full_like(flat, 1 / BINS)
    return np.divide(flat, total, out=even, where=total > 1e-9)


def pairs(strength: NDArray[np.float64], turn: NDArray[np.float64]) -> list[float]:
    """First-order entropy, second-order near and far, and the share of close parallel pairs."""
    flat = strength.ravel()
    count = min(EDGES, flat.size)
    top = np.argpartition(-flat, count - 1)[:count]
    top = np.sort(top[flat[top] > WEAK])
    if len(top) < 2:
        return [0.0, 0.0, 0.0, 0.0]
    way = np.rint(turn.ravel()[top] / (2 * np.pi) * TURNS).astype(int) % TURNS
    first = np.bincount(way, flat[top], minlength=TURNS)
    y, x = np.divmod(top, strength.shape[1])
    i, j = np.triu_indices(len(top), 1)
    apart = np.hypot(y[i] - y[j], x[i] - x[j])
    differ = (way[i] - way[j]) % TURNS
    weight = flat[top][i] * flat[top][j]
    found = []
    for inside in ((apart >= 4) & (apart < NEAR * 2), (apart >= NEAR * 2) & (apart < FAR * 2)):
        shares = np.bincount(differ[inside], weight[inside], minlength=TURNS)
        shares = shares + shares[(-np.arange(TURNS)) % TURNS]  # each pair seen from both its edges
        found.append(shares / shares.sum() if shares.sum() > 0 else np.eye(TURNS)[0])
    parallel = found[0][0] + found[0][TURNS // 2]
    return [entropy(first / first.sum()), *(entropy(s) for s in found), float(min(parallel, 1.0))]
