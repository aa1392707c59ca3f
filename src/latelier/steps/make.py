"""Make new images from a trained model: single ones by seed, each knowing how it came to be."""

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latelier.curate.borrowed import borrowed
from latelier.curate.near import Originals, thumbs
from latelier.errors import Stopped, UsageError
from latelier.files import sha256, write_bytes
from latelier.generate.sample import Sample, sample
from latelier.images import pixels_sha256, png_bytes
from latelier.models import _files
from latelier.prepare.dataset import Dataset
from latelier.progress import Progress, silent
from latelier.project import Image, NewImage, Project, Run
from latelier.steps._conditions import told_for
from latelier.steps._training import dataset_of, stoppable
from latelier.steps._weights import training, weights

VARIETY = 0.8  # nearer to the mean fewer images fail; 1 shows all that was learnt


@dataclass(frozen=True)
class Made:
    """Images that were made.

    Args:
        run: the name of the run that made them.
        images: them, in the order of their seeds.
        model_run: the name of the training that they come from.
        copies: those that are nearly one of the originals.
    """

    run: str
    images: list[Image]
    model_run: str
    copies: list[Image]

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "run": self.run,
            "images": [image.path for image in self.images],
            "model_run": self.model_run,
            "copies": [image.path for image in self.copies],
        }


def make(
    project: Project,
    n: int,
    *,
    run: Any = None,
    seed: int | None = None,
    variety: float = VARIETY,
    snapshot: int | None = None,
    label: str | None = None,
    on_progress: Progress = silent,
) -> Made:
    """Make `n` images; image i has the seed `seed + i` and is the same whatever is made beside it.

    Args:
        project: that holds the model.
        n: how many.
        run: of the training, by number, name or what `train` gave; the newest if left out.
        seed: of the first image; if left out, the first that was not used with this model.
        variety: 1 draws from all that was learnt, less keeps nearer to the mean; 0 to 2.
        snapshot: the step of an earlier snapshot, instead of the best.
        label: what to show, of a model that was trained with labels; whatever it knows if left out.
        on_progress: told after each image.

    Raises:
        UsageError: a number out of its range, no model to make images with, or one without labels.
        UnknownName: there is no such run or snapshot, or the model knows no such label.
        Damaged: the model's file is not what was written.
        Stopped: Ctrl-C; the images made so far are kept.
    """
    if n < 1 or not 0 <= variety <= 2 or (seed is not None and seed < 0):
        raise UsageError(
            f"{n} images with variety {variety} and seed {seed} cannot be made; "
            "take 1 or more, a variety of 0 to 2, a seed of 0 or more."
        )
    trained = training(project, run)
    path = weights(trained, snapshot)
    source = _Source(project, trained, *_files.load(path), variety=variety, label=label)
    told = told_for(source.model, label)
    first = source.next_seed() if seed is None else seed
    settings = {"n": n, "run": trained.name, "seed": first, "variety": variety,
                "snapshot": snapshot, "label": label}  # fmt: skip
    inputs = {project.relative(path): sha256(path)}
    made_by = project.runs.start("make", settings, suffix=source.name, inputs=inputs)
    images: list[NewImage] = []
    with stoppable() as stop:
        for made in sample(source.model, range(first, first + n), variety, told):
            images.append(_written(project, made_by, source, made))
            on_progress(len(images), n, f"seed {made.seed}")
            if stop():
                break
    result = {"run": made_by.name, "model_run": trained.name, "replay": {"n": len(images)}}
    kept = made_by.finish(result, images)
    if len(images) < n:
        raise Stopped(
            f"Stopped after {len(images)} of {n} images; they are kept in {made_by.name}. The rest: "
            f"latelier make {n - len(images)} --run {trained.name} --seed {first + len(images)}"
        )
    return Made(made_by.name, kept, trained.name, [i for i in kept if i.facts["near"]["copy"]])


