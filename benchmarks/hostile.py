"""Hostile pictures: what is opened and refused, how long and how large, and how fast the rest goes.

    python benchmarks/hostile.py [FOLDER OF BAD PICTURES] [--mutations 3000]

Every file of the folder, and seeded mutations of them and of drawn ones, go through the readers
and beside them through bare Pillow with the same formats allowed, in a process of its own. A file
that Pillow opens and we refuse is named with our reason.
"""

import argparse
import collections
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]
os.environ["PYTHONPATH"] = str(ROOT / "src")  # for the readers

from latelier.collection import Readers, Refused  # noqa: E402
from latelier.images import FORMATS  # noqa: E402
from mutated import mutated, sound  # noqa: E402

BARE = f"""
import sys, warnings
from PIL import Image, ImageOps, AvifImagePlugin, TiffImagePlugin, WebPImagePlugin
warnings.simplefilter("ignore"); warnings.simplefilter("error", Image.DecompressionBombWarning)
for line in sys.stdin:
    try:
        with Image.open(line[:-1], formats={FORMATS!r}) as picture:
            picture.load()
            ImageOps.exif_transpose(picture).convert("RGB")
        print("opened", flush=True)
    except Exception as error:
        print("refused", type(error).__name__, flush=True)
"""


def bare(files: list[Path]) -> dict[Path, str]:
    """What bare Pillow says of each file; a process that breaks says ``crashed``."""
    said: dict[Path, str] = {}
    process = None
    for file in files:
        if process is None:
            process = subprocess.Popen(
                [sys.executable, "-c", BARE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
            )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{file}\n")
        process.stdin.flush()
        said[file] = process.stdout.readline().strip() or "crashed"
        if said[file] == "crashed":
            process.wait()
            process = None
    if process is not None:
        process.communicate()
    return said


def peak_mib(readers: Readers) -> float:
    """The most memory that the readers alive now ever held."""
    peaks = [0.0]
    for reader in readers._readers:
        if reader._process is not None:
            try:
                status = Path(f"/proc/{reader._process.pid}/status").read_text(encoding="ascii")
                peaks.append(int(status.split("VmHWM:")[1].split()[0]) / 1024)
            except (OSError, IndexError):
                continue
    return max(peaks)


def measured(title: str, files: list[Path]) -> None:
    """Read the files, print a row, and name what Pillow alone opened."""
    reasons: collections.Counter[str] = collections.Counter()
    opened: set[Path] = set()
    why: dict[Path, str] = {}
    slowest, largest = (0.0, Path()), 0.0
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with Readers(1) as readers:
        for file in files:
            start = time.monotonic()
            ((_, answer),) = readers.read([file])
            slowest = max(slowest, (time.monotonic() - start, file))
            largest = max(largest, peak_mib(readers))
            if isinstance(answer, Refused):
                reasons[answer.reason] += 1
                why[file] = answer.reason
            else:
                opened.add(file)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    pillow = bare(files)
    theirs = {f for f, s in pillow.items() if s == "opened"}
    crashed = sum(s == "crashed" for s in pillow.values())
    print(
        f"{title:28} {len(files):6} {len(opened):7} {len(files) - len(opened):8} "
        f"{len(theirs):7} {crashed:8} {slowest[0]:9.2f} {largest:9.0f} {len(files) / cpu:11.0f}"
    )
    for reason, count in reasons.most_common(12):
        print(f"    {count:5}  {reason}")
    print(f"    slowest: {slowest[1].name}")
    for file in sorted(theirs - opened)[:40]:
        print(f"    Pillow alone opens {file.name}: {why[file]}")
    more = opened - theirs
    if more:
        print(f"    we alone open {len(more)}: {', '.join(sorted(f.name for f in more)[:8])}")


def large(folder: Path) -> list[Path]:
    """Sound JPEGs as large as they come: upright, turned, grey, and not in the order of their rows."""
    from PIL import Image

    from drawn import cloth

    tile = Image.fromarray(cloth(np.random.default_rng(0), 1000, 1000))
    turned = Image.Exif()
    turned[0x0112] = 6
    files = []
    for name, (wide, high), mode, options in (
        ("turned, 48 million", (8000, 6000), "RGB", {"exif": turned}),
        ("150 million", (15000, 10000), "RGB", {"subsampling": 0}),
        ("grey, 200 million", (20000, 10000), "L", {}),
        ("progressive, 60 million", (10000, 6000), "RGB", {"progressive": True}),
        ("progressive, 120 million", (12000, 10000), "RGB", {"progressive": True}),
    ):
        picture, part = Image.new(mode, (wide, high)), tile.convert(mode)
        for y in range(0, high, 1000):
            for x in range(0, wide, 1000):
                picture.paste(part, (x, y))
        files.append(folder / f"{name}.jpg")
        picture.save(files[-1], quality=90, **options)
    return files


def warm(folder: Path) -> None:
    """Files a second and core through a warm pool, of sound 500-pixel JPEGs."""
    from PIL import Image

    from drawn import cloth

    files = []
    for i in range(120):
        files.append(folder / f"warm{i}.jpg")
        Image.fromarray(cloth(np.random.default_rng(i), 500, 500)).save(files[-1], quality=88)
    with Readers(1) as readers:
        list(readers.read(files[:20]))
        pid = readers._readers[0]._process.pid  # type: ignore[union-attr]
        tick, start = 100, _ticks(pid)
        list(readers.read(files[20:]))
        seconds = (_ticks(pid) - start) / tick
    print(f"warm pool: {100 / seconds:.0f} JPEG files of 500 px a second and core (goal: 100)")


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", default=ROOT.parent / "shared/data/bad-images")
    parser.add_argument("--mutations", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print(
        f"{'':28} {'files':>6} {'opened':>7} {'refused':>8} {'Pillow':>7} {'crashed':>8} "
        f"{'slowest s':>9} {'child MiB':>9} {'files/s/core':>11}"
    )
    folder = Path(arguments.folder)
    bad = sorted(f for f in folder.rglob("*") if f.is_file()) if folder.is_dir() else []
    with tempfile.TemporaryDirectory() as made:
        here = Path(made)
        if bad:
            measured(folder.name, bad)
        stems = list(sound()) * 12
        stems += [(f.name, f.read_bytes()) for f in bad if f.stat().st_size < 300_000]
        files = []
        rng = np.random.default_rng(arguments.seed)
        for i in range(arguments.mutations):
            name, data = stems[int(rng.integers(len(stems)))]
            other = stems[int(rng.integers(len(stems)))][1]
            files.append(here / f"{i:05d}-{name}")
            files[-1].write_bytes(mutated(data, other, rng))
        measured(f"{arguments.mutations} mutations", files)
        measured("JPEG of 48 to 200 Mpixels", large(here))
        warm(here)
    print(json.dumps({"formats": FORMATS}))


if __name__ == "__main__":
    main()
