"""Train a model on a dataset, within a time, so that it can be stopped, resumed and made again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch

from latelier.errors import DiskError, DoesNotFit, Stopped, UsageError
from latelier.extractors._contract import Extractor
from latelier.extractors._open import opened, thresholds_of
from latelier.files import sha256, write_bytes
from latelier.images import png_bytes
from latelier.models import _files
from latelier.models._contract import seeded
from latelier.prepare.dataset import Dataset
from latelier.progress import Progress, silent
from latelier.project import Project, Run
from latelier.steps._conditions import Conditions, conditions
from latelier.steps._datasets import find_dataset
from latelier.steps._judging import Finished, judge_of
from latelier.steps._planning import Asked, fresh, plan
from latelier.steps._together import fits, follow, told
from latelier.steps._training import (
    MODEL,
    SOUND,
    STATE,
    Desk,
    Planned,
    dataset_of,
    read_state,
    seconds_used,
    snapshot_file,
    stoppable,
)
from latelier.steps._weights import training
from latelier.train import course, words
from latelier.train.loop import Trainer
from latelier.train.memory import memory_kept
from latelier.train.sheet import decoded, sheet
from latelier.train.team import Team, team

MINUTES = 30.0  # where neither a time nor a number of rounds is given
FIRST_SHEET = 9  # images on the sheet of a model that does not train


@dataclass(frozen=True)
class Trained:
    """What came of a training.

    Args:
        run: the name of the run.
        model: which family.
        seconds: used for training.
        images_seen: pictures shown, repeats counted.
        best_snapshot: the step whose weights are the model now.
        verdict: how it went, in one sentence.
        measures: of the best snapshot.
        said: what was chosen and expected beforehand.
    """

    run: str
    model: str
    seconds: float
    images_seen: int
    best_snapshot: int
    verdict: str
    measures: dict[str, Any]
    said: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return asdict(self)


def train(
    project: Project,
    name: str = "",
    *,
    model: str = "auto",
    minutes: float | None = None,
    steps: int | None = None,
    resume: str | int | None = None,
    start_from: str | int | None = None,
    seed: int | None = None,
    flips: str | None = None,
    colours: str | None = None,
    repeats: str | None = None,
    batch: int | None = None,
    settings: dict[str, Any] | None = None,
    precision: str | None = None,
    threads: int | None = None,
    save_every: int | None = None,
    extractor: str | None = None,
    shards: int | None = None,
    tensorboard: bool = False,
    labels: str | None = None,
    apart: float | None = None,
    worked: int | None = None,
    on_progress: Progress = silent,
) -> Trained:
    """Train a model on the dataset `name`; the best snapshot becomes the run's model.

    Args:
        project: that holds the dataset.
        name: of the dataset; may be left out with `resume`.
        model: a model's name, or "auto".
        minutes: for training, 30 if neither this nor `steps` is given.
        steps: rounds instead of minutes; the same count gives the same weights.
        resume: a run that was stopped or killed, to go on with as it was begun.
        start_from: a run whose weights to start from, with its model and settings, on any dataset.
        seed: of everything random; the project's if left out.
        flips: axes that pictures may be mirrored on: "", "x", "y" or "xy"; as `latelier.toml` says
            if left out, and where that says nothing colour "x", ink "".
        colours: "kept", or "free" where others would do as well; else as `latelier.toml` says.
        repeats: "yes" where pictures go on beyond their edges; else as `latelier.toml` says.
        batch: pictures a round; the model's own if left out.
        settings: of the model, by name.
        precision: "float32" or "bfloat16"; measured if left out.
        threads: of the processor; measured if left out.
        save_every: rounds between two saved states; about a minute if left out.
        extractor: by what it is measured: classic if left out, or one that needs a file as NAME:FILE.
        shards: parts that each round is seen in, for less memory; as many as processes if left out.
        tensorboard: write a log for TensorBoard too, into the run's folder.
        labels: the criterion whose labels it learns the pictures under, so that it can be asked for
            one; pictures without a label teach it what all have in common.
        apart: pictures seen at a look, in those seen at the look before; root 2, or more where
            looks would take over a fifth of the time, if left out.
        worked: rounds instead of minutes, those that were taken back counted; what `replay` asks for.
        on_progress: called now and then.

    Raises:
        UnknownName: no dataset, model, setting, extractor, criterion or run has that name.
        UsageError: a value that makes no sense, or a run that has finished.
        TooFew: fewer than 16 pictures to learn from, or none with a label.
        DoesNotFit: the model cannot make pictures of that shape.
        Damaged: an extractor's file is not what it reads.
        Stopped: Ctrl-C; all is saved.

    Started by torchrun, several processes share each round; the first has the clock and the disk.
    """
    if flips is None and project.config.flips:
        flips = project.config.flips.replace("none", "")
    fixed = {"flips": flips, "batch": batch, "precision": precision, "threads": threads}
    asked = Asked(
        model,
        MINUTES if minutes is None and steps is None and worked is None else minutes,
        steps,
        project.config.seed if seed is None else seed,
        settings or {},
        {
            **fixed,
            "save_every": save_every,
            "extractor": extractor,
            "shards": shards,
            "tensorboard": tensorboard,
            "apart": apart,
        },
        training(project, start_from) if start_from is not None else None,
        project.config.colours if colours is None else colours,
        project.config.repeats if repeats is None else repeats,
        labels or "",
        worked,
    )
    with memory_kept(), team() as crew:
        if not crew.leads:
            return _followed(project, crew)
        try:
            if resume is not None:
                return _go_on(project, resume, minutes, steps, crew, on_progress)
            return _begin(project, name, asked, crew, on_progress)
        finally:
            crew.end()


def _followed(project: Project, crew: Team) -> Trained:
    known = {f.name for f in fields(Trained)}
    return Trained(**{k: v for k, v in follow(project, crew).items() if k in known})


def _begin(project: Project, name: str, asked: Asked, crew: Team, on_progress: Progress) -> Trained:
    dataset, prepared = find_dataset(project, name)
    pixels = dataset.pixels[dataset.train]
    asked.check(pixels, name)
    planned, said = plan(pixels, asked, crew.size, _told(project, dataset, asked))
    fits(planned, crew)
    eye = opened(planned.extractor, pixels, planned.seed)
    inputs = _inputs(project, prepared)
    if asked.start:
        state = asked.start.folder / STATE
        inputs[project.relative(state)] = sha256(state)
    run = project.runs.start("train", asked.recipe(name), suffix=planned.model, inputs=inputs)
    planned.write(run)
    for sentence in said:
        run.log(said=sentence)
    on_progress(0, None, said[-1])
    budget = course.Budget(
        asked.seconds,
        asked.rounds,
        save_every=planned.save_every,
        apart=planned.apart,
        worked=asked.worked,
    )
    crew.share(told(project, run, planned, dataset))
    return _trained(run, dataset, planned, budget, (eye, crew), on_progress)


def _told(project: Project, dataset: Dataset, asked: Asked) -> Conditions | None:
    """The labels to learn under; those of the training that it starts from unless others are said."""
    begun = Planned.read(asked.start) if asked.start else None
    criterion = asked.labels or (begun.criterion if begun else "")
    if not criterion:
        return None
    return conditions(project, dataset, criterion, begun.settings["labels"] if begun else ())


def _go_on(
    project: Project,
    resume: str | int,
    minutes: float | None,
    steps: int | None,
    crew: Team,
    on_progress: Progress,
) -> Trained:
    run = training(project, resume)
    if run.finished:
        raise UsageError(
            f"Run {run.name} has finished; use it with: latelier make --run {run.name}, "
            f"or train on with: latelier train NAME --from {run.name}"
        )
    planned, begun, worked = Planned.read(run), run.recipe["settings"], None
    if minutes is None and steps is None:
        minutes, steps, worked = begun["minutes"], begun["steps"], begun.get("worked")
    budget = course.Budget(
        minutes * 60 if minutes is not None else None,
        steps,
        used_s=seconds_used(run),
        save_every=planned.save_every,
        apart=planned.apart,
        worked=worked,
    )
    fits(planned, crew)
    dataset = dataset_of(project, run)
    eye = opened(planned.extractor, dataset.pixels[dataset.train], planned.seed)
    crew.share(told(project, run, planned, dataset))
    return _trained(run, dataset, planned, budget, (eye, crew), on_progress)


def _trained(
    run: Run,
    dataset: Dataset,
    planned: Planned,
    budget: course.Budget,
    company: tuple[Extractor, Team],
    on_progress: Progress,
) -> Trained:
    """Train from where the run's folder stands until the budget is used; finish the run."""
    pixels, (eye, crew) = np.ascontiguousarray(dataset.pixels[dataset.train]), company
    with _threads(planned.threads):
        trainer = fresh(planned, pixels, crew)
        if not trainer.optimizers:
            return _without_training(run, planned, trainer)
        held = np.ascontiguousarray(dataset.pixels[dataset.held_out])
        desk = Desk(run, planned, judge_of(trainer.model, pixels, held, planned, eye), held)
        if (run.folder / STATE).is_file():
            desk.back(trainer)
            run.log(said=f"Went on from step {trainer.rounds}.")
        else:
            if planned.start:
                _adopt(trainer, run.folder.parent / planned.start)
            desk.save(trainer, budget.used_s)
        try:
            with stoppable() as stop:
                end = course.run(trainer, budget, desk, stop, on_progress)
        except DiskError as error:
            raise DiskError(
                f"{error} What was saved before is kept: latelier train --resume {run.name}"
            ) from error
    if end.why == "stopped":
        raise Stopped(
            f"Stopped at step {trainer.rounds}, after {words.duration(end.seconds)}; all is saved. "
            f"Go on with: latelier train --resume {run.name}"
        )
    with _threads(planned.threads):
        return _finish(run, planned, trainer, desk, end, Finished(pixels, held, eye))


