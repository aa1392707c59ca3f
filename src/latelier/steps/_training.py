"""A training run on disk: its plan, saved state, snapshots, sheets and log."""

import dataclasses
import json
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from torch import Tensor

from latelier.errors import Damaged, disk_error
from latelier.files import link, write_bytes, write_json
from latelier.images import png_bytes
from latelier.models import _files
from latelier.models._contract import seeded
from latelier.prepare.dataset import ARRAY, Dataset
from latelier.project import Project, Run
from latelier.steps._board import Board
from latelier.train.course import APART, Trouble
from latelier.train.loop import LENGTHS, Trainer
from latelier.train.measures import Judge, Measures
from latelier.train.sheet import glanced, sheet, understood
from latelier.train.trouble import collapsed, won
from latelier.train.words import Seen, enough, warning

PLAN, STATE, MODEL = "plan.json", "state.safetensors", "model.safetensors"
SOUND = "sound.safetensors"  # the last saved state that nothing was wrong with
UNDERSTOOD = 32  # held-out pictures shown beside what a model with an encoder made of them
MATERIAL = "material.safetensors"  # what all snapshots share, of a model that holds its originals
LOOKED_AT = 64  # images on a sheet, from the same latents at every snapshot


@dataclass(frozen=True)
class Planned:
    """All that a training run needs to be done again, beside its pictures.

    Args:
        model: its name.
        settings: of the model, complete.
        batch: pictures a round.
        flips: axes that pictures may be mirrored on.
        seed: of everything random.
        precision: "float32" or "bfloat16".
        threads: of the processor.
        device: "cpu", "cuda" or "mps".
        save_every: rounds between two saved states.
        start: the name of the run whose weights it started from, or "".
        extractor: by which it is measured.
        shards: parts that each round is seen in.
        tensorboard: whether a log for TensorBoard is written too.
        criterion: whose labels it learns under, or "".
        apart: pictures seen at a look, in those seen at the look before.
        labelled: the number of each training row's label, -1 for none; empty without labels.
    """

    model: str
    settings: dict[str, Any]
    batch: int
    flips: str
    seed: int
    precision: str
    threads: int
    device: str
    save_every: int
    start: str = ""
    extractor: str = "classic"
    shards: int = 1
    tensorboard: bool = False
    criterion: str = ""
    apart: float = APART
    labelled: list[int] = field(default_factory=list)

    def write(self, run: Run) -> None:
        """Put it into the run's folder."""
        write_json(run.folder / PLAN, dataclasses.asdict(self))

    @classmethod
    def read(cls, run: Run) -> "Planned":
        """The plan of a run.

        Raises:
            Damaged: it is not there or not whole.
        """
        try:
            return cls(**json.loads((run.folder / PLAN).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise Damaged(
                f"Run {run.name} has no readable {PLAN}, so it cannot go on; train anew."
            ) from error


class Desk:
    """Where `train.course` lays down what is to be kept: the folder of a run.

    Args:
        run: whose folder.
        planned: what is done.
        judge: measures the images.
        unseen: held-out pictures (n, h, w, c) that a model with an encoder shows its idea of.
    """

    def __init__(
        self, run: Run, planned: Planned, judge: Judge, unseen: NDArray[np.uint8] | None = None
    ) -> None:
        self.run = run
        self.unseen = unseen
        self.planned = planned
        self.judge = judge
        self.history = history(run)
        self.board = Board(run.folder) if planned.tensorboard else None

    @property
    def looked(self) -> int:
        """The round last looked at, 0 for none."""
        return self.history[-1].step if self.history else 0

    def look(self, trainer: Trainer, seconds: float, losses: dict[str, float]) -> str:
        """Draw the same latents with both averages, keep the one more like the held-out."""
        step = trainer.rounds
        told = trainer.shown_labels(LOOKED_AT)
        looks: dict[str, tuple[Measures, Any]] = {}
        for length in LENGTHS:
            with trainer.shown(length) as shown:
                z = shown.prior(LOOKED_AT, seeded(self.planned.seed, "sheet"))
                z = z if told is None else shown.asked(z, told)
                images = glanced(shown, z, self.planned.device)
            looks[length] = (self.judge.measure(images), images)
        length = min(looks, key=lambda name: looks[name][0].kid)
        measures, images = looks[length]
        write_bytes(self.run.folder / "sheets" / f"{_stem(step)}.png", png_bytes(sheet(images)))
        facts: dict[str, Any] = {
            "step": step,
            "images_seen": trainer.images_seen,
            "average": length,
        }
        with trainer.shown(length) as shown:
            _files.save_material(self.run.folder / MATERIAL, shown)
            file = snapshot_file(self.run, step)
            _files.save(file, self.planned.model, shown, apart=MATERIAL, **facts)
            encodes = shown.encodes and not shown.crosses  # weaving as many would take long
            if encodes and self.unseen is not None and len(self.unseen):
                pairs = understood(shown, self.unseen[:UNDERSTOOD], self.planned.device)
                write_bytes(self.run.folder / "understood.png", png_bytes(sheet(pairs)))
        before = warning(self.history)
        self.history = [*self.history, Seen(step, seconds, measures)]
        if (said := warning(self.history)) and said.partition(":")[0] != before.partition(":")[0]:
            self.note(said=said)
        self.note(  # before the state: whoever is killed in between looks again
            **facts,
            seconds=round(seconds, 2),
            shown_each=round(trainer.images_seen / len(trainer.pixels), 1),
            losses={player: round(loss, 4) for player, loss in losses.items()},
            measures=measures.to_json(),
        )
        if self.board:
            self.board.look(step, losses, measures.to_json(), sheet(images))
        self.save(trainer, seconds)
        return enough(self.history)

    def save(self, trainer: Trainer, seconds: float) -> None:
        """Save the state, and then how long it took."""
        tensors, facts = trainer.state()
        header = {_files.HEADER: json.dumps(facts, sort_keys=True)}
        write_bytes(self.run.folder / STATE, safetensors.torch.save(tensors, header))
        self.note(saved=trainer.rounds, seconds=round(seconds, 2))

    def trouble(self, trainer: Trainer, losses: dict[str, float]) -> Trouble | None:
        """A player that has won or images all alike; if neither, this state is kept as sound."""
        player = trainer.model.winner(losses) if losses else ""
        if said := won(player, losses):
            return Trouble(said, player)
        if said := collapsed(self.history):
            return Trouble(said)
        link(self.run.folder / STATE, self.run.folder / SOUND)
        return None

    def back(self, trainer: Trainer, sound: bool = False) -> None:
        """Put the trainer back to the last saved state, or to the last sound one if there is one.

        Raises:
            Damaged: the state cannot be read.
        """
        if sound and not (self.run.folder / SOUND).is_file():
            return
        tensors, facts = read_state(self.run.folder, SOUND if sound else STATE)
        try:
            trainer.restore(tensors, facts)
        except (KeyError, RuntimeError) as error:
            raise _damaged(self.run.name) from error
        self._drop_after(trainer.rounds)
        if sound:
            link(self.run.folder / SOUND, self.run.folder / STATE)

    def note(self, **what: Any) -> None:
        """Write a line in the log."""
        self.run.log(**what)

    def _drop_after(self, step: int) -> None:
        """Remove what a killed process drew but did not save: it comes again, or never was."""
        for later in (s for s in snapshots(self.run) if s > step):
            snapshot_file(self.run, later).unlink()
            (self.run.folder / "sheets" / f"{_stem(later)}.png").unlink(missing_ok=True)
        self.history = [seen for seen in self.history if seen.step <= step]


def read_state(folder: Path, name: str = STATE) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The saved state of a run: tensors by name, and the rest.

    Raises:
        Damaged: it cannot be read.
        DiskError: the disk refuses.
    """
    try:
        with safe_open(folder / name, "pt") as file:
            facts = json.loads((file.metadata() or {})[_files.HEADER])
            return {key: file.get_tensor(key) for key in file.keys()}, facts  # noqa: SIM118
    except (SafetensorError, KeyError, ValueError) as error:
        raise _damaged(folder.name) from error
    except OSError as error:
        raise disk_error(error, f"reading {name}") from error


def _damaged(run: str) -> Damaged:
    return Damaged(
        f"The saved state of run {run} is damaged; its snapshots can still be used: "
        f"latelier make 36 --run {run}"
    )


def history(run: Run) -> list[Seen]:
    """The snapshots of a run as they were measured, in order; those redone count once."""
    seen = {
        line["step"]: Seen(line["step"], line["seconds"], Measures(**line["measures"]))
        for line in run.logged()
        if "measures" in line and snapshot_file(run, line["step"]).is_file()
    }
    return [seen[step] for step in sorted(seen)]


def dataset_of(project: Project, run: Run) -> Dataset:
    """The dataset that a run learned from, as it was then.

    Raises:
        Damaged: it is not there any more, or has changed.
    """
    inputs: dict[str, str] = run.recipe["inputs"]
    array = next((project.root / path for path in inputs if path.endswith(ARRAY)), None)
    if array is None:
        raise Damaged(f"Run {run.name} does not say which dataset it learned from; train anew.")
    return Dataset.open(array.parent)


def seconds_used(run: Run) -> float:
    """How long the run has trained until now."""
    return max((line["seconds"] for line in run.logged() if "seconds" in line), default=0.0)


def snapshot_file(run: Run, step: int) -> Path:
    """Where the snapshot of a step lies."""
    return run.folder / "snapshots" / f"{_stem(step)}.safetensors"


def snapshots(run: Run) -> list[int]:
    """The steps of which there are snapshots, in order."""
    return sorted(
        int(file.stem.removeprefix("step-"))
        for file in (run.folder / "snapshots").glob("step-*.safetensors")
    )


@contextmanager
def stoppable() -> Iterator[Callable[[], bool]]:
    """While this lasts, Ctrl-C asks to stop after the round; a second one stops at once."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return

    def ask(number: int, frame: Any) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    before = {s: signal.signal(s, ask) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stem(step: int) -> str:
    return f"step-{step:07d}"
