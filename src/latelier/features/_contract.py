"""What a feature is: a file in this room that turns one picture into numbers.

A feature file has, besides a first docstring line that says what it looks at::

    SAME_SIZE = False      # True: all pictures must be brought to one size first
    STANDARDISE = True     # False: the numbers share one unit, so none is scaled against another
    BLIND = "..."          # one sentence: what it cannot see, or mistakes for likeness
    MEASURES = (Measure(...), ...)   # one a number, in order; empty where there is one a pixel

    def describe(pixels): ...        # (h, w, 3) uint8 sRGB -> (len(MEASURES),) numbers

``describe`` depends on the picture alone, gives the same numbers each time and takes any picture
of 1 x 1 or more. ``tests/contracts/test_features.py`` holds every file here to this.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """One number that can be measured on a picture.

    Args:
        name: lower case with underscores; a column's head in a table.
        unit: of the number; "1" where it has none.
        low: the smallest value it can have.
        high: the largest.
        says: one sentence on what it means.
    """

    name: str
    unit: str
    low: float
    high: float
    says: str