@dataclass(frozen=True)
class _Source:
    """The model that images come from, and what must be said of them."""

    project: Project
    trained: Run
    name: str
    model: Any
    header: dict[str, Any]
    variety: float
    label: str | None

    @cached_property
    def dataset(self) -> Dataset:
        """What the model learned from."""
        return dataset_of(self.project, self.trained)

    @cached_property
    def originals(self) -> Originals:
        """Every picture of the dataset, held out or not, to compare with."""
        return Originals(self.dataset.pixels)

    @cached_property
    def said_of(self) -> dict[str, Mapping[int, str]]:
        """What holds now of all images: credit and rights."""
        return {kind: self.project.journal.values(kind) for kind in ("credit", "rights")}

    def next_seed(self) -> int:
        """The first seed not used with this model; the project's own at first."""
        used = self.project.images.where("role = 'generated' AND seed IS NOT NULL")
        mine = [i.seed for i in used if i.facts.get("model_run") == self.trained.name]
        return max((s for s in mine if s is not None), default=self.project.config.seed - 1) + 1

    def facts(self, made: Sample) -> dict[str, Any]:
        """The story of an image, as JSON."""
        told: dict[str, Any] = {
            "model": self.name,
            "model_run": self.trained.name,
            "snapshot": self.header["step"],
            "variety": self.variety,
            **({"label": self.label} if self.label else {}),
            **made.story,
            "near": self.near(made),
        }
        if "parents" in told:
            told["parents"] = [self._parent(parent) for parent in told["parents"]]
        return told

    def near(self, made: Sample) -> dict[str, Any]:
        """The original nearest to an image, and whether that is a copy."""
        found = self.originals.near(thumbs(made.pixels[None]), 1)[0]
        return {
            "image": self.dataset.rows[found.rows[0]].image,
            "ratio": round(found.ratio, 3),
            "crowded": found.crowded,
            "copy": found.copy,
            "close": found.close,
        }

    def mapped(self, run: Run, made: Sample, facts: dict[str, Any], packed: str) -> str:
        """Draw what was borrowed from whom, and give the drawing's place in the run's folder."""
        owners = np.frombuffer(zlib.decompress(base64.b64decode(packed)), dtype=np.uint8)
        parents = []
        for parent in facts["parents"]:
            row = int(self.dataset.train[parent["row"]])
            name = Path(parent["image"]).name
            parents.append((_opaque(self.dataset.pixels[row]), f"{name}\n{parent['share']:.0%}"))
        image = _opaque(made.pixels)
        path = run.folder / "borrowed" / f"seed-{made.seed:06d}.png"
        write_bytes(path, png_bytes(borrowed(image, owners.reshape(image.shape[:2]), parents)))
        return path.relative_to(run.folder).as_posix()  # of no run by name, so that replay is equal

    def _parent(self, parent: Any) -> dict[str, Any]:
        """A parent given as a row, or as an object with a ``row``, with its picture's story."""
        known = dict(parent) if isinstance(parent, Mapping) else {"row": parent}
        path = self.dataset.rows[self.dataset.train[known["row"]]].image
        found = self.project.images.where("path = ?", [path])
        said = {
            kind: values.get(found[0].id, "") if found else ""
            for kind, values in self.said_of.items()
        }
        return {**known, "image": path, **said}


def _written(project: Project, run: Run, source: _Source, made: Sample) -> NewImage:
    facts = source.facts(made)
    path = run.images_folder / f"seed-{made.seed:06d}.png"
    if packed := facts.pop("map", None):
        facts["map"] = source.mapped(run, made, facts, packed)
    data = png_bytes(made.pixels, _text(facts, made.seed))
    write_bytes(path, data)
    height, width, channels = made.pixels.shape
    return NewImage(
        path=project.relative(path),
        role="generated",
        sha256=sha256(path),
        bytes=len(data),
        width=width,
        height=height,
        pixels_sha256=pixels_sha256(made.pixels),
        format="PNG",
        mode="RGBA" if channels == 4 else "RGB",
        run=run.name,
        seed=made.seed,
        facts=facts,
    )


def _opaque(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Pixels (h, w, 1, 3 or 4) as (h, w, 3), what is transparent on white."""
    if pixels.shape[2] == 4:
        share = pixels[..., 3:].astype(np.uint16)
        return ((pixels[..., :3] * share + 255 * (255 - share) + 127) // 255).astype(np.uint8)
    return np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels


def _text(facts: Mapping[str, Any], seed: int) -> dict[str, str]:
    """What the PNG says of itself."""
    text = {
        "Software": "made by Latelier",
        "Model": str(facts["model"]),
        "Model run": str(facts["model_run"]),
        "Snapshot step": str(facts["snapshot"]),
        "Seed": str(seed),
        "Variety": str(facts["variety"]),
    }
    if "label" in facts:
        text["Label asked for"] = facts["label"]
    if "parents" in facts:
        text["Recombined from"] = "; ".join(_in_words(p) for p in facts["parents"])
    text["Latelier"] = json.dumps({**facts, "seed": seed}, ensure_ascii=False, sort_keys=True)
    return text


def _in_words(parent: Mapping[str, Any]) -> str:
    share = f" ({parent['share']:.0%})" if isinstance(parent.get("share"), float) else ""
    said = ", ".join(v for v in (parent["credit"], parent["rights"]) if v)
    return f"{parent['image']}{share}{f' [{said}]' if said else ''}"
