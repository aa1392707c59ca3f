"""Originals of five collections, and a changed copy of each, to be found by ``copies.py``.

The bounds in ``latelier.copies`` were fixed on the other half of each collection (by hash of the
file name; of omniglot every other alphabet; of the ink forms other seeds).
"""

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from changed_pictures import HARD, MANY, STANDARD, Picture

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
