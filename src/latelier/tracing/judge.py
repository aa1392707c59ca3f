"""From evidence to a probability: logistic regression on planted borrowings.

The weights were learnt by ``benchmarks/trace.py --fit`` on one half of each collection there, and hold
for the share of borrowings planted in it: 7 designs in 10 took a part of one of some 290 originals. Where
fewer borrow, fewer of what is told will be true. Tried and worth nothing beside these: what further
instances are worth, what a third original is worth at the same place, how much of the part's marks
agree, and how far they lie apart.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

FACTS = (
    "worth",
    "count",
    "like",
    "grown",
    "stretch",
    "rare",
    "next",
)
AGAINST = ("stretch", "next")  # facts that can only speak against a borrowing
BIAS = -13.2359
WEIGHTS = {
    "worth": 1.7422,
    "count": 1.8562,
    "like": 2.3201,
    "grown": 0.343,
    "stretch": -12.1603,
    "rare": 5.6797,
    "next": -1.4689,
}


def vector(facts: Mapping[str, float]) -> NDArray[np.float64]:
    """The facts of one piece of evidence as they are weighed, in the order of ``FACTS``.

    Args:
        facts: as ``search.evidence`` gives them.
    """
    log = {
        "worth": np.log1p(facts["worth"]),
        "count": np.log(facts["count"]),
        "grown": np.log(facts["grown"] + 0.002),
        "next": np.log1p(facts["next"]),
    }
    return np.array([log.get(name, facts[name]) for name in FACTS], np.float64)


def probability(facts: Mapping[str, float]) -> float:
    """How likely a part was taken, 0 to 1.

    Args:
        facts: as ``search.evidence`` gives them.
    """
    total = BIAS + sum(
        WEIGHTS[name] * value for name, value in zip(FACTS, vector(facts), strict=True)
    )
    return float(1 / (1 + np.exp(-np.clip(total, -30, 30))))
