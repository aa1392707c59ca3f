"""Corners that meet in the tables of an index, and what the meetings of two pictures agree on."""

import numpy as np

from latelier.copies.features import Features
from latelier.copies.propose import ALIKE, BUCKET, Gathered, Index, gathered, met

SIZES = [(400, 300)] * 6


def corners(count: int, seed: int) -> Features:
    rng = np.random.default_rng(seed)
    places = rng.uniform(0.1, 0.7, (count, 4)).astype(np.float32)
    places[:, 3] *= 360
    looks = rng.integers(0, 2**63, (count, 4)).astype(np.uint64)
    return Features(places, looks)


def moved(features: Features, bits: int, seed: int) -> Features:
    """The same corners a little to the right, in some of whose looks a few bits differ."""
    rng = np.random.default_rng(seed)
    looks = features.looks.copy()
    for row in looks:
        for bit in rng.choice(256, bits, replace=False):
            row[bit // 64] ^= np.uint64(1 << int(bit % 64))
    return Features(features.places + np.array([0.05, 0, 0, 0], np.float32), looks)


def six() -> Gathered:
    one, other = corners(120, 1), corners(90, 2)
    features = [one, moved(one, 6, 3), other, corners(100, 4), moved(other, 9, 5), corners(0, 6)]
    return gathered(features, SIZES)


def pairs_of(index: Index, asked: Gathered) -> set[tuple[int, int]]:
    return {p for q, r in index.meetings(asked.looks) for p in zip(q, r, strict=True)}


def test_corners_meet_those_that_share_bits_and_no_others() -> None:
    known = six()
    keys = known.looks & np.uint64((1 << 20) - 1)  # of the words of the tables 0, 2, 4 and 6
    found = pairs_of(Index(known), known)
    for q in range(0, len(known.looks), 17):
        shares = np.flatnonzero((keys == keys[q]).any(axis=1))
        assert {(q, int(r)) for r in shares} <= found
    unlike = np.bitwise_count(known.looks[120:240] ^ known.looks[:120]).sum(axis=1)
    assert set(unlike.tolist()) == {6}


def test_what_was_left_behind_is_met_no_more_and_all_else_is() -> None:
    known = six()
    whole = pairs_of(Index(known), known)
    index = Index(known)
    for picture in (0, 1, 1, 3, 6):  # once for each batch; where none is left behind as well
        index.only_from(picture)
        kept = {(q, r) for q, r in whole if known.owner[r] >= picture}
        assert pairs_of(index, known) == kept


def test_a_full_bucket_says_nothing_even_when_some_of_it_is_left_behind() -> None:
    same = corners(1, 7)
    many = Features(np.repeat(same.places, 20, axis=0), np.repeat(same.looks, 20, axis=0))
    index = Index(gathered([many, many], SIZES[:2]))
    assert 2 * len(many) > BUCKET >= len(many)
    index.only_from(1)
    assert not pairs_of(index, gathered([same], SIZES[:1]))


def test_pairs_agree_on_how_they_lie_whatever_is_skipped_before() -> None:
    known = six()
    skip = np.tril(np.ones((6, 6), bool))
    found = met(known, Index(known), skip)
    assert found.rows.tolist() == [[0, 1], [2, 4]]
    assert found.votes.tolist() == [120, 90]
    np.testing.assert_allclose(found.size, 1, atol=1e-5)
    np.testing.assert_allclose(found.turn, 0, atol=1e-5)
    np.testing.assert_allclose(found.centre, [[0.55, 0.375]] * 2, atol=1e-5)
    index = Index(known)
    index.only_from(1)
    again = met(known, index, skip)
    assert again.rows.tolist() == found.rows.tolist()


def test_looks_that_differ_by_more_are_no_meeting() -> None:
    one = corners(80, 8)
    far = moved(one, ALIKE + 1, 9)
    known = gathered([far], SIZES[:1])
    assert len(met(gathered([one], SIZES[:1]), Index(known)).votes) == 0
    near = gathered([moved(one, 5, 9)], SIZES[:1])
    assert met(gathered([one], SIZES[:1]), Index(near)).votes.tolist() == [80]
