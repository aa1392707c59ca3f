"""What measures a training: what it is looked at by, and the finished images where those differ."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latelier.curate.near import Originals
from latelier.extractors._contract import Extractor
from latelier.extractors._open import opened
from latelier.models._contract import seeded
from latelier.steps._training import Planned
from latelier.train.measures import Judge
from latelier.train.sheet import decoded

WOVEN = 16  # images woven at the end of a training that was looked at by their plans
Pictures = NDArray[np.uint8]  # (n, h, w, c)


def judge_of(
    model: Any, pixels: Pictures, held: Pictures, planned: Planned, eye: Extractor
) -> Judge:
    """Measures what a training is looked at by, beside originals seen in the same way."""
    looked, beside = model.looked(pixels), model.looked(held) if len(held) > 1 else None
    if looked is not pixels:
        eye = opened(planned.extractor, looked, planned.seed)
    known = Originals(looked)
    return Judge(looked, looked if beside is None else beside, known.copies, eye, known.scores)


@dataclass(frozen=True)
class Finished:
    """What the finished images of a model are measured by that is looked at by something smaller.

    Args:
        pixels: what it learned from.
        held: what it never saw.
        eye: fitted on the former.
    """

    pixels: Pictures
    held: Pictures
    eye: Extractor

    def measured(self, model: Any, planned: Planned) -> dict[str, Any] | None:
        """Some images and their measures, or None for a model that is looked at by its images."""
        few = self.pixels[:2]
        if model.looked(few) is few:
            return None
        images = decoded(model, model.prior(WOVEN, seeded(planned.seed, "woven")))
        known = Originals(self.pixels)
        beside = self.held if len(self.held) > 1 else self.pixels
        judge = Judge(self.pixels, beside, known.copies, self.eye, known.scores)
        return {"images": images, "measures": judge.measure(images)}
