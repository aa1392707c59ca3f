"""Who borrowed from whom: how many planted borrowings are found, how surely, and how fast.

    python benchmarks/trace.py [--each 6] [--data FOLDER] [--seed 0] [--fit] [--json FILE]

Batik, huipiles, wax prints, cloths and ink forms drawn by code, omniglot. Of each collection five in
eight pictures are the originals; into the others a part of an original is planted: a crop alone, a part
laid on, repeated, recoloured, mirrored, turned, or redrawn by its edges. Beside them stand designs that
borrow nothing: the others as they are, parts of them, drawings of them, one laid on the other.

Everything in ``latelier.tracing`` was fixed on one half of each collection (by hash of the file name; of
omniglot every other alphabet; of what is drawn other seeds), which --fit shows again; scored is the other.
One list of all pairs of design and original, the likeliest first, gives recall at precision .9 and the
micro average precision. Beside it the same list by hashes alone, those of ``latelier.copies``, over flips,
turns and negatives. CPU seconds are of one thread. What is not there is left out, which a line says.
"""

import argparse
import io
import itertools
import json
import os
import sys
import time
import zipfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.optimize import minimize
from scipy.special import expit

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "benchmarks")]

from borrowed_pictures import KINDS, Picture, cropped, jpeg, lines, pasted  # noqa: E402
from latelier.collection import drawn  # noqa: E402
from latelier.copies.hashes import distances, flips, framed, frames, hashed  # noqa: E402
from latelier.seeds import rng as seeded  # noqa: E402
from latelier.tracing.index import indexed  # noqa: E402
from latelier.tracing.judge import AGAINST, FACTS, probability, vector  # noqa: E402
from latelier.tracing.marks import Marks, marks  # noqa: E402
from latelier.tracing.search import evidence_of_two_looks  # noqa: E402
from planted_pictures import SAME, ink_form, scored  # noqa: E402

DATA = ROOT.parent / "shared" / "data"
ORIGINALS = 0.625  # of a collection; the others are designs
INK = ("omniglot", "ink")
ONE_PICTURE = 24  # bits of 256; one picture under two names is taken once
BINS = (0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 1.001)
SHOWN = 12  # designs that a borrowing was wrongly told of, by name
Named = list[tuple[str, Picture]]


@dataclass(frozen=True)
class Query:
    """A design: its collection, what was planted, and the row of the original, or -1."""

    collection: str
    kind: str
    truth: int
    name: str
    picture: Picture


def of_folder(folder: Path, half: bool, most: int, enlarged: int = 0) -> Named:
    """The pictures of a folder that belong to a half."""
    twice = {b for _, b in SAME}
    found: Named = []
    known: list[NDArray[np.uint64]] = []
    for file in sorted(folder.rglob("*.jpg")):
        if scored(file.name) == half and file.stem not in twice and len(found) < most:
            picture = Image.open(file).convert("RGB")
            bits = hashed(np.asarray(picture.convert("L")))
            if any(int(distances(bits, other)) <= ONE_PICTURE for other in known):
                continue
            known.append(bits)
            if enlarged:
                picture = picture.resize((enlarged, enlarged), Image.Resampling.LANCZOS)
            picture.thumbnail((700, 700))
            found.append((file.stem, picture))
    return found


def of_omniglot(folder: Path, half: bool, most: int) -> Named:
    """One hand's drawing of each character of every other alphabet."""
    rng = np.random.default_rng(5)
    found: Named = []
    with zipfile.ZipFile(next(folder.glob("*small1.zip"))) as pack:
        names = sorted(n for n in pack.namelist() if n.endswith(".png"))
        alphabets = sorted({n.split("/")[1] for n in names})[int(half) :: 2]
        hands: dict[str, list[str]] = defaultdict(list)
        for name in names:
            if name.split("/")[1] in alphabets:
                hands[name.rpartition("/")[0]].append(name)
        for character in sorted(hands):
            name = hands[character][int(rng.integers(len(hands[character])))]
            found.append((name, Image.open(io.BytesIO(pack.read(name))).convert("RGB")))
    rng.shuffle(found)  # type: ignore[arg-type]
    return found[:most]


