"""Reasons in words: what spoke for a label and against it, and what would change its mind."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from latelier.explain.shapley import Shares
from latelier.explain.turning import Turn
from latelier.steps._encoders import WORDLESS
from latelier.steps._measured import Numbers

if TYPE_CHECKING:
    from latelier.steps.explain import Explained

TOLD = 4  # reasons for and against that are told in words
KEPT = 30  # reasons that are kept
ROOT = "√share"  # as such a number is learnt from; a person is told the share


@dataclass(frozen=True)
class Reason:
    """One number that spoke for a label or against it.

    Args:
        name: ``family.name``.
        share: what it adds to the lead of the label said over the next, in log odds.
        error: standard error of that; 0 where it is exact.
        value: of the picture.
        unit: of the value.
        rank: the share of labelled pictures with a smaller value.
        says: what the number means.
    """

    name: str
    share: float
    error: float
    value: float
    unit: str
    rank: float
    says: str

    @property
    def words(self) -> str:
        """As a person reads it."""
        return f"{plain(self.says, self.unit)}: {amount(self.value, self.unit)}, {self.compared}"

    @property
    def compared(self) -> str:
        """How the picture's value stands among the others."""
        if self.rank >= 0.6:
            return f"more than {_share(self.rank)} of your labelled pictures"
        if self.rank <= 0.4:
            return f"less than {_share(1 - self.rank)} of your labelled pictures"
        return "as much as most of your labelled pictures"


def plain(says: str, unit: str) -> str:
    """What a number means; that its root was learnt from is nobody's concern."""
    said = says.rstrip(".")
    return said.replace("Square root of the share", "The share", 1) if unit == ROOT else said


def amount(value: float, unit: str) -> str:
    """A value with its unit; shares as percent."""
    if unit in ("share", ROOT):
        share = value**2 if unit == ROOT else value
        return f"{share:.0%}" if share >= 0.1 or share == 0 else f"{share:.1%}"
    number = f"{value:.3g}"
    return number if unit == "1" else f"{number} {unit}"


def reasons(learnt: Numbers, x: NDArray[np.float64], shares: Shares) -> list[Reason]:
    """The strongest reasons, strongest first."""
    order = np.argsort(-np.abs(shares.values), kind="stable")[:KEPT]
    return [
        Reason(
            learnt.columns[j],
            round(float(shares.values[j]), 4),
            round(float(shares.errors[j]), 4),
            float(f"{x[j]:.6g}"),
            learnt.measures[j].unit,
            round(float((learnt.table[:, j] < x[j]).mean()), 4),
            learnt.measures[j].says,
        )
        for j in order
        if abs(shares.values[j]) > 1e-9
    ]


def change_in_words(learnt: Numbers, x: NDArray[np.float64], turned: Turn, other: str) -> str:
    """What would change its mind, in one sentence."""
    seen = sum(learnt.measures[j].unit == WORDLESS for j in turned.columns)
    if seen and turned.turned:
        return (
            f"It would say {other!r} if {len(turned.columns)} numbers, {seen} of them of an encoder, "
            "were as usual there."
        )
    parts = [
        f"{plain(m.says, m.unit).lower()} {amount(value, m.unit)} (it has {amount(float(x[j]), m.unit)})"
        for j, value in zip(turned.columns, turned.values, strict=True)
        for m in [learnt.measures[j]]
    ]
    if not turned.turned:
        return (
            f"No {len(parts)} numbers would make it say {other!r}; the picture as a whole would "
            "have to be another."
        )
    return f"It would say {other!r} if this were as usual there: {'; '.join(parts)}."


def sentences(found: "Explained") -> list[str]:
    """The whole explanation in sentences."""
    first = f"{found.said!r} ({sure(found.probability)} sure), rather than {found.instead!r}"
    if found.probability < 0.5:
        first = f"More likely wrong than right: {first}"
    if found.given:
        first += (
            "; you said the same, and the head had not seen it."
            if found.given == found.said
            else f"; you said {found.given!r}, which the head had not been told."
        )
    else:
        first += "."
    lines = [first]
    if found.alike:
        like = ", ".join(f"{path} ({label})" for path, label, _ in found.alike)
        lines.append(f"Most like it of what you labelled: {like}.")
    for word, sign in (("For", 1), ("Against", -1)):
        told = [r for r in found.reasons if r.share * sign > 0 and r.unit != WORDLESS][:TOLD]
        lines += [f"{word} it: {r.words}." for r in told]
    wordless = {r.name.partition(".")[0] for r in found.reasons if r.unit == WORDLESS}
    if wordless:
        lines.append(
            f"What {', '.join(sorted(wordless))} sees has no words; look at the map, and at the "
            "pictures that are like it."
        )
    if not found.exact:
        lines.append("This head adds nothing up, so its reasons are drawn, each with an error.")
    lines.append(found.change)
    if found.faith is not None:
        lines.append(found.faith.words)
    return lines


def page(found: "Explained") -> str:
    """The page ``explanation.md``."""
    lines = [f"# {found.image}: {found.criterion}", "", found.sentences[0], ""]
    lines += ["![The picture, where it comes from, what is like it, reasons](explanation.png)", ""]
    lines += [f"- {sentence}" for sentence in found.sentences[1:]]
    lines += ["", "| number | adds | error | value | unit | rank |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {r.name} | {r.share:+.3f} | {r.error:.3f} | {r.value:.4g} | {r.unit} | {r.rank:.0%} |"
        for r in found.reasons
    ]
    lines += [
        "",
        f"What a number adds is in log odds of {found.said!r} over {found.instead!r}, counted "
        "against all labelled pictures; together they make the whole difference from them.",
    ]
    return "\n".join(lines) + "\n"


def sure(probability: float) -> str:
    """A probability in per cent; nothing is said to be certain.

    >>> sure(0.42), sure(0.998)
    ('42%', 'above 99%')
    """
    return "above 99%" if probability > 0.99 else f"{probability:.0%}"


def _share(share: float) -> str:
    return "all" if share > 0.995 else f"{share:.0%}"
