"""Our explanations against captum's on the same heads (Kokhlikyan and others, 2020)."""

import numpy as np
import torch
from captum.attr import KernelShap, LayerGradCam, ShapleyValues, ShapleyValueSampling
from torch import nn

from latelier.explain import heat, shapley

RNG = np.random.default_rng(8)
X, BASE = RNG.normal(0, 1, 6), RNG.normal(0, 1, 6)


def crooked(numbers: torch.Tensor) -> torch.Tensor:
    """A head with products and bends."""
    return (
        numbers[:, 0] * numbers[:, 1]
        + torch.tanh(numbers[:, 2] * numbers[:, 5])
        - numbers[:, 4] ** 2
    )


def ours(numbers: np.ndarray) -> np.ndarray:
    return crooked(torch.from_numpy(numbers)).numpy()


def asked(method: object, **how: object) -> np.ndarray:
    x, base = torch.from_numpy(X)[None], torch.from_numpy(BASE)[None]
    return method(crooked).attribute(x, baselines=base, **how)[0].numpy()  # type: ignore[operator]


def test_exact_values_are_captums() -> None:
    found = shapley.exact(ours, X, BASE[None], [[j] for j in range(6)])
    np.testing.assert_allclose(found.values, asked(ShapleyValues), atol=1e-4)


def test_values_of_groups_are_captums_with_the_same_groups() -> None:
    groups = [[0, 3], [1], [2, 4, 5]]
    mask = torch.zeros(1, 6, dtype=torch.long)
    for at, group in enumerate(groups):
        mask[0, group] = at
    theirs = asked(ShapleyValues, feature_mask=mask)
    found = shapley.exact(ours, X, BASE[None], groups)
    np.testing.assert_allclose(found.values, [theirs[group[0]] for group in groups], atol=1e-4)


def test_drawn_values_lie_within_their_errors_of_captums_and_are_surer_for_the_orders_asked() -> (
    None
):
    exact = asked(ShapleyValues)
    found = shapley.sampled(ours, X, BASE[None], np.random.default_rng(1), orders=40)
    assert (np.abs(found.values - exact) <= 4 * found.errors + 1e-4).all()
    torch.manual_seed(0)
    drawn = asked(ShapleyValueSampling, n_samples=80)  # 40 orders and their reverses are 80
    kernel = asked(KernelShap, n_samples=480)
    off = np.abs(found.values - exact).max()
    assert (
        off <= max(np.abs(drawn - exact).max(), np.abs(kernel - exact).max()) + 1e-4
    )  # captum keeps single precision


class Net(nn.Module):
    """Two convolutions, their means, and a linear head: what Grad-CAM was made for."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.first = nn.Conv2d(3, 8, 3, 2)
        self.last = nn.Conv2d(8, 12, 3, 2)
        self.head = nn.Linear(12, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.last(torch.relu(self.first(x))).mean((2, 3)))


def test_gradcam_is_captums() -> None:
    net = Net()
    x = torch.from_numpy(RNG.normal(0, 1, (1, 3, 40, 48))).float()
    maps = net.last(torch.relu(net.first(x)))[0].detach().double().numpy()
    for target in range(4):
        theirs = LayerGradCam(net, net.last).attribute(x, target, relu_attributions=True)
        found = heat.gradcam(maps, net.head.weight[target].detach().double().numpy())
        np.testing.assert_allclose(found, theirs[0, 0].detach().numpy(), atol=1e-6)
        assert found.max() > 0 or theirs.max() == 0