def _adopt(trainer: Trainer, start: Path) -> None:
    tensors, _ = read_state(start)
    try:
        trainer.adopt(tensors)
    except RuntimeError as error:
        raise DoesNotFit(
            f"The weights of {start.name} are for pictures of another size or kind; "
            "prepare the dataset at the size that it had, or train without --from."
        ) from error


def _finish(
    run: Run, planned: Planned, trainer: Trainer, desk: Desk, end: course.End, finished: Finished
) -> Trained:
    kept = words.best(desk.history)
    _, model, header = _files.load(snapshot_file(run, kept.step))
    if "apart" in header:
        facts = {key: header[key] for key in ("step", "images_seen", "average")}
        _files.save(run.folder / MODEL, planned.model, model, **facts)
    else:
        write_bytes(run.folder / MODEL, snapshot_file(run, kept.step).read_bytes())
    thresholds = thresholds_of(planned.extractor)
    verdict = words.verdict(desk.history, thresholds, broken=end.why == "broken")
    measures = kept.measures
    if made := finished.measured(model, planned):
        verdict, measures = words.of_woven(verdict, made["measures"], thresholds), made["measures"]
        write_bytes(run.folder / "sheets" / "woven.png", png_bytes(sheet(made["images"])))
    trained = Trained(
        run=run.name,
        model=planned.model,
        seconds=round(end.seconds, 2),
        images_seen=trainer.images_seen,
        best_snapshot=kept.step,
        verdict=verdict,
        measures=measures.to_json(),
        said=_said(run),
    )
    run.log(said=trained.verdict)
    (run.folder / SOUND).unlink(missing_ok=True)
    run.finish({**trained.to_json(), "replay": _again(planned, trainer.worked)})
    return trained


