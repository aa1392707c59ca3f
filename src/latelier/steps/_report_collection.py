"""The report's first part: the collection, its rights, what was refused, its copies."""

from pathlib import PurePath

from latelier.printing._report import Block, Facts, Section, Table, Words
from latelier.project import Image
from latelier.steps._grouping import reading_order
from latelier.steps._report_view import MOST, View, counted
from latelier.steps.check import check
from latelier.wording import plural

FOLDERS = 24  # more folders than that are shown as one wall
FEWEST = 12  # pictures of a folder that are always shown

SHOWN = 24  # pictures of one finding
HELD_BACK = {"unreadable", "no-rights"}  # findings that no picture makes clearer


def collection(view: View) -> Section | None:
    """What was brought, and in what state it is."""
    refused = view.project.images.refused()
    if not view.originals and not refused:
        return None
    blocks: list[Block] = [Facts(_figures(view, len(refused)))]
    blocks += _walls(view)
    blocks += _tables(view)
    if refused:
        rows = [(PurePath(r["file"]).name, r["reason"]) for r in refused]
        title = f"What could not be taken: {plural(len(rows), 'file')}"
        blocks.append(Table(title, ("File", "Why"), rows, folded=len(rows) > 12))
    lead = (
        "These are the pictures that everything below is made from. They lie unaltered in sources/."
    )
    return Section("collection", "The collection", lead, blocks)


def _figures(view: View, refused: int) -> list[tuple[str, str]]:
    tags = {i.tag for i in view.originals if i.tag}
    figures = [("pictures", f"{len(view.originals):,}")]
    if tags:
        figures.append(("folders they came in", str(len(tags))))
    hidden = [i for i in view.project.sets.images("hidden") if i.role != "generated"]
    if hidden:
        figures.append(("hidden", f"{len(hidden):,}"))
    if refused:
        figures.append(("refused", f"{refused:,}"))
    without = sum(1 for i in view.originals if not view.rights.get(i.id))
    if without:
        figures.append(("without rights stated", f"{without:,}"))
    return figures


def _walls(view: View) -> list[Block]:
    """All pictures; by the folder that they came in where there are some folders."""
    by_tag: dict[str, list[Image]] = {}
    for image in sorted(view.originals, key=lambda i: (reading_order(i.tag), i.id)):
        by_tag.setdefault(image.tag, []).append(image)
    if len(by_tag) > FOLDERS or len(by_tag) < 2:
        wall = view.wall([i for images in by_tag.values() for i in images])
        return [wall] if wall else []
    share = max(FEWEST, MOST // len(by_tag))
    walls = [
        view.wall(images, title=f"{tag or 'No folder'}: {len(images):,}", most=share)
        for tag, images in by_tag.items()
    ]
    return [wall for wall in walls if wall]


def _tables(view: View) -> list[Block]:
    originals = view.originals
    if not originals:
        return []
    rows = [
        ("Rights", v, str(n))
        for v, n in counted(view.rights.get(i.id) or "not stated" for i in originals)
    ]
    rows += [
        ("Credit", v, str(n))
        for v, n in counted(view.credit.get(i.id) or "not stated" for i in originals)
    ]
    rows += [
        ("Size", v, str(n))
        for v, n in counted((f"{i.width} x {i.height} px" for i in originals), 8)
    ]
    rows += [
        ("Kind of file", v, str(n)) for v, n in counted(f"{i.format} {i.mode}" for i in originals)
    ]
    return [Table("In figures", ("", "", "Pictures"), rows, folded=len(rows) > 16)]


def state(view: View) -> Section | None:
    """What `check` says: one word, and why."""
    if not view.originals:
        return None
    looked = check(view.project)
    blocks: list[Block] = []
    for finding in looked.findings:
        tone = "stop" if finding.stops else "care"
        blocks.append(Words(f"{finding.said}. {finding.todo}.", tone))
        wall = view.named(finding.images, SHOWN)
        if wall and finding.kind not in HELD_BACK and not finding.sets:
            blocks.append(wall)
    verdict = {
        "go": "Go: nothing speaks against learning from these pictures.",
        "care": "Care: it can go on, but these should be looked at.",
        "stop": "Stop: this should be mended before anything is learnt.",
    }
    return Section("check", "Its state", verdict[looked.verdict], blocks)
