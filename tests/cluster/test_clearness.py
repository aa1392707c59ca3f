"""Honest words: what is weak is called weak, and what one cloud would give is called chance."""

import numpy as np
import pytest

from latelier.cluster import clearness
from latelier.cluster.clearness import best, chance, judge, word
from latelier.cluster.geometry import Geometry, geometry
from latelier.cluster.kmeans import group, silhouettes

KS = range(2, 9)


def scores_of(found: Geometry) -> dict[int, float]:
    return silhouettes(found.points, {k: g.labels for k, g in group(found, KS).items()})


def cloud(seed: int, n: int = 60) -> Geometry:
    """One smooth cloud, stretched, without any groups."""
    spread = np.linspace(3, 0.2, 40)
    return geometry(np.random.default_rng(seed).normal(size=(n, 40)) * spread, standardise=False)


def planted(seed: int, apart: float) -> Geometry:
    """Five clouds, their middles ``apart`` from each other by so many times their noise."""
    rng = np.random.default_rng(seed)
    middles = rng.normal(size=(5, 40)) * apart
    return geometry(middles[np.arange(60) % 5] + rng.normal(size=(60, 40)), standardise=False)


@pytest.mark.parametrize(
    ("score", "called"),
    [
        (-0.2, "weak"),
        (0.07, "weak"),
        (0.25, "weak"),
        (0.26, "fair"),
        (0.5, "fair"),
        (0.51, "clear"),
        (0.7, "clear"),
        (0.71, "very clear"),
        (1.0, "very clear"),
        (1.0 + 1e-15, "very clear"),
    ],
)
def test_the_words_are_kaufmans_and_rousseeuws_steps(score: float, called: str) -> None:
    assert word(score) == called


def test_the_smaller_of_two_equally_clear_numbers_is_best() -> None:
    assert best({2: 0.1, 3: 0.4, 5: 0.4}) == 3


def test_a_cloud_without_groups_is_seldom_said_to_be_above_chance() -> None:
    above = 0
    for seed in range(30):
        found = cloud(seed)
        by_chance = chance(found, [4])
        above += bool(judge(scores_of(found), 4, chosen=True, reference=by_chance).above_chance)
    assert above <= 5  # 1.5 are expected of 30; 6 or more happen once in 250 times


def test_planted_groups_are_said_to_be_the_pictures_own() -> None:
    for seed in range(5):
        found = planted(seed, apart=3)
        scores = scores_of(found)
        said = judge(scores, best(scores), chosen=False, reference=chance(found, KS))
        assert said.best == 5
        assert said.above_chance
        assert said.word in ("clear", "very clear")
        assert said.sentences[0].endswith("the pictures themselves fall into 5.")
        assert said.sentences[-1].endswith("there is more to these.")


def test_a_weak_choice_is_said_to_be_the_persons_own() -> None:
    said = judge({2: 0.14, 7: 0.07}, 7, chosen=True, reference={7: (0.04, 0.09)})
    assert said.sentences == (
        "How clear are the groups: 0.07, weak; 7 is your choice, not the data's.",
        "The clearest number is 2, at 0.14, weak.",
        "Pictures with no groups at all, only as much spread, would give 0.04 to 0.09: "
        "the borders are drawn through one cloud.",
    )


def test_the_clearest_of_a_weak_lot_is_offered_and_not_claimed() -> None:
    said = judge({2: 0.14, 7: 0.07}, 2, chosen=False, reference={})
    assert said.above_chance is None
    assert said.sentences == (
        "How clear are the groups: 0.14, weak; 2 is only the clearest; "
        "choose your own number with --k.",
    )


def test_a_high_silhouette_that_one_cloud_gives_too_is_not_the_datas() -> None:
    said = judge({2: 0.55, 3: 0.4}, 2, chosen=False, reference={2: (0.5, 0.6)})
    assert "only the clearest" in said.sentences[0]
    assert "one cloud" in said.sentences[-1]


def test_a_clear_number_beside_a_clearer_one_says_so() -> None:
    said = judge({3: 0.62, 4: 0.61, 7: 0.4}, 7, chosen=True, reference={})
    assert said.sentences == (
        "How clear are the groups: 0.40, fair; the pictures themselves fall more clearly into 3.",
        "The clearest number is 3, at 0.62, clear.",
    )
    said = judge({3: 0.62, 4: 0.61, 7: 0.4}, 3, chosen=False, reference={})
    assert said.sentences[1] == "As clear: 4."


def test_groups_beyond_chance_are_named_where_the_chosen_ones_are_not() -> None:
    reference = {2: (0.1, 0.16), 19: (0.0, 0.02)}
    said = judge({2: 0.15, 19: 0.12}, 2, chosen=False, reference=reference)
    assert said.sentences[-1] == ("Furthest above chance are 19 groups: 0.12 against 0.02 at most.")


def test_chance_is_the_same_each_time_and_widens_with_draws() -> None:
    found = cloud(1)
    once, twice, more = chance(found, [3], draws=4), chance(found, [3], draws=4), chance(found, [3])
    assert once == twice
    assert more[3][0] <= once[3][0] <= once[3][1] <= more[3][1]


def test_very_many_pictures_get_fewer_clouds(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(clearness, "MANY", 50)
    chance(cloud(0), [2], on_progress=lambda done, total, note="": seen.append(total))
    assert seen == [clearness.FEW_DRAWS] * clearness.FEW_DRAWS