def collections(data: Path, half: bool) -> dict[str, Named]:
    """The collections that are there, one half of each."""
    found: dict[str, Named] = {}
    for name, folder, most, side in (
        ("batik", "batik-indonesia", 110, 0),
        ("huipil", "huipiles-oaxaca/jpg", 110, 0),
        ("wax", "african-fabric-64px", 110, 256),
    ):
        if (data / folder).is_dir():
            found[name] = of_folder(data / folder, half, most, side)
        else:
            print(f"{folder} is not in {data}, so it is left out.")
    seed = 11 if half else 7
    found["drawn"] = [
        (f"{family.name} {k}", Image.fromarray(drawn.cloth(family, k, seed)))
        for family in drawn.FAMILIES
        for k in range(1, 11)
    ]
    if (data / "omniglot").is_dir():
        found["omniglot"] = of_omniglot(data / "omniglot", half, 110)
    else:
        print(f"omniglot is not in {data}, so it is left out.")
    found["ink"] = [
        (f"form {k}", ink_form(np.random.default_rng([99, int(half), k]), 300)) for k in range(90)
    ]
    return found


def parted(all_of: dict[str, Named]) -> tuple[list[tuple[str, str, Picture]], dict[str, Named]]:
    """The originals of all collections, and of each the others.

    Cloths drawn by code share frets and diamonds within a family, so the others are of other families.
    """
    originals, others = [], {}
    for name, pictures in all_of.items():
        cut = int(len(pictures) * ORIGINALS)
        originals += [(name, n, p) for n, p in pictures[:cut]]
        others[name] = pictures[cut:]
    return originals, others


def innocent(pictures: Named, ink: bool, rng: np.random.Generator) -> Picture:
    """A design that borrows nothing from any original."""
    first, second = (pictures[int(rng.integers(len(pictures)))][1] for _ in "ab")
    kind = int(rng.integers(4))
    if kind == 0:
        return first
    if kind == 1:
        return lines(first, rng)
    return cropped(first, first, ink, rng) if kind == 2 else pasted(second, first, ink, rng)


def queries(
    originals: list[tuple[str, str, Picture]], others: dict[str, Named], each: int, seed: int
) -> list[Query]:
    """So many designs of each kind and collection, and three times as many that borrow nothing."""
    made = []
    for collection, hosts in others.items():
        rng = np.random.default_rng([seed, *collection.encode()])
        rows = [k for k, (c, _, _) in enumerate(originals) if c == collection]
        ink = collection in INK
        for kind, plant in KINDS.items():
            for _ in range(each):
                truth = rows[int(rng.integers(len(rows)))]
                name, host = hosts[int(rng.integers(len(hosts)))]
                picture = jpeg(plant(originals[truth][2], host, ink, rng), rng)
                made.append(
                    Query(collection, kind, truth, f"{originals[truth][1]} on {name}", picture)
                )
        for k in range(3 * each):
            picture = jpeg(innocent(hosts, ink, rng), rng)
            made.append(Query(collection, "nothing", -1, f"{collection} {k}", picture))
    return made


@dataclass(frozen=True)
class Pair:
    """A design and an original that may be its source: how likely, and whether it is."""

    query: int
    original: int
    score: float
    true: bool
    facts: dict[str, float]


