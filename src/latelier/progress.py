"""How long work tells those who wait where it stands; rooms and steps call it, and never print."""

from typing import Protocol


class Progress(Protocol):
    """Called now and then by long work.

    Args:
        done: units finished.
        total: units in all, or None where nobody knows.
        note: one short sentence on what happens now.
    """

    def __call__(self, done: float, total: float | None, note: str = "") -> None:
        """Take note of where the work stands."""


def silent(done: float, total: float | None, note: str = "") -> None:
    """Take note of nothing."""
