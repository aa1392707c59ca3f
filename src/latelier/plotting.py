"""How every plot looks, as settings of matplotlib: dark and grey lines on white, one font everywhere.

Only names and numbers: matplotlib itself is imported by whoever draws.
"""

from typing import Any

INK, GREY, FAINT, PAPER = "#262626", "#8a8a8a", "#e4e4e4", "#ffffff"
RULES: dict[Any, Any] = {
    "font.family": ["DejaVu Sans"],  # comes with matplotlib, so it is the same everywhere
    "font.size": 9.0,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
}
