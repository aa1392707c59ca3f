"""Canvases: geometry beside the original of Latent Fabrics, time and memory of large sheets.

    python -m benchmarks.canvas [--shared ../shared/data] [--quick]

Each sheet is made by the command line in a process of its own; seconds are CPU seconds of that
process, memory is its peak. Pictures are drawn here.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latelier import images
from latelier.files import sha256, write_bytes
from latelier.project import NewImage
from latelier.steps.open_project import Atelier, new_project
from latelier.steps.sheet import sheet

ROOT = Path(__file__).resolve().parents[1]
KNOWN = {(0, 0): "003", (3, 3): "064", (4, 4): "059", (4, 1): "050"}  # of the twelve on canvas 4b


@dataclass(frozen=True)
class Case:
    """One sheet to be timed.

    Args:
        what: in words.
        set_name: of the pictures.
        words: of the command line.
    """

    what: str
    set_name: str
    words: list[str]


CASES = [
    Case("12 in an x, 11 x 11 in, 200 dpi", "twelve", ["--layout", "x", "--cells", "6"]),
    Case("330 in a mosaic, 11 x 11 in, 200 dpi", "many", ["--layout", "mosaic", "--cells", "fit"]),
    Case("330 by likeness, 11 x 11 in, 200 dpi", "many", ["--layout", "likeness", "--cells", "fit"]),
    Case("36 of 256 px, 40 x 40 in, 300 dpi", "of-256", ["--size", "40x40in", "--dpi", "300"]),
    Case("36 of 1536 px, 40 x 40 in, 300 dpi", "of-1536", ["--size", "40x40in", "--dpi", "300"]),
    Case("1 of 256 px, 40 x 40 in, 300 dpi", "one", ["--size", "40x40in", "--dpi", "300",
                                                  "--cells", "1", "--margin", "0"]),
    Case("330 in a mosaic, 40 x 40 in, 300 dpi", "many", ["--layout", "mosaic", "--cells", "fit",
                                                          "--size", "40x40in", "--dpi", "300"]),
]  # fmt: skip


def woven(rng: np.random.Generator, side: int) -> NDArray[np.uint8]:
    """A picture with the grain of cloth, which packs badly: the hard case for files and time."""
    y, x = np.mgrid[:side, :side] / side
    colours = rng.uniform(30, 225, (3, 3))
    waves = [
        np.sin(2 * np.pi * (rng.uniform(2, 9, 2) @ np.stack([x, y]).reshape(2, -1))) for _ in "abc"
    ]
    plain = sum(w.reshape(side, side, 1) * c / 3 for w, c in zip(waves, colours, strict=True))
    thread = (
        12
        * np.sin(2 * np.pi * side / 4 * x)[..., None]
        * np.sin(2 * np.pi * side / 4 * y)[..., None]
    )
    grain = rng.normal(0, 6, (side, side, 3))
    return np.clip(128 + plain + thread + grain, 0, 255).astype(np.uint8)


def fill(project: Atelier, name: str, count: int, side: int) -> None:
    """Draw pictures and make a set of them."""
    new = []
    for i in range(count):
        pixels = woven(np.random.default_rng([side, count, i]), side)
        path = project.root / "sources" / name / f"{i:03d}.png"
        write_bytes(path, images.png_bytes(pixels))
        record = NewImage(
            path.relative_to(project.root).as_posix(), "source", sha256(path),
            path.stat().st_size, side, side, images.pixels_sha256(pixels),
        )  # fmt: skip
        new.append(record)
    project.sets.make(name, project.images.add(new))


def timed(project: Atelier, case: Case, ending: str) -> tuple[float, float, float]:
    """CPU seconds, peak memory in MB and size of the file in MB."""
    file = f"out/{time.monotonic_ns()}.{ending}"
    words = ["-C", str(project.root), "sheet", case.set_name, *case.words, "-o", file]
    code = (
        "import resource, sys; from latelier.cli.main import cli\n"
        "try:\n    cli(sys.argv[1:])\nfinally:\n"
        "    u = resource.getrusage(resource.RUSAGE_SELF)\n"
        "    peak = u.ru_maxrss / (1024 if sys.platform != 'darwin' else 1024 * 1024)\n"
        "    try:\n"  # on Linux ru_maxrss counts the parent that started this process as well
        "        peak = int(open('/proc/self/status').read().split('VmHWM:')[1].split()[0]) / 1024\n"
        "    except OSError:\n        pass\n"
        "    print('USED', u.ru_utime + u.ru_stime, peak, file=sys.stderr)"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code, *words], env=env, capture_output=True, encoding="utf-8"
    )
    used = [line.split()[1:] for line in done.stderr.splitlines() if line.startswith("USED")]
    if done.returncode or not used:
        raise SystemExit(done.stderr)
    written = list((project.root / "out").glob(f"{Path(file).stem}*"))
    size = sum(f.stat().st_size for f in written) / 1e6
    for f in written:
        f.unlink()
    return float(used[0][0]), float(used[0][1]), size


def beside_the_original(folder: Path) -> Iterator[str]:
    """How far each edge lies from the original's, and how alike the four known pictures are."""
    with Image.open(folder / "canvas-4b.png") as stored:
        canvas = np.asarray(stored.convert("RGB"), float)
    with tempfile.TemporaryDirectory() as place:
        project = new_project(Path(place) / "p")
        names = list(KNOWN.values())
        for i in range(12):
            name = names[i] if i < len(names) else f"{i}"
            source = folder / "generated-256" / f"{names[i % 4]}.png"
            path = project.root / "sources" / f"{name}.png"
            write_bytes(path, source.read_bytes())
            project.images.add(
                [NewImage(f"sources/{name}.png", "source", sha256(path), 1, 256, 256)]
            )
        lock = {f"{name}.png": cell for cell, name in KNOWN.items()}
        done = sheet(project, layout="x", cells=6, lock=lock, to="out/x.png")
        ours = images.read(project.root / done.files[0].file).astype(float)
        project.close()
    yield f"page: {ours.shape[1]} x {ours.shape[0]} px, original {canvas.shape[1]} x {canvas.shape[0]} px"
    for axis, name in ((1, "x"), (0, "y")):
        inked = np.flatnonzero((255 - canvas).max(axis=2).max(axis=1 - axis) > 0)
        starts = inked[np.flatnonzero(np.diff(inked, prepend=-9) > 1)]
        mine = sorted({c[name] for c in done.files[0].cells})
        yield f"{name} of the first touched pixel, original: {[int(s) for s in starts]}"
        yield f"{name} of our cells:                         {mine}  (exact: 273 + 279.6 k)"
    for cell in done.files[0].cells:
        row, col = cell["row"], cell["column"]
        if (row, col) in KNOWN:
            (top, down), (left, across) = (divmod(2730 + 2796 * n, 10) for n in (row, col))
            dy, dx = (int(d * 1.6) / 16 for d in (down, across))
            own = ours[cell["y"] : cell["y"] + 256, cell["x"] : cell["x"] + 256]
            moved = (1 - dx) * own[:, 1:] + dx * own[:, :-1]
            moved = (1 - dy) * moved[1:] + dy * moved[:-1]
            off = np.abs(moved - canvas[top + 1 : top + 256, left + 1 : left + 256])
            yield (
                f"picture {KNOWN[row, col]} at row {row}, column {col}: moved by {dx:g}, {dy:g} px "
                f"it differs from the original by {off.mean():.2f} of 255 on average"
            )


