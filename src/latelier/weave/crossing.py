"""One woven picture woven over into another: each piece of the second comes in at its own time.

Two pictures put together from different pieces have no picture between them that is woven as well.
So the way between them is shown as what it is, a cloth woven over: pieces come in one by one, from
the middle outwards with some chance, softly, until none of the first is left.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from latelier.weave.fold import Floats

LASTS = 0.4  # of the way that one piece takes to come in
CHANCE = 0.35  # how much chance counts beside the distance from the middle
SOFT = 1 / 40  # of the longer side over which the times of neighbours run into each other


@dataclass(frozen=True)
class Crossing:
    """The way from one picture to another.

    Args:
        first, second: (h, w, c) of any range.
        begins: (h, w) in [0, 1 - LASTS], the share of the way at which each pixel begins to change.
    """

    first: Floats
    second: Floats
    begins: Floats

    def at(self, t: float) -> Floats:
        """The picture after the share ``t`` of the way; at 0 and 1 the two themselves."""
        if t <= 0 or t >= 1:
            return self.first if t <= 0 else self.second
        come = np.clip((t - self.begins) / np.float32(LASTS), 0, 1)
        come = (come * come * (3 - 2 * come))[..., None]
        return (self.first + come * (self.second - self.first)).astype(np.float32)


def crossing(
    first: Floats, second: Floats, owners: NDArray[np.uint8], rng: np.random.Generator
) -> Crossing:
    """The way from ``first`` to ``second``.

    Args:
        first, second: (h, w, c).
        owners: (h, w) which original each pixel of ``second`` is from; what belongs together is a piece.
        rng: of the order that pieces come in.
    """
    height, width = owners.shape
    pieces = np.zeros(owners.shape, dtype=np.int64)
    count = 0
    for owner in np.unique(owners):
        labels, found = ndimage.label(owners == owner)
        pieces[labels > 0] = labels[labels > 0] + count
        count += found
    index = np.arange(1, count + 1)
    middles = np.array(ndimage.center_of_mass(np.ones(owners.shape), pieces, index)).reshape(-1, 2)
    away = np.hypot(*((middles / (height, width) - 0.5) * 2).T) / np.sqrt(2)
    order = (1 - CHANCE) * away + CHANCE * rng.random(count)
    times = np.concatenate([[0.0], order / max(float(order.max(initial=0)), 1e-6)]) * (1 - LASTS)
    begins = ndimage.gaussian_filter(times[pieces].astype(np.float32), SOFT * max(height, width))
    return Crossing(first, second, np.clip(begins, 0, 1 - LASTS).astype(np.float32))
