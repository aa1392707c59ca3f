"""What `classify` is worth on collections it was not made for: grouped accuracy, coverage, slips.

    python benchmarks/classify.py [COLLECTIONS] [--splits 200] [--cache FILE] [--mobilenet WEIGHTS.npz]

COLLECTIONS is the folder of real pictures (batik-indonesia, paintings-public-domain, omniglot,
fabric-fingercamera, tatreez-crossstitch); without it only the drawn icons are measured. One table:

- accuracy of grouped nested cross-validation with its interval, beside a split that ignores groups;
- the same of a linear probe (shrunk LDA) on MobileNetV2, where its weights are given;
- the mean true coverage of 90 % sets over grouped splits in three;
- the error of calibrated probabilities;
- AUROC of doubt for 5 % labels changed on purpose, and of the most that could be hoped for at that
  accuracy: how often a head is surer of the true label than of another one drawn by lot;
- AUROC of "unlike anything you showed me" for the pictures of the other collections: mean and least;
- how often occlusion hits a planted motif (the pointing game).

CPU seconds by ``time.process_time``. ``--cache FILE.npz`` keeps what was measured of the pictures.
"""

import argparse
import csv
import io
import json
import re
import time
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from sklearn.metrics import roc_auc_score

from latelier import registry
from latelier.classify import calibration, conformal, crossed, reading, strangers
from latelier.classify.heads import Head, View, member, of_classes
from latelier.classify.reading import Wishes
from latelier.explain import heat
from latelier.extractors import mobilenet
from latelier.images import fitted, read
from latelier.steps._measured import views

SIDE = 256
PER_LABEL = 40  # pictures of a label at the most, so that the benchmark stays short
INK = ("form",)  # left out of the default, and taken for drawings in ink


@dataclass
class Collection:
    """Pictures with labels and the groups that must stay together."""

    name: str
    pictures: list[np.ndarray]
    labels: list[str]
    groups: list[str]
    ink: bool = False


