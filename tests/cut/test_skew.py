"""The angle of a page is found to a tenth of a degree."""

import numpy as np
import pytest

from drawn_pages import page, plain
from latelier.cut.ink import find_ink
from latelier.cut.skew import ENOUGH, page_angle


@pytest.mark.parametrize("angle", [-14.2, -1.36, 0.0, 0.27, 1.05, 8.63])
@pytest.mark.parametrize("kind", ["closed", "broken"])
def test_the_angle_is_seen_to_a_tenth_of_a_degree(kind: str, angle: float) -> None:
    style = plain(kind, width=620, height=880, skew=angle)
    drawn = page(np.random.default_rng(5), style)
    seen, order = page_angle(find_ink(drawn.pixels).mask)
    assert order > ENOUGH
    assert abs(seen - angle) <= 0.1, seen


def test_whole_pixels_do_not_make_a_page_look_level() -> None:
    errors = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        angle = rng.uniform(-2, 2)
        style = plain("free", width=1240, height=1754, skew=angle, arrangement="lattice", parts=2)
        errors.append(abs(page_angle(find_ink(page(rng, style).pixels).mask)[0] - angle))
    assert np.median(errors) < 0.1, errors
