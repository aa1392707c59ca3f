"""A part of one picture in another is told by the pixels where they overlap, and by no others."""

import numpy as np
import pytest
from PIL import Image, ImageOps

from latelier.copies.fingerprint import Fingerprint, fingerprint
from latelier.copies.fit import matched
from latelier.copies.glimpse import glimpsed
from latelier.copies.inset import Found, certainty_of_inset
from latelier.copies.inset import inset as found_by
from latelier.copies.judge import LIKENESS
from planted import Picture, brocade, ink

SIDE = 320


def taken(picture: Picture) -> Fingerprint:
    return fingerprint(np.asarray(picture))


def inset(first: Fingerprint, second: Fingerprint, there: np.ndarray) -> Found | None:
    seen = glimpsed(first, second, matched(first, second, there))
    return found_by(seen) if seen is not None else None


def put_in(part: Picture, host: Picture, side: int, at: tuple[int, int]) -> Picture:
    copy = host.copy()
    copy.paste(part.resize((side, side), Image.Resampling.LANCZOS), at)
    return copy


def rough(side: int, at: tuple[int, int], mirrored: bool = False) -> np.ndarray:
    """As corners might have it: two in a hundred off."""
    by = side / SIDE
    x = at[0] / SIDE + 0.02
    first = [-by, 0, x + by] if mirrored else [by, 0, x]
    return np.array([first, [0, by, at[1] / SIDE - 0.02]])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("draw", [brocade, ink])
def test_a_picture_of_which_a_sixth_is_another_holds_a_part_of_it(draw, seed: int) -> None:
    part, host = draw(seed, SIDE), draw(seed + 10, SIDE)
    page = put_in(part, host, 130, (40, 150))
    found = inset(taken(part), taken(page), rough(130, (40, 150)))
    assert found is not None
    assert certainty_of_inset(found) >= LIKENESS
    middle = found.map @ np.array([0.5, 0.5, 1.0])
    assert np.abs(middle - np.array([105, 215]) / SIDE).max() < 0.004


def test_a_mirrored_part_is_found_from_both_sides() -> None:
    part, host = brocade(3, SIDE), brocade(12, SIDE)
    page = put_in(ImageOps.mirror(part), host, 150, (20, 30))
    there = rough(150, (20, 30), mirrored=True)
    found = inset(taken(part), taken(page), there)
    back = np.linalg.inv(np.vstack([there, [0, 0, 1]]))[:2]
    again = inset(taken(page), taken(part), back)
    for each in (found, again):
        assert each is not None
        assert certainty_of_inset(each) >= LIKENESS
    assert found is not None
    assert again is not None
    x, y, wide, high = again.box
    assert abs(x - 20 / SIDE) < 0.05
    assert abs(y - 30 / SIDE) < 0.05
    assert abs(wide - 150 / SIDE) < 0.08
    assert abs(high - 150 / SIDE) < 0.08


def test_the_same_bands_by_another_hand_are_no_part() -> None:
    sure = 0.0
    for seed in range(6):
        page = put_in(brocade(seed, SIDE, "b"), brocade(seed + 10, SIDE), 150, (90, 60))
        found = inset(taken(brocade(seed, SIDE, "a")), taken(page), rough(150, (90, 60)))
        sure = max(sure, certainty_of_inset(found) if found is not None else 0.0)
    assert sure < LIKENESS
