"""What will not come out as a copy is given up early, and no copy is."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from latelier.copies.align import exact
from latelier.copies.compare import likeliest
from latelier.copies.evidence import looked_at
from latelier.copies.fingerprint import fingerprint
from latelier.copies.hope import hopeless
from latelier.copies.judge import FLOOR, judged, may_be
from latelier.copies.laid import laid
from latelier.copies.pixels import Sight
from latelier.copies.proposals import Proposal
from planted import CHANGES, brocade, ink, within

AS_IT_IS = np.eye(2, 3)
LEFT = ["scanned", "recoloured", "blurred", "written over", "negative"]  # where it was


def sight(picture: Image.Image) -> Sight:
    return Sight(np.asarray(picture.convert("RGB").resize((128, 128), Image.Resampling.BOX)))


def given_up(one: Image.Image, other: Image.Image) -> bool:
    first, second = sight(one), sight(other)
    m = exact(first, second, AS_IT_IS)
    seen = laid(first, second, m)
    return hopeless(first, second, m, seen, seen.region)


@pytest.mark.parametrize("change", LEFT)
def test_no_copy_is_given_up(change: str) -> None:
    for seed in range(4):
        for draw in (brocade, ink):
            assert not given_up(draw(seed), CHANGES[change](draw(seed)))


def test_most_other_pictures_and_other_weavings_are_given_up() -> None:
    seeds = range(6)
    assert sum(given_up(ink(s), ink(s + 4)) for s in seeds) >= 5
    assert sum(given_up(brocade(s), brocade(s + 4)) for s in seeds) >= 4
    assert sum(given_up(brocade(s), brocade(s, hand="b")) for s in seeds) >= 4


def test_nothing_comes_of_what_may_not_be() -> None:
    """Whatever is found later of what is not known yet."""
    rng = np.random.default_rng(0)
    whole = looked_at(sight(ink(9)), sight(CHANGES["scanned"](ink(9))), AS_IT_IS, 40)
    pasted = looked_at(sight(brocade(0)), sight(within(brocade(0), brocade(7))), AS_IT_IS, 40)
    assert whole is not None
    given_up = 0
    for _ in range(400):
        of = replace(
            whole,
            corners=int(rng.integers(12, 120)),
            strays=float(rng.uniform(0.1, 1.2)),
            own=float(rng.uniform(0, 1)),
            agreed=float(rng.uniform(0.3, 1)),
            piece=pasted.piece if pasted is not None and rng.random() < 0.5 else None,
        )
        if may_be(of):
            continue
        given_up += 1
        known = replace(
            of,
            corners=of.corners + int(rng.integers(0, of.corners + 20)),
            of_first=float(rng.uniform(0, 1)),
            of_second=float(rng.uniform(0, 1)),
            strays_closer=float(rng.uniform(0, 0.5)),
            around=float(rng.uniform(0, 0.5)),
        )
        found = judged(known)
        assert found is None or found.score < FLOOR
    assert 40 < given_up < 400


def test_the_likeliest_proposal_says_what_two_pictures_are() -> None:
    first, second = (fingerprint(np.asarray(p)) for p in (ink(1), CHANGES["blurred"](ink(1))))
    right = Proposal(0, 1, AS_IT_IS, 0, 80)
    wrong = Proposal(0, 1, np.array([[0.0, -1, 1], [1, 0, 0]]), 0, 80)
    for proposals in ([right], [wrong, right], [right, wrong]):
        found = likeliest(first, second, proposals)
        assert found is not None
        assert found.kind == "near"
        assert np.allclose(found.map, AS_IT_IS, atol=0.01)
    assert likeliest(first, second, []) is None
