"""Learning from few pictures: every family, and its peers, on the same pictures for the same time.

    python -m benchmarks.learning PICTURES [--size 64] [--seconds 600,1800] [--ink] [--out FOLDER]
        [--rows gan-hinge,auto,...] [--peers PYTHON] [--eyes classic,randconv,mobilenet:FILE]
        [--made 64]

A tenth of the pictures is held out to choose the average of the weights by, another tenth to measure
with. Each row is worked out in a process of its own on one thread; seconds are CPU seconds of
training. What is woven trains its plan for 0.8 of them, since making its images takes the rest, and
shows its longer average; `quilt` trains nothing. Of several times one training is shown at each;
`auto` chooses by the time, and so is trained for each. Every row makes as many images, because coverage
and the error of KID hang on the count; all are drawn from the whole prior. Memory is the process's
peak while training (on Linux).

Each row is kept in ``FOLDER/rows`` with the machine that it ran on, its images and its sheet. The
same command goes on where it was stopped, and measures anew only by extractors that are new; the
table is of all rows that are there. The first rows are what the numbers are for originals and for
fakes; training originals, as many as each row makes, are the best that can be hoped for.

Peers run in a Python of their own (``--peers``); benchmarks/learning_peers.py says how each is driven.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from hashlib import blake2b
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch
from numpy.typing import NDArray

from latelier import images, seeds
from latelier.curate.near import Originals
from latelier.extractors._open import opened
from latelier.files import write_bytes, write_json
from latelier.prepare.frames import boxes, framed
from latelier.prepare.ink import ink_form, ink_mask
from latelier.train.measures import Judge
from latelier.train.sheet import sheet

HERE = Path(__file__).resolve()
OURS = (
    "quilt",
    "auto",
    "woven-vae",
    "woven-flow",
    "woven-gan",
    "gan-relativistic",
    "gan-hinge",
    "vae",
    "flow",
    "dcgan",
)
PEERS = ("lightweight-gan", "lightweight-gan-small", "diffusion", "diffusion-small")
MADE = 64  # images of each row, unless another number is asked for
MOST = 900  # pictures used, evenly spread, where there are more
CHOSEN_BY = "classic"  # tells which average of the weights is kept, on pictures of its own
Pictures = NDArray[np.uint8]


def prepared(folder: Path, size: int, ink: bool) -> Pictures:
    """The pictures of a folder, cropped to squares or cut out as ink, (n, size, size, c)."""
    kinds = {".jpg", ".jpeg", ".png", ".webp", ".tif"}
    files = sorted(f for f in folder.rglob("*") if f.suffix.lower() in kinds)
    some = np.unique(np.linspace(0, len(files) - 1, min(MOST, len(files))).astype(int))
    found = []
    for file in (files[i] for i in some):
        pixels = images.read(file)
        if ink:
            found.append(ink_form(ink_mask(pixels, None), (size, size)))
            continue
        height, width = pixels.shape[:2]
        box = boxes((width, height), (size, size), "crop", 0)[0]
        found.append(framed(pixels, box, (size, size), (255, 255, 255), 1.0))
    if not found:
        sys.exit(f"No picture lies in {folder}; give a folder of JPEG, PNG, WebP or TIFF files.")
    return np.stack(found).reshape(len(found), size, size, -1)


def split(pixels: Pictures) -> dict[str, Pictures]:
    """Training, choosing and measuring, by a fixed draw."""
    order = seeds.rng(1, "benchmark").permutation(len(pixels))
    tenth = max(16, len(pixels) // 10)
    return {
        "training": pixels[order[2 * tenth :]],
        "choosing": pixels[order[:tenth]],
        "measuring": pixels[order[tenth : 2 * tenth]],
    }


def machine() -> dict[str, Any]:
    """What a row ran on."""
    cpu = "unknown processor"
    if Path("/proc/cpuinfo").is_file():
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        cpu = next((x.partition(":")[2].strip() for x in lines if x.startswith("model name")), cpu)
    return {
        "processor": cpu,
        "cores": os.cpu_count(),
        "threads": 1,
        "busy": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "torch": torch.__version__,
    }


class Bench:
    """One set of pictures, and the rows that are known of it.

    Args:
        out: the folder.
        data: pictures by part.
        eyes: extractors to measure by, as `opened` takes them.
        made: images of each row.
    """

    def __init__(
        self, out: Path, data: dict[str, Pictures], eyes: list[str], made: int = MADE
    ) -> None:
        self.rows, self.made = out / "rows", made
        self.data, self.eyes = data, eyes
        self.known_near = Originals(data["training"])
        self._judges: dict[tuple[str, str], Judge] = {}

    def judge(self, eye: str, part: str = "measuring") -> Judge:
        """What measures by an extractor against a part."""
        if (eye, part) not in self._judges:
            training = self.data["training"]
            seen = opened(eye, training, 1)
            self._judges[eye, part] = Judge(
                training, self.data[part], self.known_near.copies, seen, self.known_near.scores
            )
        return self._judges[eye, part]

    def measure(self, name: str, made: Pictures, facts: dict[str, Any]) -> dict[str, Any]:
        """Keep a row with its images and sheet, measured by every extractor."""
        self.rows.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(self.rows / f"{name}.npz", images=made)
        write_bytes(self.rows / f"{name}.png", images.png_bytes(sheet(made)))
        return self._measured({"row": name, **facts, "measures": {}}, made)

    def _measured(self, row: dict[str, Any], made: Pictures) -> dict[str, Any]:
        for eye in self.eyes:
            if eye not in row["measures"]:
                row["measures"][eye] = self.judge(eye).measure(made).to_json()
        write_json(self.rows / f"{row['row']}.json", row)
        return row

    def known(self, name: str) -> dict[str, Any] | None:
        """A row worked out before, measured by extractors that are new."""
        file = self.rows / f"{name}.json"
        if not file.is_file():
            return None
        row: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if any(eye not in row["measures"] for eye in self.eyes):
            row = self._measured(row, np.load(self.rows / f"{name}.npz")["images"])
        return row

    def work_out(self, family: str, seed: int, times: list[float], peers: Path | None) -> None:
        """Let a process train and make images at every time; measure as soon as each is there."""
        script = HERE.with_name("learning_peers.py" if family in PEERS else "learning_ours.py")
        command = [str(peers if family in PEERS else sys.executable), str(script), family]
        command += ["--data", str(self.rows.parent / "pictures.npz"), "--made", str(self.made)]
        command += ["--seconds", ",".join(f"{t:g}" for t in times), "--seed", str(seed)]
        self.rows.mkdir(parents=True, exist_ok=True)
        tried = self.rows / f"{family} seed {seed}.candidates.npz"
        again = {"seed": seed, "family": family, "machine": machine()}
        again |= {"peer": True} if family in PEERS else {}
        with (
            tempfile.TemporaryFile("w+", encoding="utf-8") as wrong,
            subprocess.Popen(
                [*command, "--to", str(tried)], stdout=-1, stderr=wrong, encoding="utf-8"
            ) as work,
        ):
            for line in work.stdout or ():
                facts = json.loads(line)
                self._chosen(row_name(family, facts["asked_s"], seed), tried, facts | again)
            if work.wait():
                wrong.seek(0)
                last = (wrong.read().strip().splitlines() or ["no word"])[-1]
                print(f"{family:<28} broke ({work.returncode}): {last}", flush=True)
        tried.unlink(missing_ok=True)

    def _chosen(self, name: str, tried: Path, facts: dict[str, Any]) -> None:
        """Measure the better of the averages that a row was made by."""
        with np.load(tried) as stored:
            made = {label: stored[label] for label in stored.files}
        chooser = self.judge(CHOSEN_BY, "choosing")
        best = min(made, key=lambda label: chooser.measure(made[label]).kid)
        self.measure(name, made[best], facts | {"average": best})

    def yardsticks(self) -> None:
        """What the numbers are for things whose worth is known."""
        training, rng = self.data["training"], seeds.rng(1, "fakes")
        some = training[: self.made]
        middle = some.shape[2] // 2
        half = np.concatenate([some[:, :, :middle], some[::-1, :, middle:]], 2)
        flat = np.broadcast_to(some.mean((1, 2), keepdims=True).astype(np.uint8), some.shape)
        for name, made in (
            ("(training originals)", some),
            ("(halves put together)", half),
            ("(noise)", rng.integers(0, 256, some.shape).astype(np.uint8)),
            ("(flat colour)", np.ascontiguousarray(flat)),
        ):
            if self.known(name) is None:
                self.measure(name, made, {})

    def table(self) -> None:
        """Print every row that is there."""
        head = f"{'':<30}{'M par':>6}{'img/s':>7}{'seen':>8}{'CPU-s':>7}{'make':>7}{'MB':>6}"
        for eye in self.eyes:
            short = eye.partition(":")[0]
            head += f"  {'KID ' + short:>17} {'cover':>5} {'recal':>5} {'copyng':>6}"
        print(f"{head}  {'var':>5} {'copies':>6} {'check':>6}  borrowed: share piece")
        found = [self.known(file.stem) for file in sorted(self.rows.glob("*.json"))]
        for row in sorted((r for r in found if r), key=_order):
            print(_line(row, self.eyes), flush=True)


def row_name(family: str, seconds: float, seed: int) -> str:
    """What a row is called, in the table and on disk."""
    return f"{family} {seconds:.0f}s seed {seed}"


def _order(row: dict[str, Any]) -> tuple[float, int, float]:
    """Yardsticks, then by time; ours, then peers; the likest first."""
    kid = next(iter(row["measures"].values()))["kid"]
    return (row.get("asked_s", 0.0), 1 + ("peer" in row) if "asked_s" in row else 0, kid)


def _line(row: dict[str, Any], eyes: list[str]) -> str:
    def number(key: str, form: str, wide: int, by: float = 1.0) -> str:
        return f"{row[key] / by:{form}}".rjust(wide) if row.get(key) else " " * wide

    said = f"{row['row']:<30}" + number("parameters", ".1f", 6, 1e6) + number("images_s", ".3g", 7)
    said += number("seen", ".0f", 8) + number("trained_s", ".0f", 7) + number("making_s", ".2f", 7)
    said += number("memory_mb", ".0f", 6)
    for eye in eyes:
        m = row["measures"][eye]
        said += f"  {m['kid']:>8.3f} +- {m['kid_error']:5.3f}"
        said += f" {m['coverage']:5.2f} {m['recall']:5.2f} {m['copying']:6.1f}"
    m = row["measures"][eyes[0]]
    said += f"  {m['variety']:5.2f} {m['copies']:6.3f} {m['checkerboard']:6.1f}"
    if "share" in row:
        said += f"  {row['share']:.2f} {row['piece']:.3f} ({row['kept']} in bounds)"
    if "chose" in row:
        said += f"  ({row['chose']})"
    return said


def _set_of(words: argparse.Namespace) -> dict[str, Pictures]:
    """The pictures, kept in the folder; the same must lie there already if it was used before."""
    file = words.out / "pictures.npz"
    data = split(prepared(words.pictures, words.size, words.ink))
    digest = blake2b(b"".join(p.tobytes() for p in data.values()), digest_size=8).hexdigest()
    if file.is_file():
        with np.load(file) as stored:
            made = int(stored["made"]) if "made" in stored else MADE
            if (str(stored["digest"]), made) != (digest, words.made):
                sys.exit(
                    f"{words.out} holds rows of other pictures or of {made} images each, which do "
                    f"not compare with these; give another --out."
                )
    else:
        words.out.mkdir(parents=True, exist_ok=True)
        np.savez(file, digest=digest, made=words.made, **data)
    return data


def main() -> None:
    """Work out the rows that are asked for and not there, and print the table."""
    torch.set_num_threads(1)
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("pictures", type=Path)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument(
        "--seconds", default="600", help="CPU seconds of training; several by commas"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ink", action="store_true")
    parser.add_argument("--made", type=int, default=MADE, help="images of each row")
    parser.add_argument("--out", type=Path, default=Path("learning"))
    parser.add_argument("--rows", default=",".join(OURS), help=f"also {', '.join(PEERS)}")
    parser.add_argument("--peers", type=Path, help="the Python of the peers' environment")
    parser.add_argument("--eyes", default="classic,randconv")
    words = parser.parse_args()
    names = [name for name in words.rows.split(",") if name]
    if unknown := [name for name in names if name not in OURS + PEERS]:
        sys.exit(f"No row is called {unknown[0]}; there are {', '.join(OURS + PEERS)}.")
    if not words.peers and any(name in PEERS for name in names):
        sys.exit("Peers need a Python of their own; name it with --peers.")
    times = sorted(float(t) for t in words.seconds.split(","))
    data = _set_of(words)
    counts = {part: len(pixels) for part, pixels in data.items()}
    print(
        f"{counts['training']} pictures of {words.size} px to learn from, {counts['choosing']} to "
        f"choose by, {counts['measuring']} to measure with; {words.seconds} CPU-s on one thread; "
        f"{words.made} images each; {machine()['processor']}"
    )
    bench = Bench(words.out, data, words.eyes.split(","), words.made)
    bench.yardsticks()
    for name in names:
        new = [t for t in times if bench.known(row_name(name, t, words.seed)) is None]
        for part in [[t] for t in new] if name == "auto" else [new] if new else []:
            bench.work_out(name, words.seed, part, words.peers)
    bench.table()
    print(f"images and sheets: {bench.rows}")


if __name__ == "__main__":
    main()
