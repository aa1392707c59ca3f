"""The one training loop: rounds of all players, averaged weights, a state that resumes to the bit.

Nothing random outlives a round: each draws from a generator that belongs to its number, so a run
that was stopped and resumed is the same run, and no generator has to be saved.

The averages of the weights follow Karras et al., "Analyzing and Improving the Training Dynamics of
Diffusion Models" (arXiv 2312.02696, section 3) in spirit: a half-life that grows with the pictures
seen, in two lengths, of which the better is kept.
"""

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from latelier import seeds
from latelier.train.team import Team

LENGTHS = {"long": 0.1, "short": 0.03}  # half-lives of the averages, in shares of pictures seen
LONGEST = 20_000  # pictures; the half-life grows no further
UNTOLD = 0.1  # share of labels left out, so that the model can do without (arXiv 2207.12598)


class Learner(Protocol):
    """What the loop asks of a model; see `models/_contract.py`."""

    def players(self) -> dict[str, Iterable[nn.Parameter]]:
        """Who learns."""

    def turn(self, player: str) -> None:
        """Let only one learn."""

    def optimizer(self, player: str) -> torch.optim.Optimizer:
        """A fresh optimiser."""

    def loss(
        self, player: str, x: Tensor, rng: torch.Generator, told: Tensor | None = None
    ) -> Tensor:
        """What the player wants small."""

    def settle(self, pixels: NDArray[np.uint8]) -> None:
        """Take what follows from the weights and the training rows."""

    def kept_state(self) -> dict[str, Tensor]:
        """What snapshots hold, and what is averaged."""

    def state_dict(self) -> dict[str, Tensor]:
        """Everything."""


@dataclass(frozen=True)
class Plan:
    """How to train.

    Args:
        batch: pictures a round.
        seed: of everything random.
        flips: axes that pictures may be mirrored on: "", "x" (left and right), "y" or "xy".
        precision: "float32", or "bfloat16" for layers that bear it.
        device: "cpu", "cuda", "mps".
        shards: parts that a round's pictures are seen in, one after another or one a process;
            chance is drawn for each, so that it makes no difference who sees which.
    """

    batch: int
    seed: int
    flips: str = ""
    precision: str = "float32"
    device: str = "cpu"
    shards: int = 1


class Diverged(ArithmeticError):
    """A loss is no longer a number; `train.run` answers it."""


