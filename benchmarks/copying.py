"""Copies: how well they are told, and whether the word is said before a model makes any.

    python -m benchmarks.copying PICTURES [--size 64] [--few 40] [--family gan] [--seconds 600] [--ink]

First, copies are planted: training pictures mirrored and moved by up to a sixteenth, cropped and
compressed, grained, or mixed with a fifth of another. Each way of telling them from held-out
pictures is given as the area under its curve (1 is perfect, .5 is chance), with the share of copies
that is called one, and the share of held-out pictures that is. Near-copies among the pictures
themselves are put on one side of the split (`latelier copies` finds them), or they would count as
false alarms. Then a family learns `--few` pictures, until the word has come and a hundredth of its
images are copies, or for so many CPU seconds; a line for each look says what was said, and from 100
showings of each picture on the share of copies among 512 images, which the training does not see.
"""

import argparse
import io
import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from latelier.curate.near import Originals
from latelier.extractors._open import opened
from latelier.models import _files
from latelier.steps._datasets import find_dataset
from latelier.steps.open_project import new_project
from latelier.train import probe, words
from latelier.train.course import look_rounds
from latelier.train.loop import LENGTHS, Plan, Trainer
from latelier.train.measures import COPIED, Judge
from latelier.train.sheet import decoded
from latelier.train.words import Seen

PLANTED = 80  # copies of each kind
LOOKED_AT, COUNTED = 64, 512  # images that the training looks at, and that copies are counted in
COUNTED_FROM = 100  # showings of each picture; before, images of every family are blurs or noise
Pictures = NDArray[np.uint8]
Change = Callable[[Pictures, Pictures, np.random.Generator], Pictures]


def moved(picture: Pictures, other: Pictures, rng: np.random.Generator) -> Pictures:
    """Mirrored and moved; the edge goes on where nothing comes in."""
    side = picture.shape[0]
    most = side // 16
    y, x = rng.integers(0, 2 * most + 1, 2)
    wide = np.pad(picture[:, ::-1], ((most, most), (most, most), (0, 0)), mode="edge")
    return wide[y : y + side, x : x + side]


def cropped(picture: Pictures, other: Pictures, rng: np.random.Generator) -> Pictures:
    """Compressed to a small JPEG, and a few hundredths cropped off."""
    file = io.BytesIO()
    Image.fromarray(picture if picture.shape[2] > 1 else picture[..., 0]).save(
        file, "JPEG", quality=40
    )
    side = picture.shape[0]
    cut = side * rng.uniform(0.0, 0.03)
    box = (cut, cut, side - cut, side - cut)
    small = Image.open(file).resize((side, side), Image.Resampling.BICUBIC, box)
    return np.asarray(small).reshape(picture.shape)


def grained(picture: Pictures, other: Pictures, rng: np.random.Generator) -> Pictures:
    """With the grain of a bad photograph."""
    return np.clip(picture + rng.normal(0, 12, picture.shape), 0, 255).astype(np.uint8)


def mixed(picture: Pictures, other: Pictures, rng: np.random.Generator) -> Pictures:
    """With a fifth of another."""
    return (0.8 * picture + 0.2 * other).astype(np.uint8)


CHANGES: dict[str, Change] = {
    "mirrored, moved": moved,
    "cropped, compressed": cropped,
    "grained": grained,
    "mixed": mixed,
}


@cache
def split(folder: Path, size: int, ink: bool) -> tuple[Pictures, Pictures]:
    """Training and held-out pictures (n, size, size, c), copies on one side, by the chain's own steps."""
    with tempfile.TemporaryDirectory() as place:
        project = new_project(Path(place) / "project")
        project.add(folder)
        project.copies()
        project.prepare("p", size=size, fit="pad" if ink else "crop", ink=ink, share=0.2)
        dataset, _ = find_dataset(project, "p")
        parts = tuple(np.array(dataset.pixels[rows]) for rows in (dataset.train, dataset.held_out))
        project.close()
    return parts[0], parts[1]


def judged(training: Pictures, held: Pictures) -> tuple[Originals, Judge]:
    """What tells copies, as a training has it."""
    known = Originals(training)
    return known, Judge(training, held, known.copies, opened("classic", training, 1), known.scores)


def area(copies: NDArray[np.float64], new: NDArray[np.float64]) -> float:
    """Under the curve of telling the first from the second, which should be larger."""
    below, same = copies[:, None] < new[None], copies[:, None] == new[None]
    return float(below.mean() + same.mean() / 2)


