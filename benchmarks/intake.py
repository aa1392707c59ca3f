"""Pictures in: files a second and core for `add` and `prepare`, beside a bare Pillow decode.

    python benchmarks/intake.py [FOLDER] [--count 300]

Without a folder, drawn cloths of 500 px are written as JPEG first. Seconds are of processor time,
of this process and of the readers; starting the readers is counted.
"""

import argparse
import resource
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from drawn import cloth  # noqa: E402
from latelier.collection import Readers, Sound  # noqa: E402
from latelier.steps.add import add  # noqa: E402
from latelier.steps.open_project import new_project  # noqa: E402
from latelier.steps.prepare import prepare  # noqa: E402


def cpu_seconds(work: Callable[[], object]) -> float:
    """Processor time of a piece of work, with that of the processes that it started."""
    before = [resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    work()
    after = [resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(
        a.ru_utime + a.ru_stime - b.ru_utime - b.ru_stime
        for a, b in zip(after, before, strict=True)
    )


def bare(files: list[Path]) -> None:
    """Decode with Pillow and nothing else."""
    for file in files:
        with Image.open(file) as picture:
            picture.convert("RGB")


def read(files: list[Path]) -> None:
    """Decode, settle the colour and hash the pixels in reading processes."""
    with Readers() as readers:
        told = [answer for _, answer in readers.read(files)]
    if not all(isinstance(answer, Sound) for answer in told):
        raise SystemExit("some of these pictures cannot be read")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--count", type=int, default=300)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        here = Path(made)
        if arguments.folder:
            files = sorted(arguments.folder.rglob("*.jpg"))[: arguments.count]
        else:
            files = [here / "in" / f"{i:03d}.jpg" for i in range(arguments.count)]
            (here / "in").mkdir()
            for i, file in enumerate(files):
                pixels = cloth(np.random.default_rng(i), 500, 500)
                Image.fromarray(pixels).save(file, quality=85)
        megabytes = sum(f.stat().st_size for f in files) / 1e6
        print(f"{len(files)} JPEG files, {megabytes:.1f} MB")
        project = new_project(here / "project")
        works: dict[str, Callable[[], object]] = {
            "bare Pillow decode": lambda: bare(files),
            "read in child processes": lambda: read(files),
            "add": lambda: add(project, *files),
            "add again": lambda: add(project, *files),
            "prepare, 64 px, pad": lambda: prepare(project, "d", size=64),
            "prepare, 256 px, crop": lambda: prepare(project, "d", size=256, fit="crop"),
        }
        bare(files)  # once for the disk's cache
        print(f"{'':26}{'CPU s':>8}{'files/s/core':>14}{'of a bare decode':>18}")
        first = 0.0
        for name, work in works.items():
            seconds = cpu_seconds(work)
            first = first or seconds
            print(f"{name:26}{seconds:8.2f}{len(files) / seconds:14.0f}{seconds / first:17.2f}x")


if __name__ == "__main__":
    main()
