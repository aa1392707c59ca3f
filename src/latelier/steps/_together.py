"""A training that several processes share: what the leader tells, and what the others do."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import numpy as np
import torch

from latelier.errors import Stopped, UsageError
from latelier.prepare.dataset import Dataset
from latelier.project import Project, Run
from latelier.steps._planning import fresh
from latelier.steps._training import Planned
from latelier.train.team import Team


def told(project: Project, run: Run, planned: Planned, dataset: Dataset) -> tuple[str, Any]:
    """All that the others need to know before the first round."""
    place = project.relative(dataset.folder)
    return "train", {"run": run.name, "planned": asdict(planned), "dataset": place}


def fits(planned: Planned, crew: Team) -> None:
    """Refuse a training whose parts cannot be shared out evenly.

    Raises:
        UsageError: so many processes cannot share it.
    """
    if planned.shards % crew.size:
        raise UsageError(
            f"This run sees its pictures in {planned.shards} parts, which {crew.size} processes "
            f"cannot share evenly; go on with {planned.shards}, or with one."
        )


def follow(project: Project, crew: Team) -> dict[str, Any]:
    """Train as the leading process says until it ends; gives the result of its run.

    Raises:
        Stopped: the leading process stopped before the training was done.
    """
    with _deaf():
        order, what = crew.share(None)
        if order == "train":
            planned = Planned(**what["planned"])
            dataset = Dataset.open(project.root / what["dataset"])
            torch.set_num_threads(planned.threads)
            pixels = np.ascontiguousarray(dataset.pixels[dataset.train])
            crew.follow(fresh(planned, pixels, crew))
            run = project.runs.find(what["run"])
            if run.finished:
                return run.result
    raise Stopped("The first process ended the training; it says why.")


@contextmanager
def _deaf() -> Iterator[None]:
    """While this lasts, Ctrl-C is for the leading process to answer."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {s: signal.signal(s, signal.SIG_IGN) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