def ours(originals: list[Marks], asked: list[Query]) -> tuple[list[Pair], dict[str, float]]:
    """Every pair for which there is evidence, and what it cost."""
    start = time.process_time()
    index = indexed(originals, seeded(0, "tracing"))
    cost = {"index": time.process_time() - start, "marks": 0.0, "search": 0.0}
    pairs = []
    for k, query in enumerate(asked):
        start = time.process_time()
        seen = marks(np.asarray(query.picture))
        middle = time.process_time()

        def closer(picture: Picture = query.picture) -> Marks:
            return marks(np.asarray(picture), closer=True)

        found = evidence_of_two_looks(seen, closer, index, originals.__getitem__)
        cost["marks"] += middle - start
        cost["search"] += time.process_time() - middle
        pairs += [
            Pair(k, e.original, probability(e.facts), e.original == query.truth, e.facts)
            for e in found
        ]
    return pairs, cost


def by_hashes(originals: list[Picture], asked: list[Query]) -> tuple[list[Pair], float]:
    """Every pair, by how few of 256 bits differ under the best flip, turn or negative and frame."""
    start = time.process_time()

    def all_of(picture: Picture) -> NDArray[np.uint64]:
        grey = np.asarray(picture.convert("L"))
        return np.stack([hashed(framed(grey, f)) for f in frames(grey)])

    known = [all_of(p) for p in originals]
    owner = np.repeat(np.arange(len(known)), [len(h) for h in known])
    table = np.concatenate(known)
    pairs = []
    for k, query in enumerate(asked):
        forms = flips(all_of(query.picture)).reshape(-1, 1, 4)
        far = distances(forms, table[None]).min(axis=0)
        best = np.full(len(known), 256)
        np.minimum.at(best, owner, far)
        pairs += [
            Pair(k, o, 1 - int(best[o]) / 256, o == query.truth, {}) for o in range(len(known))
        ]
    return pairs, time.process_time() - start


def score(asked: list[Query], pairs: list[Pair]) -> dict[str, object]:
    """Recall at precision .9, micro average precision, and the recall of each kind and collection."""
    ordered = sorted(pairs, key=lambda p: -p.score)
    true = np.array([p.true for p in ordered], bool)
    planted = sum(q.truth >= 0 for q in asked)
    right = np.cumsum(true)
    precision = right / np.arange(1, len(true) + 1)
    good = np.flatnonzero(precision >= 0.9)
    last = int(good[-1]) + 1 if len(good) else 0
    found = {p.query for p in ordered[:last] if p.true}
    said: dict[str, object] = {
        "recall at precision .9": float(right[last - 1] / planted) if last else 0.0,
        "from probability": float(ordered[last - 1].score) if last else None,
        "micro average precision": float((precision * true).sum() / planted),
    }
    for name in ("kind", "collection"):
        groups: dict[str, list[bool]] = defaultdict(list)
        for k, query in enumerate(asked):
            if query.truth >= 0:
                groups[getattr(query, name)].append(k in found)
        said[name] = {g: float(np.mean(v)) for g, v in groups.items()}
    both: dict[str, list[bool]] = defaultdict(list)
    for k, query in enumerate(asked):
        if query.truth >= 0:
            both[f"{query.collection} {query.kind}"].append(k in found)
    said["both"] = {g: float(np.mean(v)) for g, v in both.items()}
    said["wrong"] = [
        f"{asked[p.query].kind} {asked[p.query].name}: {p.original} {p.score:.2f}"
        for p in ordered[:last]
        if not p.true
    ]
    return said


def reliability(pairs: list[Pair]) -> tuple[list[tuple[float, float, int]], float]:
    """Of each band of probability the mean said, the share that is true, how many; and the error."""
    sure = np.array([p.score for p in pairs])
    true = np.array([p.true for p in pairs], float)
    rows = []
    for low, high in itertools.pairwise(BINS):
        here = (sure >= low) & (sure < high)
        if here.any():
            rows.append((float(sure[here].mean()), float(true[here].mean()), int(here.sum())))
    total = sum(n for _, _, n in rows)
    error = sum(n * abs(said - is_) for said, is_, n in rows) / max(1, total)
    return rows, error


