"""Contact sheets of the copies that were found, in the run that found them."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PIL import Image as Pillow

from latelier.copies.sheet import Shown, sheet
from latelier.files import write_bytes
from latelier.project import Image, Run
from latelier.steps._likenesses import Likenesses
from latelier.wording import plural

if TYPE_CHECKING:
    from latelier.steps.copies import CopySet, Part

ROWS = 40  # sets on one sheet
MOST = 400  # sets that are drawn; more than that nobody goes through on paper
QUALITY = 88  # JPEG


def contact_sheets(
    run: Run, cache: Likenesses, sets: Sequence["CopySet"], parts: Sequence["Part"]
) -> list[str]:
    """Draw the sets, a row each, then the parts of pictures in others.

    Returns:
        the files, from the project folder; none where there is nothing to draw.
    """
    rows = [_row(cache, found) for found in sets[:MOST]]
    rows += [_pair(cache, part) for part in parts[:MOST]]
    made = []
    for number, start in enumerate(range(0, len(rows), ROWS), start=1):
        title = f"Copies: {plural(len(sets), 'set')}"
        if parts:
            title += f", {plural(len(parts), 'part')} of a picture in another"
        if len(rows) > ROWS:
            title += f" (sheet {number} of {-(-len(rows) // ROWS)})"
        file = io.BytesIO()
        page = Pillow.fromarray(sheet(rows[start : start + ROWS], title))
        page.save(file, "JPEG", quality=QUALITY, subsampling=0)
        name = f"sheet-{number:02d}.jpg"
        write_bytes(run.folder / name, file.getvalue())
        made.append(f"runs/{run.name}/{name}")
    return made


def _row(cache: Likenesses, found: "CopySet") -> list[Shown]:
    keeper = cache.load(found.keeper.sha256).clear.pixels
    row = [Shown(keeper, [found.keeper.name, found.reason], keeper=True)]
    for member in found.members:
        pixels = cache.load(member.image.sha256).clear.pixels
        lines = [member.image.name, member.reason]
        row.append(Shown(pixels, lines, changed=member.changed, frame=member.shared))
    return row


def _pair(cache: Likenesses, part: "Part") -> list[Shown]:
    image, within = part.image, part.within
    return [
        Shown(
            cache.load(image.sha256).clear.pixels,
            [image.name, part.reason],
            frame=_frame(part.of, image),
        ),
        Shown(
            cache.load(within.sha256).clear.pixels,
            [within.name, "where it lies"],
            frame=_frame(part.box, within),
        ),
    ]


def _frame(box: Sequence[int], image: Image) -> list[list[float]]:
    """The corners of a box in pixels, as shares of the picture."""
    x, y, w, h = box
    left, right = x / image.width, (x + w) / image.width
    top, low = y / image.height, (y + h) / image.height
    return [[left, top], [right, top], [right, low], [left, low]]
