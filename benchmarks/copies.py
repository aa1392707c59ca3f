"""Copies: how many of the planted ones are found, how many of the found are none, and how fast.

    python benchmarks/copies.py [--quick | --full] [--data FOLDER] [--peers PYTHON] [--json FILE]
        [--large 100000] [--seed 0]

Drawn ink forms, omniglot, scanned pages, batik and paintings, each picture with one changed copy:
one of the five standard changes, one of thirteen, or two of ten one after the other. The bounds in
``latelier.copies`` were fixed on the other half of each collection (by hash of the file name; of
omniglot every other alphabet; of the ink forms other seeds): what is scored here, they never saw.

Precision counts every pair that is called a copy; two originals that are one picture under two
names, seen by eye and listed below, count as copies. With --peers, the Python of an environment
that has ImageHash and imagededup, those look at the same files at their defaults. CPU seconds are
of one thread. Pictures that are not there are left out, which a line says.
"""

import argparse
import hashlib
import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFilter

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "benchmarks")]

from changed_pictures import HARD, MANY, STANDARD, Picture, pasted  # noqa: E402
from copies_at_scale import at_scale, cpu, peak_mb  # noqa: E402
from latelier import images  # noqa: E402
from latelier.collection import drawn  # noqa: E402
from latelier.copies.compare import compared  # noqa: E402
from latelier.copies.fingerprint import READ_AT, Fingerprint, fingerprint  # noqa: E402
from latelier.copies.hashes import SIDE, hashed  # noqa: E402
from latelier.copies.judge import LIKENESS  # noqa: E402
from latelier.copies.proposals import Hashed  # noqa: E402

DATA = ROOT.parent / "shared" / "data"
WHITE = (255, 255, 255)
SHOWN = 6  # false pairs that are named
SAME = (  # of batik: one picture under two names, looked at by eye
    ("training_yogya-tulis-kotak-bintang-bintang-kawung-sogan", "training_yt076"),
    ("training_yogya-tulis-cakar-sogan", "training_yt014"),
    ("training_parang-nitik", "training_yogya-tulis-parang-nitik-nitik-sogan"),
    ("training_yc036", "training_yogya-cap-kawung-kawung-sogan-5"),
    ("training_yogya-tulis-grompol-truntum-parang-truntum-sogan", "training_yt056"),
    (
        "testing_yogya-parang-udan-liris-parang-sogan",
        "training_yogya-parang-udan-liris-parang-sogan",
    ),
    ("training_batik-grompol-motif-w", "training_yk006"),
    ("training_yogya-parang-parang-sogan-3", "training_yogya-parang-parang-sogan-4"),
    ("training_batik-lereng", "training_a13"),
    ("training_0180-cl", "training_copy-of-0180-cl"),
)


@dataclass(frozen=True)
class Base:
    """An original: its collection, its name, its pixels."""

    kind: str
    name: str
    picture: Picture


def scored(name: str) -> bool:
    """Whether a file belongs to the half that is scored."""
    return hashlib.sha256(name.encode()).digest()[0] % 2 == 1


