"""Spectral norm: the norm becomes 1, and a step is taken when the model says so, not at each look."""

import torch
from torch import nn

from latelier.models._spectral import Spectral, follow, spectral


def norm(weight: torch.Tensor) -> float:
    return float(torch.linalg.matrix_norm(weight.detach().flatten(1), 2))


def conv(seed: int = 1) -> nn.Conv2d:
    torch.manual_seed(seed)
    return spectral(nn.Conv2d(6, 10, 3))


def test_a_fresh_weight_has_a_norm_of_nearly_one() -> None:
    for seed in range(5):
        assert 1 - 1e-4 <= norm(conv(seed).weight) < 1.1


def test_the_norm_is_found_again_after_the_weight_has_changed() -> None:
    layer = conv()
    with torch.no_grad():
        layer.parametrizations.weight.original[3] *= 40
    assert norm(layer.weight) > 1.5
    for _ in range(30):
        follow(layer)
    assert abs(norm(layer.weight) - 1) < 1e-3


def test_looking_through_the_layer_changes_nothing_and_a_step_does() -> None:
    layer, x = conv().train(), torch.rand(2, 6, 8, 8)
    first = layer(x)
    assert torch.equal(layer(x), first)
    follow(nn.Sequential(nn.ReLU(), layer))
    assert not torch.equal(layer(x), first)


def test_half_precision_does_not_touch_the_weight() -> None:
    layer = conv()
    whole = layer.weight
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(layer.weight, whole)


def test_a_slope_of_before_a_step_is_the_same_after_it() -> None:
    slopes = []
    for stepped in (False, True):
        layer = conv()
        loss = layer(torch.ones(1, 6, 4, 4)).square().sum()
        if stepped:
            follow(layer)
        loss.backward()
        slopes.append(layer.parametrizations.weight.original.grad)
    assert torch.equal(*slopes)


def test_a_weight_of_zeros_is_no_trouble_for_the_vectors() -> None:
    rule = Spectral(torch.zeros(3, 4))
    assert torch.isfinite(rule._u).all() and torch.isfinite(rule._v).all()
