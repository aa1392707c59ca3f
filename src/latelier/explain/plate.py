"""A picture, its heat map, the pictures most like it, and what spoke for and against, on one plate."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from latelier import plotting
from latelier.images import Pixels
from latelier.plotting import GREY, INK

WARM, COLD = "#d64514", "#1e5ac8"  # as on the heat map
DPI = 150
RULES: dict[Any, Any] = plotting.RULES | {
    "font.size": 8.5,
    "axes.spines.top": True,
    "axes.spines.right": True,
    "ytick.color": INK,
}
LONGEST = 26  # letters below a picture
SIDE = 40  # letters of what a side of the bars speaks for


@dataclass(frozen=True)
class Reasons:
    """Bars of a plate: names, and what each adds for one label (above 0) or another.

    Args:
        names: of the numbers.
        values: what each adds.
        sides: the label that bars to the left speak for, and that of those to the right.
    """

    names: Sequence[str]
    values: Sequence[float]
    sides: tuple[str, str] = ("against", "for")


def plate(
    pictures: Sequence[Pixels], captions: Sequence[str], reasons: Reasons, title: str
) -> bytes:
    """The plate as a PNG.

    Args:
        pictures: the picture, its heat map if there is one, then those most like it.
        captions: one each.
        reasons: the bars, the strongest first.
        title: above the whole.
    """
    n = len(pictures)
    with mpl.rc_context(RULES):
        bars = 0.22 * max(1, len(reasons.names)) + 0.5
        above = 2.75  # inches of the pictures with their captions
        page = Figure(figsize=(2.05 * n + 0.2, above + bars), dpi=DPI)
        FigureCanvasAgg(page)
        halves: Any = page.subfigures(2, 1, height_ratios=(above, bars))
        upper, lower = halves
        upper.text(0.012, 0.965, title, ha="left", va="top", fontsize=10.5)
        upper.subplots_adjust(0.012, 0.16, 0.988, 0.87, wspace=0.05)
        for at, (picture, caption) in enumerate(zip(pictures, captions, strict=True)):
            axes = upper.add_subplot(1, n, at + 1)
            axes.imshow(picture, interpolation="lanczos" if max(picture.shape) > 200 else "nearest")
            axes.set_xticks([])
            axes.set_yticks([])
            axes.spines[:].set_visible(False)
            axes.set_xlabel("\n".join(_short(line) for line in caption.split("\n")), fontsize=8)
        lower.subplots_adjust(2.1 / (2.05 * n + 0.2), 0.06, 0.988, 1 - 0.25 / bars)
        _bars(lower.add_subplot(), reasons)
        file = io.BytesIO()
        page.savefig(file, format="png", dpi=DPI, metadata={"Software": None})
        return file.getvalue()


def _bars(axes: Axes, reasons: Reasons) -> None:
    at = np.arange(len(reasons.names))
    colours = [WARM if value > 0 else COLD for value in reasons.values]
    axes.barh(at, list(reasons.values), color=colours, height=0.62)
    axes.axvline(0, color=GREY, linewidth=0.6)
    axes.set_yticks(at, list(reasons.names))
    axes.tick_params(axis="y", length=0)
    axes.invert_yaxis()
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.set_xticks([])
    top = max((abs(value) for value in reasons.values), default=1.0) or 1.0
    axes.set_xlim(-1.08 * top, 1.08 * top)
    against, for_it = (_short(side, SIDE) for side in reasons.sides)
    both = axes.get_xaxis_transform()
    axes.text(-0.02 * top, 1.0, f"← {against}", ha="right", va="bottom", color=COLD, transform=both)
    axes.text(0.02 * top, 1.0, f"{for_it} →", ha="left", va="bottom", color=WARM, transform=both)


def _short(text: str, longest: int = LONGEST) -> str:
    if len(text) <= longest:
        return text
    keep = (longest - 1) // 2
    return f"{text[:keep]}…{text[-keep:]}"
