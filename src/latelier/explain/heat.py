"""Where on the picture a label comes from, and whether that can be believed.

Occlusion (Zeiler and Fergus, Visualizing and understanding convolutional networks, 2014): a place
is covered, and what the head then says less is its heat. RISE (Petsiuk, Das and Saenko, 2018):
many random covers at once, each place getting the mean of what was said while it was open. Grad-CAM
(Selvaraju and others, 2017): an encoder's maps, each by how much its mean moves what is said. Covered
means blurred, so that no new edge appears. Faithful is a map whose hottest places, covered first,
take the label away sooner, and uncovered first bring it back sooner, than places in random order
(deletion and insertion, RISE section 4.3), and that changes when the labels learnt are shuffled
(Adebayo and others, Sanity checks for saliency maps, 2018).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from scipy.stats import spearmanr

from latelier.images import Pixels

Heat = NDArray[np.float64]
Ask = Callable[[Sequence[Pixels]], NDArray[np.float64]]  # pictures -> (m,) or (m, v) values
CELLS = 7  # a side; a place of a seventh holds a figure of a motif, and 49 places take 3 CPU-s
MASKS = 160  # of RISE
OPEN = 0.5  # share of places open in a mask of RISE
STEPS = 8  # of deletion and of insertion
LEAST = 0.02  # of probability; below it covering the whole picture changes nothing to be shared
RANDOM = 2  # random orders that both are held against


@dataclass(frozen=True)
class Faith:
    """Whether a map tells where the label comes from.

    Args:
        deletion: area under what is still said while the hottest places are covered first.
        insertion: the same while they are uncovered first.
        random_deletion: of places in random order.
        random_insertion: of places in random order.
        shuffled: rank correlation with the map of heads that learnt shuffled labels.
        score: by how much it is better than random orders, of all that covering the whole picture
            changes; -1 to 1, and 0 where that is nearly nothing.
    """

    deletion: float
    insertion: float
    random_deletion: float
    random_insertion: float
    shuffled: float
    score: float

    @property
    def words(self) -> str:
        """What it means for who looks at the map."""
        if self.score < 0.05:
            return "Do not trust this map: its hot places matter no more than places at random."
        how = "clearly" if self.score > 0.15 else "a little"
        if self.shuffled > 0.7:
            return (
                f"The hot places matter {how} more than others, but heads that learnt "
                "nothing show nearly the same map: it tells of the picture more than of the label."
            )
        return f"The hot places matter {how} more than places at random ({self.score:.2f} of 1)."


def covered(picture: Pixels, open_: Heat) -> Pixels:
    """The picture where ``open_`` is 1, blurred where it is 0.

    Args:
        picture: (h, w, 3) uint8.
        open_: (h, w) in [0, 1].
    """
    sigma = max(picture.shape[:2]) / CELLS / 2
    blurred = np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(sigma)))
    mixed = open_[..., None] * picture + (1 - open_[..., None]) * blurred
    return np.rint(mixed).astype(np.uint8)


def occlusion(picture: Pixels, ask: Ask, cells: int = CELLS) -> Heat:
    """(cells, cells[, v]) how much less is said while each place is covered."""
    h, w = picture.shape[:2]
    masks = []
    for i, j in np.ndindex(cells, cells):
        shut = np.zeros((cells, cells))
        shut[i, j] = 1
        masks.append(1 - _smooth(shut, h, w))
    said = np.asarray(ask([picture, *(covered(picture, m) for m in masks)]), float)
    heat: Heat = (said[0] - said[1:]).reshape(cells, cells, *said.shape[1:])
    return heat


def rise(
    picture: Pixels, ask: Ask, rng: np.random.Generator, cells: int = CELLS, masks: int = MASKS
) -> Heat:
    """(cells, cells[, v]) the mean of what is said while each place is open, less the mean."""
    h, w = picture.shape[:2]
    grids = (rng.random((masks, cells, cells)) < OPEN).astype(float)
    said = np.asarray(ask([covered(picture, _smooth(g, h, w)) for g in grids]), float)
    centred = said - said.mean(axis=0)
    weights = grids.sum(axis=0)[(...,) + (None,) * (said.ndim - 1)]
    heat: Heat = np.tensordot(grids, centred, axes=(0, 0)) / np.maximum(weights, 1)
    return heat


def gradcam(maps: Heat, slopes: NDArray[np.float64]) -> Heat:
    """(h, w) where the maps lie that speak for the label (equations 1 and 2); 0 where none does.

    Args:
        maps: (c, h, w) of the last layer of an encoder.
        slopes: (c,) how much what is said rises with the mean of each.
    """
    total = np.tensordot(slopes, maps, axes=(0, 0)) / (maps.shape[1] * maps.shape[2])
    return np.asarray(np.maximum(total, 0))


def faith(picture: Pixels, heat: Heat, shuffled: Heat, ask: Ask, rng: np.random.Generator) -> Faith:
    """Cover and uncover the hottest places first, and hold that against random orders.

    Args:
        picture: (h, w, 3) uint8.
        heat: (cells, cells).
        shuffled: the same of heads that learnt shuffled labels.
        ask: pictures to (m,) values in [0, 1].
        rng: draws the random orders.
    """
    n = heat.size
    orders = [np.argsort(-heat, axis=None, kind="stable")]
    orders += [rng.permutation(n) for _ in range(RANDOM)]
    counts = np.unique(np.round(np.linspace(0, n, STEPS + 1)).astype(int))
    pictures = []
    for order in orders:
        rank = np.empty(n, int)
        rank[order] = np.arange(n)
        for count in counts:
            gone = (rank < count).reshape(heat.shape).astype(float)
            cover = _smooth(gone, *picture.shape[:2])
            pictures += [covered(picture, 1 - cover), covered(picture, cover)]
    said = np.asarray(ask(pictures), float).reshape(len(orders), len(counts), 2)
    areas = np.trapezoid(said, counts / n, axis=1)  # (orders, deletion and insertion)
    (deletion, insertion), by_chance = areas[0], areas[1:].mean(axis=0)
    swing = abs(float(said[0, 0, 0] - said[0, -1, 0]))  # from open to covered
    gain = float(insertion - by_chance[1] + by_chance[0] - deletion) / 2
    ranks = spearmanr(heat.ravel(), shuffled.ravel()).statistic if _varies(heat, shuffled) else 0.0
    return Faith(
        float(deletion),
        float(insertion),
        float(by_chance[0]),
        float(by_chance[1]),
        float(ranks),
        float(np.clip(gain / swing, -1, 1)) if swing > LEAST else 0.0,
    )


def overlay(picture: Pixels, heat: Heat) -> Pixels:
    """The picture in grey, warm where it spoke for the label and cold where against."""
    h, w = picture.shape[:2]
    top = np.abs(heat).max() or 1.0
    smooth = _smooth(heat / top, h, w)
    grey = picture.mean(axis=2, keepdims=True) * 0.75 + 50
    strength = np.abs(smooth)[..., None] * 0.6
    warm, cold = np.array([214.0, 69.0, 20.0]), np.array([30.0, 90.0, 200.0])
    colour = np.where(smooth[..., None] > 0, warm, cold)
    mixed = (1 - strength) * grey + strength * colour
    return np.clip(np.rint(mixed), 0, 255).astype(np.uint8)


def _smooth(grid: Heat, h: int, w: int) -> Heat:
    small = Image.fromarray(grid.astype(np.float32))
    return np.asarray(small.resize((w, h), Image.Resampling.BILINEAR), np.float64)


def _varies(*maps: Heat) -> bool:
    return all(np.ptp(m) > 1e-12 for m in maps)
