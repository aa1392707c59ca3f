"""Which picture comes on which sheet, and where on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from latelier import seeds
from latelier.layout import Cell, place
from latelier.project import Image
from latelier.steps._grouping import distinct, split, split_names
from latelier.steps._names import portable
from latelier.steps._sheet_look import Design


@dataclass(frozen=True)
class Place:
    """An image on a sheet.

    Args:
        image: which.
        cell: its row and column.
        box: x, y, width and height of the cell on the page without bleed, in pixels.
    """

    image: Image
    cell: Cell
    box: tuple[int, int, int, int]


@dataclass(frozen=True)
class Planned:
    """One sheet.

    Args:
        name: ``4a``; empty where there is only one.
        places: its images.
    """

    name: str
    places: list[Place]


@dataclass(frozen=True)
class Order:
    """What decides which picture comes where.

    Args:
        locked: image id to its cell.
        vectors: image id to its numbers, for layouts by likeness.
        shuffle: a seed for an order by lot, or None to keep the order of the set.
        seed: for layouts that draw lots.
    """

    locked: Mapping[int, Cell]
    vectors: Mapping[int, np.ndarray]
    shuffle: int | None
    seed: int


def plan(sections: Mapping[str, Sequence[Image]], how: Design, order: Order) -> list[Planned]:
    """Every sheet, section by section; a section over capacity is split into a, b, ...

    Args:
        sections: label to images; one section with an empty label where nothing is grouped.
        how: the look.
        order: what decides which picture comes where.
    """
    wished = how.look.split or ("full" if getattr(how.layout, "PATTERN", False) else "even")
    full = wished == "full"
    sheets: list[tuple[str, list[Image]]] = []
    for label, members in sections.items():
        images = _ordered(label, members, order)
        sizes = split(len(images), how.capacity, full=full)
        names = split_names(label, len(sizes)) if label else _numbered(len(sizes))
        for name, size in zip(names, sizes, strict=True):
            sheets.append((name, images[:size]))
            images = images[size:]
    names = distinct([portable(name) if name else "" for name, _ in sheets])
    return [
        Planned(name, _placed(images, how, order, name))
        for name, (_, images) in zip(names, sheets, strict=True)
    ]


def _numbered(count: int) -> list[str]:
    return [""] if count == 1 else [str(i + 1) for i in range(count)]


def _ordered(label: str, members: Sequence[Image], order: Order) -> list[Image]:
    """The images of a section in the order in which they fill its sheets."""
    images = list(members)
    if order.shuffle is not None:
        drawn = seeds.rng(order.shuffle, "sheet", "shuffle", label).permutation(len(images))
        return [images[i] for i in drawn]
    if order.vectors and len(images) > 1:  # alike ones on one sheet: along the first component
        table = np.stack([order.vectors[i.id] for i in images])
        centred = table - table.mean(axis=0)
        axis = np.linalg.svd(centred, full_matrices=False)[2][0]
        axis = axis * np.sign(axis[np.abs(axis).argmax()])
        along = np.argsort(np.round(centred @ axis, 9), kind="stable")
        return [images[i] for i in along]
    return images


def _placed(images: Sequence[Image], how: Design, order: Order, name: str) -> list[Place]:
    shape = (how.lattice.rows, how.lattice.cols)
    vectors = np.stack([order.vectors[i.id] for i in images]) if order.vectors else None
    cells = place(
        how.layout,
        shape,
        len(images),
        locked={n: order.locked[i.id] for n, i in enumerate(images) if i.id in order.locked},
        vectors=vectors,
        rng=seeds.rng(order.seed, "sheet", how.look.layout, name),
    )
    shifts = _shifts(cells, how) if getattr(how.layout, "CENTRED", False) else {}
    return [
        Place(i, c, how.lattice.box(c, shifts.get(c[0], (0, 0))))
        for i, c in zip(images, cells, strict=True)
    ]


def _shifts(cells: Sequence[Cell], how: Design) -> dict[int, Cell]:
    """Row to the half pitches, down and across, that bring the block of cells into the middle.

    A last row that is shorter is brought into the middle by itself.
    """
    down = _off_centre([row for row, _ in cells], how.lattice.rows)
    across = _off_centre([col for _, col in cells], how.lattice.cols)
    shifts = {row: (down, across) for row, _ in cells}
    last = max(shifts)
    of_last = [col for row, col in cells if row == last]
    if len(of_last) == max(of_last) + 1:
        shifts[last] = (down, _off_centre(of_last, how.lattice.cols))
    return shifts


def _off_centre(places: Sequence[int], size: int) -> int:
    return size - 1 - min(places) - max(places)
