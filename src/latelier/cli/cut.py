"""Cut notebook pages into their drawings."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from latelier.cli._shell import Shell, command

if TYPE_CHECKING:
    from latelier.steps.cut import Cut

SHOWN = 12
IN_WORDS = {
    "far-from-size": "far from the usual size",
    "very-small": "very small",
    "very-dense": "nearly all ink",
    "touches-border": "touching the box or the page's edge",
    "overlaps": "overlapping another",
    "writing": "like writing",
    "unsure": "unsure",
}


@command()
@click.argument("pages", metavar="PAGES...", nargs=-1, required=True)
@click.option("--kind", default="auto", help="auto, boxes, free or mixed: what is on the pages.")
@click.option("--near", default="auto", help="Usual size of a drawing in pixels, such as 100x100.")
@click.option("--tolerance", default=0.5, help="How far from it is still usual; 0.5 is half more.")
@click.option(
    "--reach", default=1.0, help="Above 1 joins parts farther apart, below 1 nearer ones."
)
@click.option(
    "--binarise", default="auto", help="auto, otsu, sauvola or fixed: what counts as ink."
)
@click.option("--threshold", type=int, help="Greys below it are ink, 1 to 255 (fixed).")
@click.option("--turn", type=int, default=0, help="Turn the pages clockwise first: 90, 180 or 270.")
@click.option("--like", default="", metavar="PAGE", help="As this page was cut and corrected.")
@click.option("--review", is_flag=True, help="Also show each page as each way of telling ink does.")
def cut(
    shell: Shell,
    pages: tuple[str, ...],
    *,
    kind: str,
    near: str,
    tolerance: float,
    reach: float,
    binarise: str,
    threshold: int | None,
    turn: int,
    like: str,
    review: bool,
) -> None:
    """Cut pages into drawings: TIFF, PNG, JPEG or PDF, scans or photographs.

    Boxes may be closed or broken; forms without boxes are found too. An overlay shows what was
    found on each page; correct it with: latelier recut PAGE
    """
    from latelier.steps.cut import cut

    project = shell.project()
    with shell.progress("Cutting pages") as report:
        done = cut(
            project,
            pages,
            kind=kind,
            near=near,
            tolerance=tolerance,
            reach=reach,
            binarise=binarise,
            threshold=threshold,
            turn=turn,
            like=like,
            review=review,
            on_progress=report,
        )
    then = "latelier prepare drawings --ink" if done.images else ""
    shell.done(done.to_json(), _said(done), then=then)


def _said(done: "Cut") -> list[str]:
    count, pages = len(done.images), len(done.pages)
    said = [
        f"Cut {pages} page{'s' if pages > 1 else ''} into {count} drawing{'s' if count != 1 else ''}."
    ]
    for page in done.pages[:SHOWN]:
        said.append(_page_line(page.page.name, page.to_json()))
        said += [f"    {note}" for note in page.notes]
    if pages > SHOWN:
        said.append(f"  and {pages - SHOWN} more pages")
    if done.replaced:
        said.append(
            f"{done.replaced} earlier drawings of these pages are hidden; latelier undo shows them again."
        )
    if done.refused:
        said.append(f"{len(done.refused)} could not be cut:")
        said += [f"  {file}: {reason}" for file, reason in done.refused[:SHOWN]]
    overlays = [p.overlay for p in done.pages if p.overlay]
    if overlays:
        said.append(f"Look through them in {Path(overlays[0]).parent.as_posix()}/")
    return said


def _page_line(name: str, page: dict[str, Any]) -> str:
    drawings = page["drawings"]
    kinds = {"boxes": "in boxes", "free": "without boxes", "mixed": "in boxes and beside them"}
    line = f"  {name}: {len(drawings)} {kinds.get(page['kind'], 'drawings')}"
    flags = Counter(flag for d in drawings for flag in d["flags"])
    flagged = sum(bool(d["flags"]) for d in drawings)
    if flagged:
        line += f"; {flagged} flagged: " + ", ".join(
            f"{n} {IN_WORDS[flag]}" for flag, n in flags.most_common()
        )
    left = page["left_out"]
    if left:
        line += "; left out: " + ", ".join(f"{n} {what}" for what, n in left.items())
    return line
