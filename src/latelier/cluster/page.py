"""A map as one HTML file that asks nothing of the network: pan, zoom, turn, point, find.

The pictures travel in the file as JPEG sheets; each point carries the place of its own picture on
them, so that one record says where a picture is and what it looks like.
"""

import base64
import io
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latelier.cluster import _style

TEMPLATE = Path(__file__).with_name("_map.html")
SHEET = 4096  # px a side at the most: what every graphics card takes
CELLS = ((600, 128), (2500, 96), (6000, 64), (20000, 32))  # up to so many pictures, px a side
QUALITY = 88  # of JPEG, without colour subsampling, so that no picture bleeds into the next


@dataclass(frozen=True)
class Placed:
    """A picture's own part of a sheet, in pixels."""

    sheet: int
    left: int
    top: int
    w: int
    h: int


def page(
    points: NDArray[np.float64],
    pictures: NDArray[np.uint8],
    names: Sequence[str],
    *,
    title: str,
    said: str,
    aspects: NDArray[np.float64] | None = None,
    groups: Sequence[str] | None = None,
) -> str:
    """The whole HTML file.

    Args:
        points: (n, 2 or 3) places.
        pictures: (n, h, w, 3) uint8, picture i at point i.
        names: n names to show.
        title: of the page.
        said: a sentence below it.
        aspects: (n,) width by height to show each in; w / h if left out.
        groups: n group names, empty where a picture has none.
    """
    n, h, w = pictures.shape[:3]
    shown = np.full(n, w / h) if aspects is None else aspects
    sheets, places = sheeted(pictures, shown)
    hues = _style.hues(groups or [])
    rows = []
    for i in range(n):
        row: dict[str, Any] = {"name": names[i]}
        row |= {axis: round(float(v), 6) for axis, v in zip("xyz", points[i], strict=False)}
        row |= {"aspect": round(float(shown[i]), 4), **vars(places[i])}
        if groups and groups[i]:
            row |= {"group": groups[i], "hue": hues[groups[i]]}
        rows.append(row)
    data = {
        "title": title,
        "said": said,
        "dims": points.shape[1],
        "groups": [{"name": g, "hue": hue} for g, hue in hues.items()],
        "sheets": ["data:image/jpeg;base64," + base64.b64encode(s).decode() for s in sheets],
        "points": rows,
    }
    text = json.dumps(data, ensure_ascii=False, allow_nan=False)
    # inside a script element only "<" can end it early: a file may be called "</script>"
    return TEMPLATE.read_text(encoding="utf-8").replace("{{DATA}}", text.replace("<", "\\u003c"))


def sheeted(
    pictures: NDArray[np.uint8], aspects: NDArray[np.float64]
) -> tuple[list[bytes], list[Placed]]:
    """The pictures on as few JPEG sheets as hold them, and the place of each, in order."""
    n, h, w = pictures.shape[:3]
    side = min(next((px for most, px in CELLS if n <= most), 32), 8 * math.ceil(max(h, w) / 8))
    across = min(SHEET // side, math.ceil(math.sqrt(n)))
    per_sheet = across * (SHEET // side)
    sheets, places = [], []
    for number, start in enumerate(range(0, n, per_sheet)):
        stop = min(n, start + per_sheet)
        sheet = np.full(
            (math.ceil((stop - start) / across) * side, across * side, 3), 128, np.uint8
        )
        for i in range(start, stop):
            down, over = divmod(i - start, across)
            wide = max(1, round(side * min(1, aspects[i])))
            high = max(1, round(side / max(1, aspects[i])))
            small = Image.fromarray(pictures[i]).resize((wide, high), Image.Resampling.LANCZOS)
            cell = np.asarray(small)
            # repeat the edge to the end of the cell, or JPEG's ripples would run into the picture
            cell = np.pad(cell, ((0, side - high), (0, side - wide), (0, 0)), mode="edge")
            sheet[down * side : (down + 1) * side, over * side : (over + 1) * side] = cell
            places.append(Placed(number, over * side, down * side, wide, high))
        file = io.BytesIO()
        Image.fromarray(sheet).save(file, "JPEG", quality=QUALITY, subsampling=0)
        sheets.append(file.getvalue())
    return sheets, places
