"""Pictures with labels to classify: icons and cloth drawn by code, and the real collections."""

import csv
import io
import json
import re
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from latelier.images import fitted, read

SIDE = 256
PER_LABEL = 40  # pictures of a label at the most, so that the benchmark stays short


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


def cloth(rng: np.random.Generator) -> np.ndarray:
    """(96, 96, 3) plain cloth with its grain."""
    base = rng.integers(90, 150) + rng.normal(0, 8, (96, 96))
    return np.repeat(np.clip(base, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def planted(rng: np.random.Generator) -> tuple[np.ndarray, int, int]:
    """Such cloth with a motif of 22 px on it, and the motif's middle, down and across."""
    picture = cloth(rng)
    y, x = rng.integers(3, 71, 2)
    a, b = np.indices((22, 22))
    motif = np.where(np.abs(a - 11) + np.abs(b - 11) < 10, 230, 40) * (1 - ((a + b) // 4 % 2) * 0.5)
    picture[y : y + 22, x : x + 22] = motif.astype(np.uint8)[..., None]
    return picture, int(y + 11), int(x + 11)
