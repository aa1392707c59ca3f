"""Collapse and a contest that is won are told, and only they."""

import dataclasses

import numpy as np
import pytest
import torch

from drawn import cloth
from latelier.models import _files
from latelier.train.loop import Diverged, Plan, Trainer
from latelier.train.measures import Measures
from latelier.train.trouble import collapsed, won
from latelier.train.words import Seen


def looks(*varieties: float) -> list[Seen]:
    names = [f.name for f in dataclasses.fields(Measures)]
    return [
        Seen(i, i * 10.0, Measures(**{**dict.fromkeys(names, 0.0), "variety": v, "eye": "e"}))  # type: ignore[arg-type]
        for i, v in enumerate(varieties, 1)
    ]


def trainer(name: str, **settings: object) -> Trainer:
    pixels = np.stack([cloth(np.random.default_rng(i), 32, 32) for i in range(20)])
    chosen = _files.settings_of(name, settings, (3, 32, 32), len(pixels))
    return Trainer(_files.build(name, (3, 32, 32), chosen, 1), pixels, Plan(batch=8, seed=2))


def test_images_that_were_varied_and_are_alike_have_collapsed() -> None:
    assert "alike (variety 0.10 after 0.80)" in collapsed(looks(0.3, 0.8, 0.1))
    for sound in ([0.1], [0.1, 0.2], [0.2, 0.8], [0.8, 0.5]):
        assert collapsed(looks(*sound)) == ""
    noise, blur = looks(0.9, 0.2)
    noise = dataclasses.replace(noise, measures=dataclasses.replace(noise.measures, kid=30.0))
    assert collapsed([noise, blur]) == ""  # it was varied when it was noise


@pytest.mark.parametrize("name", ["gan hinge", "gan relativistic", "dcgan"])
def test_a_critic_that_wins_is_named_and_a_fair_contest_is_not(name: str) -> None:
    family, _, contest = name.partition(" ")
    t = trainer(family, width=4, **({"critic_width": 8, "contest": contest} if contest else {}))
    fair = [t.round() for _ in range(6)]
    assert t.model.winner({p: float(np.mean([r[p] for r in fair])) for p in fair[0]}) == ""
    losses = {p: [] for p in fair[0]}  # type: dict[str, list[float]]
    t.calm(0.0, "generator")  # it stands still, and the critic learns to tell what it draws
    t.optimizers["critic"].param_groups[0]["lr"] = 3e-3
    for _ in range(80):
        for player, loss in t.round().items():
            losses[player].append(loss)
    means = {player: float(np.mean(values[-20:])) for player, values in losses.items()}
    assert t.model.winner(means) == "critic"
    assert "the critic had won" in won("critic", means) and won("", means) == ""


def test_an_answer_makes_augmentation_stronger_and_outlives_a_resume() -> None:
    t = trainer("gan", width=4, critic_width=4)
    t.answer(2)
    t.calm(0.5, "critic")
    kept, facts = t.state()
    again = trainer("gan", width=4, critic_width=4)
    again.restore({k: v.clone() for k, v in kept.items()}, facts)
    assert (again.answers, again.model.harder) == (2, 2)
    steps = {p: o.param_groups[0]["lr"] for p, o in again.optimizers.items()}
    assert steps["critic"] == 0.5 * steps["generator"]
    assert again.round() == t.round()


def test_weights_that_are_no_numbers_are_told_with_whose_they_are() -> None:
    t = trainer("gan", width=4, critic_width=4)
    t.check()
    next(t.model.critic.parameters()).data.fill_(torch.nan)
    with pytest.raises(Diverged, match="weights of critic"):
        t.check()
