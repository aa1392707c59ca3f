"""A glimpse spares most pairs that are nothing to each other the dear look, and no copy is lost by it."""

import math

import numpy as np
import pytest
from PIL import Image, ImageOps

from latelier.copies.compare import likeliest
from latelier.copies.fingerprint import Fingerprint, fingerprint
from latelier.copies.fit import Matches, matched
from latelier.copies.glimpse import LIKELY, WORTH, glimpsed
from latelier.copies.proposals import Proposal
from planted import Picture, brocade, ink

SIDE = 320
WHOLE = np.array([[1.0, 0, 0.01], [0, 1.0, -0.01]])  # as corners might have it: a little off


def taken(picture: Picture) -> Fingerprint:
    return fingerprint(np.asarray(picture))


def agreeing(count: int, of: int) -> Matches:
    """So many corners of which some agree on the map of a picture onto itself."""
    rng = np.random.default_rng(count)
    source = rng.uniform(0, 1, (of, 2)).astype(np.float32)
    target = source.copy()
    target[count:] = rng.uniform(0, 1, (of - count, 2))
    return Matches(np.tile(np.arange(of), (2, 1)), source, target, 1.0, 0.0)


@pytest.mark.parametrize("draw", [brocade, ink])
@pytest.mark.parametrize("seed", range(3))
def test_a_copy_is_worth_a_look(draw, seed: int) -> None:
    first = draw(seed, SIDE)
    second = first.resize((200, 200), Image.Resampling.LANCZOS)
    one, other = taken(first), taken(second)
    seen = glimpsed(one, other, matched(one, other, WHOLE))
    assert seen is not None
    assert seen.likeness > 0.7
    assert seen.piece is not None


def test_of_two_pictures_the_one_with_the_coarser_pixels_is_looked_at_from() -> None:
    whole = brocade(5, SIDE)
    part = whole.crop((0, 0, 160, 160)).resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    one, other = taken(part), taken(whole)
    half = np.array([[0.5, 0, 0.0], [0, 0.5, 0.0]])
    seen = glimpsed(one, other, matched(one, other, half))
    assert seen is not None
    assert seen.turned
    assert seen.first is other
    assert abs(np.linalg.det(seen.fit.map[:, :2])) > 3.5


def test_corners_that_agree_no_more_than_by_chance_are_worth_nothing() -> None:
    picture = taken(brocade(1, SIDE))
    few = math.floor(LIKELY * math.sqrt(300)) - 6
    assert glimpsed(picture, picture, agreeing(few, 300)) is None
    assert glimpsed(picture, picture, agreeing(200, 300)) is not None


def test_corners_that_agree_where_the_pictures_do_not_are_worth_nothing() -> None:
    one, other = taken(brocade(1, SIDE)), taken(ink(2, SIDE))
    matches = agreeing(40, 100)
    assert matches.simple is not None
    assert LIKELY * 10 < matches.simple.corners < WORTH * 10
    assert glimpsed(one, other, matches) is None


def test_what_is_not_worth_a_look_is_nothing_unless_a_hash_speaks_for_it() -> None:
    first = ImageOps.mirror(brocade(2, SIDE))
    one, other = taken(first), taken(first.resize((240, 240)))
    wrong = Proposal(0, 1, np.array([[0, -1.0, 1], [1.0, 0, 0]]), 6)
    by_hash = Proposal(0, 1, np.eye(2, 3), 0, 60)
    assert likeliest(one, other, [wrong]) is None
    found = likeliest(one, other, [by_hash, wrong])
    assert found is not None
    assert found.kind == "near"