def planted(training: Pictures, held: Pictures) -> None:
    """Print the table of planted copies."""
    known, judge = judged(training, held)
    rng = np.random.default_rng(1)
    some, others = training[:PLANTED], np.roll(training, len(training) // 2, 0)
    fresh = (known.scores(held), judge.nearness(held))
    print(f"{len(training)} training pictures, {len(held)} held out")
    print(f"{'copies':<22} {'pixels':>7} {'both':>7} {'called so':>10}")
    for name, change in CHANGES.items():
        copies = np.stack([change(p, o, rng) for p, o in zip(some, others, strict=False)])
        if training.shape[3] == 1:  # as the looks see ink
            copies = np.where(copies < 128, 0, 255).astype(np.uint8)
        told = (known.scores(copies), judge.nearness(copies))
        areas = [area(a, b) for a, b in zip(told, fresh, strict=True)]
        called = judge.measure(copies).copies
        print(f"{name:<22} {areas[0]:>7.4f} {areas[1]:>7.4f} {called:>10.3f}", flush=True)
    rest = judge.measure(held)
    print(f"{'(held out)':<22} {'':>7} {'':>7} {rest.copies:>10.3f}   nearing {rest.nearing:.3f}")


def timeline(
    few: Pictures, held: Pictures, family: str, seconds: float, changes: list[str]
) -> None:
    """Train on few pictures, and print what was said beside the share of copies."""
    known, judge = judged(few, held)
    shape = (few.shape[3], few.shape[1], few.shape[2])
    told = {k: int(v) if v.isdigit() else v for k, v in (c.split("=") for c in changes)}
    model = _files.build(family, shape, _files.settings_of(family, told, shape, len(few)), 1)
    trainer = Trainer(model, few, Plan(model.batch, 1, "x", probe.precisions("cpu")[-1]))
    z = model.prior(COUNTED, torch.Generator().manual_seed(1))
    history: list[Seen] = []
    used, looks, first = 0.0, look_rounds(trainer.plan.batch, 0), {"said": 0.0, "copies": 0.0}
    print(f"{'shown each':>10} {'CPU-s':>6} {'kid':>6} {'nearing':>8} {'copies':>14}  said")
    while used < seconds:
        started = time.process_time()
        trainer.round()
        used += time.process_time() - started
        if trainer.rounds < looks[0]:
            continue
        looks = look_rounds(trainer.plan.batch, trainer.rounds)
        best = []
        for length in LENGTHS:
            with trainer.shown(length) as shown:
                drawn = decoded(shown, z[:LOOKED_AT])
            best.append((judge.measure(drawn), length, drawn))
        measures, length, drawn = min(best, key=lambda look: look[0].kid)
        each = trainer.images_seen / len(few)
        if each >= COUNTED_FROM or measures.copies:
            with trainer.shown(length) as shown:
                drawn = np.concatenate([drawn, decoded(shown, z[LOOKED_AT:])])
        history.append(Seen(trainer.rounds, used, measures))
        share = float((known.copies(drawn) | (judge.nearness(drawn) < COPIED)).mean())
        said = words.warning(history)
        first["said"] = first["said"] or (each if "Copying" in said else 0.0)
        first["copies"] = first["copies"] or (each if share >= 0.01 else 0.0)
        print(f"{each:>10.0f} {used:>6.0f} {measures.kid:>6.2f} {measures.nearing:>8.3f} {share:>7.3f}"
              f" of {len(drawn):>3}  {said}", flush=True)  # fmt: skip
        if all(first.values()):
            break
    at = {
        what: f"at {each:.0f} showings of each" if each else "never" for what, each in first.items()
    }
    print(f"Copying was first said {at['said']}; 1 % of the images were copies {at['copies']}.")


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("pictures", type=Path)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--few", type=int, default=40)
    parser.add_argument("--few-size", type=int, default=32)
    parser.add_argument("--family", default="gan")
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--ink", action="store_true")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    planted(*split(asked.pictures, asked.size, asked.ink))
    if asked.seconds <= 0:
        sys.exit()
    training, held = split(asked.pictures, asked.few_size, asked.ink)
    timeline(training[: asked.few], held, asked.family, asked.seconds, asked.set)


if __name__ == "__main__":
    main()
