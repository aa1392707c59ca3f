"""Resizing convolutions are what they say they are, only faster."""

import pytest
import torch
import torch.nn.functional as F

from latelier.models._resize import DownConv, UpConv


@pytest.fixture
def x() -> torch.Tensor:
    return torch.randn((2, 5, 8, 12), generator=torch.Generator().manual_seed(1))


def test_upconv_is_nearest_doubling_and_then_a_convolution(x: torch.Tensor) -> None:
    layer = UpConv(5, 7)
    slow = F.conv2d(F.interpolate(x, scale_factor=2, mode="nearest"), layer.weight, padding=1)
    assert torch.allclose(layer(x), slow, atol=1e-5)


def test_a_smooth_one_has_no_steps_between_places_that_rise_evenly(x: torch.Tensor) -> None:
    layer = UpConv(5, 7, smooth=True)
    tent = torch.tensor([1.0, 2, 1]) / 4
    blur = (tent[:, None] * tent).expand(5, 1, 3, 3)
    doubled = F.interpolate(x, scale_factor=2, mode="nearest")
    slow = F.conv2d(F.conv2d(doubled, blur, padding=1, groups=5), layer.weight, padding=1)
    assert torch.allclose(layer(x)[..., 2:-2, 2:-2], slow[..., 2:-2, 2:-2], atol=1e-5)
    slope = torch.arange(8.0).expand(1, 5, 8, 8)
    grown = layer(slope)[0, 0, 6, 3:-3]
    steps = grown.diff()
    assert torch.allclose(steps, steps[:1].expand_as(steps), atol=1e-5)


@pytest.mark.parametrize("size", [1, 3])
def test_downconv_is_a_convolution_and_then_a_mean(x: torch.Tensor, size: int) -> None:
    layer = DownConv(5, 7, size)
    slow = F.avg_pool2d(F.conv2d(x, layer.weight, layer.bias, padding=size // 2), 2)
    assert torch.allclose(layer(x), slow, atol=1e-5)


def test_doubling_flat_colour_leaves_no_checkerboard() -> None:
    up = UpConv(4, 4)
    grown = up(torch.ones(1, 4, 8, 8))[..., 2:-2, 2:-2]  # without the rim, where zeros come in
    assert torch.allclose(grown, grown[..., :1, :1].expand_as(grown), atol=1e-6)
