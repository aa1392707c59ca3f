"""Measures are calibrated by fakes: copies, unseen originals, noise, flat colour."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.stats import mannwhitneyu, norm

from drawn import cloth, ink_form
from latelier.extractors._open import opened
from latelier.train.measures import Judge, covered, kid, rank_test
from latelier.train.sheet import sheet, to_pixels

Pictures = NDArray[np.uint8]


def cloths(first: int, n: int, size: int = 48) -> Pictures:
    return np.stack([cloth(np.random.default_rng(first + i), size, size) for i in range(n)])


def inks(first: int, n: int) -> Pictures:
    return np.stack([ink_form(np.random.default_rng(first + i), 48)[..., :1] for i in range(n)])


@pytest.fixture(scope="module", params=["cloth", "ink"])
def collection(request: pytest.FixtureRequest) -> tuple[Judge, Pictures, Pictures]:
    draw = cloths if request.param == "cloth" else inks
    training, held = draw(0, 80), draw(500, 24)
    known = {picture.tobytes() for picture in training}

    def copies(pictures: Pictures) -> NDArray[np.bool_]:
        return np.array([p.tobytes() in known for p in pictures])

    return Judge(training, held, copies, opened("classic", training, 1)), training, held


def test_unseen_originals_are_like_and_noise_is_not(
    collection: tuple[Judge, Pictures, Pictures],
) -> None:
    judge, training, held = collection
    rng = np.random.default_rng(1)
    noise = rng.integers(0, 256, held.shape).astype(np.uint8)
    flat = np.broadcast_to(held.mean((1, 2), keepdims=True).astype(np.uint8), held.shape)
    like = judge.measure(training[:24])
    assert abs(like.kid) < 0.5 and like.coverage > 0.7
    assert judge.measure(noise).coverage < 0.3
    assert judge.measure(noise).kid > 1.5
    assert judge.measure(np.ascontiguousarray(flat)).kid > 3


def test_one_picture_again_and_again_has_no_variety(
    collection: tuple[Judge, Pictures, Pictures],
) -> None:
    judge, _, held = collection
    assert judge.measure(np.repeat(held[:1], 16, axis=0)).variety < 0.05
    assert judge.measure(held).variety == pytest.approx(1, abs=0.25)


def test_copies_are_counted_and_closeness_falls(
    collection: tuple[Judge, Pictures, Pictures],
) -> None:
    judge, training, held = collection
    copied, new = judge.measure(training[:24]), judge.measure(held)
    assert copied.copies == 1 and copied.closeness < 0.1 and copied.copying < -4
    assert new.copies == 0 and new.closeness == pytest.approx(1, abs=0.2) and abs(new.copying) < 1


def test_kid_is_unbiased_and_its_error_is_the_spread_over_draws() -> None:
    rng = np.random.default_rng(3)
    drawn = [kid(*rng.normal(size=(2, 30, 6)) / np.sqrt(6) + [[[0.3]], [[0]]]) for _ in range(300)]
    values, errors = np.array(drawn).T
    assert 0.6 < np.mean(errors) / values.std() < 1.6
    level = [kid(*rng.normal(size=(2, 30, 6)) / np.sqrt(6))[0] for _ in range(300)]
    assert abs(np.mean(level)) < 4 * np.std(level) / np.sqrt(300)
    assert values.mean() > 5 * np.mean(level)


def test_coverage_and_recall_fall_apart_as_their_papers_say() -> None:
    rng = np.random.default_rng(5)
    originals, fresh = rng.normal(size=(2, 60, 4))
    near_one = originals[:1] + 0.01 * rng.normal(size=(60, 4))
    far = fresh + 20
    assert covered(fresh, originals)[0] > 0.85 and covered(fresh, originals)[1] > 0.75
    assert covered(near_one, originals)[0] < 0.4 and covered(near_one, originals)[1] < 0.1
    assert covered(far, originals) == (0.0, 0.0)


def test_the_rank_test_is_scipys() -> None:
    rng = np.random.default_rng(6)
    a, b = rng.normal(size=40), rng.normal(size=30) + 0.7
    statistic = mannwhitneyu(a, b, method="asymptotic", use_continuity=False)
    assert rank_test(a, b) < 0
    assert 2 * norm.cdf(rank_test(a, b)) == pytest.approx(statistic.pvalue)


def test_a_sheet_holds_every_image_in_order() -> None:
    images = cloths(0, 5, size=32)
    page = sheet(images)
    assert page.shape == (2 * 34 - 2, 3 * 34 - 2, 3)
    assert np.array_equal(page[34:66, 34:66], images[4])
    grey = sheet(images[..., :1])
    assert np.array_equal(grey[:32, :32, 0], grey[:32, :32, 2])
    clear = np.concatenate([images, np.zeros_like(images[..., :1])], axis=3)
    assert (sheet(clear)[:32, :32] == 255).all()


def test_pixels_of_images_are_exact_at_both_ends() -> None:

    x = torch.tensor([-1.0, 0.0, 1.0, 1.2]).view(1, 1, 2, 2)
    assert to_pixels(x)[0, :, :, 0].tolist() == [[0, 128], [255, 255]]
