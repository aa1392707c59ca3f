"""Learning from few pictures: every family on the same pictures for the same CPU seconds.

    python -m benchmarks.learning PICTURES [--size 64] [--seconds 120] [--ink] [--out FOLDER]

A tenth of the pictures is held out to choose the average of the weights by, another tenth to
measure with. Each family runs in a process of its own on one thread; seconds are CPU seconds of
training, without measuring; memory is the process's peak. `quilt` trains nothing; its seconds are
those of making its images. The first rows are what the numbers are for originals and for fakes.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch
from numpy.typing import NDArray

from latelier import images, registry, seeds
from latelier.curate.near import Originals
from latelier.files import write_bytes
from latelier.models import _files
from latelier.prepare.frames import boxes, framed
from latelier.prepare.ink import ink_form, ink_mask
from latelier.train import probe
from latelier.train.loop import LENGTHS, Plan, Trainer
from latelier.train.measures import Judge, Measures
from latelier.train.sheet import decoded, sheet

MADE = 96  # images measured of each family; of quilt 24
SHOWN = 48
COLUMNS = (
    "kid",
    "kid_error",
    "coverage",
    "recall",
    "variety",
    "copies",
    "closeness",
    "checkerboard",
)
Pictures = NDArray[np.uint8]


def prepared(folder: Path, size: int, ink: bool) -> Pictures:
    """The pictures of a folder, cropped to squares or cut out as ink, (n, size, size, c)."""
    kinds = {".jpg", ".jpeg", ".png", ".webp", ".tif"}
    files = sorted(f for f in folder.rglob("*") if f.suffix.lower() in kinds)
    found = []
    for file in files:
        pixels = images.read(file)
        if ink:
            found.append(ink_form(ink_mask(pixels, None), (size, size)))
            continue
        height, width = pixels.shape[:2]
        box = boxes((width, height), (size, size), "crop", 0)[0]
        found.append(framed(pixels, box, (size, size), (255, 255, 255), 1.0))
    return np.stack(found).reshape(len(found), size, size, -1)


def split(pixels: Pictures) -> tuple[Pictures, Pictures, Pictures]:
    """Training, choosing and measuring, by a fixed draw."""
    order = seeds.rng(1, "benchmark").permutation(len(pixels))
    tenth = max(16, len(pixels) // 10)
    return pixels[order[2 * tenth :]], pixels[order[:tenth]], pixels[order[tenth : 2 * tenth]]


def family(name: str, data: Path, seconds: float, out: Path) -> dict[str, object]:
    """Train one family for a time, make images, measure them."""
    torch.set_num_threads(1)
    training, choosing, measuring = (
        np.load(data)[k] for k in ("training", "choosing", "measuring")
    )
    _, height, width, channels = training.shape
    shape = (channels, height, width)
    settings = _files.settings_of(name, {}, shape, len(training), ink=channels == 1)
    model = _files.build(name, shape, settings, seed=1)
    model.material(training)
    precision = probe.precisions("cpu")[-1]
    flips = "x" if channels == 3 else ""
    trainer = Trainer(model, training, Plan(model.batch, 1, flips, precision))
    started = time.process_time()
    while trainer.optimizers and time.process_time() - started < seconds:
        trainer.round()
    spent = time.process_time() - started
    count = MADE if trainer.optimizers else MADE // 4
    z = model.prior(count, torch.Generator().manual_seed(1))
    copies = Originals(training).copies
    chooser, judge = Judge(training, choosing, copies), Judge(training, measuring, copies)
    made, best = None, float("inf")
    started = time.process_time()
    for length in LENGTHS if trainer.optimizers else ["long"]:
        with trainer.shown(length) as shown:
            drawn = decoded(shown, z)
        kid = chooser.measure(drawn).kid
        if made is None or kid < best:
            made, best = drawn, kid
    making = (time.process_time() - started) / count
    write_bytes(out / f"{name}.png", images.png_bytes(sheet(made[:SHOWN])))
    return {
        "parameters": sum(p.numel() for p in model.parameters()),
        "images_s": trainer.images_seen / spent if trainer.optimizers else 0.0,
        "seen": trainer.images_seen,
        "making_s": making,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "measures": judge.measure(made).to_json(),
    }


def line(name: str, facts: dict[str, object], measures: Measures | dict[str, object]) -> None:
    """One row of the table."""
    told = measures.to_json() if isinstance(measures, Measures) else measures
    numbers = " ".join(f"{float(told[c]):>9.3f}" for c in COLUMNS)  # type: ignore[arg-type]
    seen, speed = facts.get("seen", ""), facts.get("images_s")
    parameters = f"{facts['parameters'] / 1e6:.1f}" if "parameters" in facts else ""  # type: ignore[operator]
    pace = f"{speed:.0f}" if speed else ""
    memory = f"{facts['memory_mb']:.0f}" if "memory_mb" in facts else ""
    print(f"{name:<22} {parameters:>6} {pace:>6} {seen:>7} {memory:>6} {numbers}", flush=True)


def yardsticks(training: Pictures, measuring: Pictures) -> None:
    """What the numbers are for things whose worth is known."""
    judge = Judge(training, measuring, Originals(training).copies)
    rng = seeds.rng(1, "fakes")
    some = training[:MADE]
    half = np.concatenate(
        [some[:, :, : some.shape[2] // 2], some[::-1, :, some.shape[2] // 2 :]], 2
    )
    flat = np.broadcast_to(some.mean((1, 2), keepdims=True).astype(np.uint8), some.shape)
    line("(held-out originals)", {}, judge.measure(measuring))
    line("(training originals)", {}, judge.measure(some))
    line("(halves put together)", {}, judge.measure(half))
    line("(noise)", {}, judge.measure(rng.integers(0, 256, some.shape).astype(np.uint8)))
    line("(flat colour)", {}, judge.measure(np.ascontiguousarray(flat)))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("pictures", type=Path)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--ink", action="store_true")
    parser.add_argument("--out", type=Path, default=Path("learning"))
    parser.add_argument("--families", default="")
    parser.add_argument("--child", default="")
    words = parser.parse_args()
    data = words.out / "pictures.npz"
    if words.child:
        told = family(words.child, data, words.seconds, words.out)
        print(json.dumps(told))
        return
    training, choosing, measuring = split(prepared(words.pictures, words.size, words.ink))
    words.out.mkdir(parents=True, exist_ok=True)
    np.savez(data, training=training, choosing=choosing, measuring=measuring)
    print(
        f"{len(training)} pictures of {words.size} px to learn from, {len(choosing)} to choose by, "
        f"{len(measuring)} to measure with; {words.seconds:.0f} CPU-s each on one thread; "
        f"eye {Measures.__dataclass_fields__['eye'].default}"
    )
    heads = " ".join(f"{c:>9.9}" for c in COLUMNS)
    print(f"{'':<22} {'M par.':>6} {'img/s':>6} {'seen':>7} {'MB':>6} {heads}")
    yardsticks(training, measuring)
    for name in words.families.split(",") if words.families else registry.names("models"):
        command = [sys.executable, "-m", "benchmarks.learning", "-", "--child", name]
        command += ["--seconds", str(words.seconds), "--out", str(words.out)]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
        if done.returncode:
            print(f"{name:<22} broke: {done.stderr.strip().splitlines()[-1]}")
            continue
        facts = json.loads(done.stdout)
        line(name, facts, facts["measures"])
    print(f"sheets to look at: {words.out}")


if __name__ == "__main__":
    main()
