"""Every extractor is held to the contract of its room, and to fakes."""

import numpy as np
import pytest
from numpy.typing import NDArray

from drawn import cloth, ink_form
from latelier import registry
from latelier.extractors._contract import Extractor
from latelier.extractors._open import opened
from latelier.train.measures import Judge, kid

ALONE = [n for n in registry.names("extractors") if not registry.load("extractors", n).FILE]
Pictures = NDArray[np.uint8]


def cloths(first: int, n: int) -> Pictures:
    return np.stack([cloth(np.random.default_rng(first + i), 48, 48) for i in range(n)])


def inks(first: int, n: int) -> Pictures:
    return np.stack([ink_form(np.random.default_rng(first + i), 48)[..., :1] for i in range(n)])


@pytest.fixture(scope="module")
def cloth_set() -> tuple[Pictures, Pictures]:
    return cloths(0, 80), cloths(500, 32)


@pytest.fixture(scope="module", params=ALONE)
def eye(request: pytest.FixtureRequest, cloth_set: tuple[Pictures, Pictures]) -> Extractor:
    return opened(request.param, cloth_set[0], 3)


@pytest.mark.parametrize("name", registry.names("extractors"))
def test_it_says_what_it_is(name: str) -> None:
    plugin = registry.load("extractors", name)
    assert plugin.NAME.startswith(name)
    assert plugin.FILE or plugin.NAME[-1].isdecimal(), "what comes without a file has a version"
    assert (plugin.CLOSE is None) == (plugin.NEAR is None)


def test_copies_fire_and_held_out_originals_do_not(
    eye: Extractor, cloth_set: tuple[Pictures, Pictures]
) -> None:
    training, held = cloth_set
    judge = Judge(training, held, lambda p: np.zeros(len(p), bool), eye)
    copied, unseen = judge.measure(training[:32]), judge.measure(cloths(900, 32))
    assert copied.copying < -4 and copied.closeness < 0.1
    assert unseen.copying > -3 and unseen.closeness > 0.7


def test_noise_is_furthest(eye: Extractor, cloth_set: tuple[Pictures, Pictures]) -> None:
    training, held = cloth_set
    noise = np.random.default_rng(1).integers(0, 256, held.shape).astype(np.uint8)
    seen = eye.see(held)
    far = {what: kid(eye.see(x), seen)[0] for what, x in
           {"held-out": cloths(900, 32), "copies": training[:32], "noise": noise}.items()}  # fmt: skip
    assert far["noise"] > 5 * max(abs(far["held-out"]), abs(far["copies"]), 0.02)


def test_a_picture_is_seen_alike_whatever_stands_beside_it(
    eye: Extractor, cloth_set: tuple[Pictures, Pictures]
) -> None:
    _, held = cloth_set
    whole, alone = eye.see(held), eye.see(held[5:6])
    assert np.isfinite(whole).all()
    np.testing.assert_allclose(whole[5], alone[0], atol=1e-4)


@pytest.fixture
def taught_briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it does not matter how well it sees."""
    monkeypatch.setattr(registry.load("extractors", "self"), "ROUNDS", 4)


@pytest.mark.usefixtures("taught_briefly")
@pytest.mark.parametrize("name", ALONE)
@pytest.mark.parametrize("channels", [1, 4])
def test_ink_and_transparent_pictures_are_seen_too(name: str, channels: int) -> None:
    originals = np.repeat(inks(0, 20), channels, axis=-1)
    eye = opened(name, originals, 3)
    rows = eye.see(originals[:3, :40])  # not square
    assert rows.shape[0] == 3 and np.isfinite(rows).all()


@pytest.mark.usefixtures("taught_briefly")
@pytest.mark.parametrize("name", ALONE)
def test_it_is_the_same_for_the_same_pictures_and_seed(name: str) -> None:
    originals = inks(0, 20)
    first, second = (opened(name, originals, 3).see(originals[:4]) for _ in range(2))
    np.testing.assert_allclose(first, second, atol=1e-5)
