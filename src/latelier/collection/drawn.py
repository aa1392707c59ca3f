"""A small collection of woven textiles drawn by code."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latelier import seeds
from latelier.collection._grammars import GRAMMARS
from latelier.collection._loom import Loom
from latelier.collection._photograph import View, photographed

SIZE = 256  # pixels a side
QUALITY = 92  # JPEG without colour subsampling, as a careful photographer would send it
RIGHTS = "CC0 1.0"
CREDIT = "Drawn by Latelier"
NOTE = """\
These pictures show no real cloth. Latelier drew them, thread by thread, so that there is something
to begin with. The geometry is everybody's; the birds and plants are its own. They may be used for
anything (CC0 1.0, https://creativecommons.org/publicdomain/zero/1.0/).

Among them are some copies and some broken files, as in any real folder: Latelier should find them.
"""


@dataclass(frozen=True)
class Family:
    """Cloths of one manner.

    Args:
        name: of its folder and files.
        grammars: compositions, the more often the earlier.
        palette: the yarns.
        table: what the cloth lies on.
        weaves: of the ground cloth.
        narrow: whether some are runners rather than squares.
    """

    name: str
    grammars: tuple[str, ...]
    palette: str
    table: str
    weaves: tuple[str, ...]
    narrow: bool = False


FAMILIES = (
    Family("crimson bands", ("bands",), "cochineal", "paper", ("plain", "rep"), narrow=True),
    Family("indigo nets", ("lattice",), "indigo", "linen", ("twill", "plain")),
    Family("marigold frets", ("frets",), "marigold", "stone", ("rep", "plain"), narrow=True),
    Family("brown cotton flocks", ("creatures",), "coyuchi", "paper", ("plain", "basket")),
    Family("garnet medallions", ("medallion",), "garnet", "slate", ("herringbone", "twill")),
    Family("jardín de noche", ("garden",), "night", "linen", ("plain", "twill")),
    Family("flames", ("flame",), "rainbow", "slate", ("rep",), narrow=True),
    Family("whitework", ("lattice", "lattice", "bands"), "cotton", "stone", ("basket", "twill")),
)


def cloth(family: Family, number: int, seed: int, size: int = SIZE) -> NDArray[np.uint8]:
    """One cloth of a family, (size, size, 3) uint8 sRGB; no two numbers give the same."""
    rng = seeds.rng(seed, "cloth", family.name, number)
    runner = family.narrow and rng.random() < 0.2
    picks = int(rng.choice([69, 75, 81, 91]))
    ends = round(picks * 0.35) * 2 + 1 if runner else picks
    loom = Loom(picks, ends, family.palette, rng)
    GRAMMARS[family.grammars[int(rng.integers(len(family.grammars)))]](loom)
    weave = family.weaves[int(rng.random() < 0.3)] if len(family.weaves) > 1 else family.weaves[0]
    detail = not runner and rng.random() < 0.1
    fringe = float(rng.choice([0, 0.022, 0.034, 0.05]))
    view = View(
        size=size,
        margin=float(rng.uniform(-0.16, -0.06) if detail else rng.uniform(0.035, 0.055)),
        wide=ends / picks,
        fringe=0.0 if detail else fringe,
        table=family.table,
    )
    return photographed(loom.off(weave), view, rng)


def pictures(count: int = 232, seed: int = 1, size: int = SIZE) -> Iterator[tuple[str, bytes]]:
    """Sound pictures only: name with forward slashes, bytes of a JPEG.

    Args:
        count: how many; shared evenly among the families.
        seed: another seed, another collection.
        size: pixels a side.
    """
    for k in range(count):
        family = FAMILIES[k % len(FAMILIES)]
        number = k // len(FAMILIES) + 1
        name = f"{family.name}/{family.name} {number:02d}.jpg"
        yield name, _jpeg(cloth(family, number, seed, size))


def files(count: int = 232, seed: int = 1, size: int = SIZE) -> Iterator[tuple[str, bytes]]:
    """A whole folder as a person might bring it: pictures, some copies, some broken files, a note.

    Args:
        count: of sound pictures that are not copies.
        seed: another seed, another collection.
        size: pixels a side.
    """
    kept: dict[int, bytes] = {}
    chosen = [int(k) for k in seeds.rng(seed, "copies").permutation(count)[:6]]
    for k, (name, data) in enumerate(pictures(count, seed, size)):
        if k in chosen:
            kept[chosen.index(k)] = data
        yield name, data
    for k, data in sorted(kept.items()):
        yield _COPIES[k][0], _COPIES[k][1](data)
    if kept:
        yield "more/IMG_2046.jpg", kept[0][: len(kept[0]) * 2 // 3]
    yield "more/IMG_2047.jpg", b""
    yield (
        "more/list of loans.jpg",
        b"Loan 12: two cloths, returned in May. This is not a picture.\n",
    )
    yield "RIGHTS.txt", NOTE.encode()


def _jpeg(pixels: NDArray[np.uint8] | Image.Image, quality: int = QUALITY) -> bytes:
    file = io.BytesIO()
    picture = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    picture.save(file, "JPEG", quality=quality, subsampling=0)
    return file.getvalue()


def _open(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def _cut(data: bytes) -> bytes:
    picture = _open(data)
    n = picture.width
    return _jpeg(picture.crop((n // 12, n // 16, n - n // 14, n - n // 10)))


_COPIES = (
    ("more/IMG_2040.jpg", lambda data: data),
    ("more/IMG_2041.jpg", lambda data: _jpeg(_open(data), quality=55)),
    (
        "more/IMG_2042.jpg",
        lambda data: _jpeg(_open(data).transpose(Image.Transpose.FLIP_LEFT_RIGHT)),
    ),
    ("more/IMG_2043.jpg", _cut),
    ("more/IMG_2044.jpg", lambda data: _jpeg(_open(data).reduce(2))),
    ("more/señal.jpg", lambda data: data),
)
