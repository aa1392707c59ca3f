"""What a person reads of a training."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from drawn import cloth, ink_form
from latelier.train import words
from latelier.train.measures import Measures
from latelier.train.words import Seen


def seen(step: int, **measures: Any) -> Seen:
    names = [f.name for f in dataclasses.fields(Measures) if f.name != "eye"]
    known = {
        **dict.fromkeys(names, 1.0),
        "eye": "classic-1",
        "kid": 0.5,
        "variety": 0.9,
        "copies": 0.0,
        "nearing": 0.0,
    }
    return Seen(step, step * 10.0, Measures(**{**known, **measures}))


def test_ink_is_told_from_colour_and_from_grey_photographs() -> None:
    inks = np.stack([ink_form(np.random.default_rng(i)) for i in range(8)])
    cloths = np.stack([cloth(np.random.default_rng(i), 48, 48) for i in range(8)])
    assert words.is_ink(inks) and words.is_ink(inks[..., :1])
    assert not words.is_ink(cloths)
    assert not words.is_ink(np.linspace(0, 255, 8 * 48 * 48).astype(np.uint8).reshape(8, 48, 48, 1))


@pytest.mark.parametrize(
    ("ink", "count", "minutes", "device", "model"),
    [
        (True, 6, 5, "cpu", "vae"),
        (False, 50, 2, "cpu", "quilt"),
        (False, 50, 10, "cpu", "woven"),
        (False, 20, 10, "cpu", "quilt"),
        (False, 50, 60, "cpu", "woven"),
        (False, 20, 10, "cuda", "gan"),
    ],
)
def test_auto_chooses_by_set_time_and_machine(
    ink: bool, count: int, minutes: float, device: str, model: str
) -> None:
    draw = ink_form if ink else lambda rng: cloth(rng, 32, 32)
    pixels = np.stack([draw(np.random.default_rng(i)) for i in range(count)])
    choice = words.choose(pixels, minutes * 60, device)
    assert choice.model == model and len(choice.why) > 20


def test_what_to_expect_follows_the_pictures_that_can_be_shown() -> None:
    assert "no detail" in words.expect("gan", 10, 600, 64)
    assert "published results" in words.expect("gan", 200, 3600, 64)
    assert words.expect("gan", 60.4, 600, 64).startswith("About 60 pictures a second, 36,000 in 10")
    assert "at once" in words.expect("quilt", 0, 600, 64)
    assert "45,000 in 10 min: expect new compositions" in words.expect("woven", 75, 600, 256)
    assert "30,000 in 10 min" in words.expect("gan", 60, 600, 64, learning=500)


def test_a_woven_verdict_speaks_of_images_first_and_of_plans_after() -> None:
    near, copied = seen(1, kid=0.1).measures, seen(1, copies=0.25).measures
    said = words.of_woven("Steady: so and so.", near, (0.2, 1.0))
    assert said.startswith("Woven after learnt plans: the images are close to the held-out")
    assert said.endswith("Of the plans alone: steady: so and so.")
    assert "25% of them are nearly one" in words.of_woven("Steady.", copied, (0.2, 1.0))


def test_the_best_neither_copies_nor_repeats() -> None:
    history = [seen(1, kid=2.0), seen(2, kid=0.5), seen(3, kid=0.1, copies=0.2)]
    assert words.best(history).step == 2
    assert words.best([*history, seen(4, kid=0.2, variety=0.1)]).step == 2
    assert words.best(history[2:]).step == 3  # where all copy, the best of them


@pytest.mark.parametrize(
    ("history", "said"),
    [
        ([seen(1, kid=3.0), seen(2, kid=2.0), seen(4, kid=1.5)], "Learning well"),
        ([seen(1, kid=0.5), seen(2, kid=0.1), seen(9, kid=0.2)], "Steady since 20 s"),
        ([seen(1, kid=0.1), seen(2, kid=0.11), seen(3, kid=0.1)], "Steady"),
        ([seen(1), seen(2, copies=0.05)], "Copying: 5% of the images"),
        ([seen(1), seen(2, nearing=0.06)], "Copying begins: 6% of the images"),
        ([seen(1), seen(2, variety=0.2)], "Losing variety"),
        ([seen(1, variety=0.1), seen(2, variety=0.2)], "Little variety yet"),
        ([seen(1, kid=30.0), seen(2, kid=2.0, variety=0.2)], "Little variety yet"),
        ([seen(1), seen(2, nearing=0.04, copies=0.016)], "Steady"),
        ([seen(1)], "Only begun"),
        ([seen(3), seen(4)], "Only begun"),
    ],
)
def test_the_verdict_is_one_plain_sentence(history: list[Seen], said: str) -> None:
    verdict = words.verdict(history, (0.2, 1.0))
    assert verdict.startswith(said) and verdict.endswith(".") and "\n" not in verdict
    assert "broke down" in words.verdict(history, (0.2, 1.0), broken=True)


def test_by_an_extractor_without_thresholds_the_number_is_said_and_by_whom() -> None:
    history = [seen(i, kid=0.3, kid_error=0.05, eye="onnx-1234abcd") for i in range(1, 4)]
    said = words.verdict(history, None)
    assert "0.30 by onnx-1234abcd" in said


def test_it_is_enough_when_four_snapshots_are_clearly_worse() -> None:
    good = [seen(i, kid=2.0 - 0.3 * i, kid_error=0.05) for i in range(1, 6)]
    assert words.enough(good) == ""
    worse = [seen(i, kid=1.0, kid_error=0.05) for i in range(6, 10)]
    assert "since step 5" in words.enough([*good, *worse])
    assert words.enough([*good, *worse[:3]]) == ""
    unsure = [seen(i, kid=1.0, kid_error=0.5) for i in range(6, 10)]
    assert words.enough([*good, *unsure]) == ""


def test_it_is_enough_when_copying_or_collapse_stay() -> None:
    good = [seen(i, kid=2.0 - 0.3 * i) for i in range(1, 6)]
    assert "copy" in words.enough([*good, *(seen(i, copies=0.1) for i in (6, 7))])
    assert "variety" in words.enough([*good, *(seen(i, variety=0.1) for i in (6, 7))])
    assert words.enough([*good, seen(6, copies=0.1)]) == ""
    young = [seen(i, kid=9.0 + i, kid_error=9.0, variety=0.1) for i in range(1, 9)]
    assert words.enough(young) == ""


def test_the_word_is_said_when_something_begins() -> None:
    assert words.warning([]) == "" and words.warning([seen(1)]) == ""
    assert words.warning([seen(1), seen(2, nearing=0.0625)]).startswith(
        "Copying begins: at step 2 6%"
    )
    assert words.warning([seen(2, nearing=0.3, copies=0.1)]).startswith("Copying: at step 2 10%")
    assert words.warning([seen(1), seen(2, variety=0.1)]).startswith("Losing variety: at step 2")
    assert words.warning([seen(1, variety=0.1), seen(2, variety=0.2)]) == ""