class Trainer:
    """Trains a model round by round.

    Args:
        model: under the model contract, its `material` taken already.
        pixels: the training rows, (n, h, w, c) uint8; may be a memory map.
        plan: how to train.
        team: the processes that share each round; alone if left out.
        labels: of each row the number of its label in the model, or -1; none if left out.
    """

    def __init__(
        self,
        model: Any,
        pixels: NDArray[np.uint8],
        plan: Plan,
        team: Team | None = None,
        labels: Sequence[int] | None = None,
    ) -> None:
        self.team = team or Team()
        self.model: Any = model.to(plan.device).train()
        self.pixels = pixels
        self.labels = None if labels is None else np.asarray(labels, np.int64)
        self.plan = plan
        self.rounds = 0
        self.worked = 0  # rounds begun, those that were broken off or taken back counted
        self.setbacks = 0  # how often training fell back to a saved state
        self.answers = 0  # how often the model was asked to make it harder to win or to repeat
        self.optimizers = {p: model.optimizer(p) for p in model.players()}
        self.averages = {length: _copied(model.kept_state()) for length in LENGTHS}
        self._order: tuple[int, NDArray[np.int64]] = (-1, np.empty(0, np.int64))

    @property
    def images_seen(self) -> int:
        """Pictures shown so far."""
        return self.rounds * self.plan.batch

    def round(self) -> dict[str, float]:
        """Let every player learn once; gives each one's loss.

        Raises:
            Diverged: a loss is no number.
        """
        self.team.call(self)
        self.worked += 1
        x, told = self._batch()
        losses = {}
        for player, optimizer in self.optimizers.items():
            self.model.turn(player)
            optimizer.zero_grad(set_to_none=True)
            losses[player] = self._learn(player, x, told)
            if not np.isfinite(losses[player]):
                raise Diverged(f"the loss of {player} is {losses[player]}")
            optimizer.step()
        self.team.level(self.model)
        self.rounds += 1
        self._average()
        return losses

    def _learn(self, player: str, x: Tensor, told: Tensor | None) -> float:
        """Lay down the gradients of a player's mean loss over all shards; gives that loss."""
        count, mean = self.plan.shards, 0.0
        shards = x.tensor_split(count)
        labels = told.tensor_split(count) if told is not None else [None] * count
        for index in range(self.team.rank, count, self.team.size):
            rng = self._rng(player, str(index)) if count > 1 else self._rng(player)
            with self._precision():
                loss = self.model.loss(player, shards[index], rng, labels[index])
            loss = loss / count if count > 1 else loss
            mean += loss.item()
            if np.isfinite(mean):
                loss.backward()
        return self.team.joined(mean, self.model.players()[player])

    def check(self) -> None:
        """Make sure that what is about to be saved is made of numbers.

        Raises:
            Diverged: a weight is no number.
        """
        for name, weight in self.model.named_parameters():
            if not torch.isfinite(weight).all():
                raise Diverged(f"the weights of {name.partition('.')[0]} are no longer numbers")

    def calm(self, factor: float, player: str = "") -> None:
        """Let all, or one player, take smaller steps from now on."""
        for name, optimizer in self.optimizers.items():
            for group in optimizer.param_groups if player in ("", name) else []:
                group["lr"] *= factor
        self.team.stale = True

    def answer(self, answers: int) -> None:
        """Let the model augment so many times more strongly than at first."""
        self.answers = self.model.harder = answers
        self.team.stale = True

    @contextlib.contextmanager
    def shown(self, length: str) -> Iterator[Any]:
        """The model with averaged weights, ready to decode; as it was again afterwards."""
        now = self.model.kept_state()
        before = _copied(now)
        with torch.no_grad():
            for name, tensor in now.items():
                tensor.copy_(self.averages[length][name])
            self.model.eval()
            try:
                self.model.settle(self.pixels)
                yield self.model
            finally:
                self.model.train()
                for name, tensor in now.items():
                    tensor.copy_(before[name])

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """All that going on needs: tensors by name, and the rest as JSON."""
        tensors = {f"model/{k}": v.detach() for k, v in self.model.state_dict().items()}
        for length, average in self.averages.items():
            tensors.update({f"average/{length}/{k}": v for k, v in average.items()})
        steps: dict[str, list[float]] = {}
        for player, optimizer in self.optimizers.items():
            packed = optimizer.state_dict()
            steps[player] = [group["lr"] for group in packed["param_groups"]]
            for index, values in packed["state"].items():
                for key, value in values.items():
                    tensors[f"optimizer/{player}/{index}/{key}"] = torch.as_tensor(value)
        facts = {"rounds": self.rounds, "setbacks": self.setbacks, "lr": steps}
        facts["worked"] = self.worked
        if self.answers:
            facts["answers"] = self.answers
        return {k: v.cpu().contiguous() for k, v in tensors.items()}, facts

    def restore(self, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
        """Take over what `state` gave."""
        parts: dict[str, dict[str, Tensor]] = {}
        for name, tensor in tensors.items():
            kind, _, rest = name.partition("/")
            parts.setdefault(kind, {})[rest] = tensor
        self.model.load_state_dict(parts["model"])
        for name, tensor in parts["average"].items():
            length, _, key = name.partition("/")
            self.averages[length][key].copy_(tensor)
        moments: dict[str, dict[int, dict[str, Tensor]]] = {p: {} for p in self.optimizers}
        for name, tensor in parts.get("optimizer", {}).items():
            player, index, key = name.rsplit("/", 2)
            moments[player].setdefault(int(index), {})[key] = tensor.clone()
        for player, optimizer in self.optimizers.items():
            groups = optimizer.state_dict()["param_groups"]
            for group, lr in zip(groups, facts["lr"][player], strict=True):
                group["lr"] = lr
            optimizer.load_state_dict({"state": moments[player], "param_groups": groups})
        self.rounds, self.setbacks = facts["rounds"], facts["setbacks"]
        self.worked = facts.get("worked", self.rounds)
        self.answer(facts.get("answers", 0))

    def adopt(self, tensors: Mapping[str, Tensor]) -> None:
        """Start from the weights in another training's `state`, and nothing else of it.

        Raises:
            RuntimeError: they are of another model or size.
        """
        weights = {
            k.removeprefix("model/"): v for k, v in tensors.items() if k.startswith("model/")
        }
        self.model.load_state_dict(weights)
        self.averages = {length: _copied(self.model.kept_state()) for length in LENGTHS}
        self.team.stale = True

    def _rng(self, *path: str) -> torch.Generator:
        seed = seeds.child(self.plan.seed, "round", self.rounds, self.setbacks, *path)
        return torch.Generator().manual_seed(seed)

    def shown_labels(self, n: int) -> Tensor | None:
        """Labels of `n` rows evenly spread, as many of each as the originals have; None without."""
        if self.labels is None:
            return None
        rows = np.linspace(0, len(self.labels) - 1, n).round().astype(int)
        told: Tensor = self.model.one_hot(self.labels[rows].tolist())
        return told

    def _batch(self) -> tuple[Tensor, Tensor | None]:
        rows = [self._row(self.rounds * self.plan.batch + i) for i in range(self.plan.batch)]
        x = torch.from_numpy(np.ascontiguousarray(self.pixels[rows].transpose(0, 3, 1, 2)))
        x = x.to(self.plan.device).float().div_(127.5).sub_(1)
        rng = self._rng("flips")
        for axis, dim in (("x", 3), ("y", 2)):
            if axis in self.plan.flips:
                turned = torch.rand((len(x), 1, 1, 1), generator=rng).to(x.device) < 0.5
                x = torch.where(turned, x.flip(dim), x)
        return x, self._told(rows)

    def _told(self, rows: list[int]) -> Tensor | None:
        """The labels of rows, some of them left out."""
        if self.labels is None:
            return None
        kept = torch.rand((len(rows), 1), generator=self._rng("labels")) >= UNTOLD
        told: Tensor = self.model.one_hot(self.labels[rows].tolist()) * kept
        return told.to(self.plan.device)

    def _row(self, position: int) -> int:
        """Which row is shown at a position of the endless row of epochs, each in a new order."""
        epoch, place = divmod(position, len(self.pixels))
        if self._order[0] != epoch:
            order = seeds.rng(self.plan.seed, "epoch", epoch).permutation(len(self.pixels))
            self._order = (epoch, order)
        return int(self._order[1][place])

    def _precision(self) -> contextlib.AbstractContextManager[Any]:
        if self.plan.precision == "bfloat16":
            return torch.autocast(self.plan.device, dtype=torch.bfloat16)
        return contextlib.nullcontext()

    def _average(self) -> None:
        now = self.model.kept_state()
        for length, share in LENGTHS.items():
            half_life = min(share * self.images_seen, LONGEST * share / LENGTHS["long"])
            weight = 1 - 0.5 ** (self.plan.batch / half_life)
            average = self.averages[length]
            floating = [k for k, v in now.items() if v.is_floating_point()]
            torch._foreach_lerp_(
                [average[k] for k in floating], [now[k].detach() for k in floating], weight
            )
            for k in now.keys() - floating:
                average[k].copy_(now[k])


def _copied(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {k: v.detach().clone() for k, v in state.items()}
