"""Pages: brought into the project from files, PDFs and folders, and read whole or by their windows."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latelier import colour, images
from latelier.collection import Found, Limits, Readers, Refused, folder
from latelier.cut.ink import grey_of
from latelier.cut.unfold import is_folded, unfold
from latelier.errors import DiskError, PictureError, UnknownName, UsageError
from latelier.files import sha256, turn
from latelier.images import Pixels
from latelier.progress import Progress
from latelier.project import Image, Project
from latelier.steps._intake import Intake
from latelier.steps._names import portable, readable
from latelier.steps.add import TURN

LARGEST = 450_000_000  # pixels of a page in black and white or grey
LARGEST_COLOUR = 150_000_000
LOOKED_AT = 9_000_000  # pixels of the copy in which drawings are looked for
LIMITS = Limits(pixels=LARGEST, unpacking=4000)  # a white fax page unpacks a thousand times
ROLES = ("source", "page")
_GREY = ("1", "L")


def bring_pages(
    project: Project, places: Sequence[str | Path], on_progress: Progress
) -> tuple[list[Image], list[tuple[str, str]]]:
    """The images that places mean; files from outside the project are added to it as pages.

    Args:
        project: the project.
        places: images of the project by path, name or number, sets of it, or files and folders
            outside of it.
        on_progress: told after each file.

    Returns:
        the pages in order, and what was refused: file and reason.

    Raises:
        UsageError: nothing is meant, or an image is no page.
        DiskError: the disk is full, read-only, or refuses.
    """
    if not places:
        raise UsageError("Name the pages to cut: pictures, PDFs, or folders of them")
    pages: list[Image] = []
    outside: list[Path] = []
    for place in places:
        path = Path(place).expanduser()
        if path.exists() and not path.resolve().is_relative_to(project.root):
            outside.append(path)
        else:
            pages += _known(project, place)
    refused: list[tuple[str, str]] = []
    if outside:
        added, refused = _add(project, outside, on_progress)
        pages += added
    return list({page.id: page for page in pages}.values()), refused


def _known(project: Project, place: str | Path) -> list[Image]:
    """The pages of the project that a reference or a set means."""
    try:
        found = [project.images.find(place)]
    except UnknownName as error:
        if str(place) not in project.sets.names():
            raise UsageError(
                f"{place} is neither a file here nor an image of the project"
            ) from error
        found = [i for i in project.sets.images(str(place)) if i.role in ROLES]
    except UsageError:
        if str(place) not in project.sets.names():
            raise
        found = [i for i in project.sets.images(str(place)) if i.role in ROLES]
    for image in found:
        if image.role not in ROLES:
            raise UsageError(
                f"{image.name} is a {image.role} image; pages are cut, not what came of them"
            )
    return found


def _add(
    project: Project, places: list[Path], on_progress: Progress
) -> tuple[list[Image], list[tuple[str, str]]]:
    """Take files as pages; PDFs and many-paged TIFFs are taken apart first."""
    names = ", ".join(readable(p.name) for p in places[:3])
    more = f" and {len(places) - 3} more places" if len(places) > 3 else ""
    refused: list[tuple[str, str]] = []

    def waiting() -> None:
        on_progress(0, None, "another program is adding to this project; this one waits for it")

    with (
        turn(project.root / TURN, waiting),
        tempfile.TemporaryDirectory(prefix="latelier-pages-") as scratch,
    ):
        intake = Intake(project, f"Added pages from {names}{more}", role="page")
        intake.sweep()
        found = list(_leaves(places, Path(scratch), refused, project.root))
        digests: dict[Path, str] = {}

        def new() -> Iterator[Path]:
            for each in found:
                try:
                    digests[each.file] = sha256(each.file)
                except DiskError as error:
                    refused.append((_shown(each), str(error).rpartition(": ")[2].removesuffix(".")))
                    continue
                if not intake.knows(each, digests[each.file]):
                    yield each.file

        by_file = {each.file: each for each in found}
        with Readers(1, LIMITS, ground=project.config.ground_rgb) as readers:
            for done, (file, answer) in enumerate(readers.read(new()), 1):
                each = by_file[file]
                if isinstance(answer, Refused):
                    refused.append((_shown(each), answer.reason))
                    intake.refuse(Path(_shown(each)), answer.reason, digests.pop(file))
                else:
                    intake.take(each, digests[file], answer)
                on_progress(done, len(found), readable(file.name))
        intake.finish()
    known = {i.sha256: i for i in reversed(project.images.where("role IN ('source', 'page')"))}
    return [known[digests[f.file]] for f in found if digests.get(f.file) in known], refused


def _shown(found: Found) -> str:
    return readable(found.origin or str(found.file))


def _leaves(
    places: list[Path], scratch: Path, refused: list[tuple[str, str]], root: Path
) -> Iterator[Found]:
    """Every single page at some places."""
    for place in places:
        listing = folder.find(place, leave_out=root)
        files = [*listing.found, *(Found(f) for f in listing.aside if f.suffix.lower() == ".pdf")]
        for number, each in enumerate(sorted(files, key=lambda f: str(f.file))):
            if not is_folded(each.file):
                yield each
                continue
            into = scratch / f"{len(list(scratch.iterdir())):04d}-{number}"
            into.mkdir()
            try:
                leaves = unfold(each.file, into)
            except PictureError as error:
                refused.append((readable(str(each.file)), str(error)))
                continue
            if not leaves:
                yield each  # a TIFF with one picture
            tag = "/".join([*([each.tag] if each.tag else []), portable(each.file.name)])
            for leaf, file in enumerate(leaves, 1):
                facts = {"file": readable(each.file.name), "leaf": leaf}
                yield Found(file, tag, facts=facts, origin=f"{each.file.as_posix()}/{file.name}")


@dataclass(frozen=True)
class PagePixels:
    """A page in memory, as light as it can be.

    Args:
        pixels: (h, w) bool or uint8, or (h, w, 3) uint8, turned upright.
        shrink: of how many pixels of the page one of ``grey`` is the mean, along each side.
        grey: (h / shrink, w / shrink) uint8 for looking at.
    """

    pixels: NDArray[Any]
    shrink: int
    grey: NDArray[np.uint8]

    def window(self, left: int, top: int, right: int, bottom: int) -> Pixels:
        """A part of the page, (h, w) or (h, w, 3) uint8."""
        part = self.pixels[top:bottom, left:right]
        if part.dtype == np.bool_:
            part = part.astype(np.uint8) * np.uint8(255)
        return np.ascontiguousarray(part, dtype=np.uint8)


def read_page(project: Project, page: Image, turned: int = 0) -> PagePixels:
    """A page of the project, as far as it goes where it was taken although it ends too early.

    Args:
        project: that holds it.
        page: the image.
        turned: by how many degrees to turn it clockwise: 0, 90, 180 or 270.

    Raises:
        PictureError: it cannot be read, or is too large for the colours it has.
    """
    try:
        with (
            images.cut_short() if page.truncated else nullcontext(),
            images.opened(project.images.file(page), LARGEST) as picture,
        ):
            pixels: NDArray[Any]
            if picture.mode in _GREY and colour.orientation(picture) == 1:
                pixels = np.asarray(picture)
            elif picture.width * picture.height > LARGEST_COLOUR:
                raise PictureError(
                    f"{picture.width} x {picture.height} pixels in colour are too many for a page; "
                    "save it in grey or in black and white, or at half its size"
                )
            else:
                pixels = images.flat_srgb(picture, project.config.ground_rgb)
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise PictureError(f"it could not be read: {error}") from error
    if pixels.ndim == 3 and _is_grey(pixels):
        pixels = np.ascontiguousarray(pixels[..., 0])
    pixels = np.rot90(pixels, -turned // 90)
    shrink = int(np.ceil((pixels.shape[0] * pixels.shape[1] / LOOKED_AT) ** 0.5))
    return PagePixels(pixels, max(1, shrink), _grey(pixels, max(1, shrink)))


def _is_grey(pixels: NDArray[Any]) -> bool:
    """Whether a picture in colour has none; most pages that have some show it at a glance."""
    for part in (pixels[::16, ::16], pixels):
        if not ((part[..., 0] == part[..., 1]).all() and (part[..., 1] == part[..., 2]).all()):
            return False
    return True


def _grey(pixels: NDArray[Any], shrink: int) -> NDArray[np.uint8]:
    """The page in grey, ``shrink`` times smaller, a band at a time."""
    high, wide = pixels.shape[0] // shrink, pixels.shape[1] // shrink
    out = np.empty((high, wide), np.uint8)
    for top in range(0, high, 256):
        rows = min(256, high - top)
        band = pixels[top * shrink : (top + rows) * shrink, : wide * shrink]
        light = band.astype(np.uint8) * np.uint8(255) if band.dtype == np.bool_ else band
        grey = grey_of(np.ascontiguousarray(light, dtype=np.uint8))
        if shrink > 1:
            blocks = grey.reshape(rows, shrink, wide, shrink)
            grey = blocks.mean((1, 3), dtype=np.float32).astype(np.uint8)
        out[top : top + rows] = grey
    return out
