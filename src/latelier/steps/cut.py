"""Cut notebook pages into their drawings."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from latelier.cut.ink import METHODS
from latelier.cut.page import KINDS, Settings
from latelier.errors import PictureError, UnknownName, UsageError
from latelier.progress import Progress, silent
from latelier.project import Image, Project, Run
from latelier.steps._alike import settings_like
from latelier.steps._cutting import PageCut, cut_one, drawings_of, hide_earlier
from latelier.steps._pages import bring_pages
from latelier.wording import plural

TURNS = (0, 90, 180, 270)


@dataclass(frozen=True)
class Cut:
    """What came of cutting.

    Args:
        run: its name; empty where no page could be read.
        pages: what was found on each.
        images: the drawings, page by page in reading order.
        refused: files that could not be cut, each with the reason.
        replaced: how many earlier drawings of these pages are hidden now.
    """

    run: str
    pages: tuple[PageCut, ...]
    images: tuple[Image, ...]
    refused: tuple[tuple[str, str], ...]
    replaced: int = 0

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "run": self.run,
            "pages": [p.to_json() for p in self.pages],
            "drawings": len(self.images),
            "replaced": self.replaced,
            "refused": [{"file": f, "reason": r} for f, r in self.refused],
        }


def cut(
    project: Project,
    pages: Sequence[str | Path] | str | Path,
    *,
    kind: str = "auto",
    near: str = "auto",
    tolerance: float = 0.5,
    reach: float = 1.0,
    binarise: str = "auto",
    threshold: int | None = None,
    turn: int = 0,
    like: str | Path = "",
    review: bool = False,
    on_progress: Progress = silent,
) -> Cut:
    """Cut pages into their drawings, each an image whose parent is its page.

    Pages from outside the project are added to it first. Where a page was cut before, its new
    drawings take the place of the earlier ones, which are hidden; undoing brings them back.

    Args:
        project: the project.
        pages: picture files, PDFs, folders of them, or images and sets of the project.
        kind: ``auto``, ``boxes``, ``free`` forms or ``mixed``.
        near: usual size of a drawing in pixels, ``"100x100"``, or ``auto``.
        tolerance: how far a size may be from it, as a share, before the drawing is flagged.
        reach: above 1 joins parts that lie farther apart, below 1 parts nearer ones.
        binarise: how ink is told from paper: ``auto``, ``otsu``, ``sauvola`` or ``fixed``.
        threshold: for ``fixed``, the grey below which there is ink, 1 to 255; given alone, it
            means ``fixed``.
        turn: by how many degrees the pages are turned clockwise first: 0, 90, 180 or 270.
        like: a page that was cut and corrected: what can be learnt from it holds for these; it
            stays as it was corrected where others are named too.
        review: make pictures of each page as each way of telling ink sees it.
        on_progress: told after each page.

    Raises:
        UsageError: a setting is off, or nothing is meant by a name.
        PictureError: none of the pages could be read.
        DiskError: the disk is full, read-only, or refuses.
    """
    places = [pages] if isinstance(pages, str | Path) else list(pages)
    kind, near, reach = _learnt(project, like, kind, near, reach)
    settings = _settings(kind, near, tolerance, reach, binarise, threshold)
    if turn not in TURNS:
        raise UsageError(f"turn is {turn} and should be 0, 90, 180 or 270")
    found, refused = _brought(project, places, like, on_progress)
    recipe = {"kind": kind, "near": near, "tolerance": tolerance, "reach": reach, "turn": turn}
    recipe |= {"binarise": binarise, "threshold": threshold, "review": review}
    recipe |= {"pages": [p.path for p in found]}
    run = project.runs.start("cut", recipe, inputs=found)
    try:
        done = _each(project, run, found, settings, refused, on_progress)
    except BaseException:
        run.discard()
        raise
    on_progress(len(found), len(found))
    return _finished(project, run, done, refused)


def _learnt(
    project: Project, like: str | Path, kind: str, near: str, reach: float
) -> tuple[str, str, float]:
    """Kind, size and reach as a corrected page shows them, where a person did not say them."""
    if not like:
        return kind, near, reach
    learnt = settings_like(project, like)
    return (
        learnt["kind"] if kind == "auto" else kind,
        learnt["near"] if near == "auto" else near,
        learnt["reach"] if reach == 1.0 else reach,
    )


def _finished(
    project: Project, run: Run, done: list[PageCut], refused: list[tuple[str, str]]
) -> Cut:
    """Let the drawings into the project, in the place of earlier ones of the same pages."""
    earlier = [i for p in done for i in drawings_of(project, p.page)]
    result = Cut(run.name, tuple(done), (), tuple(refused), len(earlier))
    with project.store.write():
        made = run.finish(result.to_json(), [f for p in done for f in p.files])
        said = f"Cut {plural(len(done), 'page')} into {plural(len(made), 'drawing')}"
        if earlier:
            said += f"; {len(earlier)} earlier ones are hidden"
        hide_earlier(project, "cut", said, earlier, made)
    return replace(result, images=tuple(made))


def _brought(
    project: Project, places: list[str | Path], like: str | Path, on_progress: Progress
) -> tuple[list[Image], list[tuple[str, str]]]:
    """The pages at some places, but the corrected one that they follow, and what was refused.

    Raises:
        PictureError: there is no page at all.
    """
    found, refused = bring_pages(project, places, on_progress)
    if not found:
        reasons = "; ".join(f"{Path(f).name}: {r}" for f, r in refused[:3])
        raise PictureError(
            f"None of these could be taken as a page. {reasons or 'They hold no pictures.'}"
        )
    kept = project.images.find(like).id if like and len(found) > 1 else None
    return [page for page in found if page.id != kept], refused


def _each(
    project: Project,
    run: Run,
    pages: list[Image],
    settings: Settings,
    refused: list[tuple[str, str]],
    on_progress: Progress,
) -> list[PageCut]:
    """Cut every page that can be, and note the others.

    Raises:
        PictureError: none of them could be.
    """
    turn, review = run.recipe["settings"]["turn"], run.recipe["settings"]["review"]
    done: list[PageCut] = []
    for number, page in enumerate(pages):
        on_progress(number, len(pages), page.name)
        try:
            done.append(cut_one(project, run, page, settings, turn, review))
        except (PictureError, MemoryError) as error:
            refused.append((page.path, str(error) or "it needs more memory than there is"))
            run.log(page=page.path, refused=refused[-1][1])
            continue
        run.log(page=page.path, drawings=len(done[-1].files))
    if not done:
        raise PictureError(f"None of the pages could be cut. {refused[-1][0]}: {refused[-1][1]}")
    return done


def _settings(
    kind: str, near: str, tolerance: float, reach: float, binarise: str, threshold: int | None
) -> Settings:
    """The words of a call as settings.

    Raises:
        UsageError: one of them is off.
    """
    if kind not in KINDS:
        raise UnknownName("kind of page", kind, KINDS)
    if binarise not in METHODS:
        raise UnknownName("way of telling ink", binarise, METHODS)
    if not 0.05 <= tolerance <= 5:
        raise UsageError(
            f"tolerance is {tolerance:g} and should be 0.05 to 5 (0.5: half as large again)"
        )
    if not 0.1 <= reach <= 10:
        raise UsageError(f"reach is {reach:g} and should be 0.1 to 10 (1: as the page suggests)")
    if threshold is not None and not 1 <= threshold <= 255:
        raise UsageError(f"threshold is {threshold} and should be 1 to 255")
    if threshold is not None and binarise not in ("auto", "fixed"):
        raise UsageError(
            f"A threshold of {threshold} is for fixed, not for {binarise}; leave one of both out"
        )
    binarise = "fixed" if threshold is not None else binarise
    return Settings(kind, size_of(near), tolerance, reach, binarise, threshold)


def size_of(near: str) -> tuple[float, float] | None:
    """``"100x80"`` as width and height, ``auto`` as None.

    Raises:
        UsageError: it is neither.
    """
    if near == "auto":
        return None
    numbers = re.fullmatch(r"(\d{1,5})\s*[xX×]\s*(\d{1,5})", near.strip())
    if not numbers or min(map(int, numbers.groups())) < 4:
        raise UsageError(
            f"near is {near!r} and should be auto, or a size in pixels such as 100x100"
        )
    return float(numbers[1]), float(numbers[2])
