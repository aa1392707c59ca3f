"""What a corrected page teaches about pages like it."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latelier.cut.page import Settings
from latelier.errors import UsageError
from latelier.project import Image, Project
from latelier.steps._cutting import as_stored, drawings_of, look
from latelier.steps._pages import read_page

Boxes = NDArray[np.float64]
REACHES = (1.0, 1.25, 1.6, 2.0, 2.5, 3.2, 4.0, 5.0, 0.8, 0.63, 0.5, 0.4)


def record_of(project: Project, page: Image) -> dict[str, Any]:
    """What the newest cutting or correcting of a page said of it.

    Raises:
        UsageError: the page was never cut.
    """
    for run in reversed(project.runs.all()):
        if run.step in ("cut", "recut") and run.finished:
            for told in run.result["pages"]:
                if told["page"] == page.path:
                    return {**told, "run": run.name, "settings": run.recipe["settings"]}
    raise UsageError(f"{page.name} was not cut yet; cut it first: latelier cut {page.path}")


def settings_like(project: Project, like: str | Path) -> dict[str, Any]:
    """The kind, usual size and reach that fit a page as it was corrected.

    Raises:
        UsageError: it was not cut, or nothing is left of it.
    """
    page = project.images.find(like)
    told = record_of(project, page)
    kept = drawings_of(project, page)
    if not kept:
        raise UsageError(f"No drawing of {page.name} is left to learn from; take another page")
    boxes = np.array([i.facts["box"] for i in kept], np.float64)
    width, height = np.median(boxes[:, 2:], axis=0)
    boxed = [bool(i.facts["boxed"]) for i in kept]
    kind = "boxes" if all(boxed) else "mixed" if any(boxed) else "free"
    reach = 1.0 if kind == "boxes" else _reach(project, page, kind, boxes, int(told["turned"]))
    return {"kind": kind, "near": f"{round(width)}x{round(height)}", "reach": reach}


def _reach(project: Project, page: Image, kind: str, kept: Boxes, turned: int) -> float:
    """The reach at which most of the kept drawings of a page would have been found as they are."""
    pixels = read_page(project, page, turned)
    best, most = 1.0, -1.0
    for reach in REACHES:
        found = look(pixels, Settings(kind=kind, reach=reach)).drawings
        corners = [
            as_stored(np.array(d.bounds).reshape(2, 2), turned, (page.width, page.height))
            for d in found
        ]
        boxes = np.array([[*c.min(0), *(c.max(0) - c.min(0))] for c in corners]).reshape(-1, 4)
        agreed = 2 * float(_same(boxes, kept).sum()) / (len(boxes) + len(kept))
        if agreed > most + 1e-9:
            best, most = reach, agreed
    return best


def _same(found: Boxes, kept: Boxes) -> NDArray[np.bool_]:
    """Which of the kept boxes (m, 4) x, y, w, h were found, at an IoU of 0.7."""
    low = np.maximum(found[:, None, :2], kept[None, :, :2])
    high = np.minimum(
        found[:, None, :2] + found[:, None, 2:], kept[None, :, :2] + kept[None, :, 2:]
    )
    shared = np.clip(high - low, 0, None).prod(-1)
    joint = found[:, 2:].prod(-1)[:, None] + kept[:, 2:].prod(-1)[None] - shared
    return np.asarray((shared >= 0.7 * joint).any(0))