def icons(seed: int = 0, per_label: int = 40) -> Collection:
    """Game-like icons drawn here: shields, swords, flasks, keys, stars and gems, each in its hand.

    Icons come in sets of four by one hand (colours and line), the groups.
    """
    rng = np.random.default_rng(seed)
    found = Collection("drawn icons", [], [], [])
    for label in ("shield", "sword", "flask", "key", "star", "gem"):
        for n in range(per_label):
            hand = np.random.default_rng([seed, n // 4, len(label), ord(label[0])])
            ground, ink, light = (tuple(map(int, hand.integers(0, 256, 3))) for _ in range(3))
            page = Image.new("RGB", (128, 128), ground)
            pen = ImageDraw.Draw(page)
            width = int(hand.integers(2, 6))
            size, x, y = rng.uniform(34, 50), *rng.uniform(56, 72, 2)
            for points, fill in _shape(label, rng):
                at = [(x + size * px, y + size * py) for px, py in points]
                pen.polygon(at, fill=ink if fill else light)
                pen.line([*at, at[0]], fill=light if fill else ink, width=width)
            page = page.rotate(float(rng.uniform(-20, 20)), fillcolor=ground)
            noisy = np.asarray(page, float) + rng.normal(0, 6, (128, 128, 3))
            found.pictures.append(np.clip(noisy, 0, 255).astype(np.uint8))
            found.labels.append(label)
            found.groups.append(f"{label} of hand {n // 4}")
    return found


def _shape(label: str, rng: np.random.Generator) -> list[tuple[list[tuple[float, float]], bool]]:
    """Polygons in [-1, 1] and whether each is filled with ink."""

    def j() -> float:
        return float(rng.normal(0, 0.05))

    def round_(n: int, r: float, cx: float = 0.0, cy: float = 0.0) -> list[tuple[float, float]]:
        turns = np.linspace(0, 2 * np.pi, n + 1)[:-1]
        return [(cx + r * np.cos(t), cy + r * np.sin(t)) for t in turns]

    if label == "shield":
        return [
            ([(-0.8 + j(), -0.8), (0.8, -0.8 + j()), (0.7, 0.2), (0, 1 + j()), (-0.7, 0.2)], True)
        ]
    if label == "sword":
        blade = [(-0.12, 0.4), (-0.12, -0.8), (0, -1 + j()), (0.12, -0.8), (0.12, 0.4)]
        return [
            (blade, False),
            ([(-0.5 + j(), 0.4), (0.5, 0.4), (0.5, 0.55), (-0.5, 0.55)], True),
            ([(-0.1, 0.55), (0.1, 0.55), (0.1, 1), (-0.1, 1)], True),
        ]
    if label == "flask":
        neck = [
            (-0.2, -1),
            (0.2, -1),
            (0.2, -0.3),
            (0.8 + j(), 0.9),
            (-0.8, 0.9 + j()),
            (-0.2, -0.3),
        ]
        return [(neck, False), ([(-0.5, 0.3), (0.5, 0.3), (0.75, 0.85), (-0.75, 0.85)], True)]
    if label == "key":
        return [
            (round_(16, 0.4 + j(), 0, -0.6), True),
            (round_(12, 0.18, 0, -0.6), False),
            ([(-0.1, -0.25), (0.1, -0.25), (0.1, 1), (-0.1, 1)], True),
            ([(0.1, 0.6), (0.45 + j(), 0.6), (0.45, 0.8), (0.1, 0.8)], True),
        ]
    if label == "star":
        ends = np.linspace(-np.pi / 2, 1.5 * np.pi, 11)[:-1]
        radii = [1 + j() if k % 2 == 0 else 0.42 + j() for k in range(10)]
        return [([(r * np.cos(t), r * np.sin(t)) for r, t in zip(radii, ends, strict=True)], True)]
    table = [(-0.5, -0.6 + j()), (0.5, -0.6), (0.9, -0.1), (0, 1 + j()), (-0.9, -0.1)]
    return [(table, True), ([(-0.5, -0.6), (0.5, -0.6), (0, -0.1)], False)]


def collections(folder: Path | None) -> list[Collection]:
    """The drawn icons, and the real collections that are there."""
    found = [icons()]
    if folder is None or not folder.is_dir():
        return found
    for name, criterion in (("batik-indonesia", "label"), ("paintings-public-domain", "artist")):
        place = folder / name
        if (place / "metadata.csv").is_file():
            found.append(_from_table(place, criterion))
    if (folder / "omniglot").is_dir():
        found.append(_omniglot(next((folder / "omniglot").glob("*.zip"))))
    if (folder / "fabric-fingercamera").is_dir():
        found.append(_fabric(folder / "fabric-fingercamera"))
    if (folder / "tatreez-crossstitch" / "manifest.json").is_file():
        found.append(_charts(folder / "tatreez-crossstitch"))
    return found


def _fabric(place: Path) -> Collection:
    """Close-ups of cloth; photographs whose numbers are near may show one cloth, and are a group."""
    found = Collection(place.name, [], [], [])
    last = ("", 0)
    for path in sorted(place.rglob("*.jpg")):
        at = (path.parent.name, int(path.stem.rpartition("-")[2]))
        near = at[0] == last[0] and at[1] - last[1] <= 6
        last = at
        found.pictures.append(fitted(read(path, at_least=SIDE), SIDE, SIDE))
        found.labels.append(at[0])
        found.groups.append(found.groups[-1] if near else f"{at[0]} {at[1]}")
    return found


def _charts(place: Path) -> Collection:
    """Cross-stitch charts of three regions; charts of one name are a group."""
    found = Collection("cross-stitch charts", [], [], [])
    listed = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
    charts = json.loads((place / "tirazainArchive.json").read_text(encoding="utf-8"))
    region = {each["slug"]: each.get("region") for each in listed}
    count: Counter[str] = Counter()
    for slug in np.random.default_rng(0).permutation(list(charts)):
        chart, label = charts[slug], region.get(slug)
        cells = np.array(chart["cells"])
        good = cells.ndim == 2 and min(cells.shape) >= 6 and max(cells.shape) <= 220
        if label not in ("Ramallah", "Hebron", "Gaza") or count[label] >= 60 or not good:
            continue
        count[label] += 1
        dyes = np.full((int(cells.max()) + 1, 3), 245, np.uint8)
        for i, dye in enumerate(chart["palette"][: len(dyes)]):
            if isinstance(dye, str):
                dyes[i] = [int(dye.lstrip("#")[k : k + 2], 16) for k in (0, 2, 4)]
        times = max(1, SIDE // max(cells.shape))
        pixels = dyes[cells].repeat(times, axis=0).repeat(times, axis=1)
        found.pictures.append(fitted(pixels, SIDE, SIDE))
        found.labels.append(label)
        found.groups.append(re.sub(r"[(|\d].*", "", chart["name"]).strip() + label)
    return found


def _from_table(place: Path, criterion: str) -> Collection:
    """Pictures of a folder with a table; of a name and its numbered versions one is a copy."""
    found = Collection(place.name, [], [], [])
    count: Counter[str] = Counter()
    with (place / "metadata.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            path = place / row["file"]
            if not path.is_file() or count[row[criterion]] >= PER_LABEL:
                continue
            count[row[criterion]] += 1
            found.pictures.append(fitted(read(path, at_least=SIDE), SIDE, SIDE))
            found.labels.append(row[criterion])
            found.groups.append(re.sub(r"(-copy|-\d{1,2})+$", "", path.stem))
    return found


def _omniglot(packed: Path) -> Collection:
    """Characters of the alphabets; one character, drawn by twenty people, is a group."""
    found = Collection("omniglot alphabets", [], [], [], ink=True)
    rng = np.random.default_rng(0)
    with zipfile.ZipFile(packed) as held:
        names = sorted(n for n in held.namelist() if n.endswith(".png"))
        alphabets = sorted({n.split("/")[-3] for n in names})
        for alphabet in alphabets:
            mine = [n for n in names if n.split("/")[-3] == alphabet]
            for name in rng.permutation(mine)[: 2 * PER_LABEL]:
                picture = Image.open(io.BytesIO(held.read(str(name)))).convert("RGB")
                found.pictures.append(np.asarray(picture))
                found.labels.append(alphabet)
                found.groups.append("/".join(str(name).split("/")[-3:-1]))
    return found


def columns_of(found: Collection) -> list[str]:
    """``family.name`` of all named numbers; those of ink for drawings in ink only."""
    names = [n for n in registry.names("features") if registry.load("features", n).MEASURES]
    chosen = [n for n in names if found.ink or n not in INK]
    return [f"{n}.{m.name}" for n in chosen for m in registry.load("features", n).MEASURES]


def measured(found: Collection) -> np.ndarray:
    """(n, d) those numbers of every picture."""
    names = list(dict.fromkeys(column.partition(".")[0] for column in columns_of(found)))
    families = [registry.load("features", n) for n in names]
    return np.array([np.concatenate([f.describe(p) for f in families]) for p in found.pictures])


def numbers_of(found: list[Collection], cache: Path | None) -> list[np.ndarray]:
    """The numbers of each collection, from the cache where it has them."""
    known: dict[str, np.ndarray] = {}
    if cache is not None and cache.is_file():
        with np.load(cache) as held:
            known = dict(held)
    for each in found:
        if each.name in known:
            continue
        start = time.process_time()
        known[each.name] = measured(each)
        spent = 1000 * (time.process_time() - start) / len(each.pictures)
        print(f"# {each.name}: {known[each.name].shape[1]} numbers, {spent:.0f} CPU-ms a picture")
    if cache is not None:
        np.savez(cache, **known)
    return [known[each.name] for each in found]


def probe(found: Collection, of: np.ndarray, weights: Path, cache: Path | None) -> str:
    """Grouped accuracy of a linear head on what MobileNetV2 sees."""
    place = cache.with_name(f"{cache.stem}-mobilenet-{found.name}.npy") if cache else None
    if place is not None and place.is_file():
        table = np.load(place)
    else:
        see = mobilenet.parts(np.zeros((1, 8, 8, 3), np.uint8), weights, 0)
        table = np.concatenate([see(p[None].copy())[0] for p in found.pictures])
        if place is not None:
            np.save(place, table)
    _, y = of_classes(found.labels)
    held = crossed.held_out(table, y, of, [member("lda")])
    return f"{(held.said == y).mean():.3f}"


def coverage(
    table: np.ndarray, y: np.ndarray, groups: np.ndarray, view: View, splits: int
) -> tuple[float, float]:
    """Mean and spread of the share of 90 % sets that hold the true label, over grouped splits."""
    held = []
    for split in range(splits):
        folds = crossed.split(y, groups, 3, split)  # learn, calibrate, test
        learn, tune, test = (folds == f for f in range(3))
        if len(np.unique(y[learn])) < len(np.unique(y)):
            continue
        head = Head(member("lda", view), int(y.max()) + 1).fit(table[learn], y[learn])
        logits = head.logits(table)
        p = calibration.probabilities(logits, calibration.temperature(logits[tune], y[tune]))
        rows = np.flatnonzero(tune)[reading.once(groups[tune], split)]
        scores = conformal.strangeness(p[rows])[np.arange(len(rows)), y[rows]]
        inside = conformal.sets(conformal.p_values(scores, conformal.strangeness(p[test])), 0.1)
        held.append(inside[np.arange(test.sum()), y[test]].mean())
    return float(np.mean(held)), float(np.std(held))


def hoped(p: np.ndarray, y: np.ndarray) -> float:
    """How often a head is surer of the true label than of another one drawn by lot."""
    own = p[np.arange(len(y)), y][:, None]
    below = (p < own).sum(axis=1) + ((p == own).sum(axis=1) - 1) / 2
    return float((below / (p.shape[1] - 1)).mean())


def foreign(
    table: np.ndarray,
    groups: np.ndarray,
    columns: list[str],
    others: list[tuple[np.ndarray, list[str]]],
) -> tuple[float, float]:
    """Mean and least AUROC of pictures of each other collection against this one's own, held out."""
    order = np.random.default_rng(0).permutation(np.unique(groups))
    mine = np.isin(groups, order[: len(order) // 2])
    both = [c for c in columns if all(c in other for _, other in others)]
    both = [columns[i] for i in (views(both)[0].columns or range(len(both)))]
    at = [columns.index(c) for c in both]
    known = strangers.shown(table[mine][:, at], groups[mine])
    own = known.distances(table[~mine][:, at])
    scores = []
    for other, their in others:
        far = known.distances(other[:, [their.index(c) for c in both]])
        truth = np.r_[np.zeros(len(own)), np.ones(len(far))]
        scores.append(roc_auc_score(truth, np.r_[own, far]))
    return (float(np.mean(scores)), float(np.min(scores))) if scores else (np.nan, np.nan)


def pointing(count: int = 60) -> float:
    """How often occlusion's hottest place lies on a motif planted on cloth that a head learnt."""
    rng = np.random.default_rng(4)
    families = [registry.load("features", name) for name in ("edges", "texture")]

    def see(pictures: list[np.ndarray]) -> np.ndarray:
        return np.array([np.concatenate([f.describe(p) for f in families]) for p in pictures])

    plain = [_cloth(rng) for _ in range(40)]
    planted = [_planted(rng) for _ in range(40)]
    y = np.array([0] * 40 + [1] * 40)
    head = Head(member("lda"), 2).fit(see(plain + [p for p, _, _ in planted]), y)
    hits = 0
    for _ in range(count):
        picture, down, across = _planted(rng)
        found = heat.occlusion(
            picture, lambda pictures: np.diff(head.logits(see(list(pictures))))[:, 0]
        )
        i, j = np.unravel_index(found.argmax(), found.shape)
        cell = 96 / heat.CELLS
        reach = 11 + cell / 2
        hits += abs((i + 0.5) * cell - down) <= reach and abs((j + 0.5) * cell - across) <= reach
    return hits / count


def _cloth(rng: np.random.Generator) -> np.ndarray:
    base = rng.integers(90, 150) + rng.normal(0, 8, (96, 96))
    return np.repeat(np.clip(base, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def _planted(rng: np.random.Generator) -> tuple[np.ndarray, int, int]:
    picture = _cloth(rng)
    y, x = rng.integers(3, 71, 2)
    a, b = np.indices((22, 22))
    motif = np.where(np.abs(a - 11) + np.abs(b - 11) < 10, 230, 40) * (1 - ((a + b) // 4 % 2) * 0.5)
    picture[y : y + 22, x : x + 22] = motif.astype(np.uint8)[..., None]
    return picture, int(y + 11), int(x + 11)


HEADS = (
    "collection",
    "n",
    "k",
    "grouped",
    "interval",
    "leaky",
    "MobileNetV2",
    "base",
    "by chance p",
    "looked at",
    "calibration",
    "coverage",
    "slips AUROC",
    "hoped for",
    "foreign AUROC",
    "least",
    "CPU-s",
)


def row(
    each: Collection,
    table: np.ndarray,
    others: list[tuple[np.ndarray, list[str]]],
    asked: argparse.Namespace,
) -> list[str]:
    """A collection's figures."""
    start = time.process_time()
    _, of = np.unique(each.groups, return_inverse=True)
    classes, y = of_classes(each.labels)
    looks = views(columns_of(each))
    read_ = reading.read(table, each.labels, of, Wishes(), views=looks)
    leaky, _ = reading.flattered(table, each.labels, views=looks)
    usual = reading.most(read_.held)
    mean, spread = coverage(table, y, of, usual.view, asked.splits)
    far, least = foreign(table, of, columns_of(each), others)
    f = read_.figures
    return [
        each.name,
        str(len(y)),
        str(len(classes)),
        f"{f.accuracy:.3f}",
        f"{f.interval[0]:.3f} to {f.interval[1]:.3f}",
        f"{leaky:.3f}",
        probe(each, of, asked.mobilenet, asked.cache) if asked.mobilenet else "-",
        f"{f.baseline:.3f}",
        f"{f.p:.3f}",
        usual.view.name,
        f"{read_.calibration.error:.3f}",
        f"{mean:.3f} ± {spread:.3f}",
        f"{read_.trial.auroc:.3f}",
        f"{hoped(read_.calibration.probabilities, y):.3f}",
        f"{far:.3f}",
        f"{least:.3f}",
        f"{time.process_time() - start:.1f}",
    ]


def main() -> None:
    """Print the table."""
    words = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    words.add_argument("folder", nargs="?", type=Path)
    words.add_argument("--splits", type=int, default=200)
    words.add_argument("--cache", type=Path)
    words.add_argument("--mobilenet", type=Path)
    asked = words.parse_args()
    found = collections(asked.folder)
    tables = numbers_of(found, asked.cache)
    print(" | ".join(HEADS))
    for each, table in zip(found, tables, strict=True):
        same = [
            (t, columns_of(c))
            for c, t in zip(found, tables, strict=True)
            if c is not each and c.ink == each.ink
        ]
        print(" | ".join(row(each, table, same, asked)), flush=True)
    print(f"planted motif, hits of 60 by occlusion: {pointing():.3f}")


if __name__ == "__main__":
    main()
