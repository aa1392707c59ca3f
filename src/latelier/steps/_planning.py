"""What to train, decided before a training begins: model, settings, pace, words on what to expect."""

import copy
import hashlib
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from latelier import registry, seeds
from latelier.errors import TooFew, UsageError
from latelier.models import _files
from latelier.models._contract import Model, Shape, seeded
from latelier.project import Run
from latelier.project.config import CHOICES
from latelier.steps._conditions import Conditions
from latelier.steps._training import LOOKED_AT, STATE, Planned
from latelier.train import course, probe, words
from latelier.train.loop import LENGTHS, Plan, Trainer
from latelier.train.team import Team

FEWEST = 16  # pictures to learn from
SAVED_S = 60.0  # about how often the state is saved
SEEN_S = 0.015  # to measure an image of a look; 1 s for 64 of 64 px by `classic`, on one thread
FEW = 2  # images drawn to see how long it takes
FLIPS = ("", "x", "y", "xy")
PRECISIONS = ("float32", "bfloat16")
FIXED = (
    "batch",
    "flips",
    "precision",
    "threads",
    "save_every",
    "extractor",
    "shards",
    "tensorboard",
    "apart",
)


@dataclass(frozen=True)
class Asked:
    """What a person asked for; None where the machine may choose.

    Args:
        model: a name or "auto".
        minutes: of training, or None.
        rounds: instead of minutes, or None.
        seed: of everything random.
        settings: of the model, by name.
        fixed: any of `FIXED`.
        start: the run whose weights to start from.
        colours: "kept", "free" or "", as ``latelier.toml`` says.
        repeats: "yes", "no" or "", as ``latelier.toml`` says.
        labels: the criterion whose labels the model learns its pictures under, or "".
        worked: rounds instead of either, those that were taken back counted, or None.
    """

    model: str
    minutes: float | None
    rounds: int | None
    seed: int
    settings: dict[str, Any] = field(default_factory=dict)
    fixed: dict[str, Any] = field(default_factory=dict)
    start: Run | None = None
    colours: str = ""
    repeats: str = ""
    labels: str = ""
    worked: int | None = None

    @property
    def seconds(self) -> float | None:
        """Of training, or None."""
        return None if self.minutes is None else self.minutes * 60

    def recipe(self, name: str) -> dict[str, Any]:
        """The keyword arguments of `train` that ask for the same."""
        return {
            "name": name,
            "model": self.model,
            "minutes": self.minutes,
            "steps": self.rounds,
            "worked": self.worked,
            "seed": self.seed,
            "settings": self.settings,
            "start_from": self.start.name if self.start else None,
            "labels": self.labels or None,
            "colours": self.colours,
            "repeats": self.repeats,
            **self.fixed,
        }

    def check(self, pixels: NDArray[np.uint8], name: str) -> None:
        """Refuse what makes no sense.

        Raises:
            TooFew: fewer than 16 different pictures.
            UsageError: a value out of its range, or no weights to start from.
        """
        different = len({hashlib.blake2b(picture).digest() for picture in pixels})
        if different < FEWEST:
            which = f"{len(pixels)} pictures" + (
                f", only {different} of them different," if different < len(pixels) else ""
            )
            raise TooFew(
                f"{which} in {name!r} to learn from; training needs {FEWEST}. "
                "Add pictures and prepare the dataset again."
            )
        if self.settings.get("labels") and not self.labels:
            raise UsageError("Labels are no setting; give their criterion with --labels instead.")
        if self.start and not (self.start.folder / STATE).is_file():
            raise UsageError(
                f"Run {self.start.name} keeps no weights to train on from; leave out --from."
            )
        for what, value, known in (
            ("flips", self.fixed.get("flips"), FLIPS),
            ("colours", self.colours, CHOICES["colours"]),
            ("repeats", self.repeats, CHOICES["repeats"]),
            ("precision", self.fixed.get("precision"), PRECISIONS),
        ):
            if value is not None and value not in known:
                shown = ", ".join(repr(k) for k in known)
                raise UsageError(f"{what} is {value!r}; it can be {shown}.")
        numbers = {
            "minutes": self.minutes,
            "steps": self.rounds,
            "worked": self.worked,
            "batch": self.fixed.get("batch"),
            "threads": self.fixed.get("threads"),
        }
        for what, number in numbers.items():
            if number is not None and number <= 0:
                raise UsageError(f"{what} is {number}; it should be more than 0.")


