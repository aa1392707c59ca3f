"""What every print format is: it writes papers to a file and reads back what stands in it.

A format file ``printing/<name>.py`` defines::

    SUFFIXES = (".png",)                                   # of its files; the first is the usual one
    MANY = False                                           # whether one file holds several papers

    def write(path: Path, papers: Sequence[Paper]) -> None
    def reopen(path: Path) -> list[Reopened]               # reads the file, not what was meant

``put`` joins the two: a file is moved into its place only after it was read back and found to be
what was painted. Papers come as bands of rows, so that a poster never lies in memory as a whole.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Protocol, cast

from latelier import registry
from latelier.errors import Damaged, UsageError
from latelier.files import replacing
from latelier.images import SRGB_PROFILE, Pixels

BAND = 128  # rows; 12,000 px wide that is 4.6 MB
DPI_NEAR = 0.02  # a PNG keeps whole pixels a metre: 200 dpi become 199.9996


@dataclass(frozen=True)
class Paper:
    """One sheet, its bleed included.

    Args:
        width: in pixels.
        height: in pixels.
        dpi: dots per inch.
        width_in: exact, in inches; ``width / dpi`` to half a pixel.
        height_in: exact, in inches.
        bleed_in: how much of each side is cut off, in inches.
        bands: paints it: (rows, width, 3) uint8 sRGB from top to bottom, ``BAND`` rows at a time.
        title: of the sheet, or empty.
        author: of the sheet, or empty.
    """

    width: int
    height: int
    dpi: Fraction
    width_in: Fraction
    height_in: Fraction
    bleed_in: Fraction
    bands: Callable[[], Iterator[Pixels]]
    title: str = ""
    author: str = ""


@dataclass(frozen=True)
class Reopened:
    """One sheet as it stands in a file.

    Args:
        width: in pixels.
        height: in pixels.
        dpi: across and down.
        profile: the colour profile's bytes.
        digest: the SHA-256 of size and pixels, as ``images.pixels_sha256``.
        size_pt: of the page in points, for formats that have pages.
    """

    width: int
    height: int
    dpi: tuple[float, float]
    profile: bytes
    digest: str
    size_pt: tuple[float, float] | None = None


class Format(Protocol):
    """A module of this room."""

    SUFFIXES: tuple[str, ...]
    MANY: bool

    def write(self, path: Path, papers: Sequence[Paper]) -> None:
        """Write papers to a file."""

    def reopen(self, path: Path) -> list[Reopened]:
        """Read what stands in a file."""


def format_of(path: Path) -> Format | None:
    """The format that a file name asks for, or None where it has no ending.

    Raises:
        UsageError: no format has that ending.
    """
    if not path.suffix:
        return None
    endings: dict[str, str] = {}
    for name in registry.names("printing"):
        endings.update(dict.fromkeys(registry.load("printing", name).SUFFIXES, name))
    if path.suffix.lower() not in endings:
        raise UsageError(
            f"{path.name} cannot be written; a sheet is a file that ends in "
            f"{', '.join(sorted(endings))}, or a folder for one file each"
        )
    return cast(Format, registry.load("printing", endings[path.suffix.lower()]))


class Digest:
    """The SHA-256 of a picture's size and pixels, taken band by band."""

    def __init__(self, width: int, height: int) -> None:
        self._sha = hashlib.sha256(f"{width}x{height}:".encode())

    def take(self, band: Pixels) -> Pixels:
        """Count a band in, and hand it on."""
        self._sha.update(band.tobytes())
        return band

    @property
    def text(self) -> str:
        """64 hexadecimal digits."""
        return self._sha.hexdigest()


def put(path: Path, papers: Sequence[Paper], format_: Format) -> list[Reopened]:
    """Write papers to a file, read it back, compare, and only then move it into its place.

    Raises:
        UsageError: the format holds one sheet a file and several are given.
        Damaged: what was read back is not what was painted.
        DiskError: the disk is full, read-only, or refuses.
    """
    if len(papers) > 1 and not format_.MANY:
        raise UsageError(f"A {format_.SUFFIXES[0]} file holds one sheet; {len(papers)} need a PDF")
    digests = [Digest(p.width, p.height) for p in papers]
    watched = [_watched(p, d) for p, d in zip(papers, digests, strict=True)]
    with replacing(path) as part:
        format_.write(part, watched)
        found = format_.reopen(part)
        wrong = _differences(papers, digests, found)
        if wrong:
            raise Damaged(
                f"{path.name} was written, but reads back differently ({', '.join(wrong)}); nothing "
                "was left there. The disk or the memory of this machine may be failing."
            )
    return found


def _watched(paper: Paper, digest: Digest) -> Paper:
    """The same paper, whose bands are counted into a digest as they are painted."""
    return replace(paper, bands=lambda: map(digest.take, paper.bands()))


def _differences(
    papers: Sequence[Paper], digests: Sequence[Digest], found: Sequence[Reopened]
) -> list[str]:
    wrong = [] if len(papers) == len(found) else [f"{len(found)} of {len(papers)} sheets"]
    for paper, digest, got in zip(papers, digests, found, strict=False):
        if (got.width, got.height) != (paper.width, paper.height):
            wrong.append(f"{got.width} x {got.height} px")
        if not got.size_pt and any(abs(found - paper.dpi) > DPI_NEAR for found in got.dpi):
            wrong.append(f"{got.dpi[0]:g} x {got.dpi[1]:g} dpi")
        if got.profile != SRGB_PROFILE:
            wrong.append("another colour profile")
        if got.digest != digest.text:
            wrong.append("other pixels")
        points = (float(paper.width_in * 72), float(paper.height_in * 72))
        if got.size_pt and any(abs(a - b) > 1e-5 for a, b in zip(got.size_pt, points, strict=True)):
            wrong.append(f"{got.size_pt[0]:g} x {got.size_pt[1]:g} pt")
    return wrong
