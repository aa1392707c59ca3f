"""What weaving costs and borrows at each size, and how like held-out originals its pictures are.

    python benchmarks/quilt.py [--real FOLDER] [--sizes 64,128,256,512,1024] [--count 16] [--json FILE]

Without a folder, cloths are drawn. Of each size: CPU-seconds an image, by process_time in one
thread, reading and drawing the originals left out; the largest contiguous borrowed piece and the
largest share of one original among all images, of what is not plain ground, and how many images kept
both bounds; chroma and the spread of colours within a picture beside those of the originals they
are laid out after; KID with its standard error to originals held back (a fifth), by two extractors,
and beside it that of as many originals that are not held back. A small count says little of KID.
"""

import argparse
import io
import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from latelier.collection import drawn  # noqa: E402
from latelier.errors import LatelierError  # noqa: E402
from latelier.extractors._open import opened  # noqa: E402
from latelier.generate.sample import sample  # noqa: E402
from latelier.images import read  # noqa: E402
from latelier.models.quilt import Model, Settings  # noqa: E402
from latelier.train.measures import kid  # noqa: E402

ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff")
FEWEST = 16  # pictures
HELD = 5  # every so many is held back
VARIETY = 0.8  # as `make` has it
EYES = ("randconv", "classic")
MOST = {512: 8, 1024: 4}  # images, by size, that are enough to time

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Row:
    """What was measured at one size."""

    size: int
    originals: int
    images: int
    seconds: float
    piece: float
    share: float
    kept: int
    chroma: float
    spread: float
    kid: dict[str, tuple[float, float, float]]  # by extractor: KID, its error, that of originals


def square(picture: Image.Image, size: int) -> Pixels:
    """The middle square of a picture, resampled to (size, size, 3)."""
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    cut = picture.crop((left, top, left + side, top + side))
    way = Image.Resampling.BOX if size < side else Image.Resampling.BICUBIC
    return np.asarray(cut.convert("RGB").resize((size, size), way))


def drawn_pictures(count: int, side: int) -> list[Image.Image]:
    """Drawn cloths, of ``side`` pixels."""
    return [Image.open(io.BytesIO(data)) for _, data in drawn.pictures(count, size=side)]


def pictures_in(folder: Path) -> list[Image.Image]:
    """All pictures in a folder and those inside it."""
    files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in ENDINGS)
    return [Image.fromarray(read(file)) for file in files]


def measured(pictures: list[Image.Image], size: int, count: int) -> Row:
    """Weave ``count`` pictures of one size."""
    pixels = np.stack([square(p, size) for p in pictures])
    back = np.arange(len(pixels)) % HELD == 0
    train, held = pixels[~back], pixels[back]
    model = Model((3, size, size), Settings())
    model.material(train)
    begun = time.process_time()
    made = list(sample(model, range(count), VARIETY))
    seconds = (time.process_time() - begun) / count
    images, stories = np.stack([m.pixels for m in made]), [m.story for m in made]
    led = train[[story["after"] for story in stories]]
    return Row(
        size,
        len(train),
        count,
        seconds,
        max(story["largest_piece"] for story in stories),
        max(story["parents"][0]["share"] for story in stories),
        sum(story["kept"] for story in stories),
        chroma(images) / chroma(led),
        spread(images) / spread(led),
        {name: likeness(name, images, train, held) for name in EYES},
    )


def likeness(name: str, images: Pixels, train: Pixels, held: Pixels) -> tuple[float, float, float]:
    """KID of images to those held back, its error, and KID of as many originals."""
    eye = opened(name, train, 0)
    some = train[np.linspace(0, len(train) - 1, min(len(images), len(train))).astype(int)]
    there = eye.see(held)
    return (*kid(eye.see(images), there), kid(eye.see(some), there)[0])


def chroma(pixels: Pixels) -> float:
    """The mean distance of colours from grey."""
    x = pixels.astype(np.float32)
    return float(np.linalg.norm(x - x.mean(-1, keepdims=True), axis=-1).mean())


def spread(pixels: Pixels) -> float:
    """The spread of the colours within a picture, on average."""
    return float(pixels.reshape(len(pixels), -1, 3).astype(np.float32).std(1).mean())


def main() -> None:
    """Measure, and print a table."""
    torch.set_num_threads(1)
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--real", type=Path, help="a folder of pictures, instead of drawn ones")
    parser.add_argument("--sizes", default="64,128,256,512,1024")
    parser.add_argument(
        "--count", type=int, default=16, help="images at each size, 4 or 8 large ones"
    )
    parser.add_argument("--originals", type=int, default=60, help="drawn cloths")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    sizes = [int(size) for size in asked.sizes.split(",")]
    if asked.real and not asked.real.is_dir():
        sys.exit(f"There is no folder {asked.real}; give one with pictures, or leave --real out.")
    try:
        pictures = (
            pictures_in(asked.real)
            if asked.real
            else drawn_pictures(asked.originals, max(max(sizes), 256))
        )
    except LatelierError as error:
        sys.exit(str(error))
    if len(pictures) < FEWEST:
        sys.exit(f"{asked.real or 'Drawn'}: {len(pictures)} pictures; weaving needs {FEWEST}.")
    print(
        "  size  from  made  CPU-s each  piece  share   kept  chroma spread   "
        + "".join(f"KID by {name} (originals)".ljust(34) for name in EYES)
    )
    rows = []
    for size in sizes:
        rows.append(row := measured(pictures, size, min(asked.count, MOST.get(size, asked.count))))
        kids = (f"{k:7.3f} +- {e:.3f} ({o:.3f})".ljust(34) for k, e, o in row.kid.values())
        print(
            f"{row.size:6}{row.originals:6}{row.images:6}{row.seconds:12.2f}{row.piece:7.3f}"
            f"{row.share:7.3f}{row.kept:4}/{row.images:<3}{row.chroma:6.2f}{row.spread:7.2f}  "
            + "".join(kids), flush=True,
        )  # fmt: skip
    if asked.json:
        told = json.dumps([asdict(row) for row in rows], indent=2)
        asked.json.write_text(told + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
