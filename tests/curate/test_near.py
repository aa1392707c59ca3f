"""Nearness is calibrated by fakes: copies fire, new pictures do not, blur is a copy of nothing."""

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from drawn import cloth, ink_form
from latelier.curate.beside import CELL, beside
from latelier.curate.near import Originals, thumbs

Pictures = NDArray[np.uint8]
N = 24


def drawn(kind: str, first: int, n: int) -> Pictures:
    if kind == "cloth":
        return np.stack([cloth(np.random.default_rng(first + i), 64, 64) for i in range(n)])
    return np.stack([ink_form(np.random.default_rng(first + i), 64) for i in range(n)])


@pytest.fixture(scope="module", params=["cloth", "ink"])
def collection(request: pytest.FixtureRequest) -> tuple[Pictures, Pictures, Originals]:
    originals = drawn(request.param, 0, 80)
    return originals, drawn(request.param, 900, N), Originals(originals)


def jpeg(picture: Pictures) -> Pictures:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=40)
    return np.asarray(Image.open(file))


def cropped(picture: Pictures, share: float = 0.03) -> Pictures:
    side = picture.shape[0]
    cut = round(side * share)
    inner = Image.fromarray(picture[cut : side - cut, cut : side - cut])
    return np.asarray(inner.resize((side, side), Image.Resampling.LANCZOS))


CHANGES = {
    "the same": lambda p: p,
    "mirrored": lambda p: p[:, ::-1],
    "compressed": jpeg,
    "cropped": cropped,
    "lighter": lambda p: np.clip(p.astype(int) + 20, 0, 255).astype(np.uint8),
    "half as large": lambda p: np.asarray(Image.fromarray(p).reduce(2)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_copies_are_told_whatever_was_done_to_them(
    collection: tuple[Pictures, Pictures, Originals], change: str
) -> None:
    originals, _, known = collection
    copies = np.stack([np.ascontiguousarray(CHANGES[change](p)) for p in originals[:N]])
    near = known.near(thumbs(copies))
    # the drawn rings are so few in kind that a cropped one is not near to one of them alone
    assert np.mean([n.copy for n in near]) > (0.75 if change == "cropped" else 0.9)
    assert np.mean([n.rows[0] == i for i, n in enumerate(near)]) > 0.9


def test_new_pictures_are_no_copies(collection: tuple[Pictures, Pictures, Originals]) -> None:
    _, new, known = collection
    assert known.copies(new).mean() < 0.1
    assert 0.6 < np.median([n.ratio for n in known.near(thumbs(new))]) < 1.7


def test_a_copy_moved_by_half_a_thumbnails_pixel_is_told(
    collection: tuple[Pictures, Pictures, Originals],
) -> None:
    originals, new, known = collection
    moved = np.roll(
        originals[:N, :, ::-1], (2, -2), (1, 2)
    )  # a pixel of a thumbnail is four of these
    scores = [np.array([n.score for n in known.near(thumbs(p))]) for p in (moved, new)]
    assert np.mean(scores[0][:, None] < scores[1][None]) > 0.95


def test_a_blurred_or_flat_picture_is_a_copy_of_nothing(
    collection: tuple[Pictures, Pictures, Originals],
) -> None:
    _, new, known = collection
    blurred = [np.asarray(Image.fromarray(p).filter(ImageFilter.GaussianBlur(9))) for p in new]
    assert not known.copies(np.stack(blurred)).any()
    assert not known.copies(np.full((2, 64, 64, 3), 128, np.uint8)).any()


@pytest.mark.parametrize(("kind", "area"), [("cloth", 0.99), ("ink", 0.95)])
def test_planted_copies_are_told_from_new_pictures(kind: str, area: float) -> None:
    originals, new = drawn(kind, 0, 80), drawn(kind, 900, N)
    known = Originals(originals)
    planted = np.stack([cropped(jpeg(p), 0.02) for p in originals[:N]])
    ratios = [np.array([n.ratio for n in known.near(thumbs(p))]) for p in (planted, new)]
    # the area under the curve; the drawn rings are so few in kind that new ones come close
    assert np.mean(ratios[0][:, None] < ratios[1][None]) >= area


def test_a_copy_is_told_even_where_the_originals_hold_it_twice() -> None:
    originals = drawn("cloth", 0, 40)
    known = Originals(np.concatenate([originals, originals[:1]]))
    near = known.near(thumbs(originals[:1]))[0]
    assert near.copy and {0, 40} == set(near.rows[:2])


def test_transparency_and_grey_are_compared_as_seen() -> None:
    grey = drawn("ink", 0, 10)[..., :1]
    assert np.array_equal(thumbs(grey), thumbs(np.repeat(grey, 3, axis=3)))
    clear = np.zeros((1, 32, 32, 4), np.uint8)
    assert (thumbs(clear) == 1).all()


def test_pictures_stand_beside_each_other_whole() -> None:
    small, large = np.zeros((20, 40, 3), np.uint8), np.full((900, 300, 3), 255, np.uint8)
    page = beside([small, large], ["one", "a very long name " * 9 + "\nsecond line"])
    assert page.shape[1] > 2 * CELL
    assert (page == 255).all(2).sum() >= 80 * CELL
    black = (page == 0).all(2)
    assert black.sum() >= 240 * 120  # six times as large, pixel by pixel
