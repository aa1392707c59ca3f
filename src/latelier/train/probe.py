"""Two seconds of trying: which device, how many threads and which precision this machine is best at.

With another program on one of two cores, two threads were measured two to four times slower than
one, and bfloat16 1.3 to 1.7 times faster than float32 where the processor multiplies it itself but
slower where it only pretends to; so nothing is believed that was not measured here and now.
"""

import contextlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from latelier.train.loop import Diverged, Trainer

BUDGET_S = 2.0
BETTER = 1.1  # more threads must be so much faster than one: they take from others' work


@dataclass(frozen=True)
class Pace:
    """What the machine can do with a model.

    Args:
        threads: of the processor.
        precision: "float32" or "bfloat16".
        images_s: pictures a second in training.
    """

    threads: int
    precision: str
    images_s: float


def device() -> str:
    """The best device here: "cuda", "mps" or "cpu"."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def precisions(where: str) -> list[str]:
    """The precisions that the device's hardware has."""
    if where == "cuda":
        good = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        good = where == "cpu" and _cpu_has_bf16()
    return ["float32", "bfloat16"] if good else ["float32"]


def probe(
    trainer: Callable[[str], Trainer],
    where: str,
    threads: int | None = None,
    precision: str | None = None,
) -> Pace:
    """Measure one thread against all, float32 against bfloat16, in about two seconds.

    Args:
        trainer: makes a throw-away trainer for a precision.
        where: the device.
        threads: keep to so many.
        precision: keep to this one.

    Returns:
        the fastest; torch keeps the number of threads that it had.
    """
    before = torch.get_num_threads()
    most = before if "OMP_NUM_THREADS" in os.environ else os.cpu_count() or 1
    counts = [threads] if threads else [1, most] if most > 1 and where == "cpu" else [most]
    tried = [(n, p) for n in counts for p in ([precision] if precision else precisions(where))]
    best: Pace | None = None
    for n, kind in tried:
        torch.set_num_threads(n)
        speed = _images_s(trainer(kind), BUDGET_S / len(tried))
        needed = BETTER if best and n > best.threads else 1.0
        if best is None or speed > needed * best.images_s:
            best = Pace(n, kind, speed)
    torch.set_num_threads(before)
    return best or Pace(before, "float32", 0.0)


def _images_s(trainer: Trainer, seconds: float) -> float:
    trainer.round()  # the first is slow: memory is fetched, kernels are chosen
    rounds, started = 0, time.monotonic()
    with contextlib.suppress(Diverged):  # the training itself answers that, and says so
        while (spent := time.monotonic() - started) < seconds * 0.6 or rounds < 1:
            trainer.round()
            rounds += 1
    return rounds * trainer.plan.batch / spent if spent else 0.0


def _cpu_has_bf16() -> bool:
    """Whether the processor multiplies bfloat16 itself (torch knows AVX-512 and AMX)."""
    ask: Any = torch.cpu
    return any(
        bool(getattr(ask, name, bool)())
        for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    )
