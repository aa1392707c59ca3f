"""The probe believes only what it measured."""

from types import SimpleNamespace
from typing import Any

import pytest
import torch

from latelier.train import probe
from latelier.train.loop import Diverged


def fake(speeds: dict[tuple[int, str], float], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(
        probe, "_images_s", lambda made, seconds: speeds[torch.get_num_threads(), made.precision]
    )
    return lambda precision: SimpleNamespace(precision=precision)


SPEEDS = {
    (1, "float32"): 40.0,
    (1, "bfloat16"): 60.0,
    (2, "float32"): 50.0,
    (2, "bfloat16"): 63.0,
}


def test_more_threads_must_be_worth_what_they_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe.os, "cpu_count", lambda: 2)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(probe, "precisions", lambda where: ["float32", "bfloat16"])
    before = torch.get_num_threads()
    pace = probe.probe(fake(SPEEDS, monkeypatch), "cpu")
    assert (pace.threads, pace.precision, pace.images_s) == (1, "bfloat16", 60.0)
    pace = probe.probe(fake({**SPEEDS, (2, "bfloat16"): 110.0}, monkeypatch), "cpu")
    assert (pace.threads, pace.precision) == (2, "bfloat16")
    assert torch.get_num_threads() == before


def test_what_a_person_fixed_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "precisions", lambda where: ["float32", "bfloat16"])
    pace = probe.probe(fake(SPEEDS, monkeypatch), "cpu", threads=2, precision="float32")
    assert (pace.threads, pace.precision) == (2, "float32")


def test_bfloat16_is_tried_only_where_the_processor_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "_cpu_has_bf16", lambda: False)
    assert probe.precisions("cpu") == ["float32"]
    monkeypatch.setattr(probe, "_cpu_has_bf16", lambda: True)
    assert probe.precisions("cpu") == ["float32", "bfloat16"]
    assert probe.precisions("mps") == ["float32"]


def test_numbers_that_break_while_probing_are_left_to_the_training() -> None:
    class Breaking:
        plan = SimpleNamespace(batch=8)
        done = 0

        def round(self) -> None:
            self.done += 1
            if self.done == 3:
                raise Diverged("the loss of gan is nan")

    assert probe.probe(lambda _: Breaking(), "cpu", 1, "float32").images_s > 0
