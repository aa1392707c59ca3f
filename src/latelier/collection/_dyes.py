"""Yarns and the dyes they come from, and the eight palettes of the drawn collection.

Colours are sRGB triples of 0 to 255, chosen as plant, insect and mineral dyes give them on cotton
and wool: what is bright is rare, what is pale was dyed last in the same bath.
"""

from dataclasses import dataclass

import numpy as np

YARNS: dict[str, tuple[int, int, int]] = {
    # undyed
    "cotton": (244, 236, 218),
    "ivory": (232, 218, 188),
    "flax": (201, 184, 150),
    "coyuchi": (170, 122, 82),  # cotton that grows brown
    "fawn": (198, 158, 116),
    "walnut": (84, 54, 38),
    # cochineal: alone, with acid, with iron, the last of the bath
    "crimson": (160, 26, 52),
    "scarlet": (196, 40, 40),
    "garnet": (104, 18, 40),
    "rose": (214, 98, 122),
    "blush": (230, 168, 166),
    # indigo: many dips, some, one
    "midnight": (27, 38, 76),
    "indigo": (38, 66, 124),
    "sky": (104, 146, 186),
    "mist": (168, 192, 204),
    # marigold, annatto
    "marigold": (226, 162, 32),
    "gold": (200, 138, 28),
    "straw": (232, 204, 104),
    "orange": (214, 102, 36),
    "coral": (224, 122, 92),
    # one bath over another
    "leaf": (70, 112, 62),
    "moss": (112, 124, 52),
    "teal": (32, 104, 102),
    "violet": (96, 60, 112),
    "lilac": (158, 126, 168),
    # iron and tannin
    "black": (36, 30, 30),
    "slate": (92, 92, 96),
}


@dataclass(frozen=True)
class Palette:
    """The yarns that stand ready on one loom.

    Args:
        ground: of the cloth itself: one is chosen.
        lead: of the main figures.
        second: of what accompanies them.
        spark: little of it, here and there.
    """

    ground: tuple[str, ...]
    lead: tuple[str, ...]
    second: tuple[str, ...]
    spark: tuple[str, ...]


PALETTES: dict[str, Palette] = {
    "cochineal": Palette(
        ("cotton", "cotton", "ivory"),
        ("crimson", "scarlet", "garnet"),
        ("rose", "garnet", "crimson", "black"),
        ("marigold", "orange", "indigo"),
    ),
    "indigo": Palette(
        ("midnight", "midnight", "indigo"),
        ("cotton", "mist", "ivory"),
        ("sky", "mist", "cotton"),
        ("straw", "crimson", "sky"),
    ),
    "marigold": Palette(
        ("marigold", "marigold", "gold", "straw", "orange"),
        ("garnet", "walnut", "black"),
        ("cotton", "crimson", "orange"),
        ("indigo", "teal", "cotton"),
    ),
    "coyuchi": Palette(
        ("fawn", "coyuchi", "fawn"),
        ("walnut", "black", "midnight", "garnet"),
        ("cotton", "ivory", "indigo", "crimson"),
        ("scarlet", "marigold", "cotton"),
    ),
    "garnet": Palette(
        ("garnet", "crimson", "garnet"),
        ("cotton", "marigold", "ivory"),
        ("black", "midnight", "orange"),
        ("sky", "rose", "straw", "leaf"),
    ),
    "night": Palette(
        ("black", "black", "midnight"),
        ("rose", "marigold", "coral", "sky", "scarlet"),
        ("leaf", "teal", "moss", "violet"),
        ("cotton", "straw", "lilac"),
    ),
    "rainbow": Palette(
        ("cotton", "midnight", "garnet"),
        ("crimson", "rose", "orange", "marigold", "scarlet"),
        ("indigo", "sky", "leaf", "teal", "violet"),
        ("cotton", "straw", "garnet", "midnight", "coral"),
    ),
    "cotton": Palette(
        ("ivory", "cotton", "flax"),
        ("cotton", "flax"),
        ("flax", "fawn", "mist"),
        ("sky", "fawn", "blush"),
    ),
}


def colour(name: str) -> np.ndarray:
    """One yarn as three numbers, 0 to 1."""
    return np.array(YARNS[name], dtype=np.float32) / 255
