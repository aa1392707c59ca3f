"""The curves that belong to groups: how clear, how much is left inside, how many components."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from latelier.cluster import _style
from latelier.cluster._style import Drawing
from latelier.cluster.clearness import WORDS, Range, word
from latelier.plotting import FAINT, GREY, INK

HEIGHT_IN = 3.4


def silhouettes(
    scores: Mapping[int, float], k: int, reference: Mapping[int, Range] | None = None
) -> Drawing:
    """The mean silhouette against the number of groups, k marked, chance as a grey band.

    Args:
        scores: by the number of groups; has k.
        k: the number taken.
        reference: lowest and highest of pictures without groups.
    """
    ks = sorted(scores)
    with _style.rules():
        page = _style.figure(HEIGHT_IN)
        axes = page.subplots()
        top = max(0.30, *(1.12 * score for score in scores.values()))
        low = min(0.0, *scores.values(), *(ends[0] for ends in (reference or {}).values()))
        if reference:
            _band(axes, reference)
        for edge, called in WORDS[:-1]:
            if edge < top - 0.02:
                axes.axhline(edge, color=FAINT, linewidth=0.8, zorder=0)
                last = [scores[j] for j in ks[-3:]]  # where the words would be read
                free = all(abs(score - edge + 0.02) > 0.05 for score in last)
                axes.annotate(
                    f"{called} below",
                    (1 if free else 0, edge),
                    (0 if free else 4, -3),
                    xycoords=("axes fraction", "data"),
                    textcoords="offset points",
                    color=GREY,
                    ha="right" if free else "left",
                    va="top",
                    fontsize=8,
                )
        axes.plot(ks, [scores[j] for j in ks], color=INK, linewidth=1.2, marker="o", markersize=3)
        words = f"{k} groups: {scores[k]:.2f}, {word(scores[k])}"
        _marked(axes, k, scores, words, 0.3 * (ks[-1] - ks[0] + 1))
        axes.set_ylim(low - 0.02 if low < 0 else 0, top)
        _counting(axes, ks)
        axes.set_xlabel("number of groups")
        axes.set_ylabel("silhouette")
        return _style.saved(page)


def elbow(inertias: Mapping[int, float], total: float, k: int) -> Drawing:
    """How much of the spread is left inside the groups, against their number.

    Args:
        inertias: sum of squared distances to the middle of the groups, by their number; has k.
        total: the same with one group for all.
        k: the number taken.
    """
    ks = sorted(inertias)
    left = {j: 100 * inertias[j] / total for j in ks}
    with _style.rules():
        page = _style.figure(HEIGHT_IN)
        axes = page.subplots()
        axes.plot(ks, [left[j] for j in ks], color=INK, linewidth=1.2, marker="o", markersize=3)
        _marked(axes, k, left, f"{k} groups: {left[k]:.0f} %", 0.2 * (ks[-1] - ks[0] + 1))
        axes.set_ylim(0, 100)
        _counting(axes, ks)
        axes.set_xlabel("number of groups")
        axes.set_ylabel("spread left inside the groups, %")
        return _style.saved(page)


def variance(shares: NDArray[np.float64], share: float, count: int) -> Drawing:
    """The variance that the first components hold together, the count for a share marked.

    Args:
        shares: of each component, 0 to 1, the largest first.
        share: to be reached, 0 to 1.
        count: how many components reach it, counted from one.
    """
    held = 100 * np.cumsum(shares)
    numbers = np.arange(1, len(held) + 1)
    with _style.rules():
        page = _style.figure(HEIGHT_IN)
        axes = page.subplots()
        axes.axhline(100 * share, color=FAINT, linewidth=0.8, zorder=0)
        few = len(held) <= 40
        axes.plot(numbers, held, color=INK, linewidth=1.2, marker="o" if few else "", markersize=3)
        words = f"{count} component{'' if count == 1 else 's'} hold{'s' if count == 1 else ''}"
        axes.plot([count], [held[count - 1]], "o", color=INK, markersize=7, zorder=5)
        right = count < 0.6 * len(held)
        axes.annotate(
            f"{words} {100 * share:.0f} %",
            (count, held[count - 1]),
            (8 if right else -8, -9 if right else 9),
            textcoords="offset points",
            ha="left" if right else "right",
            va="top" if right else "bottom",
            fontweight="bold",
        )
        axes.set_ylim(0, 102)
        axes.set_xlim(0, len(held) + 1)
        axes.set_xlabel("number of components, counted from one")
        axes.set_ylabel("variance held together, %")
        return _style.saved(page)


def _band(axes: Axes, reference: Mapping[int, Range]) -> None:
    ks = sorted(reference)
    lows, highs = zip(*(reference[j] for j in ks), strict=True)
    axes.fill_between(ks, lows, highs, color=FAINT, linewidth=0, zorder=1)
    axes.annotate(
        "grey: pictures without any groups, as widely spread",
        (1, 1),
        (0, 4),
        xycoords="axes fraction",
        textcoords="offset points",
        color=GREY,
        ha="right",
        va="bottom",
        fontsize=8,
    )


def _marked(axes: Axes, at: int, line: Mapping[int, float], words: str, span: float) -> None:
    """One point of a line set off, its words beside it and clear above the line.

    Args:
        at: the point's place.
        line: all points.
        words: what to say.
        span: how far the words reach along the line, in its units.
    """
    places = sorted(line)
    leftward = at + span > places[-1] and at - span >= places[0]
    under = [
        line[x] for x in places if (at - span <= x <= at if leftward else at <= x <= at + span)
    ]
    height = max(under)
    axes.plot([at], [line[at]], "o", color=INK, markersize=7, zorder=5)
    if height > line[at]:
        axes.plot([at, at], [line[at], height], color=INK, linewidth=0.6, zorder=4)
    axes.annotate(
        words,
        (at, height),
        (-6 if leftward else 6, 7),
        textcoords="offset points",
        ha="right" if leftward else "left",
        va="bottom",
        fontweight="bold",
        zorder=6,
    )


def _counting(axes: Axes, ks: list[int]) -> None:
    if len(ks) <= 20:
        axes.set_xticks(ks)
    axes.set_xlim(ks[0] - 0.5, ks[-1] + 0.5)
