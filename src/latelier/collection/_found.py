"""What a source of pictures finds: files that may be pictures, and what is already known of them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Found:
    """A file that may be a picture.

    Args:
        file: where it lies.
        tag: the subfolder it lies in, from the folder that was named, with forward slashes.
        rights: what the source says of its rights.
        credit: what the source says of whom to credit.
        facts: whatever else the source knows, as JSON.
        origin: where it came from, if the file itself is only on the way.
    """

    file: Path
    tag: str = ""
    rights: str = ""
    credit: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    origin: str = ""


@dataclass(frozen=True)
class Listing:
    """Everything that was found at a place.

    Args:
        found: what may be a picture, in the order of names.
        aside: files that no one would take for pictures (tables, notes), left where they are.
        closed: folders that this account may not open.
    """

    found: tuple[Found, ...]
    aside: tuple[Path, ...] = ()
    closed: tuple[Path, ...] = ()
