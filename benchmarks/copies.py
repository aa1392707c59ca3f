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
import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import cv2
import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "benchmarks")]
os.environ["PYTHONPATH"] = str(ROOT / "src")  # for the processes that it starts

from copies_at_scale import at_scale, cpu, cpu_of_others, peak_mb  # noqa: E402
from copies_parts import parts, together  # noqa: E402
from copies_peers import peers  # noqa: E402
from latelier import images  # noqa: E402
from latelier.collection import drawn  # noqa: E402
from latelier.copies.compare import compared  # noqa: E402
from latelier.copies.fingerprint import READ_AT, Fingerprint, fingerprint  # noqa: E402
from latelier.copies.hashes import SIDE, hashed  # noqa: E402
from latelier.copies.judge import LIKENESS  # noqa: E402
from latelier.steps import _hands  # noqa: E402
from latelier.steps.add import add  # noqa: E402
from latelier.steps.copies import copies  # noqa: E402
from latelier.steps.open_project import new_project  # noqa: E402
from planted_pictures import Entry, bases, planted  # noqa: E402

DATA = ROOT.parent / "shared" / "data"
WHITE = (255, 255, 255)
SHOWN = 6  # false pairs that are named


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
        for name, several in gathered.items():
            entries, pairs, at = [], set(), 0
            for some, found, _ in several:  # one after the other, each searched by itself
                entries += [replace(e, origin=e.origin + at) for e in some]
                pairs |= {(a + at, b + at) for a, b in found}
                at += len(some)
            told = score(entries, pairs)
            told |= {"way": way, "by": name, "per_second": at / sum(s for *_, s in several)}
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


def shared(count: int) -> dict[str, float]:
    """The same on drawn cloths of a project by the step, with and without other processes."""
    told: dict[str, float] = {"hands": _hands.spare()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "cloths"
        folder.mkdir()
        for k, (_, data) in enumerate(drawn.pictures(count)):
            (folder / f"cloth {k}.jpg").write_bytes(data)
        project = new_project(Path(name) / "project")
        add(project, folder)
        spare = _hands.spare
        for way, hands in (("alone", 0), ("shared", told["hands"])):
            (project.root / "cache" / "copies.db").unlink(missing_ok=True)
            _hands.spare = lambda hands=hands: int(hands)
            start = cpu(), cpu_of_others(), time.monotonic()
            copies(project)
            told[f"{way}_here"] = cpu() - start[0]
            told[f"{way}_elsewhere"] = cpu_of_others() - start[1]
            told[f"{way}_wall"] = time.monotonic() - start[2]
        _hands.spare = spare
    return told


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
    own = [row["per_second"] for row in rows if row["by"] == "Latelier"]
    print(f"the {len(own)} lists together: {len(own) / sum(1 / n for n in own):.0f} img/CPU-s")
    in_parts = parts(asked.data, count, asked.seed)
    told = speed(60 if asked.quick else 221)
    print(
        f"hash alone, 640 px JPEG: {told['hash_per_second']:.0f} img/CPU-s\n"
        f"{told['cloths']} drawn cloths, none a copy: {told['cloths_seconds']:.1f} CPU-s "
        f"({told['cloths_read']:.1f} of it reading), {told['cloths_called_copies']} called copies; "
        f"peak of memory {told['peak_mb']:.0f} MB"
    )
    told |= (step := shared(60 if asked.quick else 221))
    print(
        f"the same by the step: alone {step['alone_here']:.1f} CPU-s and {step['alone_wall']:.1f} s "
        f"on the clock; with {step['hands']} more processes {step['shared_here']:.1f} + "
        f"{step['shared_elsewhere']:.1f} CPU-s and {step['shared_wall']:.1f} s"
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
