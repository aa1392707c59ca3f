"""Labels: what a person says an image is, under one criterion each, kept as decisions of the journal.

Under a criterion (``family``, ``strokes``) an image has one label at the most, which may be unsure
and may carry a note. The kinds ``label:family``, ``unsure:family``, ``note:family`` and
``again:family`` (a second answer, given without sight of the first) hold them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from latelier.errors import UsageError
from latelier.project.journal import Journal

LABEL, UNSURE, NOTE, AGAIN = "label:", "unsure:", "note:", "again:"
LONGEST = 80  # characters of a criterion's or a label's name


@dataclass(frozen=True)
class Label:
    """What one image was said to be.

    Args:
        value: the label.
        unsure: whether the person had doubts.
        note: in the person's words, or empty.
        again: the second answer to the same picture, or None.
    """

    value: str
    unsure: bool = False
    note: str = ""
    again: str | None = None


class Criteria:
    """The criteria that a project's images are labelled under.

    Args:
        journal: the project's decisions.
    """

    def __init__(self, journal: Journal) -> None:
        self.journal = journal

    def names(self) -> list[str]:
        """The criteria that any image has a label under, sorted."""
        rows = self.journal.store.db.execute(
            "SELECT DISTINCT kind FROM decisions WHERE kind LIKE 'label:%' ORDER BY kind"
        )
        return [r["kind"].removeprefix(LABEL) for r in rows]

    def labels(self, criterion: str) -> dict[int, Label]:
        """Every label under a criterion, by the image's id."""
        values = self.journal.values(LABEL + criterion)
        unsure, notes, again = (self.journal.values(k + criterion) for k in (UNSURE, NOTE, AGAIN))
        return {
            image: Label(value, image in unsure, notes.get(image, ""), again.get(image))
            for image, value in values.items()
        }

    def give(self, criterion: str, labels: Mapping[int, Label | None], said: str) -> int:
        """Give images their labels under a criterion, in one entry of the journal.

        Args:
            criterion: its name.
            labels: by the image's id; None takes a label away.
            said: one sentence for the journal.

        Returns:
            the number of the entry.

        Raises:
            UsageError: the criterion or a label is no name.
        """
        named(criterion, "criterion")
        for value in {found.value for found in labels.values() if found}:
            named(value, "label")
        return self.journal.decide(
            "label",
            said,
            more={
                LABEL + criterion: {i: x.value if x else None for i, x in labels.items()},
                UNSURE + criterion: {i: "1" if x and x.unsure else None for i, x in labels.items()},
                NOTE + criterion: {i: (x.note or None) if x else None for i, x in labels.items()},
                AGAIN + criterion: {i: x.again if x else None for i, x in labels.items()},
            },
        )


def named(text: str, what: str) -> str:
    """The text, if it can name a criterion or a label.

    Raises:
        UsageError: it is empty, too long, or holds a line end, a colon or an equals sign.
    """
    if not text.strip() or len(text) > LONGEST or re.search(r"[:=\r\n\t]", text):
        raise UsageError(
            f"A {what} cannot be called {text[:40]!r}; take 1 to {LONGEST} letters without "
            "colon, equals sign or line end."
        )
    return text
