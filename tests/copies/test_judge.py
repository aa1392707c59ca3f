"""What lies whole in another picture is a part of it, also where something was drawn across."""

from dataclasses import replace

import numpy as np

from latelier.copies.evidence import Evidence
from latelier.copies.judge import LIKENESS, judged

INSIDE = Evidence(
    map=np.array([[0.4, 0, 0.3], [0, 0.4, 0.3]]),
    likeness=0.89,
    agreed=0.88,
    of_first=0.95,
    of_second=0.25,
    places=12.0,
    corners=40,
    stretch=1.0,
    firmness=0.5,
    strays=0.12,
    around=0.7,
)


def test_a_picture_inside_another_is_a_part_though_something_was_drawn_across_it() -> None:
    for agreed in (0.82, 0.88, 1.0):
        found = judged(replace(INSIDE, agreed=agreed))
        assert found is not None
        assert found.kind == "part"
        assert found.score >= LIKENESS
    assert judged(replace(INSIDE, agreed=0.7)) is None


def test_what_strays_or_lies_half_outside_is_no_part_of_it() -> None:
    assert judged(replace(INSIDE, strays=0.5)) is None
    assert judged(replace(INSIDE, beyond=0.1)) is None
    assert judged(replace(INSIDE, of_first=0.6)) is None
