"""What will be seen on paper, said before it is printed, in words."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

SOFT_DPI = 150  # one minute of arc at arm's length, 60 cm: 0.175 mm, or 146 dots per inch
SEVERAL = 1.005  # enlargements below this are the rounding of a size to whole pixels


@dataclass(frozen=True)
class Print:
    """A picture as it is going to be printed.

    Args:
        image: its path in the project.
        source: width and height of the part that is drawn, in its own pixels.
        drawn: width and height on the sheet, in pixels of the sheet.
        dpi: of the sheet.
        pixels: a digest of its pixels, the same for the same picture.
        credit: who made it, or empty.
        rights: what may be done with it, or empty.
    """

    image: str
    source: tuple[float, float]
    drawn: tuple[int, int]
    dpi: float
    pixels: str
    credit: str
    rights: str

    @property
    def enlarged(self) -> float:
        """How many pixels of the sheet one pixel of the picture becomes, across."""
        return max(self.drawn[0] / self.source[0], self.drawn[1] / self.source[1])

    @property
    def effective_dpi(self) -> float:
        """How many of the picture's own pixels come on an inch of paper."""
        return self.dpi / self.enlarged


@dataclass(frozen=True)
class Finding:
    """Something worth knowing before printing.

    Args:
        kind: soft, enlarged, credit, rights, twice, letters or near.
        words: one sentence.
        images: which.
    """

    kind: str
    words: str
    images: list[str]

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "kind": self.kind,
            "count": len(self.images),
            "words": self.words,
            "images": self.images,
        }


def preflight(prints: Sequence[Print]) -> list[Finding]:
    """What a person should know before printing; empty when all is well."""
    findings = [*_sharpness(prints)]
    for kind, words in (("credit", "no credit"), ("rights", "no rights stated")):
        lacking = [p for p in prints if not getattr(p, kind)]
        if lacking:
            has = "has" if len(lacking) == 1 else "have"
            findings.append(_finding(kind, lacking, f"{has} {words}"))
    counts = Counter(p.pixels or p.image for p in prints)
    twice = [p for p in prints if counts[p.pixels or p.image] > 1]
    if twice:
        different = len({p.pixels or p.image for p in twice})
        what = "one picture is" if different == 1 else f"{different} pictures are"
        findings.append(Finding("twice", f"{what} there more than once", [p.image for p in twice]))
    return findings


def _sharpness(prints: Sequence[Print]) -> list[Finding]:
    soft = [p for p in prints if p.effective_dpi < SOFT_DPI]
    larger = [p for p in prints if p.enlarged > SEVERAL and p.effective_dpi >= SOFT_DPI]
    findings = []
    if soft:
        worst = min(p.effective_dpi for p in soft)
        findings.append(_finding("soft", soft, f"will look soft: {worst:.0f} dpi"))
    if larger:
        most, least = max(p.enlarged for p in larger), min(p.effective_dpi for p in larger)
        words = f"enlarged up to {most:.2g} times, to {least:.0f} dpi: still sharp at arm's length"
        findings.append(_finding("enlarged", larger, f"{_are(larger)} {words}"))
    return findings


def _are(prints: Sequence[Print]) -> str:
    return "is" if len(prints) == 1 else "are"


def _finding(kind: str, prints: Sequence[Print], words: str) -> Finding:
    count = "1 picture" if len(prints) == 1 else f"{len(prints)} pictures"
    return Finding(kind, f"{count} {words}", [p.image for p in prints])
