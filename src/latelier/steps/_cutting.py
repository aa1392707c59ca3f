"""One page cut: its drawings found, cut out and written as files of a run."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latelier import images
from latelier.cut import overlay
from latelier.cut.crop import Frame, cut_out, window
from latelier.cut.page import CutPage, Drawing, Settings, at_scale, cut_page
from latelier.files import sha256, write_bytes
from latelier.project import Image, NewImage, Project, Run
from latelier.steps._pages import PagePixels, read_page

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Opened:
    """A page in memory, as it was turned.

    Args:
        page: the page.
        pixels: what is on it.
        turned: by how many degrees it was turned clockwise.
    """

    page: Image
    pixels: PagePixels
    turned: int


@dataclass(frozen=True)
class PageCut:
    """What came of one page.

    Args:
        page: the page.
        found: what was seen on it, in pixels of the page as it was turned.
        turned: by how many degrees it was turned clockwise before.
        size: width and height of the page as stored.
        files: one image a drawing, in reading order.
        overlay: the page with its drawings framed, from the project folder.
        preview: the page as each way of telling ink sees it, or nothing.
        notes: what a person should know.
    """

    page: Image
    found: CutPage
    turned: int
    size: tuple[int, int]
    files: tuple[NewImage, ...] = ()
    overlay: str = ""
    preview: str = ""
    notes: tuple[str, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it; positions are in pixels of the page as stored."""
        return {
            "page": self.page.path,
            "kind": self.found.kind,
            "angle": round(self.found.angle, 2),
            "turned": self.turned,
            "usual": [round(v) for v in self.found.usual],
            "stroke": round(self.found.stroke, 2),
            "line": round(self.found.line, 2),
            "threshold": round(self.found.threshold, 1),
            "left_out": self.found.left_out,
            "notes": list(self.notes),
            "overlay": self.overlay,
            "preview": self.preview,
            "drawings": [
                {"image": file.path, **drawing_json(drawing, self.turned, self.size)}
                for file, drawing in zip(self.files, self.found.drawings, strict=True)
            ],
        }


def drawing_json(drawing: Drawing, turned: int, size: tuple[int, int]) -> dict[str, Any]:
    """A drawing's facts, in pixels of the page as stored."""
    polygon = as_stored(drawing.polygon, turned, size)
    x0, y0, x1, y1 = drawing.bounds
    corners = as_stored(np.array([[x0, y0], [x1, y1]]), turned, size)
    low = np.floor(corners.min(0) + 0.5).astype(int).tolist()
    high = np.floor(corners.max(0) + 0.5).astype(int).tolist()
    return {
        "box": [low[0], low[1], high[0] - low[0], high[1] - low[1]],
        "polygon": [[round(float(x), 1), round(float(y), 1)] for x, y in polygon],
        "boxed": drawing.boxed,
        "confidence": round(drawing.confidence, 3),
        "flags": list(drawing.flags),
    }


def as_stored(points: Floats, turned: int, size: tuple[int, int]) -> Floats:
    """Points (n, 2) on a page turned clockwise, as points of the page as stored.

    Args:
        points: x and y.
        turned: degrees: 0, 90, 180 or 270.
        size: width and height of the page as stored.
    """
    width, height = size
    x, y = points[:, 0], points[:, 1]
    return np.stack(
        {0: (x, y), 90: (y, height - x), 180: (width - x, height - y), 270: (width - y, x)}[turned],
        1,
    )


def as_turned(points: Floats, turned: int, size: tuple[int, int]) -> Floats:
    """Points (n, 2) of the page as stored, as points on the page turned clockwise."""
    width, height = size
    x, y = points[:, 0], points[:, 1]
    return np.stack(
        {0: (x, y), 90: (height - y, x), 180: (width - x, height - y), 270: (y, width - x)}[turned],
        1,
    )


