"""What `classify` is worth on collections it was not made for: grouped accuracy, coverage, slips.

    python benchmarks/classify.py [COLLECTIONS] [--splits 200] [--cache FILE] [--mobilenet WEIGHTS.npz]

COLLECTIONS is the folder of real pictures (batik-indonesia, paintings-public-domain, omniglot,
fabric-fingercamera, tatreez-crossstitch); without it only the drawn icons are measured. One table:

- accuracy of grouped nested cross-validation with its interval, beside a split that ignores groups;
- the same of a linear probe (shrunk LDA) on MobileNetV2, where its weights are given;
- the mean true coverage of 90 % sets over grouped splits in three, beside what so few calibration
  groups make of 90 % (``conformal.kept``), and the same with a draw a picture (smoothed); over the
  same splits that of sets crossed over the folds of the two other thirds, as ``classify`` gives them,
  and how many labels both kinds of sets have;
- the error of calibrated probabilities: the mean over ``SEEDS`` ways of cutting the folds, with the least and
  the most, since one way of it is luck (of charts .00 to .15), and of a temperature alone beside;
- AUROC of doubt for 5 % labels changed on purpose, and the most that could be hoped for: the AUROC
  of the same slips for the same head, shown the true labels of all other pictures;
- AUROC of "unlike anything you showed me" for the pictures of the other collections: mean and least;
- how often occlusion hits a planted motif (the pointing game).

CPU seconds by ``time.process_time``. ``--cache FILE.npz`` keeps what was measured of the pictures.
"""

import argparse
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from latelier import registry
from latelier.classify import calibration, conformal, crossed, doubtful, reading, strangers
from latelier.classify.heads import Choice, Head, View, choices, member, of_classes
from latelier.classify.reading import Wishes
from latelier.explain import heat
from latelier.extractors import mobilenet
from latelier.seeds import rng
from latelier.steps._measured import views

sys.path.insert(0, str(Path(__file__).resolve().parent))
from labelled_pictures import Collection, cloth, collections, planted

SEEDS = 5  # ways of cutting the folds
INK = ("form",)  # left out of the default, and taken for drawings in ink


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


@dataclass
class Covered:
    """What sets of 90 % came to, a number a grouped split in three.

    Args:
        split: the share that held the true label, calibrated on a third.
        made: what the number of calibration groups makes of 90 %.
        smooth: the share of sets smoothed by a draw a picture.
        crossed: the share of sets crossed over both other thirds.
        sizes: how many labels split sets have.
        crossed_sizes: how many crossed sets have.
    """

    split: list[float] = field(default_factory=list)
    made: list[float] = field(default_factory=list)
    smooth: list[float] = field(default_factory=list)
    crossed: list[float] = field(default_factory=list)
    sizes: list[float] = field(default_factory=list)
    crossed_sizes: list[float] = field(default_factory=list)

    def words(self) -> list[str]:
        """As the table shows them."""
        return [
            f"{np.mean(self.split):.3f} ± {np.std(self.split):.3f}",
            f"{np.mean(self.made):.3f}",
            f"{np.mean(self.smooth):.3f}",
            f"{np.mean(self.crossed):.3f} ± {np.std(self.crossed):.3f}",
            f"{np.mean(self.sizes):.2f}",
            f"{np.mean(self.crossed_sizes):.2f}",
        ]


