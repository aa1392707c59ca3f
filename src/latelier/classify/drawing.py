"""The figures of a reading on one plate: who is taken for whom, how sure, and what more would bring.

Drawn through matplotlib's objects, and equal to the bit each time.
"""

import io
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from latelier import plotting
from latelier.classify.calibration import BINS
from latelier.classify.figures import Figures
from latelier.classify.intervals import wilson
from latelier.classify.reading import Reading
from latelier.plotting import FAINT, GREY, INK

DPI = 150
RULES: dict[Any, Any] = plotting.RULES | {
    "axes.titlesize": 10.0,
    "axes.titlelocation": "left",
}
LONGEST = 18  # letters of a label on the plate


def confusion(found: Figures) -> bytes:
    """The confusion as a PNG: a row a true label, in shares of it, with counts."""
    k = len(found.classes)
    side = max(3.2, 0.5 * k + 1.6)
    with mpl.rc_context(RULES):
        page = Figure(figsize=(side + 1.4, side), dpi=DPI, layout="constrained")
        FigureCanvasAgg(page)
        _confusion(page.subplots(), found)
        return _png(page)


def plate(reading: Reading) -> bytes:
    """Confusion, calibration and learning curve side by side as a PNG."""
    k = len(reading.classes)
    height = max(3.6, 0.42 * k + 1.6)
    with mpl.rc_context(RULES):
        page = Figure(figsize=(height + 8.2, height), dpi=DPI, layout="constrained")
        FigureCanvasAgg(page)
        left, middle, right = page.subplots(1, 3, width_ratios=(height + 1.2, 3.5, 3.5))
        _confusion(left, reading.figures)
        _reliability(middle, reading)
        _curve(right, reading)
        return _png(page)


def _confusion(axes: Axes, found: Figures) -> None:
    counts = found.confusion
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Greys", vmin=0, vmax=1.15, interpolation="none")
    k = len(found.classes)
    names = [_short(name) for name in found.classes]
    axes.set_xticks(range(k), names, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_yticks(
        range(k), [f"{name}  {n}" for name, n in zip(names, counts.sum(axis=1), strict=True)]
    )
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    for i, j in np.ndindex(k, k):
        if counts[i, j]:
            colour = "white" if shares[i, j] > 0.55 else INK
            bold = "bold" if i == j else "normal"
            axes.text(j, i, str(counts[i, j]), ha="center", va="center", color=colour, weight=bold)
    axes.set_xlabel("taken for")
    axes.set_title("Your label, and what it was taken for")


def _reliability(axes: Axes, reading: Reading) -> None:
    p = reading.calibration.probabilities
    sure, right = p.max(axis=1), p.argmax(axis=1) == reading.labels
    order = np.argsort(sure, kind="stable")
    axes.plot([0, 1], [0, 1], color=FAINT, linewidth=1, zorder=0)
    for rows in np.array_split(order, min(BINS, max(1, len(order) // 8))):
        share = right[rows].mean()
        low, high = wilson(float(right[rows].sum()), len(rows))
        axes.plot([sure[rows].mean()] * 2, [low, high], color=GREY, linewidth=0.8)
        axes.plot(sure[rows].mean(), share, "o", color=INK, markersize=3.5)
    axes.set(
        xlim=(0, 1.02), ylim=(0, 1.02), xlabel="how sure it was", ylabel="how often it was right"
    )
    axes.set_title("Do its probabilities hold?")


def _curve(axes: Axes, reading: Reading) -> None:
    curve, found = reading.curve, reading.figures
    axes.plot(curve.counts, curve.accuracies, "o-", color=INK, linewidth=1.2, markersize=3.5)
    axes.axhline(found.baseline, color=GREY, linewidth=0.8, linestyle=(0, (4, 3)))
    most = found.classes[int(found.confusion.sum(axis=1).argmax())]
    axes.annotate(
        f"always {_short(most)}",
        (1, found.baseline),
        (0, 3),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        ha="right",
        color=GREY,
        fontsize=8,
    )
    axes.errorbar(
        [len(reading.labels)],
        [found.accuracy],
        [[found.accuracy - found.interval[0]], [found.interval[1] - found.accuracy]],
        fmt="none",
        ecolor=GREY,
        elinewidth=0.8,
    )
    if curve.twice is not None:
        axes.plot(
            [curve.counts[-1], 2 * curve.counts[-1]],
            [curve.accuracies[-1], curve.twice],
            linestyle=(0, (1, 2)),
            color=INK,
            linewidth=1.2,
        )
    axes.set(ylim=(0, 1.02), xlabel="labels learnt from", ylabel="share right")
    axes.set_xlim(0, 2.06 * max(curve.counts))
    axes.set_title("Would more labels help?")


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"


def _png(page: Figure) -> bytes:
    file = io.BytesIO()
    page.savefig(file, format="png", dpi=DPI, metadata={"Software": None})
    return file.getvalue()
