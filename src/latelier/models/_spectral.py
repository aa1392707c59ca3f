"""Spectral norm: a weight over its largest singular value, so that a layer can stretch nothing.

Miyato et al., "Spectral Normalization for Generative Adversarial Networks" (arXiv 1802.05957,
algorithm 1): the singular vectors are carried along, and one step of the power iteration follows
each change of the weight. The paper steps at every look through the layer; here the model says when,
so that pictures seen in several parts, by one process or by many, are judged by the same weight.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import parametrize

FIRST = 16  # steps for a fresh weight, after which its norm is known within some hundredths
EPS = 1e-12  # a weight of zeros stays one


class Spectral(nn.Module):
    """Divides a weight (a, ...) by its spectral norm, seen as a matrix (a, rest)."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        flat = weight.detach().flatten(1)
        for name, size in zip(("_u", "_v"), flat.shape, strict=True):
            self.register_buffer(name, F.normalize(flat.new_empty(size).normal_(), dim=0, eps=EPS))
        self._u: Tensor
        self._v: Tensor
        for _ in range(FIRST):
            self.step(weight)

    @torch.no_grad()
    def step(self, weight: Tensor) -> None:
        """Follow a changed weight by one step of the power iteration."""
        flat = weight.flatten(1)
        # in new tensors: a slope that is still to be worked out may need the old ones
        self._u = F.normalize(torch.mv(flat, self._v), dim=0, eps=EPS)
        self._v = F.normalize(torch.mv(flat.T, self._u), dim=0, eps=EPS)

    def forward(self, weight: Tensor) -> Tensor:
        """The weight, its spectral norm 1 as far as the steps have come."""
        with torch.autocast(weight.device.type, enabled=False):  # on a card mv is rounded else
            return weight / torch.vdot(self._u, torch.mv(weight.flatten(1), self._v))


def spectral(conv: nn.Conv2d) -> nn.Conv2d:
    """The convolution, its weight read through a `Spectral`."""
    parametrize.register_parametrization(conv, "weight", Spectral(conv.weight))
    return conv


def follow(module: nn.Module) -> None:
    """Let every spectral norm within a module follow its weight by one step."""
    for part in module.modules():
        if isinstance(part, parametrize.ParametrizationList):
            for rule in part:
                if isinstance(rule, Spectral):
                    rule.step(part.original)
