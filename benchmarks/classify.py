"""What `classify` is worth on collections it was not made for: grouped accuracy, coverage, slips.

    python benchmarks/classify.py [COLLECTIONS] [--splits 200] [--cache FILE] [--mobilenet WEIGHTS.npz]

COLLECTIONS is the folder of real pictures (batik-indonesia, paintings-public-domain,
omniglot); without it only the drawn icons are measured. One table:

- accuracy of grouped nested cross-validation with its interval, beside a split that ignores groups;
- the same of a linear probe (shrunk LDA) on MobileNetV2, where its weights are given;
- the mean true coverage of 90 % sets over grouped splits in two halves;
- the error of calibrated probabilities;
- AUROC of doubt for 5 % labels changed on purpose;
- how often occlusion hits a planted motif (the pointing game);
- AUROC of "unlike anything you showed me" for the pictures of the other collections.

CPU seconds by ``time.process_time``. ``--cache FILE.npz`` keeps what was measured of the pictures.
"""

import argparse
import csv
import io
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
from latelier.classify import calibration, conformal, crossed, doubtful, reading, strangers
from latelier.classify.heads import Head, of_classes
from latelier.classify.reading import QUICK, Wishes
from latelier.explain import heat
from latelier.extractors import mobilenet
from latelier.images import fitted, read

SIDE = 256
PER_LABEL = 40  # pictures of a label at the most, so that the benchmark stays short
INK = ("form", "hog")  # families left out of the default, and taken for drawings in ink


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


def measured(found: Collection) -> np.ndarray:
    """(n, d) all named numbers; those of ink for drawings in ink only."""
    names = [n for n in registry.names("features") if registry.load("features", n).MEASURES]
    families = [registry.load("features", n) for n in names if found.ink or n not in INK]
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
    held = crossed.held_out(table, y, of, [QUICK])
    return f"{(held.said == y).mean():.3f}"


def coverage(
    table: np.ndarray, y: np.ndarray, groups: np.ndarray, splits: int
) -> tuple[float, float]:
    """Mean and spread of the share of 90 % sets that hold the true label, over grouped splits."""
    held = []
    for split in range(splits):
        folds = crossed.split(y, groups, 3, split)  # learn, calibrate, test
        learn, tune, test = (folds == f for f in range(3))
        if len(np.unique(y[learn])) < len(np.unique(y)):
            continue
        head = Head(QUICK, int(y.max()) + 1).fit(table[learn], y[learn])
        logits = head.logits(table)
        p = calibration.probabilities(logits, calibration.temperature(logits[tune], y[tune]))
        rows = np.flatnonzero(tune)[reading.once(groups[tune], split)]
        scores = conformal.strangeness(p[rows])[np.arange(len(rows)), y[rows]]
        inside = conformal.sets(conformal.p_values(scores, conformal.strangeness(p[test])), 0.1)
        held.append(inside[np.arange(test.sum()), y[test]].mean())
    return float(np.mean(held)), float(np.std(held))


def slips(table: np.ndarray, y: np.ndarray, groups: np.ndarray) -> float:
    """AUROC of doubt for labels changed on purpose."""

    def again(changed: np.ndarray) -> np.ndarray:
        held = crossed.held_out(table, changed, groups, [QUICK])
        return calibration.calibrated("temperature", held.logits, changed, held.folds).probabilities

    return doubtful.tried_out(y, groups, again, np.random.default_rng(0)).auroc


def foreign(table: np.ndarray, groups: np.ndarray, others: list[np.ndarray]) -> float:
    """The mean AUROC of pictures of each other collection against this one's own, held out."""
    order = np.random.default_rng(0).permutation(np.unique(groups))
    mine = np.isin(groups, order[: len(order) // 2])
    known = strangers.shown(table[mine], groups[mine])
    own = known.distances(table[~mine])
    scores = []
    for other in others:
        far = known.distances(other[:, : table.shape[1]])
        truth = np.r_[np.zeros(len(own)), np.ones(len(far))]
        scores.append(roc_auc_score(truth, np.r_[own, far]))
    return float(np.mean(scores)) if scores else float("nan")


def pointing(count: int = 60) -> float:
    """How often occlusion's hottest place lies on a motif planted on cloth that a head learnt."""
    rng = np.random.default_rng(4)
    families = [registry.load("features", name) for name in ("edges", "texture")]

    def see(pictures: list[np.ndarray]) -> np.ndarray:
        return np.array([np.concatenate([f.describe(p) for f in families]) for p in pictures])

    plain = [_cloth(rng) for _ in range(40)]
    planted = [_planted(rng) for _ in range(40)]
    y = np.array([0] * 40 + [1] * 40)
    head = Head(QUICK, 2).fit(see(plain + [p for p, _, _ in planted]), y)
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
    heads = (
        "collection",
        "n",
        "k",
        "grouped",
        "interval",
        "leaky",
        "MobileNetV2",
        "base",
        "by chance p",
        "calibration",
        "coverage",
        "slips AUROC",
        "foreign AUROC",
        "CPU-s",
    )
    print(" | ".join(heads))
    for each, table in zip(found, tables, strict=True):
        start = time.process_time()
        _, of = np.unique(each.groups, return_inverse=True)
        classes, y = of_classes(each.labels)
        read_ = reading.read(table, each.labels, of, Wishes())
        leaky, _ = reading.flattered(table, each.labels)
        mean, spread = coverage(table, y, of, asked.splits)
        same = [
            t for c, t in zip(found, tables, strict=True) if c is not each and c.ink == each.ink
        ]
        f = read_.figures
        print(
            " | ".join(
                [
                    each.name,
                    str(len(y)),
                    str(len(classes)),
                    f"{f.accuracy:.3f}",
                    f"{f.interval[0]:.3f} to {f.interval[1]:.3f}",
                    f"{leaky:.3f}",
                    probe(each, of, asked.mobilenet, asked.cache) if asked.mobilenet else "-",
                    f"{f.baseline:.3f}",
                    f"{f.p:.3f}",
                    f"{read_.calibration.error:.3f}",
                    f"{mean:.3f} ± {spread:.3f}",
                    f"{slips(table, y, of):.3f}",
                    f"{foreign(table, of, same):.3f}",
                    f"{time.process_time() - start:.1f}",
                ]
            )
        )
    print(f"planted motif, hits of 60 by occlusion: {pointing():.3f}")


if __name__ == "__main__":
    main()