def ink_form(rng: np.random.Generator, side: int = 400) -> Picture:
    """One to three strokes or closed shapes, some with an eye, black on white."""
    page = Image.new("L", (side, side), 255)
    draw, t = ImageDraw.Draw(page), np.linspace(0, 1, 90)[:, None]
    for _ in range(int(rng.integers(1, 4))):
        wide, filled = side * rng.uniform(0.015, 0.07), False
        if rng.random() < 0.5:
            waves = sum(
                rng.normal(0, 0.18) * np.cos(k * 2 * np.pi * t + rng.uniform(0, 7))
                for k in range(2, int(rng.integers(4, 7)))  # the first would only move it
            )
            turn = 2 * np.pi * t
            radius = side * rng.uniform(0.12, 0.32) * (1 + waves)
            line = side * rng.uniform(0.35, 0.65, 2) + radius * np.c_[np.cos(turn), np.sin(turn)]
            filled = bool(rng.random() < 0.5)
        else:
            a, b, c, d = side * rng.uniform(0.12, 0.88, (4, 2))
            line = (1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * b + 3 * t**2 * (1 - t) * c + t**3 * d
        if filled:
            draw.polygon([tuple(v) for v in line], fill=0)
            x, y = line.mean(axis=0)
            r = side * 0.04 * (rng.random() < 0.6)
            draw.ellipse([x - r, y - r, x + 1.4 * r, y + r], fill=255)
            continue
        for k, (x, y) in enumerate(line):
            r = wide * (0.6 + 0.4 * np.sin(3 * k / 20 + wide)) / 2
            draw.ellipse([x - r, y - r, x + r, y + r], fill=0)
    return page.filter(ImageFilter.GaussianBlur(0.7)).convert("RGB")


def of_folder(folder: Path, count: int, rng: np.random.Generator) -> list[tuple[str, Picture]]:
    """Some pictures of the scored half of a folder."""
    files = sorted(f for f in folder.rglob("*.jpg") if scored(f.name))
    chosen = [files[i] for i in rng.permutation(len(files))[:count]]
    return [(f.stem, Image.open(f).convert("RGB")) for f in chosen]


def of_omniglot(folder: Path, count: int, rng: np.random.Generator) -> list[tuple[str, Picture]]:
    """Some characters of every other alphabet."""
    with zipfile.ZipFile(next(folder.glob("**/*small1.zip"))) as pack:
        names = [n for n in pack.namelist() if n.endswith(".png")]
        alphabets = sorted({n.split("/")[1] for n in names})[1::2]
        names = [n for n in names if n.split("/")[1] in alphabets]
        chosen = [names[i] for i in rng.permutation(len(names))[:count]]
        return [(n, Image.open(io.BytesIO(pack.read(n))).convert("RGB")) for n in chosen]


def of_pages(folder: Path, count: int, rng: np.random.Generator) -> list[tuple[str, Picture]]:
    """Squares of every other scanned page on which there is something."""
    found = []
    for file in sorted(folder.rglob("*.jpg"))[1::2]:
        page = Image.open(file).convert("RGB")
        side = min(page.size) // 3
        for y in range(0, page.height - side + 1, side):
            for x in range(0, page.width - side + 1, side):
                part = page.crop((x, y, x + side, y + side))
                small = np.asarray(
                    part.resize((128, 128), Image.Resampling.BOX).convert("L"), float
                )
                if np.mean(np.abs(small - cv2.GaussianBlur(small, (0, 0), 8)) > 30) > 0.035:
                    part = part.resize((480, 480), Image.Resampling.LANCZOS)
                    found.append((f"{file.stem} {x} {y}", part))
    return [found[i] for i in rng.permutation(len(found))[:count]]


def bases(data: Path, count: int, seed: int) -> Iterator[Base]:
    """Originals of every collection that is there, so many of each."""
    rng = np.random.default_rng([1, seed])
    for k in range(count):
        yield Base("ink", f"{k}", ink_form(np.random.default_rng([77, seed, k])))
    taken: dict[str, Callable[..., list[tuple[str, Picture]]]] = {
        "omniglot": of_omniglot,
        "pages-handdrawn-boxes": of_pages,
        "batik-indonesia": of_folder,
        "paintings-public-domain": of_folder,
    }
    for name, take in taken.items():
        if (data / name).is_dir():
            for picture, pixels in take(data / name, count, rng):
                yield Base(name.split("-")[0], picture, pixels)
        else:
            print(f"{name} is not in {data}, so it is left out.")


@dataclass(frozen=True)
class Entry:
    """One file of the collection that is searched."""

    kind: str
    name: str
    origin: int
    change: str
    file: Path


def planted(originals: list[Base], way: str, folder: Path, seed: int) -> list[Entry]:
    """Write the originals and a changed copy of each; the changes take turns."""
    rng = np.random.default_rng([2, seed, len(way)])
    single = STANDARD if way == "standard" else {**MANY, **HARD}
    merged: dict[str, str] = {b: a for a, b in SAME}
    numbers: dict[tuple[str, str], int] = {}
    entries = []
    for k, base in enumerate(originals):
        origin = numbers.setdefault((base.kind, merged.get(base.name, base.name)), k)
        if way == "two":
            names = [str(n) for n in rng.choice(list(MANY), 2, replace=False)]
        else:
            names = [list(single)[k % len(single)]]
        copy = base.picture
        for name in names:
            copy = (MANY if way == "two" else single)[name](copy, rng)
        for change, picture in (("", base.picture), (" + ".join(names), copy)):
            file = folder / f"{len(entries):05d}.jpg"
            picture.save(file, "JPEG", quality=92, subsampling=0)
            entries.append(Entry(base.kind, base.name, origin, change, file))
    return entries


def ours(files: list[Path]) -> tuple[set[tuple[int, int]], dict[str, float]]:
    """The pairs that we call near-copies, and what it cost."""
    start = cpu()
    prints: list[Fingerprint] = []
    for file in files:
        pixels, size = images.read_reduced(file, READ_AT, WHITE)
        prints.append(fingerprint(pixels, *size))
    read = cpu() - start
    found = list(compared(range(len(prints)), [], together(prints), prints.__getitem__))
    return (
        {(a, b) for a, b, f in found if f.kind == "near" and f.score >= LIKENESS},
        {"read": read, "seconds": cpu() - start},
    )


def together(prints: list[Fingerprint]) -> Hashed:
    """The hashes of all, one after the other."""
    return Hashed(
        np.repeat(np.arange(len(prints)), [len(p.hashes) for p in prints]),
        np.concatenate([p.hashes for p in prints]),
        np.concatenate([p.frames for p in prints]),
    )


PEERS = """
import json, sys, time
from importlib.machinery import ModuleSpec
from unittest.mock import MagicMock
class Shim(MagicMock):  # imagededup imports torch for its network, which is not used here
    __spec__, __path__ = ModuleSpec("shim", None), []
for name in ("torch", "torch.nn", "torch.utils", "torch.utils.data", "torchvision",
             "torchvision.models", "torchvision.models.vision_transformer",
             "torchvision.models.feature_extraction", "torchvision.transforms"):
    sys.modules[name] = Shim()
for name in ("torch", "torch.nn", "torch.utils.data"):
    for of in ("Tensor", "Module", "Dataset", "DataLoader"):
        setattr(sys.modules[name], of, type(of, (), {}))
sys.modules["torch"].nn = sys.modules["torch.nn"]
import numpy, imagehash
from PIL import Image
files = json.load(sys.stdin)
def by_imagehash(how):
    hashes = numpy.stack([how(Image.open(f)).hash.ravel() for f in files])
    far = (hashes[:, None] != hashes[None]).sum(axis=2)
    return [(i, j) for i, j in zip(*map(lambda v: v.tolist(), numpy.nonzero(far <= 10))) if i < j]
def by_imagededup(Method):
    import os, pathlib
    method, at = Method(verbose=False), {os.path.basename(f): k for k, f in enumerate(files)}
    codes = {os.path.basename(f): method.encode_image(image_file=f) for f in files}
    found = method.find_duplicates(encoding_map=codes)
    return sorted({tuple(sorted((at[a], at[b]))) for a, others in found.items() for b in others})
ways = {"ImageHash pHash": lambda: by_imagehash(imagehash.phash),
        "ImageHash dHash": lambda: by_imagehash(imagehash.dhash)}
try:
    from imagededup.methods import DHash, PHash
    ways["imagededup pHash"] = lambda: by_imagededup(PHash)
    ways["imagededup dHash"] = lambda: by_imagededup(DHash)
except ImportError as error:
    print(f"imagededup could not be imported: {error}", file=sys.stderr)
said = {}
for name, way in ways.items():
    start = time.process_time()
    pairs = way()
    said[name] = {"pairs": pairs, "seconds": time.process_time() - start}
print(json.dumps(said))
"""


def peers(python: str, files: list[Path]) -> dict[str, tuple[set[tuple[int, int]], float]]:
    """The same of every peer that the other Python has; nothing is said of those it has not."""
    done = subprocess.run(
        [python, "-c", PEERS],
        input=json.dumps([str(f) for f in files]),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    for line in done.stderr.splitlines():
        if "Error" in line or "could not" in line:
            print(f"The peers say: {line}")
    if done.returncode:
        return {}
    told = json.loads(done.stdout.splitlines()[-1])
    return {k: ({(i, j) for i, j in v["pairs"]}, v["seconds"]) for k, v in told.items()}


def score(entries: list[Entry], pairs: set[tuple[int, int]]) -> dict[str, object]:
    """Precision over all pairs, recall of originals with their copies, by change and collection."""
    wrong = [(a, b) for a, b in sorted(pairs) if entries[a].origin != entries[b].origin]
    by_change: dict[str, list[bool]] = defaultdict(list)
    by_kind: dict[str, list[bool]] = defaultdict(list)
    for k in range(1, len(entries), 2):
        found = (k - 1, k) in pairs or (k, k - 1) in pairs
        for part in entries[k].change.split(" + "):
            by_change[part].append(found)
        by_kind[entries[k].kind].append(found)
    every = [f for group in by_kind.values() for f in group]
    return {
        "precision": 1 - len(wrong) / len(pairs) if pairs else None,
        "false": len(wrong),
        "wrong": [
            [f"{e.kind} {e.name} {e.change}" for e in map(entries.__getitem__, p)] for p in wrong
        ],
        "recall": float(np.mean(every)),
        "copies": len(every),
        "by_change": {k: float(np.mean(v)) for k, v in by_change.items()},
        "by_kind": {k: float(np.mean(v)) for k, v in by_kind.items()},
    }


def parts(data: Path, count: int, seed: int) -> dict[str, float]:
    """A part of a picture, or all of it, put into another of its kind; prints what is said of it."""
    groups: dict[str, list[Base]] = defaultdict(list)
    for base in bases(data, count, seed):
        groups[base.kind].append(base)
    rng, prints, pairs = np.random.default_rng([3, seed]), [], 0
    for group in groups.values():
        half = len(group) // 2
        for guest, host in zip(group[:half], group[half : 2 * half], strict=True):
            for picture in (guest.picture, pasted(host.picture, guest.picture, rng)):
                pixels = np.asarray(picture)
                prints.append(fingerprint(pixels))
            pairs += 1
    said: dict[tuple[int, int], str] = {}
    for a, b, f in compared(range(len(prints)), [], together(prints), prints.__getitem__):
        if f.score >= LIKENESS:
            said[min(a, b), max(a, b)] = f.kind
    planted_pairs = [said.get((2 * k, 2 * k + 1), "nothing") for k in range(pairs)]
    shares = {f"called {k}": planted_pairs.count(k) / pairs for k in ("part", "near", "alike")}
    others = sum(k == "part" for (a, b), k in said.items() if a % 2 or b != a + 1)
    print(
        f"{pairs} pictures of which a part was put into another, on 8 to 35 % of it: "
        + ", ".join(f"{k} {v:.2f}" for k, v in shares.items())
        + f"; {others} other pairs called parts"
    )
    return shares | {"others": others}


def quality(
    data: Path, count: int, seeds: list[int], python: str | None
) -> list[dict[str, object]]:
    """Every way on every kind of planting; prints as it goes."""
    rows: list[dict[str, object]] = []
    for way in ("standard", "many", "two"):
        gathered: dict[str, list[tuple[list[Entry], set[tuple[int, int]], float]]] = {}
        for seed in seeds:
            with tempfile.TemporaryDirectory() as folder:
                entries = planted(list(bases(data, count, seed)), way, Path(folder), seed)
                files = [e.file for e in entries]
                pairs, cost = ours(files)
                said = {"Latelier": (pairs, cost["seconds"])}
                said |= peers(python, files) if python else {}
            for name, (found, seconds) in said.items():
                gathered.setdefault(name, []).append((entries, found, seconds))
        for name, parts in gathered.items():
            entries, pairs, at = [], set(), 0
            for some, found, _ in parts:  # one after the other, each searched by itself
                entries += [replace(e, origin=e.origin + at) for e in some]
                pairs |= {(a + at, b + at) for a, b in found}
                at += len(some)
            told = score(entries, pairs)
            told |= {"way": way, "by": name, "per_second": at / sum(s for *_, s in parts)}
            rows.append(told)
            show(told)
    return rows


def show(told: dict[str, object]) -> None:
    """One line, and for ours what was found of each change and collection."""
    precision = "   -  " if told["precision"] is None else f"{told['precision']:.4f}"
    print(
        f"{told['way']:9}{told['by']:18}precision {precision} ({told['false']} false)"
        f"  recall {told['recall']:.3f} of {told['copies']}  {told['per_second']:6.0f} img/CPU-s"
    )
    if told["by"] == "Latelier":
        for group in ("by_change", "by_kind"):
            print("         " + "  ".join(f"{k} {v:.2f}" for k, v in told[group].items()))
        for one, other in told["wrong"][:SHOWN]:
            print(f"         false: {one} | {other}")


def speed(count: int) -> dict[str, float]:
    """Pictures a CPU-second of hashing alone from 640 px JPEG, and of everything on drawn cloths."""
    with tempfile.TemporaryDirectory() as name:
        folder, rng = Path(name), np.random.default_rng(3)
        files = []
        for k in range(60):
            cloth = Image.fromarray(drawn.cloth(drawn.FAMILIES[k % 8], k, 3)).resize((640, 640))
            files.append(folder / f"{k}.jpg")
            cloth.save(files[-1], "JPEG", quality=int(rng.integers(80, 93)))
        start = cpu()
        for file in files * 3:
            pixels, _ = images.read_reduced(file, SIDE, WHITE)
            hashed(np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8))
        hashing = 3 * len(files) / (cpu() - start)
        cloths = []
        for k, (_, data) in enumerate(drawn.pictures(count)):
            cloths.append(folder / f"cloth {k}.jpg")
            cloths[-1].write_bytes(data)
        found, cost = ours(cloths)
    return {
        "hash_per_second": hashing,
        "cloths": count,
        "cloths_seconds": cost["seconds"],
        "cloths_read": cost["read"],
        "cloths_called_copies": len(found),
        "peak_mb": peak_mb(),
    }


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="10 of each collection")
    parser.add_argument("--full", action="store_true", help="60 of each, twice")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--peers", metavar="PYTHON", help="that has ImageHash and imagededup")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--seed", type=int, default=0, help="of the pictures and their changes")
    parser.add_argument("--large", type=int, metavar="N", help="search among N pictures as well")
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    count, seeds = (10, 1) if asked.quick else (60, 2) if asked.full else (40, 1)
    fresh = list(range(asked.seed, asked.seed + seeds))
    if not asked.peers:
        print("Without --peers PYTHON, nothing is measured beside ImageHash and imagededup.")
    rows = quality(asked.data, count, fresh, asked.peers)
    in_parts = parts(asked.data, count, asked.seed)
    told = speed(60 if asked.quick else 221)
    print(
        f"hash alone, 640 px JPEG: {told['hash_per_second']:.0f} img/CPU-s\n"
        f"{told['cloths']} drawn cloths, none a copy: {told['cloths_seconds']:.1f} CPU-s "
        f"({told['cloths_read']:.1f} of it reading), {told['cloths_called_copies']} called copies; "
        f"peak of memory {told['peak_mb']:.0f} MB"
    )
    if asked.large:
        told |= (large := at_scale(asked.large))
        print(
            f"{asked.large} pictures: all by hash {large['hash_seconds']:.0f} CPU-s, "
            f"{large['hash_found']:.2f} of the copies, {large['hash_peak_mb']:.0f} MB; "
            f"{large['new']} new ones by corners {large['corners_seconds']:.0f} CPU-s, "
            f"{large['corners_found']:.2f}, {large['peak_mb']:.0f} MB"
        )
    if asked.json:
        asked.json.write_text(
            json.dumps({"quality": rows, "parts": in_parts, **told}, indent=2) + "\n", "utf-8"
        )


if __name__ == "__main__":
    main()
