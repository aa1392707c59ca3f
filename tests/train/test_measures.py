"""Measures are calibrated by fakes: copies, unseen originals, noise, flat colour."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from drawn import cloth, ink_form
from latelier.train.measures import Judge, checkerboard, kid
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

    return Judge(training, held, copies), training, held


def test_unseen_originals_are_like_and_noise_is_not(
    collection: tuple[Judge, Pictures, Pictures],
) -> None:
    judge, training, held = collection
    rng = np.random.default_rng(1)
    noise = rng.integers(0, 256, held.shape).astype(np.uint8)
    flat = np.broadcast_to(held.mean((1, 2), keepdims=True).astype(np.uint8), held.shape)
    assert abs(judge.measure(training[:24]).kid) < 0.5
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
    assert copied.copies == 1 and copied.closeness < 0.1
    assert new.copies == 0 and new.closeness == pytest.approx(1)


def test_kid_is_unbiased_around_zero() -> None:
    rng = np.random.default_rng(3)
    drawn = [kid(*rng.normal(size=(2, 30, 6)) / np.sqrt(6)) for _ in range(200)]
    assert abs(np.mean(drawn)) < 3 * np.std(drawn) / np.sqrt(200) + 1e-9
    far = rng.normal(size=(30, 6)) / np.sqrt(6) + 1
    assert kid(far, rng.normal(size=(30, 6)) / np.sqrt(6)) > 1


@pytest.mark.parametrize("period", [2, 4, 8])
def test_the_grid_of_a_bad_upsampling_is_seen(period: int) -> None:
    rng = np.random.default_rng(4)
    grain = rng.normal(128, 30, (16, 64, 64, 3))
    assert checkerboard(np.clip(grain, 0, 255).astype(np.uint8)) < 3
    grain[:, ::period, :] += 15
    assert checkerboard(np.clip(grain, 0, 255).astype(np.uint8)) > 10
    flat = np.full((4, 64, 64, 3), 90, np.uint8)
    flat[:, ::period] += 1  # one grey level is seen by nobody, and raises no alarm by itself
    assert np.isfinite(checkerboard(flat))


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
