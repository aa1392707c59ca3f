"""What a likeness is, in words that a person can check by looking."""

from collections.abc import Sequence
from typing import Any

from latelier.copies.judge import LIKENESS, Likeness
from latelier.wording import weight

ALL = 0.95  # of a picture's detail
Size = tuple[int, int]  # width and height, in pixels


def reason(found: Likeness, transform: dict[str, Any], size: Size, other: Size) -> str:
    """Why a picture is a copy.

    Args:
        found: from the keeper to the copy.
        transform: the same as ``judge.described`` gives it.
        size: of the keeper.
        other: of the copy.
    """
    said = []
    turn = transform["rotation"]
    upside_down = transform["mirror"] and abs(turn - 180) < 1
    if upside_down:
        said.append("mirrored upside down")
    elif transform["mirror"]:
        said.append("mirrored")
    if 1 < turn < 359 and not upside_down:
        said.append(f"turned by {turn if turn <= 180 else turn - 360:.0f} degrees")
    shown = transform["crop"][2] * transform["crop"][3] / (size[0] * size[1])
    if shown < 0.97:
        said.append(f"shows {shown:.0%} of it")
    if other != size and shown >= 0.97:
        said.append(f"{other[0]} x {other[1]} px")
    said.append(f"{found.agreed:.0%} of the detail agrees")
    return ", ".join(said)


def part_reason(found: Likeness, on: float) -> str:
    """Why a picture has a part in another.

    Args:
        found: from the one to the other.
        on: the share of the other's area on which the part lies.
    """
    part = "all" if found.of_first > ALL else f"{found.of_first:.0%}"
    return f"{part} of its detail lies there, on {max(on, 0.01):.0%} of the other"


def alike_reason(kind: str, score: float) -> str:
    """Why two pictures are alike and yet no copies.

    Args:
        kind: ``alike`` or ``plain``.
        score: 0 to 1.
    """
    if kind == "plain":
        return "a plain figure, as a circle or a bar: any two of the kind agree"
    if score >= LIKENESS:
        return "one thing photographed twice: each shows what the other does not"
    return "the same pattern, made anew: its places lie elsewhere"


def keeper_reason(size: Size, sizes: Sequence[Size], bytes_: int, others: Sequence[int]) -> str:
    """Why a picture is the one to keep among its copies.

    Args:
        size: of the keeper.
        sizes: of its copies.
        bytes_: of the keeper's file.
        others: bytes of its copies' files.
    """
    largest = f"{size[0]} x {size[1]} px"
    if all(size[0] * size[1] > w * h for w, h in sizes):
        return f"the largest, {largest}"
    if all(bytes_ > b for (w, h), b in zip(sizes, others, strict=True) if size == (w, h)):
        return f"as large as any, {largest}, with the fullest file, {weight(bytes_)}"
    return f"as large as any, {largest}, and the first to be added"