def coverage(
    table: np.ndarray, y: np.ndarray, groups: np.ndarray, view: View, splits: int
) -> Covered:
    """How often 90 % sets hold the true label, over grouped splits."""
    found, k = Covered(), int(y.max()) + 1
    for split in range(splits):
        folds = crossed.split(y, groups, 3, split)  # learn, calibrate, test
        learn, tune, test = (folds == f for f in range(3))
        if len(np.unique(y[learn])) < k:
            continue
        head = Head(member("lda", view), k).fit(table[learn], y[learn])
        logits = head.logits(table)
        p = calibration.probabilities(logits, calibration.temperature(logits[tune], y[tune]))
        rows = np.flatnonzero(tune)[reading.once(groups[tune], split)]
        scores = conformal.strangeness(p[rows])[np.arange(len(rows)), y[rows]]
        new, true = conformal.strangeness(p[test]), (np.arange(test.sum()), y[test])
        sets = conformal.sets(conformal.p_values(scores, new), 0.1)
        found.split.append(float(sets[true].mean()))
        found.sizes.append(float(sets.sum(axis=1).mean()))
        draws = rng(split, "smoothed").random(len(new))
        smooth = conformal.sets(conformal.p_values(scores, new, u=draws), 0.1)
        found.smooth.append(float(smooth[true].mean()))
        found.made.append(conformal.kept(len(rows), 0.1))
        rest = ~test
        sets = crossed_sets(table[rest], y[rest], groups[rest], table[test], view, split)
        found.crossed.append(float(sets[true].mean()))
        found.crossed_sizes.append(float(sets.sum(axis=1).mean()))
    return found


def crossed_sets(
    table: np.ndarray,
    y: np.ndarray,
    groups: np.ndarray,
    new: np.ndarray,
    view: View,
    seed: int,
) -> np.ndarray:
    """(m, k) sets of 90 % for new pictures, calibrated on every group by the heads of its fold."""
    held = crossed.held_out(table, y, groups, [member("lda")], views=[view], seed=seed)
    t = calibration.temperature(held.logits, y)
    rows = reading.once(groups, seed)
    own = conformal.strangeness(calibration.probabilities(held.logits, t))[rows, y[rows]]
    each = [calibration.probabilities(logits, t) for logits in held.together(new)]
    strange = np.stack([conformal.strangeness(p) for p in each])
    return conformal.sets(conformal.p_values(own, strange, folds=held.folds[rows]), 0.1)


def off(
    read_: reading.Reading, table: np.ndarray, groups: np.ndarray, looks: list[View]
) -> tuple[str, str]:
    """Errors of held-out probabilities as ``classify`` calibrates them, and by a temperature alone."""
    found, plain, y = [], [], read_.labels
    for seed in range(SEEDS):
        held = read_.held
        if seed:
            held = crossed.held_out(table, y, groups, choices("auto"), views=looks, seed=seed)
        by = calibration.calibrated("temperature", held.logits, y, held.folds, groups)
        alone = calibration.across(calibration.by_temperature_alone, held.logits, y, held.folds)
        found.append(by.error)
        plain.append(calibration.error(alone, y))
    return tuple(f"{np.mean(e):.3f} ({min(e):.3f} to {max(e):.3f})" for e in (found, plain))


def hoped(table: np.ndarray, y: np.ndarray, usual: Choice) -> float:
    """AUROC of the same slips for a head that was shown the true labels: the most to be hoped for."""
    p = reading.believed(table, y, usual, 0)
    return doubtful.tried_out(y, lambda _: p, rng(0, "slips")).auroc


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

    plain = [cloth(rng) for _ in range(40)]
    marked = [planted(rng) for _ in range(40)]
    y = np.array([0] * 40 + [1] * 40)
    head = Head(member("lda"), 2).fit(see(plain + [p for p, _, _ in marked]), y)
    hits = 0
    for _ in range(count):
        picture, down, across = planted(rng)
        found = heat.occlusion(
            picture, lambda pictures: np.diff(head.logits(see(list(pictures))))[:, 0]
        )
        i, j = np.unravel_index(found.argmax(), found.shape)
        cell = 96 / heat.CELLS
        reach = 11 + cell / 2
        hits += abs((i + 0.5) * cell - down) <= reach and abs((j + 0.5) * cell - across) <= reach
    return hits / count


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
    "temperature alone",
    "coverage",
    "made of .9",
    "smoothed",
    "crossed",
    "labels a set",
    "crossed",
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
    covered = coverage(table, y, of, usual.view, asked.splits)
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
        *off(read_, table, of, looks),
        *covered.words(),
        f"{read_.trial.auroc:.3f}",
        f"{hoped(table, y, usual):.3f}",
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
