"""The hash: exact under flips and turns, near under small changes, found without looking at all."""

import numpy as np
import pytest
from PIL import Image

from drawn import cloth, ink_form
from latelier.copies import hashes


def grey(seed: int, side: int = 96) -> np.ndarray:
    return cloth(np.random.default_rng(seed), side, side + 16)[..., 1]


def turned(pixels: np.ndarray, form: int) -> np.ndarray:
    pixels = pixels.T if form & 4 else pixels
    pixels = pixels[::-1] if form & 2 else pixels
    pixels = pixels[:, ::-1] if form & 1 else pixels
    return np.ascontiguousarray(255 - pixels if form & 8 else pixels)


@pytest.mark.parametrize("form", range(hashes.FLIPS))
def test_a_flipped_picture_has_the_flipped_hash(form: int) -> None:
    picture = grey(3)
    flipped = hashes.flips(hashes.hashed(picture)[None])[form, 0]
    assert hashes.distances(hashes.hashed(turned(picture, form)), flipped) <= 2


@pytest.mark.parametrize("form", range(8))
def test_the_matrix_of_a_flip_leads_back_to_the_same_pixel(form: int) -> None:
    picture = grey(4)
    other = turned(picture, form)
    matrix = np.diag([*picture.shape[::-1], 1]) @ hashes.flip_matrix(form)
    for y, x in ((0, 0), (5, 40), (other.shape[0] - 1, 7)):
        unit = np.array([(x + 0.5) / other.shape[1], (y + 0.5) / other.shape[0], 1.0])
        there = np.floor(matrix @ unit).astype(int)
        assert picture[there[1], there[0]] == other[y, x]


def test_a_smaller_picture_is_near_and_another_is_far() -> None:
    for seed in range(20):
        picture = ink_form(np.random.default_rng(seed), 96)[..., 0]
        small = np.asarray(Image.fromarray(picture).resize((40, 40), Image.Resampling.LANCZOS))
        other = ink_form(np.random.default_rng(seed + 100), 96)[..., 0]
        assert hashes.distances(hashes.hashed(picture), hashes.hashed(small)) < 40
        assert hashes.distances(hashes.hashed(picture), hashes.hashed(other)) > 60


def test_the_search_finds_what_looking_at_every_pair_finds() -> None:
    rng = np.random.default_rng(8)
    known = rng.integers(0, 2**63, (300, 4), dtype=np.uint64)
    bits = np.unpackbits(hashes.flips(known[:120]).view(np.uint8).reshape(16, 120, 32), axis=2)
    new = []
    for i in range(120):  # each known one flipped, with up to 31 bits wrong
        wrong = bits[i % 16, i].copy()
        wrong[rng.choice(256, i % 32, replace=False)] ^= 1
        new.append(np.packbits(wrong).view(np.uint64))
    new = np.stack(new)
    forms = hashes.flips(new)
    best = hashes.distances(forms[:, :, None], known[None, None]).min(axis=0)
    expected = {
        (int(i), int(j), int(best[i, j])) for i, j in zip(*np.nonzero(best <= 31), strict=True)
    }
    found = hashes.near(new, known, 31)
    assert {(int(i), int(j), int(d)) for i, j, _, d in found} == expected
    assert len(expected) == 120


def test_a_border_of_one_colour_and_paper_around_a_drawing_are_left_out() -> None:
    cloth_ = grey(5)
    assert hashes.frames(cloth_).tolist() == [[0, 0, 1, 1]]
    bordered = np.full((cloth_.shape[0] + 40, cloth_.shape[1] + 30), 90, np.uint8)
    bordered[25:-15, 10:-20] = cloth_
    inner = hashes.framed(bordered, hashes.frames(bordered)[-1])
    assert abs(inner.shape[0] - cloth_.shape[0]) <= 4
    assert hashes.distances(hashes.hashed(inner), hashes.hashed(cloth_)) < 40
    drawing = ink_form(np.random.default_rng(1), 96)[..., 0]
    onto_more_paper = np.pad(drawing, ((50, 10), (30, 0)), constant_values=255)
    both = [
        hashes.hashed(hashes.framed(p, hashes.frames(p)[-1])) for p in (drawing, onto_more_paper)
    ]
    assert hashes.distances(*both) < 30
