"""Copies are told by pixels and features together; unseen originals, noise and blur are none."""

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from drawn import cloth
from latelier.curate.near import Originals
from latelier.extractors._open import opened
from latelier.train.measures import Judge
from latelier.train.words import NEARING

Pictures = NDArray[np.uint8]
SIDE = 48


def cloths(first: int, n: int) -> Pictures:
    return np.stack([cloth(np.random.default_rng(first + i), SIDE, SIDE) for i in range(n)])


@pytest.fixture(scope="module")
def judge() -> Judge:
    training, known = cloths(0, 60), Originals(cloths(0, 60))
    eye = opened("classic", training, 1)
    return Judge(training, cloths(500, 12), known.copies, eye, known.scores)


def moved(picture: Pictures, rng: np.random.Generator) -> Pictures:
    """Mirrored and moved by up to a sixteenth; what comes in is the edge again."""
    most = SIDE // 16
    y, x = rng.integers(0, 2 * most + 1, 2)
    wide = np.pad(picture[:, ::-1], ((most, most), (most, most), (0, 0)), mode="edge")
    return wide[y : y + SIDE, x : x + SIDE]


def blurred(picture: Pictures, radius: int) -> Pictures:
    return np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(radius)))


def compressed(picture: Pictures, rng: np.random.Generator | None) -> Pictures:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=40)
    return np.asarray(Image.open(file))


def grained(picture: Pictures, rng: np.random.Generator) -> Pictures:
    return np.clip(picture + rng.normal(0, 12, picture.shape), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("change", [moved, compressed, grained])
def test_planted_copies_are_told_from_unseen_originals(judge: Judge, change: object) -> None:
    rng = np.random.default_rng(1)
    planted = np.stack([change(p, rng) for p in cloths(0, 40)])  # type: ignore[operator]
    near, new = judge.nearness(planted), judge.nearness(cloths(900, 40))
    assert np.mean(near[:, None] < new[None]) >= 0.99
    assert judge.measure(planted).copies > 0.8


def test_unseen_noisy_flat_and_blurred_pictures_are_no_copies(judge: Judge) -> None:
    unseen = judge.measure(cloths(900, 60))
    assert unseen.copies <= 0.02 and unseen.nearing <= 0.04
    noise = np.random.default_rng(2).integers(0, 256, (24, SIDE, SIDE, 3)).astype(np.uint8)
    for fake in (noise, np.stack([blurred(p, 7) for p in cloths(0, 24)])):
        measured = judge.measure(fake)
        assert (measured.copies, measured.nearing) == (0, 0)


@pytest.mark.parametrize(("plain", "blur"), [(4, 5), (6, 7)])
def test_blurs_are_no_copies_of_a_plain_original_that_much_lies_near_to(
    plain: int, blur: int
) -> None:
    training = cloths(0, 40)
    training[:3] = [blurred(p, plain) for p in training[:3]]
    known = Originals(training)
    eye = opened("classic", training, 1)
    judge = Judge(training, cloths(500, 12), known.copies, eye, known.scores)
    young = judge.measure(np.stack([blurred(p, blur) for p in cloths(900, 60)]))
    assert young.copies == 0 and young.nearing <= NEARING
    planted = judge.measure(np.stack([compressed(p, None) for p in training[:3]]))
    assert planted.copies == 1  # the plain originals themselves are told still


def test_pictures_are_compared_once_for_scores_and_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    known, images, seen = Originals(cloths(0, 12)), cloths(900, 4), []
    compare = Originals.near
    monkeypatch.setattr(Originals, "near", lambda *a: (seen.append(1), compare(*a))[1])
    for _ in range(2):
        scores, copies = known.scores(images), known.copies(images)
    assert len(seen) == 1 and len(scores) == len(copies) == 4
    images[0] = cloths(0, 1)[0]
    assert known.copies(images)[0] and len(seen) == 2


def test_what_comes_before_copies_is_seen_before_them(judge: Judge) -> None:
    """Originals of two kinds laid over each other, the first ever stronger: first near, then copies."""
    ahead, behind = cloths(0, 48).astype(float), cloths(2000, 48).astype(float)
    shares = (0.3, 0.5, 0.56, 0.65, 0.85, 1.0)
    looks = [judge.measure((s * ahead + (1 - s) * behind).astype(np.uint8)) for s in shares]
    nearing, copies = [m.nearing for m in looks], [m.copies for m in looks]
    assert nearing[0] < 0.03 and nearing[-1] > 0.9 and copies[-1] > 0.9
    first = next(i for i, share in enumerate(nearing) if share > NEARING)
    assert copies[first] < 0.01 < max(copies[first + 1 :])