def cut_one(
    project: Project, run: Run, page: Image, settings: Settings, turned: int, review: bool
) -> PageCut:
    """Find the drawings of a page and write them into the run.

    Raises:
        PictureError: the page cannot be read.
        DiskError: the disk is full, read-only, or refuses.
    """
    pixels = read_page(project, page, turned)
    found = look(pixels, settings)
    stem = free_stem(run, page)
    opened = Opened(page, pixels, turned)
    files = tuple(
        write_drawing(project, run, opened, f"{stem}-{number:03d}", found, drawing)
        for number, drawing in enumerate(found.drawings, 1)
    )
    preview = ""
    if review:
        seen = overlay.binarised(pixels.grey, settings.threshold)
        preview = _write_png(project, run.folder / "review" / f"{stem}-ink.png", seen)
    return PageCut(
        page,
        found,
        turned,
        (page.width, page.height),
        files,
        write_overlay(project, run, stem, pixels, found),
        preview,
        tuple(found.notes),
    )


def look(pixels: PagePixels, settings: Settings) -> CutPage:
    """Find the drawings of a page, in pixels of the whole page."""
    k = pixels.shrink
    near = None if settings.near is None else (settings.near[0] / k, settings.near[1] / k)
    found = cut_page(pixels.grey, replace(settings, near=near))
    return at_scale(found, k) if k > 1 else found


def free_stem(run: Run, page: Image) -> str:
    """The page's name without its ending, told apart from a page of the same name."""
    stem = Path(page.name).stem
    taken = {f.stem for f in (run.folder / "review").glob("*.png")}
    number, name = 2, stem
    while name in taken:
        name = f"{stem} ({number})"
        number += 1
    return name


def write_overlay(project: Project, run: Run, stem: str, pixels: PagePixels, found: CutPage) -> str:
    """Draw the overlay of a page into the run; gives its path from the project folder."""
    small = at_scale(found, 1 / pixels.shrink) if pixels.shrink > 1 else found
    base = pixels.grey if pixels.shrink > 1 else pixels.window(0, 0, *pixels.pixels.shape[1::-1])
    return _write_png(
        project, run.folder / "review" / f"{stem}.png", overlay.overlay(base, small.drawings)
    )


def write_drawing(
    project: Project,
    run: Run,
    opened: Opened,
    name: str,
    found: CutPage,
    drawing: Drawing,
) -> NewImage:
    """Cut one drawing out and write it; gives the image that it is to become."""
    page, pixels, turned = opened.page, opened.pixels, opened.turned
    frame = Frame(drawing.polygon, drawing.boxed, found.line, found.stroke, found.threshold)
    left, top, right, bottom = window(frame, pixels.pixels.shape)
    cut = cut_out(pixels.window(left, top, right, bottom), (left, top), frame)
    file = run.images_folder / f"{name}.png"
    data = images.png_bytes(cut)
    write_bytes(file, data)
    shown = cut if cut.ndim == 3 else np.repeat(cut[..., None], 3, 2)
    return NewImage(
        path=project.relative(file),
        role="drawing",
        sha256=sha256(file),
        bytes=len(data),
        width=cut.shape[1],
        height=cut.shape[0],
        pixels_sha256=images.pixels_sha256(shown),
        format="PNG",
        mode="RGB" if cut.ndim == 3 else "L",
        tag=page.tag or Path(page.name).stem,
        parent=page.id,
        run=run.name,
        facts={
            "page": page.path,
            "turned": turned,
            **drawing_json(drawing, turned, (page.width, page.height)),
        },
    )


def _write_png(project: Project, file: Path, pixels: NDArray[np.uint8]) -> str:
    file.parent.mkdir(exist_ok=True)
    write_bytes(file, images.png_bytes(pixels))
    return project.relative(file)


def hide_earlier(
    project: Project, verb: str, said: str, hidden: Sequence[Image], shown: Sequence[Image]
) -> None:
    """Let new drawings take the place of earlier ones; undoing it shows those again instead."""
    if not hidden and not shown:
        return
    entry = project.journal.decide(verb, said, "hidden", {i.id: "1" for i in hidden})
    if shown:
        project.journal.record_added(said, [i.id for i in shown], {}, entry)


def drawings_of(project: Project, page: Image) -> list[Image]:
    """The drawings of a page that are not hidden."""
    hidden = project.journal.values("hidden")
    cut = project.images.where("role = 'drawing' AND parent = ?", [page.id])
    return [i for i in cut if i.id not in hidden]
