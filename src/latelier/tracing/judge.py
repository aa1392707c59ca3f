"""From evidence to a probability: logistic regression on planted borrowings.

The weights were learnt by ``benchmarks/trace.py --fit`` on one half of each collection there, and hold
for the share of borrowings planted in it: 7 designs in 10 took a part of one of some 290 originals. Where
fewer borrow, fewer of what is told will be true.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

FACTS = (
    "worth",
    "more",
    "count",
    "like",
    "grown",
    "share",
    "stretch",
    "rare",
    "spread",
    "next",
    "third",
)
AGAINST = ("stretch", "next", "third")  # facts that can only speak against a borrowing
BIAS = -10.4301
WEIGHTS: dict[str, float] = {
    "worth": 1.3898,
    "more": 0.4516,
    "count": 1.9670,
    "like": 4.0974,
    "grown": 0.6177,
    "share": 1.2032,
    "stretch": -7.5826,
    "rare": 7.9646,
    "spread": 0.8673,
    "next": -1.5513,
    "third": -0.8119,
}


def vector(facts: Mapping[str, float]) -> NDArray[np.float64]:
    """The facts of one piece of evidence as they are weighed, in the order of ``FACTS``.

    Args:
        facts: as ``search.evidence`` gives them.
    """
    log = {
        "worth": np.log1p(facts["worth"]),
        "more": np.log1p(max(0.0, facts["all_worth"] - facts["worth"])),
        "count": np.log(facts["count"]),
        "grown": np.log(facts["grown"] + 0.002),
        "spread": np.log(facts["spread"] + 1e-3),
        "next": np.log1p(facts["next"]),
        "third": np.log1p(facts["third"]),
    }
    return np.array([log.get(name, facts.get(name, 0.0)) for name in FACTS], np.float64)


def probability(facts: Mapping[str, float]) -> float:
    """How likely a part was taken, 0 to 1.

    Args:
        facts: as ``search.evidence`` gives them.
    """
    total = BIAS + sum(
        WEIGHTS.get(name, 0.0) * value for name, value in zip(FACTS, vector(facts), strict=True)
    )
    return float(1 / (1 + np.exp(-np.clip(total, -30, 30))))
