"""What was put out, as a slip of paper to keep beside the print."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Receipt:
    """One file that was written, read back and found right.

    Args:
        file: its name.
        size: on paper, in words.
        width: in pixels.
        height: in pixels.
        dpi: dots per inch.
        sha256: of the file.
        sheets: how many it holds.
        pictures: how many.
        credits: who is to be named, each once.
        notes: what the preflight found.
    """

    file: str
    size: str
    width: int
    height: int
    dpi: float
    sha256: str
    sheets: int
    pictures: int
    credits: Sequence[str]
    notes: Sequence[str]

    @property
    def line(self) -> str:
        """All of it in one line."""
        what = "1 picture" if self.pictures == 1 else f"{self.pictures} pictures"
        if self.sheets > 1:
            what += f" on {self.sheets} pages"
        return (
            f"{self.file}: {self.size}, {self.width} x {self.height} px at {self.dpi:g} dpi, sRGB, "
            f"{what}; read back and right"
        )

    @property
    def text(self) -> str:
        """The slip."""
        rows = [
            ("File", self.file),
            ("Size", f"{self.size}, {self.width} x {self.height} px at {self.dpi:g} dpi"),
            ("Colour", "sRGB, profile embedded"),
            ("SHA-256", self.sha256),
            ("Pictures", str(self.pictures)),
            ("Credits", "; ".join(self.credits) or "none stated"),
            *(("Note", note) for note in self.notes),
        ]
        return "".join(f"{name + ':':<10}{value}\n" for name, value in rows)
