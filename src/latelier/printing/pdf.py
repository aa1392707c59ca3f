"""PDF: any number of sheets at their exact size, without loss, with the sRGB profile.

PDF 1.7 (ISO 32000-1): one image a page, deflated with the PNG predictor, in an ICCBased colour
space; the cut is the TrimBox. Written here rather than by a library, because pages can then be
painted and packed band by band; no date and no identifier, so equal sheets are equal files.
"""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import pikepdf

from latelier.errors import Damaged, DoesNotFit
from latelier.images import SRGB_PROFILE
from latelier.printing._contract import BAND, Digest, Paper, Reopened
from latelier.printing._rows import deflated, inflated

SUFFIXES = (".pdf",)
MANY = True
LARGEST_PT = 14_400  # 200 in, Annex C.2
_PIECE = 1 << 20
_CATALOG, _PAGES, _INFO, _PROFILE, _FIRST = 1, 2, 3, 4, 5  # numbers of objects; a page has four


class _Objects:
    """Writes numbered objects and remembers where each begins."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.places: dict[int, int] = {}

    def open(self, number: int) -> None:
        self.places[number] = self.file.tell()
        self.file.write(b"%d 0 obj\n" % number)

    def add(self, number: int, text: str) -> None:
        self.open(number)
        self.file.write(text.encode("ascii") + b"\nendobj\n")

    def add_stream(self, number: int, entries: str, data: bytes) -> None:
        self.open(number)
        self.file.write(f"<< {entries} /Length {len(data)} >>\nstream\n".encode("ascii"))
        self.file.write(data + b"\nendstream\nendobj\n")

    def finish(self) -> None:
        start, size = self.file.tell(), len(self.places) + 1
        table = "".join(f"{self.places[n]:010d} 00000 n \n" for n in range(1, size))
        self.file.write(
            f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n"
            f"<< /Size {size} /Root {_CATALOG} 0 R /Info {_INFO} 0 R >>\n"
            f"startxref\n{start}\n%%EOF\n".encode("ascii")
        )


def write(path: Path, papers: Sequence[Paper]) -> None:
    """Write sheets as a PDF, one a page.

    Raises:
        DoesNotFit: a side is longer than 200 inches.
    """
    for paper in papers:
        if max(paper.width_in, paper.height_in) * 72 > LARGEST_PT:
            raise DoesNotFit("A PDF page is at most 200 in (508 cm) a side; take TIFF or PNG")
    with path.open("wb") as file:
        file.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        objects = _Objects(file)
        kids = " ".join(f"{_FIRST + 4 * i} 0 R" for i in range(len(papers)))
        viewing = "/ViewerPreferences << /PrintScaling /None >>"  # at its true size
        objects.add(_CATALOG, f"<< /Type /Catalog /Pages {_PAGES} 0 R {viewing} >>")
        objects.add(_PAGES, f"<< /Type /Pages /Kids [{kids}] /Count {len(papers)} >>")
        objects.add(_INFO, _info(papers[0]))
        objects.add_stream(_PROFILE, "/N 3 /Alternate /DeviceRGB", SRGB_PROFILE)
        for i, paper in enumerate(papers):
            _write_page(objects, _FIRST + 4 * i, paper)
        objects.finish()


def _write_page(objects: _Objects, number: int, paper: Paper) -> None:
    width, height, bleed = (v * 72 for v in (paper.width_in, paper.height_in, paper.bleed_in))
    trim = f"{_real(bleed)} {_real(bleed)} {_real(width - bleed)} {_real(height - bleed)}"
    media = f"0 0 {_real(width)} {_real(height)}"
    objects.add(
        number,
        f"<< /Type /Page /Parent {_PAGES} 0 R /MediaBox [{media}] /BleedBox [{media}] "
        f"/TrimBox [{trim}] /Contents {number + 1} 0 R "
        f"/Resources << /XObject << /Sheet {number + 2} 0 R >> >> >>",
    )
    drawn = f"q {_real(width)} 0 0 {_real(height)} 0 0 cm /Sheet Do Q"
    objects.add_stream(number + 1, "", drawn.encode("ascii"))
    objects.open(number + 2)
    objects.file.write(
        f"<< /Type /XObject /Subtype /Image /Width {paper.width} /Height {paper.height} "
        f"/ColorSpace [/ICCBased {_PROFILE} 0 R] /BitsPerComponent 8 /Filter /FlateDecode "
        f"/DecodeParms << /Predictor 15 /Colors 3 /BitsPerComponent 8 /Columns {paper.width} >> "
        f"/Length {number + 3} 0 R >>\nstream\n".encode("ascii")
    )
    start = objects.file.tell()
    for piece in deflated(paper.bands()):
        objects.file.write(piece)
    length = objects.file.tell() - start
    objects.file.write(b"\nendstream\nendobj\n")
    objects.add(number + 3, str(length))


def reopen(path: Path) -> list[Reopened]:
    """Read a PDF written here: its pages by pikepdf, their pixels band by band.

    Raises:
        Damaged: it is no whole PDF, or pixels are missing.
    """
    try:
        with pikepdf.open(path) as document:
            found = [_reopened(path, page) for page in document.pages]
            if problems := document.get_warnings():
                raise Damaged(f"{path.name} is no whole PDF ({problems[0]})")
            return found
    except (pikepdf.PdfError, AttributeError, KeyError) as error:  # the latter: an entry is missing
        raise Damaged(f"{path.name} is no whole PDF ({error})") from error


def _reopened(path: Path, page: pikepdf.Page) -> Reopened:
    image = page.obj.Resources.XObject.Sheet
    width, height = int(image.Width), int(image.Height)
    left, bottom, right, top = (float(v) for v in page.mediabox)
    digest = Digest(width, height)
    pieces = _stream(path, image.objgen[0], int(image.Length))
    for band in inflated(pieces, width, height, BAND):
        digest.take(band)
    profile = image.ColorSpace[1].read_bytes() if image.ColorSpace[0] == "/ICCBased" else b""
    size = (right - left, top - bottom)
    return Reopened(
        width, height, (width * 72 / size[0], height * 72 / size[1]), profile, digest.text, size
    )


def _stream(path: Path, number: int, length: int) -> Iterator[bytes]:
    """The raw bytes of a stream, found through the file's own table, a piece at a time."""
    with path.open("rb") as file:
        file.seek(-64, 2)
        table = re.search(rb"startxref\s+(\d+)", file.read())
        if table is None:
            raise Damaged(f"{path.name} has no table of objects")
        file.seek(int(table[1]) + len(b"xref\n"))
        file.readline()
        file.seek(20 * number, 1)
        file.seek(int(file.read(10)))
        while not file.readline().endswith(b"stream\n"):
            pass
        while length:
            piece = file.read(min(_PIECE, length))
            if not piece:
                raise Damaged(f"{path.name} ends in the middle of a picture")
            length -= len(piece)
            yield piece


def _info(paper: Paper) -> str:
    entries = {"Title": paper.title, "Author": paper.author, "Producer": "Latelier"}
    written = " ".join(f"/{k} <FEFF{v.encode('utf-16-be').hex()}>" for k, v in entries.items() if v)
    return f"<< {written} >>"


def _real(value: Fraction) -> str:
    """A number as PDF writes it, to a millionth of a point.

    >>> _real(Fraction(792)), _real(Fraction(2100, 254) * 72)
    ('792', '595.275591')
    """
    return f"{float(value):.6f}".rstrip("0").rstrip(".")