def main() -> None:
    """Print the tables."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--shared", type=Path, default=ROOT.parent / "shared" / "data")
    words.add_argument("--quick", action="store_true", help="without the 40 x 40 in sheets")
    asked = words.parse_args()
    folder = asked.shared / "latent-fabrics"
    if folder.is_dir():
        print("\n".join(beside_the_original(folder)), "\n", sep="")
    else:
        print(f"The original canvas is not here ({folder}); its geometry is not compared.\n")
    print(f"{'sheet':<40} {'format':<7} {'CPU s':>7} {'peak MB':>8} {'file MB':>8}")
    with tempfile.TemporaryDirectory() as place:
        project = new_project(Path(place) / "p")
        sets = {"twelve": (12, 256), "of-256": (36, 256), "of-1536": (36, 1536), "many": (330, 256)}
        for name, (count, side) in {**sets, "one": (1, 256)}.items():
            fill(project, name, count, side)
        for case in CASES:
            large = "40x40in" in case.words
            if large and asked.quick:
                continue
            for ending in (
                ("pdf",) if not large or "36" not in case.what else ("pdf", "tiff", "png")
            ):
                seconds, peak, size = timed(project, case, ending)
                print(
                    f"{case.what:<40} {ending:<7} {seconds:>7.1f} {peak:>8.0f} {size:>8.1f}",
                    flush=True,
                )
        project.close()
    own = resource.getrusage(resource.RUSAGE_SELF)
    print(f"\n(drawing the pictures and the geometry: {own.ru_utime + own.ru_stime:.1f} CPU s)")


if __name__ == "__main__":
    main()