def plan(
    pixels: NDArray[np.uint8], asked: Asked, shards: int = 1, told: Conditions | None = None
) -> tuple[Planned, list[str]]:
    """What to do, and the sentences that say what was chosen and what to expect.

    Args:
        pixels: the training rows, (n, h, w, c) uint8.
        asked: what a person wants.
        shards: parts that each round is seen in, one a process; a batch becomes a multiple of it.
        told: the labels of the rows, if it is to learn any.

    Raises:
        UsageError: the family learns no labels.
    """
    said = []
    ink, where = words.is_ink(pixels), probe.device()
    name, changes, start = asked.model, asked.settings, ""
    if asked.start:
        begun = Planned.read(asked.start)
        name, changes, start = begun.model, {**begun.settings, **changes}, asked.start.name
        said.append(f"Starts from the {name} of {start}.")
    elif name == "auto":
        choice = words.choose(pixels, asked.seconds or float("inf"), where)
        name = choice.model
        said.append(f"Chose {name}: {choice.why}.")
    shape = shape_of(pixels)
    changes = {**_allowed(name, asked, pixels, ink), **changes}
    if told:
        changes["labels"] = _labels(name, told)
        said.append(told.said)
    settings = _files.settings_of(name, changes, shape, len(pixels), ink)
    model = _files.build(name, shape, settings, seeds.child(asked.seed, "weights"))
    fixed = {k: v for k, v in asked.fixed.items() if v is not None}
    fixed = {"batch": model.batch, "flips": "" if ink else "x", **fixed}
    fixed["batch"] = -(-fixed["batch"] // shards) * shards
    pace = _pace(model, pixels, asked.seed, where, fixed)
    apart, learning = _looking(asked.seconds, model, where, pace)
    planned = Planned(
        model=name,
        settings=asdict(settings),
        batch=fixed["batch"],
        flips=fixed["flips"],
        seed=asked.seed,
        precision=pace.precision,
        threads=pace.threads,
        device=where,
        save_every=fixed.get("save_every")
        or max(1, round(SAVED_S * pace.images_s / fixed["batch"])),
        start=start,
        extractor=fixed.get("extractor", "classic"),
        shards=fixed.get("shards") or shards,
        tensorboard=fixed.get("tensorboard", False),
        apart=fixed.get("apart") or apart,
        criterion=told.criterion if told else "",
        labelled=told.rows if told else [],
    )
    said.append(words.expect(name, pace.images_s, asked.seconds, max(shape[1:]), learning=learning))
    return planned, said


def _labels(name: str, told: Conditions) -> list[str]:
    """The names of the labels for a family's settings."""
    families = [n for n in registry.names("models") if _learns_labels(n)]
    if name not in families:
        raise UsageError(
            f"The {name} learns no labels; these families do: {', '.join(families)}. "
            "Choose one with --model, or leave out --labels."
        )
    return told.names


def _learns_labels(name: str) -> bool:
    return hasattr(registry.load("models", name).Settings(), "labels")


def _allowed(name: str, asked: Asked, pixels: NDArray[np.uint8], ink: bool) -> dict[str, str]:
    """How the family may change what it sees, by what the artist said of the collection."""
    usual = _files.settings_of(name, {}, shape_of(pixels), len(pixels), ink)
    if asked.start or not hasattr(usual, "augment"):
        return {}
    kinds = usual.augment.split()
    if asked.repeats == "yes":
        kinds = ["wrap" if kind == "translation" else kind for kind in kinds]
    if asked.colours == "free":
        kinds.append("colour")
    return {"augment": " ".join(kinds)}


def fresh(planned: Planned, pixels: NDArray[np.uint8], crew: Team | None = None) -> Trainer:
    """A trainer at its first round, as a plan says."""
    shape = shape_of(pixels)
    settings = _files.settings_of(planned.model, planned.settings, shape, len(pixels))
    model = _files.build(planned.model, shape, settings, seeds.child(planned.seed, "weights"))
    model.material(pixels, planned.labelled or None)
    return Trainer(model, pixels, loop_plan(planned), crew, planned.labelled or None)


def loop_plan(planned: Planned) -> Plan:
    """What the loop needs of a plan."""
    return Plan(
        planned.batch,
        planned.seed,
        planned.flips,
        planned.precision,
        planned.device,
        planned.shards,
    )


def shape_of(pixels: NDArray[np.uint8]) -> Shape:
    """(c, h, w) of pictures (n, h, w, c)."""
    _, height, width, channels = pixels.shape
    return channels, height, width


def _looking(
    seconds: float | None, model: Model, where: str, pace: probe.Pace
) -> tuple[float, float | None]:
    """How far apart looks stand, and the seconds of learning between them."""
    if seconds is None or not pace.images_s:
        return course.APART, seconds
    return course.looks_in(seconds, pace.images_s, _look_s(model, where))


def _look_s(model: Model, where: str) -> float:
    """How long a look takes: the images of both averages are drawn and measured."""
    tried = copy.deepcopy(model).to(where).eval()
    z = tried.prior(FEW, seeded(1))
    with torch.no_grad():
        tried.glance(z.to(where))  # the first is slow
        started = time.monotonic()
        tried.glance(z.to(where)).cpu()
    each = (time.monotonic() - started) / FEW + SEEN_S
    return len(LENGTHS) * LOOKED_AT * each


def _pace(
    model: Model, pixels: NDArray[np.uint8], seed: int, where: str, fixed: Mapping[str, Any]
) -> probe.Pace:
    if not model.players():
        return probe.Pace(torch.get_num_threads(), "float32", 0.0)
    few = np.asarray(pixels[: 4 * fixed["batch"]])

    def throw_away(precision: str) -> Trainer:
        tried = Plan(fixed["batch"], seed, fixed["flips"], precision, where)
        labels = [-1] * len(few) if model.labels else None
        return Trainer(copy.deepcopy(model), few, tried, labels=labels)

    return probe.probe(throw_away, where, fixed.get("threads"), fixed.get("precision"))
