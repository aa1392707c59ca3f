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


@pytest.mark.parametrize("size", [1, 3])
def test_downconv_is_a_convolution_and_then_a_mean(x: torch.Tensor, size: int) -> None:
    layer = DownConv(5, 7, size)
    slow = F.avg_pool2d(F.conv2d(x, layer.weight, layer.bias, padding=size // 2), 2)
    assert torch.allclose(layer(x), slow, atol=1e-5)


def test_doubling_flat_colour_leaves_no_checkerboard() -> None:
    up = UpConv(4, 4)
    grown = up(torch.ones(1, 4, 8, 8))[..., 2:-2, 2:-2]  # without the rim, where zeros come in
    assert torch.allclose(grown, grown[..., :1, :1].expand_as(grown), atol=1e-6)
