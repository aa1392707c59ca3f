"""Lengths and page sizes as people write them, kept exact: ``11x11in``, ``29.7 x 21 cm``, ``A4``."""

import re
from dataclasses import dataclass
from fractions import Fraction

from latelier.errors import DoesNotFit, UsageError

IN_INCHES = {"in": Fraction(1), "cm": Fraction(50, 127), "mm": Fraction(5, 127)}
A_SERIES_MM = {  # ISO 216
    "a0": (841, 1189),
    "a1": (594, 841),
    "a2": (420, 594),
    "a3": (297, 420),
    "a4": (210, 297),
    "a5": (148, 210),
    "a6": (105, 148),
}
LARGEST_PX = 60_000  # a side; 200 in at 300 dpi, the largest page that PDF 1.7 knows (Annex C)
_NUMBER = r"(\d+(?:[.,]\d+)?|[.,]\d+)"
_LENGTH = re.compile(rf"{_NUMBER}\s*(in|cm|mm|px|\")?", re.IGNORECASE)
_SIZE = re.compile(
    rf"{_NUMBER}\s*(in|cm|mm|px|\")?\s*[x×]\s*{_NUMBER}\s*(in|cm|mm|px|\")", re.IGNORECASE
)


@dataclass(frozen=True)
class Page:
    """A page as it is after cutting.

    Args:
        width_in: exact, in inches.
        height_in: exact, in inches.
        dpi: dots per inch.
    """

    width_in: Fraction
    height_in: Fraction
    dpi: Fraction

    @property
    def width(self) -> int:
        """In whole pixels."""
        return nearest(self.width_in * self.dpi)

    @property
    def height(self) -> int:
        """In whole pixels."""
        return nearest(self.height_in * self.dpi)


def nearest(value: Fraction) -> int:
    """The nearest whole number, halves upwards, exact where floats are not."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def length(text: str, dpi: Fraction, what: str) -> Fraction:
    """A length in pixels, exact.

    >>> length("3 mm", Fraction(254), "gutter"), length("0", Fraction(300), "margin")
    (Fraction(30, 1), Fraction(0, 1))

    Args:
        text: a number and in, cm, mm or px; a bare ``0`` is understood.
        dpi: dots per inch.
        what: what is measured, for the error.

    Raises:
        UsageError: it is no length.
    """
    found = _LENGTH.fullmatch(text.strip())
    if found and (found[2] or _number(found[1]) == 0):
        return _pixels(_number(found[1]), found[2] or "px", dpi)
    raise UsageError(
        f"{text!r} is no length for the {what}; write a number and its unit: 5mm, 0.2in, 12px"
    )


def page(text: str, dpi: float | Fraction) -> Page:
    """A page's size.

    >>> page("11x11in", 200).width, page("A4-landscape", 300).width, page("20cm", 254).height
    (2200, 3508, 2000)

    Args:
        text: ``11x11in``, ``29.7x21cm``, ``2200x2200px``, one side of a square (``20cm``), or an ISO
            size (``A4``, ``A4-landscape``).
        dpi: dots per inch.

    Raises:
        UsageError: it is no size, or the dpi is no number from 1 to 4800.
        DoesNotFit: a side is under one pixel or over the largest page.
    """
    exact = Fraction(str(dpi))
    if not 1 <= exact <= 4800:
        raise UsageError(
            f"--dpi {dpi} should be between 1 and 4800; print shops ask for 200 to 300"
        )
    size = _page_inches(text.strip(), exact)
    made = Page(*size, exact)
    for side in (made.width, made.height):
        if not 1 <= side <= LARGEST_PX:
            raise DoesNotFit(
                f"A page of {text} at {float(exact):g} dpi is {made.width} x {made.height} px; a side "
                f"should be between 1 and {LARGEST_PX} px. Choose another size or fewer dpi."
            )
    return made


def _page_inches(text: str, dpi: Fraction) -> tuple[Fraction, Fraction]:
    name, _, turned = text.casefold().replace(" ", "-").partition("-")
    if name in A_SERIES_MM and turned in ("", "portrait", "landscape"):
        short, long = (side * IN_INCHES["mm"] for side in A_SERIES_MM[name])
        return (long, short) if turned == "landscape" else (short, long)
    if found := _SIZE.fullmatch(text):
        width, height = _number(found[1]), _number(found[3])
        first, second = found[2] or found[4], found[4]
        return _pixels(width, first, dpi) / dpi, _pixels(height, second, dpi) / dpi
    if (found := _LENGTH.fullmatch(text)) and found[2]:
        side = _pixels(_number(found[1]), found[2], dpi) / dpi
        return side, side
    raise UsageError(
        f"{text!r} is no page size; write width x height with a unit (11x11in, 29.7x21cm, "
        f"2200x2200px), one side of a square (20cm), or {', '.join(sorted(A_SERIES_MM)).upper()}"
    )


def _number(text: str) -> Fraction:
    return Fraction("0" + text.replace(",", ".") if text[0] in ".," else text.replace(",", "."))


def _pixels(value: Fraction, unit: str, dpi: Fraction) -> Fraction:
    unit = {'"': "in"}.get(unit, unit.casefold())
    return value if unit == "px" else value * IN_INCHES[unit] * dpi
