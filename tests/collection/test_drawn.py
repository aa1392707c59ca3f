"""The drawn collection: the same every time, no two alike, in families, with its planted troubles."""

import io

import numpy as np
import pytest
from PIL import Image, ImageOps

from latelier import seeds
from latelier.collection import _patterns as patterns
from latelier.collection import drawn
from latelier.collection._grammars import GRAMMARS, medallion
from latelier.collection._loom import Loom
from latelier.collection._motifs import MOTIFS
from latelier.collection._threads import TIE, WEAVES, Draft, tie_down, woven


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def test_the_same_seed_draws_the_same_bytes_and_another_seed_others() -> None:
    first = dict(drawn.pictures(8, seed=3, size=64))
    assert first == dict(drawn.pictures(8, seed=3, size=64))
    other = dict(drawn.pictures(8, seed=4, size=64))
    assert first.keys() == other.keys()
    assert all(first[name] != other[name] for name in first)


def test_no_two_pictures_are_alike() -> None:
    small = [
        np.asarray(opened(data).reduce(4), dtype=float).ravel()
        for _, data in drawn.pictures(32, size=64)
    ]
    far = [np.abs(a - b).mean() for i, a in enumerate(small) for b in small[:i]]
    assert min(far) > 5


def test_a_family_is_told_by_its_colour() -> None:
    def mean(name: str) -> np.ndarray:
        family = next(f for f in drawn.FAMILIES if f.name == name)
        return np.mean([drawn.cloth(family, n, 1, 48).mean((0, 1)) for n in range(4)], axis=0)

    nets, frets = mean("indigo nets"), mean("marigold frets")
    assert nets[2] > nets[0] + 10
    assert frets[0] > frets[2] + 40


def test_the_folder_holds_copies_and_broken_files_and_says_its_rights() -> None:
    folder = dict(drawn.files(16, size=64))
    sound = dict(drawn.pictures(16, size=64))
    assert list(folder)[:16] == list(sound)
    assert folder["more/IMG_2040.jpg"] in sound.values()
    assert folder["more/señal.jpg"] in sound.values()

    def nearest(picture: Image.Image) -> float:
        a = np.asarray(picture.resize((16, 16), Image.Resampling.BOX), dtype=float)
        return min(
            float(
                np.abs(
                    a - np.asarray(opened(b).resize((16, 16), Image.Resampling.BOX), dtype=float)
                ).mean()
            )
            for b in sound.values()
        )

    mirrored = opened(folder["more/IMG_2042.jpg"])
    assert nearest(ImageOps.mirror(mirrored)) < 3 < nearest(mirrored)
    assert nearest(opened(folder["more/IMG_2044.jpg"])) < 6
    for name in ("more/IMG_2046.jpg", "more/IMG_2047.jpg", "more/list of loans.jpg"):
        with pytest.raises(OSError):
            opened(folder[name])
    assert "CC0" in folder["RIGHTS.txt"].decode()


@pytest.mark.parametrize("name", GRAMMARS)
def test_every_grammar_fills_its_cloth(name: str) -> None:
    for number in range(6):
        loom = Loom(69, 55, "night", seeds.rng(number, name))
        GRAMMARS[name](loom)
        draft = loom.off("plain")
        assert draft.brocade.max() < len(draft.yarns)
        rows = (draft.brocade > 0).any(axis=1)
        assert rows[: len(rows) // 2].mean() > 0.3
        assert rows[len(rows) // 2 :].mean() > 0.3


def test_a_medallion_is_its_own_mirror_image() -> None:
    loom = Loom(75, 75, "garnet", seeds.rng(2, "medallion"))
    medallion(loom)
    assert (loom.brocade == loom.brocade[:, ::-1]).all()


def test_a_float_is_one_yarn_and_never_so_long_that_it_snags() -> None:
    brocade = np.random.default_rng(0).integers(0, 3, (30, 50)).astype(np.uint8)
    brocade[::3] = 1
    start, end = tie_down(brocade)
    assert (start + end).max() < 2 * TIE
    for i, j in np.ndindex(brocade.shape):
        lies = slice(j - int(start[i, j]), j + int(end[i, j]) + 1)
        assert (brocade[i, lies] == brocade[i, j]).all()


@pytest.mark.parametrize("weave", WEAVES)
def test_the_ground_shows_both_warp_and_weft(weave: str) -> None:
    yarns = np.array([[0, 0, 0], [1, 0, 0], [0, 0, 1]], dtype=np.float32)
    n = 16
    draft = Draft(
        np.zeros((n, n), dtype=np.uint8),
        np.full(2 * n, 1, dtype=np.uint8),
        np.full(2 * n, 2, dtype=np.uint8),
        yarns,
        weave,
    )
    place = np.linspace(0, n - 0.01, 96, dtype=np.float32)
    across, down = np.meshgrid(place, place)
    colours, height = woven(draft, across, down, np.random.default_rng(0))
    assert 0.2 < (colours[..., 0] > 0).mean() < 0.8
    assert ((colours[..., 0] > 0) != (colours[..., 2] > 0)).all()
    assert 0 < height.min() < height.max() <= 1


@pytest.mark.parametrize("pattern, h", [*patterns.NARROW, *patterns.MIDDLING, *patterns.WIDE])
def test_a_pattern_is_as_high_as_it_says_and_uses_three_yarns(pattern, h: int) -> None:
    s = np.arange(81)[None, :] - 40
    roles = pattern(np.arange(h)[:, None], s, h)
    assert roles.shape == (h, 81)
    assert roles.dtype == np.uint8
    assert 1 <= roles.max() <= 3
    if pattern in (patterns.fret, patterns.star, patterns.diamonds, patterns.hooked):
        assert (roles == roles[:, ::-1]).all()


def test_motifs_fit_on_a_cloth_and_have_a_first_yarn() -> None:
    for figure in MOTIFS.values():
        assert max(figure.shape) < 30
        assert (figure == 1).any()
        assert figure.max() <= 3
