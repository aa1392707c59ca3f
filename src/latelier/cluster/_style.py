"""How every figure of groups and maps looks: grey lines on white, since the pictures are the colour.

Figures are drawn through matplotlib's objects, never through pyplot's global state, and are equal
to the bit each time: no date, no random names in the SVG, letters as outlines.
"""

import io
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from latelier import plotting
from latelier.plotting import GREY, PAPER

DPI = 200
WIDTH_IN = 7.5  # of a figure: 1500 px, and the width of a page's text

# Nine hues that stand out on white and on dark grey alike. The first six are Paul Tol's "bright"
# scheme, told apart with each kind of colour blindness, the next three are from his "vibrant" and
# "light" ones (SRON technical note 09-002); beyond nine they come again, and the number tells.
HUES = (
    "#4477aa",
    "#ee6677",
    "#228833",
    "#ccbb44",
    "#66ccee",
    "#aa3377",
    "#ee7733",
    "#009988",
    "#99ddff",
)

RULES: dict[Any, Any] = plotting.RULES | {
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "svg.hashsalt": "latelier",
    "svg.fonttype": "path",
}


@dataclass(frozen=True)
class Drawing:
    """A figure as the bytes of a PNG and of an SVG."""

    png: bytes
    svg: bytes


def hues(groups: Sequence[str]) -> dict[str, str]:
    """Each group's name and its colour as ``#rrggbb``, numbers first; the same on every figure."""
    names = sorted({g for g in groups if g}, key=lambda g: (not g.isdecimal(), len(g), g))
    return {
        name: HUES[(int(name) if name.isdecimal() else at) % len(HUES)]
        for at, name in enumerate(names)
    }


def figure(height_in: float, width_in: float = WIDTH_IN) -> Figure:
    """An empty page with room for what stands at two axes."""
    page = Figure(figsize=(width_in, height_in), dpi=DPI)
    left, below, right, above = 0.62, 0.52, 0.06, 0.24  # inches
    page.subplots_adjust(
        left / width_in, below / height_in, 1 - right / width_in, 1 - above / height_in
    )
    FigureCanvasAgg(page)
    return page


def on(canvas: NDArray[np.uint8]) -> tuple[Figure, Axes]:
    """A page that is a canvas (height, width, 3), pixel for pixel, with axes in its pixels."""
    height, width = canvas.shape[:2]
    page = Figure(figsize=(width / DPI, height / DPI), dpi=DPI)
    FigureCanvasAgg(page)
    axes = page.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.imshow(canvas, interpolation="none", extent=(0, width, height, 0), aspect="auto")
    return page, axes


def caption(axes: Axes, x: float, y: float, words: str, **how: Any) -> None:
    """Words at a pixel of the canvas, small and grey unless told otherwise."""
    axes.text(x, y, words, **{"color": GREY, "fontsize": 8, "va": "baseline", **how})


def saved(page: Figure) -> Drawing:
    """The figure as PNG and SVG, the same bytes for the same figure."""
    png, svg = io.BytesIO(), io.BytesIO()
    page.savefig(png, format="png", dpi=DPI, metadata={"Software": None})
    page.savefig(svg, format="svg", dpi=DPI, metadata={"Date": None, "Creator": None})
    return Drawing(png.getvalue(), svg.getvalue())


def rules() -> AbstractContextManager[None]:
    """The context in which figures are made and saved."""
    context: AbstractContextManager[None] = mpl.rc_context(RULES)
    return context
