"""One row of benchmarks/learning.py by a family of ours; started by it.

The loop is the product's (`latelier.train.loop`), with its settings for the collection, its flips and
the precision that the processor bears; both averages of the weights are shown, of which
benchmarks/learning.py keeps the better.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from latelier.models import _files
from latelier.models._contract import Model
from latelier.train import probe, words
from latelier.train.loop import LENGTHS, Plan, Trainer
from latelier.train.sheet import to_pixels

SETTINGS: dict[str, tuple[str, dict[str, Any]]] = {
    "gan-hinge": ("gan", {"contest": "hinge"}),
    "woven-vae": ("woven", {"planner": "vae"}),
    "woven-flow": ("woven", {"planner": "flow"}),
    "woven-gan": ("woven", {"planner": "gan"}),
    "gan-relativistic": ("gan", {"contest": "relativistic"}),
}
WOVEN = 0.8  # of the time goes into the plan of what is woven, as in `latelier run`


def made(model: Model, z: torch.Tensor) -> tuple[NDArray[np.uint8], list[dict[str, Any]]]:
    """Images of latents, and the story of each."""
    pixels, stories = [], []
    with torch.no_grad():
        for part in z.split(16):
            images, told = model.decode_told(part)
            pixels.append(to_pixels(images))
            stories += told
    return np.concatenate(pixels), stories


def peak_mb() -> float:
    """The most memory that this process has had in use, in MB.

    Not by `resource`, whose peak begins with that of the process that started this one.
    """
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(x.split()[1]) for x in lines if x.startswith("VmHWM")) / 1024


def main() -> None:
    """Train, make, and say what it took as JSON."""
    torch.set_num_threads(1)
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("name")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--seconds")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--made", type=int)
    parser.add_argument("--to", type=Path)
    asked = parser.parse_args()
    times = [float(t) for t in asked.seconds.split(",")]
    training = np.load(asked.data)["training"]
    _, height, width, channels = training.shape
    shape = (channels, height, width)
    name, changes = SETTINGS.get(asked.name, (asked.name, {}))
    facts: dict[str, Any] = {}
    if name == "auto":
        choice = words.choose(training, times[-1], "cpu")
        name, facts["chose"] = choice.model, f"{choice.model}: {choice.why}"
    settings = _files.settings_of(name, changes, shape, len(training), ink=channels == 1)
    model = _files.build(name, shape, settings, seed=asked.seed)
    model.material(training)
    flips = "x" if channels == 3 else ""
    plan = Plan(model.batch, asked.seed, flips, probe.precisions("cpu")[-1])
    trainer = Trainer(model, training, plan)
    share = WOVEN if name == "woven" else 1.0
    lengths = list(LENGTHS) if trainer.optimizers and name != "woven" else ["long"]
    facts["parameters"] = sum(p.numel() for p in model.parameters())
    spent = 0.0
    for seconds in times:
        started = time.process_time()
        while trainer.optimizers and spent + time.process_time() - started < seconds * share:
            trainer.round()
        spent += time.process_time() - started
        if trainer.optimizers:
            facts |= {"images_s": trainer.images_seen / spent, "seen": trainer.images_seen}
            facts["trained_s"] = spent
        facts.setdefault("memory_mb", peak_mb())  # later peaks would be of making images
        print(
            json.dumps({**facts, "asked_s": seconds, **show(trainer, lengths, asked)}), flush=True
        )


def show(trainer: Trainer, lengths: list[str], asked: argparse.Namespace) -> dict[str, Any]:
    """Store the images of every average; say what making them took and what they borrow."""
    z = trainer.model.prior(asked.made, torch.Generator().manual_seed(asked.seed))
    tried, stories = {}, []
    started = time.process_time()
    for length in lengths:
        with trainer.shown(length) as shown:
            tried[length], stories = made(shown, z)
    facts: dict[str, Any] = {"making_s": (time.process_time() - started) / asked.made / len(tried)}
    np.savez(asked.to, **tried)
    if "parents" in stories[0]:
        facts["share"] = max(story["parents"][0]["share"] for story in stories)
        facts["piece"] = max(story["largest_piece"] for story in stories)
        facts["kept"] = sum(story["kept"] for story in stories)
    return facts


if __name__ == "__main__":
    main()
