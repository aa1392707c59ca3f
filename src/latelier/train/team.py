"""Several processes that share the rounds of one training, on one machine or on many.

Each sees its shards of a round's pictures; gradients are summed before a step is taken, so all hold
the same weights (synchronous data parallelism; Li et al., "PyTorch Distributed", VLDB 2020). One
leads: it has the clock, the disk and the measures. The others only follow its rounds.
"""

import contextlib
import datetime
import os
from collections.abc import Iterable, Iterator
from typing import Any

import torch
import torch.distributed as dist
from torch import nn

PATIENT = datetime.timedelta(minutes=30)  # while the leader measures, the others wait


class Team:
    """One process alone; see `Several` for more.

    Args:
        rank: which of the processes this is; 0 leads.
        size: how many there are.
    """

    def __init__(self, rank: int = 0, size: int = 1) -> None:
        self.rank, self.size = rank, size
        self.stale = True  # whether the others must be told the whole state before the next round

    @property
    def leads(self) -> bool:
        """Whether this process decides and writes."""
        return self.rank == 0

    def call(self, trainer: Any) -> None:
        """Begin a round with the others."""

    def joined(self, loss: float, parameters: Iterable[nn.Parameter]) -> float:
        """Sum gradients and loss over all; gives the loss."""
        return loss

    def level(self, model: nn.Module) -> None:
        """Bring running statistics to their mean over all."""

    def share(self, thing: Any) -> Any:
        """What the leader gives, to all."""
        return thing

    def end(self) -> None:
        """Let the others go."""

    def follow(self, trainer: Any) -> None:
        """Do as the leader does until it ends."""


class Several(Team):
    """One of several processes that torchrun started."""

    def call(self, trainer: Any) -> None:
        """Begin a round; whoever does not hold the leader's state is given it."""
        if self.leads:
            self.share(("round", trainer.state() if self.stale else None))
        self.stale = False

    def joined(self, loss: float, parameters: Iterable[nn.Parameter]) -> float:
        """Sum gradients and loss over all, in one message."""
        learnt = [p for p in parameters if p.requires_grad]
        device = learnt[0].device if learnt else torch.device("cpu")
        flat = [torch.tensor([loss], dtype=torch.float32, device=device)]
        flat += [
            (p.grad if p.grad is not None else torch.zeros_like(p)).detach().float().reshape(-1)
            for p in learnt
        ]
        whole = torch.cat(flat)
        dist.all_reduce(whole)
        sums = whole[1:].split([p.numel() for p in learnt])
        for parameter, part in zip(learnt, sums, strict=True):
            parameter.grad = part.view_as(parameter).to(parameter.dtype)
        return float(whole[0])

    def level(self, model: nn.Module) -> None:
        """Bring running statistics to their mean over all."""
        for buffer in model.buffers():
            if buffer.is_floating_point():
                dist.all_reduce(buffer)
                buffer /= self.size

    def share(self, thing: Any) -> Any:
        """What the leader gives, to all."""
        box = [thing if self.leads else None]
        dist.broadcast_object_list(box)
        return box[0]

    def end(self) -> None:
        """Let the others go."""
        self.share(("end", None))

    def follow(self, trainer: Any) -> None:
        """Do as the leader does until it ends."""
        while True:
            order, state = self.share(None)
            if order == "end":
                return
            if state is not None:
                trainer.restore(*state)
            with contextlib.suppress(ArithmeticError):  # the leader answers, then gives its state
                trainer.round()


@contextlib.contextmanager
def team() -> Iterator[Team]:
    """The processes that torchrun started, or this one alone."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size < 2:
        yield Team()
        return
    on_cards = torch.cuda.is_available()
    if on_cards:
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    dist.init_process_group("nccl" if on_cards else "gloo", timeout=PATIENT)
    try:
        yield Several(dist.get_rank(), size)
    finally:
        dist.destroy_process_group()
