"""A part taken from one of some originals is found there, whatever was done to it; nothing elsewhere."""

import itertools
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image, ImageFilter, ImageOps

from latelier.tracing.index import Index, indexed, met, rarity
from latelier.tracing.judge import probability
from latelier.tracing.marks import PEN, Marks, marks
from latelier.tracing.search import Evidence, evidence, evidence_of_two_looks
from planted import brocade

Picture = Image.Image


@pytest.fixture(scope="module")
def originals() -> list[Marks]:
    return [marks(np.asarray(brocade(k))) for k in range(8)]


@pytest.fixture(scope="module")
def index(originals: list[Marks]) -> Index:
    return indexed(originals, np.random.default_rng(0))


def laid(change: Callable[[Picture], Picture], original: int = 2, host: int = 20) -> Picture:
    """A part of an original, changed, on another cloth."""
    design = brocade(host).copy()
    design.paste(change(brocade(original).crop((20, 30, 170, 170))).resize((110, 104)), (70, 60))
    return design


def best(design: Picture, index: Index, originals: list[Marks]) -> tuple[float, Evidence]:
    found = evidence(marks(np.asarray(design)), index, originals.__getitem__)
    return max(((probability(e.facts), e) for e in found), key=lambda f: f[0])


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("as it was", lambda p: p),
        ("mirrored", ImageOps.mirror),
        ("turned", lambda p: p.transpose(Image.Transpose.ROTATE_90)),
        ("negative", ImageOps.invert),
        (
            "other dyes",
            lambda p: Image.fromarray(np.ascontiguousarray(np.asarray(p)[..., [2, 0, 1]])),
        ),
    ],
)
def test_a_part_is_found_in_its_original(
    name: str, change: Callable[[Picture], Picture], index: Index, originals: list[Marks]
) -> None:
    sure, found = best(laid(change), index, originals)
    assert found.original == 2
    assert sure > 0.8
    assert found.mirrored == (name == "mirrored")
    region = found.laid[0].region * 200
    low, high = region.min(axis=0), region.max(axis=0)
    assert low[0] > 50 and low[1] > 40 and high[0] < 195 and high[1] < 180


def test_a_part_redrawn_in_lines_is_found_and_by_the_middle_of_its_lines_more_surely(
    index: Index, originals: list[Marks]
) -> None:
    part = brocade(2).crop((20, 30, 170, 170)).resize((330, 308))
    seen = cv2.Canny(np.asarray(part.convert("L").filter(ImageFilter.GaussianBlur(2))), 20, 50)
    drawn = Image.new("RGB", (400, 400), "white")
    wide = cv2.dilate(seen, np.ones((2, 2), np.uint8))
    drawn.paste(Image.fromarray(255 - wide).convert("RGB"), (40, 50))
    asked = marks(np.asarray(drawn))
    kept = asked.kinds != PEN
    assert 0 < kept.sum() < len(asked)
    without = replace(
        asked, places=asked.places[kept], looks=asked.looks[kept], kinds=asked.kinds[kept]
    )
    sure = [
        max((probability(e.facts) for e in found if e.original == 2), default=0.0)
        for found in (evidence(m, index, originals.__getitem__) for m in (without, asked))
    ]
    assert sure[1] > 0.5
    assert sure[1] > sure[0]


def test_a_small_part_laid_several_times_is_found_by_a_closer_look(
    index: Index, originals: list[Marks]
) -> None:
    design = brocade(24).resize((600, 600))
    piece = brocade(2).crop((20, 30, 170, 170)).resize((88, 82), Image.Resampling.LANCZOS)
    for at in itertools.product((60, 240, 420), (60, 300)):
        design.paste(piece, at)
    first, closer = (marks(np.asarray(design), closer=c) for c in (False, True))
    sure = [
        max((probability(e.facts) for e in found if e.original == 2), default=0.0)
        for found in (
            evidence(first, index, originals.__getitem__),
            evidence(closer, index, originals.__getitem__),
            evidence_of_two_looks(first, lambda: closer, index, originals.__getitem__),
        )
    ]
    assert sure[0] < 0.5 < 0.9 < sure[1] == sure[2]


def test_a_closer_look_is_taken_only_where_the_first_tells_of_nothing(
    index: Index, originals: list[Marks]
) -> None:
    def never() -> Marks:
        raise AssertionError("nothing was left to be found")

    asked = marks(np.asarray(laid(lambda p: p)))
    found = evidence_of_two_looks(asked, never, index, originals.__getitem__)
    assert max(found, key=lambda e: probability(e.facts)).original == 2
    own = marks(np.asarray(brocade(21)))
    with pytest.raises(AssertionError):
        evidence_of_two_looks(own, never, index, originals.__getitem__)
    alone = evidence_of_two_looks(own, lambda: None, index, originals.__getitem__)
    assert [e.facts for e in alone] == [
        e.facts for e in evidence(own, index, originals.__getitem__)
    ]


def test_the_map_leads_from_the_design_to_the_original(
    index: Index, originals: list[Marks]
) -> None:
    _, found = best(laid(ImageOps.mirror), index, originals)
    middle = np.array([70 + 55, 60 + 52]) / 200
    there = found.maps[0][:, :2] @ middle + found.maps[0][:, 2]
    assert np.abs(there * 200 - [95, 100]).max() < 4


def test_a_design_that_takes_nothing_is_not_told(index: Index, originals: list[Marks]) -> None:
    for host in (20, 21, 22):
        found = evidence(marks(np.asarray(brocade(host))), index, originals.__getitem__)
        assert all(probability(e.facts) < 0.5 for e in found)


def test_the_picture_itself_can_be_left_out(index: Index, originals: list[Marks]) -> None:
    asked = marks(np.asarray(brocade(2)))
    assert evidence(asked, index, originals.__getitem__)[0].original == 2
    assert all(e.original != 2 for e in evidence(asked, index, originals.__getitem__, [2]))


def test_plain_ground_meets_nothing(index: Index, originals: list[Marks]) -> None:
    plain = marks(np.full((64, 64, 3), 200, np.uint8))
    assert evidence(plain, index, originals.__getitem__) == []


def test_an_index_of_plain_pictures_is_asked_without_harm(originals: list[Marks]) -> None:
    plain = marks(np.full((64, 64, 3), 200, np.uint8))
    empty = indexed([plain, plain], np.random.default_rng(0))
    assert evidence(originals[0], empty, lambda row: plain) == []


def test_what_many_originals_have_is_worth_little() -> None:
    first = np.zeros(12, np.int64)
    alike = np.full(12, 0.95, np.float32)
    shared = rarity(first, np.arange(12, dtype=np.int32), alike, 300)
    alone = rarity(first[:1], np.zeros(1, np.int32), alike[:1], 300)
    assert alone[0] == pytest.approx(1)
    assert np.all(shared < 0.6)


def test_a_mark_of_an_original_meets_itself(index: Index, originals: list[Marks]) -> None:
    found = met([originals[3]], index)[0]
    own = found.owner == 3
    same = found.second[own] == found.first[own]
    assert len(np.unique(found.first[own][same])) > 0.95 * len(originals[3])