def _without_training(run: Run, planned: Planned, trainer: Trainer) -> Trained:
    """Keep a model that has nothing to learn, with a first sheet."""
    model = trainer.model.eval()
    _files.save(run.folder / MODEL, planned.model, model, step=0, images_seen=0)
    images = decoded(model, model.prior(FIRST_SHEET, seeded(planned.seed, "sheet")))
    write_bytes(run.folder / "sheets" / "step-0000000.png", png_bytes(sheet(images)))
    count = len(trainer.pixels)
    trained = Trained(
        run=run.name,
        model=planned.model,
        seconds=0.0,
        images_seen=0,
        best_snapshot=0,
        verdict=f"Nothing had to be learnt: images are recombined from {count} of your pictures.",
        measures={},
        said=_said(run),
    )
    run.finish({**trained.to_json(), "replay": _again(planned, 0)})
    return trained


def _again(planned: Planned, worked: int) -> dict[str, Any]:
    """Settings that, laid over the recipe's, train the same once more."""
    fixed = asdict(planned)
    del fixed["device"], fixed["labelled"]  # the machine's own, and what labels say
    fixed["labels"] = fixed.pop("criterion") or None
    fixed["start_from"] = fixed.pop("start") or None
    return {**fixed, "minutes": None, "steps": None, "worked": worked or 1}


def _said(run: Run) -> list[str]:
    return [line["said"] for line in run.logged() if "said" in line]


def _inputs(project: Project, prepared: Run) -> dict[str, str]:
    """The dataset's files with their hashes."""
    folder = project.relative(prepared.folder)
    return {f"{folder}/{name}": sha for name, sha in prepared.result["outputs"].items()}


@contextmanager
def _threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
