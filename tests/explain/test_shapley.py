"""Reasons add up, and are those of the definition counted out over all coalitions."""

from itertools import permutations

import numpy as np
import pytest

from latelier.errors import DoesNotFit
from latelier.explain import shapley
from latelier.explain.turning import alike, turn

RNG = np.random.default_rng(2)
BACKGROUND = RNG.normal(0, 1, (15, 5))
X = RNG.normal(0, 1, 5)
W = np.array([1.5, -2.0, 0.0, 0.5, 3.0])


def crooked(numbers: np.ndarray) -> np.ndarray:
    """A head with products and a bend."""
    return numbers[:, 0] * numbers[:, 1] + np.tanh(numbers[:, 2]) - numbers[:, 4] ** 2


def by_definition(value, x: np.ndarray, background: np.ndarray) -> np.ndarray:
    """Over all orders of the numbers, one by one."""
    d, found = len(x), np.zeros(len(x))
    orders = list(permutations(range(d)))
    for order in orders:
        mixed = background.copy()
        before = value(mixed).mean()
        for j in order:
            mixed[:, j] = x[j]
            after = value(mixed).mean()
            found[j] += (after - before) / len(orders)
            before = after
    return found


def test_a_head_that_adds_up_is_explained_in_closed_form() -> None:
    found = shapley.additive(lambda m: m * W, X, BACKGROUND)
    np.testing.assert_allclose(found.values, W * (X - BACKGROUND.mean(0)))
    np.testing.assert_allclose(found.values, by_definition(lambda m: m @ W, X, BACKGROUND))
    assert found.values.sum() == pytest.approx(found.value - found.base)


def test_coalitions_counted_out_are_the_definition() -> None:
    found = shapley.exact(crooked, X, BACKGROUND, [[j] for j in range(5)])
    np.testing.assert_allclose(found.values, by_definition(crooked, X, BACKGROUND), atol=1e-12)
    assert found.values[3] == pytest.approx(0)  # a number that is not looked at has no share


def test_groups_share_what_their_numbers_make_together() -> None:
    found = shapley.exact(crooked, X, BACKGROUND, [[0, 1], [2, 3], [4]])
    assert found.values.sum() == pytest.approx(found.value - found.base)
    alone = shapley.exact(crooked, X, BACKGROUND, [[j] for j in range(5)])
    assert found.values[0] == pytest.approx(alone.values[0] + alone.values[1])
    with pytest.raises(DoesNotFit, match="13 groups"):
        shapley.exact(crooked, X, BACKGROUND, [[0]] * 13)


def test_drawn_reasons_lie_within_their_errors_and_add_up() -> None:
    true = by_definition(crooked, X, BACKGROUND)
    found = shapley.sampled(crooked, X, BACKGROUND, np.random.default_rng(0), orders=300)
    assert found.values.sum() == pytest.approx(found.value - found.base)
    assert (np.abs(found.values - true) < 4 * found.errors + 0.03).all()


def test_what_would_change_its_mind_is_the_fewest_telling_numbers() -> None:
    x, usual = np.array([0.0, 2.0, 0.0, 0.0, 3.0]), np.array([9.0, 0.0, 9.0, 0.0, -1.0])
    found = turn(lambda m: m @ np.array([0.0, 1.0, 0.0, 0.0, 2.0]) - 1, x, usual)
    assert (found.columns, found.values, found.turned) == ([4], [-1.0], True)
    never = turn(lambda m: np.full(len(m), 1.0), x, usual)
    assert not never.turned


def test_the_most_alike_leave_out_the_picture_and_its_copies() -> None:
    others = np.array([[0.0, 0], [0.1, 0], [1, 0], [0, 3], [5, 5]])
    skip = [True, True, False, False, False]
    rows, apart = alike(np.zeros(2), others, np.array([1.0, np.inf]), skip, [0, 0, 1, 2, 3])
    assert rows == [3, 2, 4]  # the second number counts nothing
    assert apart[1] == pytest.approx(np.sqrt(0.5))
    assert alike(np.zeros(2), others, np.ones(2), skip, [0, 0, 1, 1, 1])[0] == [2]
