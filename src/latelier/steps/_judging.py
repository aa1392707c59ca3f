"""By what a training is measured: beside originals that are seen as its images are."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latelier.curate.near import Originals
from latelier.extractors._contract import Extractor
from latelier.extractors._open import opened
from latelier.models._contract import seeded
from latelier.prepare.dataset import Dataset
from latelier.steps._training import Planned
from latelier.train.measures import Judge
from latelier.train.sheet import decoded

WOVEN = 16  # finished images measured at the end, of a model that is looked at by its plans


def judge_of(
    model: Any, pixels: NDArray[np.uint8], dataset: Dataset, planned: Planned, eye: Extractor
) -> Judge:
    """Measures what a training is looked at by, beside originals seen in the same way."""
    held = np.ascontiguousarray(dataset.pixels[dataset.held_out])
    looked, beside = model.looked(pixels), model.looked(held) if len(held) > 1 else None
    if looked is not pixels:
        eye = opened(planned.extractor, looked, planned.seed)
    known = Originals(looked)
    return Judge(looked, looked if beside is None else beside, known.copies, eye, known.scores)


@dataclass(frozen=True)
class Finished:
    """What the finished images of a model are measured by that is looked at by something smaller."""

    pixels: NDArray[np.uint8]
    dataset: Dataset
    eye: Extractor

    def measured(self, model: Any, planned: Planned) -> dict[str, Any] | None:
        """The measures of some images, or None for a model that shows its images as they are."""
        few = self.pixels[:2]
        if model.looked(few) is few:
            return None
        z = model.prior(WOVEN, seeded(planned.seed, "woven"))
        images = decoded(model, z)
        held = np.ascontiguousarray(self.dataset.pixels[self.dataset.held_out])
        beside = held if len(held) > 1 else self.pixels
        known = Originals(self.pixels)
        judge = Judge(self.pixels, beside, known.copies, self.eye, known.scores)
        return {"images": images, "measures": judge.measure(images)}