def fit(pairs: list[Pair]) -> None:
    """Print the weights for ``latelier.tracing.judge``: logistic regression with a sign for each fact.

    More marks, rarer marks, edges that agree more can only speak for a borrowing, others' likeness at the
    same place and a stretch only against it: with free signs 240 designs taught it chance as well.
    """
    table = np.array([vector(p.facts) for p in pairs])
    mean, scale = table.mean(axis=0), table.std(axis=0) + 1e-9
    columns = np.c_[(table - mean) / scale, np.ones(len(table))]
    sign = np.where([p.true for p in pairs], 1.0, -1.0)

    def loss(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = sign * (columns @ w)
        slope = -(columns * (sign * expit(-margin))[:, None]).sum(axis=0)
        free = np.r_[w[:-1], 0.0]
        return float(np.logaddexp(0, -margin).sum() + (free**2).sum() / 2), slope + free

    bounds = [(None, 0) if name in AGAINST else (0, None) for name in FACTS] + [(None, None)]
    start = np.zeros(len(FACTS) + 1)
    found = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x
    weights = found[:-1] / scale
    print(f"BIAS = {float(found[-1] - (weights * mean).sum()):.4f}")
    print("WEIGHTS = {")
    for name, weight in zip(FACTS, weights, strict=True):
        print(f'    "{name}": {weight:.4f},')
    print("}")


def tell(name: str, said: dict[str, object]) -> None:
    """Print what one way found."""
    print(
        f"\n{name}: recall at precision .9 {said['recall at precision .9']:.3f}, "
        f"micro average precision {said['micro average precision']:.3f}"
    )
    for of in ("kind", "collection"):
        groups: dict[str, float] = said[of]  # type: ignore[assignment]
        print("  " + "  ".join(f"{k} {v:.2f}" for k, v in groups.items()))


def main() -> None:
    """Plant, look, score."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--each", type=int, default=6, help="designs of each kind and collection")
    options.add_argument("--data", type=Path, default=DATA)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--fit", action="store_true", help="the half that was looked at; weights")
    options.add_argument("--json", type=Path)
    asked_for = options.parse_args()
    cv2.setNumThreads(1)
    originals, others = parted(collections(asked_for.data, not asked_for.fit))
    asked = queries(originals, others, asked_for.each, asked_for.seed)
    start = time.process_time()
    known = [marks(np.asarray(p)) for _, _, p in originals]
    print(
        f"{len(originals)} originals, {time.process_time() - start:.0f} CPU-s to mark; "
        f"{len(asked)} designs, {sum(q.truth >= 0 for q in asked)} of them borrow"
    )
    pairs, cost = ours(known, asked)
    said = score(asked, pairs)
    tell("Latelier", said)
    for wrong in said["wrong"][:SHOWN]:  # type: ignore[index]
        name, _, row = wrong.rpartition(": ")
        print(f"  wrong: {name}: {originals[int(row.split()[0])][1]} {row.split()[1]}")
    rows, error = reliability(pairs)
    print("  said " + "  ".join(f"{a:.2f} is {b:.2f} ({n})" for a, b, n in rows))
    print(f"  calibration error {error:.3f}")
    per = (cost["marks"] + cost["search"]) / len(asked)
    print(
        f"  {1 / per:.2f} designs/CPU-s: marks {1000 * cost['marks'] / len(asked):.0f} ms, search "
        f"{1000 * cost['search'] / len(asked):.0f} ms; the index {cost['index']:.1f} CPU-s"
    )
    plain, seconds = by_hashes([p for _, _, p in originals], asked)
    hashes = score(asked, plain)
    tell("Hashes alone", hashes)
    print(f"  {len(asked) / seconds:.0f} designs/CPU-s")
    if asked_for.fit:
        fit(pairs)
    if asked_for.json:
        table = [
            {**vars(p), "collection": asked[p.query].collection, "kind": asked[p.query].kind}
            for p in pairs
        ]
        told = {"latelier": said, "hashes": hashes, "calibration": rows, "error": error}
        asked_for.json.write_text(json.dumps({**told, "pairs": table}))


if __name__ == "__main__":
    main()
