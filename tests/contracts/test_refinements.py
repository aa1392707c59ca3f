"""Every refinement is held to the contract of its room."""

import json

import numpy as np
import pytest
from numpy.typing import NDArray

from drawn import cloth, ink_form
from latelier import registry
from latelier.errors import PictureError, UsageError
from latelier.refine._chain import link
from latelier.refine._contract import KINDS, Originals, Written
from latelier.weave.enlarge import shelf_of

NAMES = registry.names("refine")
SOFT = np.random.default_rng(3)
PICTURES = {
    "ink": ink_form(np.random.default_rng(5), 40),
    "soft ink": (ink_form(np.random.default_rng(6), 40) * 0.8 + SOFT.normal(20, 4, (40, 40, 1)))
    .clip(0, 255)
    .astype(np.uint8)
    .mean(-1, keepdims=True)
    .repeat(3, -1)
    .astype(np.uint8),
    "cloth": cloth(np.random.default_rng(5), 24, 33),
    "one pixel": np.full((1, 1, 3), 77, np.uint8),
    "a line": np.full((1, 50, 3), 200, np.uint8),
    "black": np.zeros((33, 20, 3), np.uint8),
    "white": np.full((20, 33, 3), 255, np.uint8),
}
CLOTHS = np.stack([cloth(np.random.default_rng(i), 48, 48) for i in range(8)])
SHELF = shelf_of([c.astype(np.float32) / np.float32(255) for c in CLOTHS])
ORIGINALS = Originals(SHELF, lambda row, side: CLOTHS[row])


def refined(name: str, picture: NDArray[np.uint8], words: str = "") -> NDArray[np.uint8] | Written:
    one = link(f"{name}:{words}")
    if one.plugin.OF == "woven":
        settings = {**one.settings, "size": 64.0}  # the smallest, as weaving takes its time
        told = one.plugin.refine(picture, ORIGINALS, **settings)
        assert json.loads(json.dumps(told.story)) == told.story
        return told.pixels
    given = [picture, picture] if one.plugin.OF == "several" else picture
    return one.plugin.refine(given, **one.settings)


@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_it_is_and_what_it_may_be_told(name: str) -> None:
    plugin = registry.load("refine", name)
    assert plugin.OF in KINDS
    assert plugin.TONES in ("any", "two")
    for setting in plugin.SETTINGS:
        assert setting.name.isidentifier()
        assert setting.says.endswith((".", "?"))
        if setting.choices:
            assert setting.default in setting.choices
        else:
            assert setting.low <= setting.default <= setting.high
    assert str(link(str(link(name)))) == str(link(name)), "what it says can be typed"


@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("name", NAMES)
def test_it_gives_a_picture_or_a_reason_the_same_each_time_and_leaves_the_picture_alone(
    name: str, picture: str
) -> None:
    pixels = PICTURES[picture].copy()
    pixels.setflags(write=False)
    try:
        made = refined(name, pixels)
    except PictureError as error:
        assert picture in ("one pixel", "a line", "black", "white")
        assert str(error)
        return
    again = refined(name, PICTURES[picture].copy())
    if isinstance(made, Written):
        assert made.text.strip()
        assert made.ending.startswith(".")
        assert made == again
        return
    assert made.dtype == np.uint8
    assert made.ndim == 3
    assert made.shape[2] == 3
    np.testing.assert_array_equal(made, again)


@pytest.mark.parametrize("name", NAMES)
def test_what_it_cannot_be_told_is_named(name: str) -> None:
    known = registry.load("refine", name).SETTINGS
    with pytest.raises(UsageError, match="setting of"):
        link(f"{name}:nonsense=1")
    numbers = [s for s in known if not s.choices]
    for setting in numbers:
        with pytest.raises(UsageError, match=setting.name):
            link(f"{name}:{setting.name}=much")
        with pytest.raises(UsageError, match=setting.name):
            link(f"{name}:{setting.name}={setting.high * 2 + 1}")
    for setting in (s for s in known if s.choices):
        with pytest.raises(UsageError, match="there are"):
            link(f"{name}:{setting.name}=nonsense")
