"""What was found, in sentences for people who look at both pictures themselves."""

from collections.abc import Sequence

import numpy as np

from latelier.tracing.marks import Map

STRAIGHT = 4.0  # degrees; less is how a photograph was taken
AS_LARGE = 1.12  # times; likewise
SILENT = (
    "This compares shapes. It cannot say which of two came first, whether it was meant, "
    "whether both took it from a third or from a tradition that is everybody's, or what the law says."
)


def turned(m: Map, mirrored: bool) -> tuple[float, float]:
    """By how many degrees, clockwise, the original's part was turned, and how many times as large it is.

    Args:
        m: the design to the original, in pixels.
        mirrored: whether the part was mirrored, left to right, before it was turned.
    """
    linear = np.linalg.inv(m[:, :2])
    if mirrored:
        linear = np.diag([-1.0, 1.0]) @ linear
    angle = float(np.degrees(np.arctan2(linear[1, 0] - linear[0, 1], linear[0, 0] + linear[1, 1])))
    size = float(np.sqrt(abs(np.linalg.det(linear))))
    angle = (-angle if mirrored else angle) % 360
    return (angle - 360 if angle > 180 else angle), size


def way(angle: float, size: float, mirrored: bool, dress: Sequence[str], times: int) -> list[str]:
    """How the part was changed, phrase by phrase.

    >>> way(34.2, 2.0, True, ["recoloured"], 1)
    ['mirrored', 'turned by 34 degrees', 'twice as large', 'in other colours']
    """
    said = []
    if times > 1:
        said.append(f"repeated {times} times")
    if mirrored and abs(abs(angle) - 180) < STRAIGHT:
        said.append("mirrored upside down")
    else:
        if mirrored:
            said.append("mirrored")
        if abs(abs(angle) - 180) < STRAIGHT:
            said.append("turned upside down")
        elif abs(angle) >= STRAIGHT:
            hand = "" if angle > 0 else " to the left"
            said.append(f"turned by {abs(angle):.0f} degrees{hand}")
    if size > AS_LARGE or size < 1 / AS_LARGE:
        said.append(_times(size))
    if "negative" in dress:
        said.append("light and dark exchanged")
    elif "recoloured" in dress:
        said.append("in other colours")
    if "redrawn" in dress:
        said.append("drawn anew in lines")
    return said


def _times(size: float) -> str:
    for whole, words in (
        (2.0, "twice as large"),
        (0.5, "half as large"),
        (3.0, "three times as large"),
    ):
        if abs(size / whole - 1) < 0.06:
            return words
    if size > 1:
        return f"{size:.1f} times as large"
    return f"at {size:.0%} of its size"


def sentence(
    original: str,
    changes: Sequence[str],
    share: float,
    of_original: float,
    points: int,
    sure: float,
) -> str:
    """One finding, in one sentence.

    Args:
        original: its name.
        changes: as ``way`` says them.
        share: of the design's area.
        of_original: share of the original's area.
        points: how many places agree.
        sure: the probability.
    """
    how = f", {', '.join(changes)}" if changes else ", as it was"
    said = (
        f"{_share(share)} of the design is {_share(of_original)} of {original}{how}; "
        f"{points} places agree, probability {surely(sure)}."
    )
    return said[0].upper() + said[1:]


def surely(probability: float) -> str:
    """Never certain: what was planted cannot say more than so."""
    return "above 0.99" if probability > 0.99 else f"{probability:.2f}"


def _share(share: float) -> str:
    if share > 0.9:
        return "nearly all"
    return f"{share:.0%}" if share >= 0.01 else "under 1%"


def unlike(dress: Sequence[str], all_taken: float) -> str:
    """What is not alike, in one sentence.

    Args:
        dress: as ``Dress.kinds`` says it.
        all_taken: share of the design that all findings are about together.
    """
    rest = 1 - all_taken
    said = []
    if rest > 0.05:
        said.append(f"{rest:.0%} of the design was found in no original")
    if "redrawn" in dress:
        said.append("only outlines agree here, surfaces and colours do not")
    elif "negative" in dress or "recoloured" in dress:
        said.append("colours do not agree, shapes do")
    if not said:
        return ""
    text = "; ".join(said)
    return f"What is not alike: {text}."


def nothing(originals: int, marks: int) -> str:
    """That nothing was found, and what that is worth.

    Args:
        originals: how many were compared.
        marks: how many the design has.
    """
    if marks == 0:
        return (
            "There is nothing in it to compare: a plain surface, or too few pixels. "
            "Plain ground is no evidence of anything."
        )
    of = "1 original" if originals == 1 else f"{originals:,} originals"
    return (
        f"No borrowing found in {of}; a redrawing by a practised hand, or a part smaller than a "
        "tenth of the picture, can escape this."
    )


def once(design: str) -> str:
    """That a design could be looked at only once, and what that is worth.

    Args:
        design: its name.
    """
    return (
        f"{design} could not be read again for the closer look that a design gets in which nothing was "
        "found, and fewer borrowings are found without one; trace it again once the file is back."
    )


def gone(original: str, design: str, sure: float, *, of_design: bool) -> str:
    """That a part was found but cannot be shown, since one of the two files is not there any more.

    Args:
        original: its name.
        design: its name.
        sure: the probability.
        of_design: whether it is the design's file.
    """
    return (
        f"A part of it may be of {original}, probability {surely(sure)}, but "
        f"{design if of_design else original} could not be read any more to show where; "
        "trace it again once the file is back."
    )
