"""How clear groups are, in words: the silhouette, beside what pictures without any groups give.

The words for a silhouette are those of Kaufman and Rousseeuw (Finding Groups in Data, 1990,
table 4 of chapter 2), who read up to .25 as no substantial structure, up to .50 as weak, up to
.70 as reasonable and above as strong; one word lower here, since that is how people hear them.
The comparison is a parametric bootstrap in the spirit of the gap statistic (Tibshirani, Walther
and Hastie, 2001): one smooth cloud, normal, with the same spread in every direction.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from latelier import seeds
from latelier.cluster.geometry import Geometry
from latelier.cluster.kmeans import SEED, group, silhouettes
from latelier.progress import Progress, silent

WORDS = ((0.25, "weak"), (0.50, "fair"), (0.70, "clear"), (1.0, "very clear"))

# Nothing but the draw of the pictures moves a silhouette by about this much: over clouds without
# groups, with the spread of 84 huipils, its standard deviation is .012 to .023, by k; with that
# of 600 wax prints .001 to .004. What is nearer than that is as good.
AS_GOOD = 0.02

# The largest of 19 clouds without groups is passed by a 20th one time in 20.
DRAWS, FEW_DRAWS = 19, 5
MANY = 1000  # pictures, from which clouds differ so little (.004 at 600) that 5 do, in a quarter of the time

Range = tuple[float, float]


@dataclass(frozen=True)
class Clearness:
    """How clear k groups are.

    Args:
        k: how many groups.
        score: their mean silhouette, -1 to 1.
        word: weak, fair, clear or very clear.
        above_chance: whether pictures without groups would give less; None where not compared.
        best: the number of groups with the highest silhouette.
        sentences: what to say of it.
    """

    k: int
    score: float
    word: str
    above_chance: bool | None
    best: int
    sentences: tuple[str, ...]


def word(score: float) -> str:
    """The word for a mean silhouette.

    >>> word(0.07), word(0.3), word(0.62), word(0.9)
    ('weak', 'fair', 'clear', 'very clear')
    """
    return next(name for top, name in WORDS if score <= top + 1e-12)


def best(scores: Mapping[int, float]) -> int:
    """The number of groups with the highest silhouette, the smaller one of equals."""
    return min(scores, key=lambda k: (-scores[k], k))


def chance(
    found: Geometry, ks: Iterable[int], *, draws: int | None = None, on_progress: Progress = silent
) -> dict[int, Range]:
    """The lowest and highest silhouette of clouds that have no groups but the same spread.

    Args:
        found: the points whose spread is taken.
        ks: numbers of groups.
        draws: how many clouds; 19, or 5 above 1000 pictures, if left out.
        on_progress: told how many clouds are done.
    """
    n, r = found.points.shape
    draws = draws or (DRAWS if n <= MANY else FEW_DRAWS)
    ks = sorted(set(ks))
    seen: dict[int, list[float]] = {k: [] for k in ks}
    for draw in range(draws):
        on_progress(draw, draws, "pictures without groups, to compare")
        cloud = seeds.rng(SEED, "chance", draw).standard_normal((n, r)) * np.sqrt(found.variances)
        groupings = group(replace(found, points=cloud - cloud.mean(axis=0)), ks, starts=1)
        scores = silhouettes(cloud, {k: g.labels for k, g in groupings.items()})
        for k in ks:
            seen[k].append(scores[k])
    return {k: (min(values), max(values)) for k, values in seen.items()}


def judge(
    scores: Mapping[int, float], k: int, *, chosen: bool, reference: Mapping[int, Range]
) -> Clearness:
    """How clear k groups are, said plainly.

    Args:
        scores: silhouettes by the number of groups; has k.
        k: the number taken.
        chosen: a person chose k; else the highest silhouette did.
        reference: what ``chance`` gave; empty where not compared.
    """
    score, top = scores[k], best(scores)
    called = word(score)
    # by the figures as they are read, so that words and figures agree
    above = round(score, 2) > round(reference[k][1], 2) if k in reference else None
    first = f"How clear are the groups: {score:.2f}, {called}"
    others = [j for j in sorted(scores) if j != k and scores[j] >= scores[top] - AS_GOOD]
    if called == "weak" or above is False:
        whose = (
            f"{k} is your choice, not the data's"
            if chosen
            else f"{k} is only the clearest; choose your own number with --k"
        )
        sentences = [f"{first}; {whose}."]
    elif score >= scores[top] - AS_GOOD:
        sentences = [f"{first}; the pictures themselves fall into {k}."]
        if others:
            sentences.append(f"As clear: {_listed(others)}.")
    else:
        sentences = [f"{first}; the pictures themselves fall more clearly into {top}."]
    if chosen and scores[top] > score + AS_GOOD:
        sentences.append(
            f"The clearest number is {top}, at {scores[top]:.2f}, {word(scores[top])}."
        )
    if k in reference:
        sentences.append(_beside_chance(score, k, reference))
        sentences += _stands_out(scores, k, reference)
    return Clearness(k, score, called, above, top, tuple(sentences))


def _beside_chance(score: float, k: int, reference: Mapping[int, Range]) -> str:
    low, high = reference[k]
    between = f"{low:.2f}" if f"{low:.2f}" == f"{high:.2f}" else f"{low:.2f} to {high:.2f}"
    cloud = f"Pictures with no groups at all, only as much spread, would give {between}"
    if round(score, 2) <= round(high, 2):
        return f"{cloud}: the borders are drawn through one cloud."
    if score <= high + AS_GOOD:
        return f"{cloud}: there is a little more to these."
    return f"{cloud}: there is more to these."


def _stands_out(scores: Mapping[int, float], k: int, reference: Mapping[int, Range]) -> list[str]:
    """Where these k groups are no more than chance and others are, say which."""
    margins = {j: scores[j] - reference[j][1] for j in reference if j in scores}
    most = max(margins, key=lambda j: (margins[j], -j))
    if margins[k] > 0 or margins[most] <= AS_GOOD:
        return []
    return [
        f"Furthest above chance are {most} groups: {scores[most]:.2f} "
        f"against {reference[most][1]:.2f} at most."
    ]


def _listed(numbers: list[int]) -> str:
    words = [str(number) for number in numbers]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
