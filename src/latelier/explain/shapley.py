"""How much each number spoke for a label: Shapley values (A value for n-person games, 1953).

The game: a coalition of numbers is taken from the picture explained, the others from a background
picture, and the value is the mean of what the head then says over the background (interventional;
Janzing, Minorics and Blöbaum, Feature relevance quantification in explainable AI, 2020). Of a
head that adds up its numbers the values are exact in closed form; a few groups of numbers are
counted out over all coalitions; many numbers of another head are drawn in orders and their
reverses (Mitchell, Cooper, Frank and Holmes, Sampling permutations for Shapley value estimation,
2022).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import factorial

import numpy as np
from numpy.typing import NDArray

from latelier.errors import DoesNotFit

Table = NDArray[np.float64]
Value = Callable[[Table], NDArray[np.float64]]  # (m, d) numbers -> (m,) what the head says
MOST_GROUPS = 12  # 4096 coalitions; each is asked once for every background picture


@dataclass(frozen=True)
class Shares:
    """What each number or group added to the value.

    Args:
        values: (g,) each share; together they are the value less the mean of the background.
        errors: (g,) standard error of each; 0 where they are exact.
        value: of the picture explained.
        base: the mean over the background.
    """

    values: NDArray[np.float64]
    errors: NDArray[np.float64]
    value: float
    base: float


def additive(parts: Callable[[Table], Table], x: Table, background: Table) -> Shares:
    """Exact values of a head that adds up one part a number.

    Args:
        parts: (m, d) numbers to the (m, d) parts that are added.
        x: (d,) of the picture.
        background: (b, d).
    """
    own, others = parts(x[None])[0], parts(background).mean(axis=0)
    values = own - others
    return Shares(values, np.zeros_like(values), float(own.sum()), float(others.sum()))


def exact(value: Value, x: Table, background: Table, groups: Sequence[Sequence[int]]) -> Shares:
    """Exact values of groups of numbers, counted out over every coalition of groups.

    Args:
        value: the head.
        x: (d,) of the picture.
        background: (b, d).
        groups: the columns of each; every column in one.

    Raises:
        DoesNotFit: there are more than ``MOST_GROUPS`` groups.
    """
    g = len(groups)
    if g > MOST_GROUPS:
        raise DoesNotFit(f"{g} groups have too many coalitions; join them into {MOST_GROUPS}.")
    worth = np.zeros(2**g)
    for coalition in range(2**g):
        mixed = background.copy()
        for at in range(g):
            if coalition >> at & 1:
                mixed[:, list(groups[at])] = x[list(groups[at])]
        worth[coalition] = value(mixed).mean()
    values = np.zeros(g)
    weights = [factorial(s) * factorial(g - s - 1) / factorial(g) for s in range(g)]
    for coalition in range(2**g):
        size = coalition.bit_count()
        for at in range(g):
            if not coalition >> at & 1:
                values[at] += weights[size] * (worth[coalition | 1 << at] - worth[coalition])
    return Shares(values, np.zeros(g), float(worth[-1]), float(worth[0]))


def sampled(
    value: Value, x: Table, background: Table, rng: np.random.Generator, orders: int = 24
) -> Shares:
    """Values of each number, from random orders and their reverses; sums are exact.

    Args:
        value: the head.
        x: (d,) of the picture.
        background: (b, d); the means over the orders take turns with them.
        rng: draws the orders.
        orders: how many pairs of orders.
    """
    d = len(x)
    found = []
    for _ in range(orders):
        order = rng.permutation(d)
        pair = np.zeros(d)
        start = background[rng.integers(len(background))]
        for way in (order, order[::-1]):
            mixed = np.repeat(start[None], d + 1, axis=0)
            for step, column in enumerate(way, 1):
                mixed[step:, column] = x[column]
            pair[way] += np.diff(value(mixed)) / 2
        found.append(pair)
    shares = np.array(found)
    top, base = float(value(x[None])[0]), float(value(background).mean())
    values = shares.mean(axis=0)
    # the starts drawn are not the whole background: spread what is missing evenly over the numbers
    values = values + (top - base - values.sum()) / d
    return Shares(values, shares.std(axis=0, ddof=1) / np.sqrt(orders), top, base)
