"""A finding as it is told and drawn: where, under which transform, in what dress, whose it is."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from latelier import __version__
from latelier import images as pictures
from latelier.errors import LatelierError
from latelier.files import write_bytes, write_text
from latelier.images import Pixels
from latelier.printing._report import Block, Facts, Page, Section, Table, Wall, Words, html, picture
from latelier.project import Image, Project, Run
from latelier.steps._tracing_inputs import Design
from latelier.tracing.dress import dress
from latelier.tracing.lay import Polygon
from latelier.tracing.plate import plate
from latelier.tracing.search import Evidence
from latelier.tracing.words import sentence, surely, turned, way
from latelier.wording import plural

if TYPE_CHECKING:
    from latelier.steps.trace import Traced, TracedImage

MEANS = (
    "A probability says how often findings with evidence like this were true among designs made to "
    "try it: in seven of ten of them a part of an original had been planted. Where hardly any design "
    "borrowed, more of what is told will be chance; then only what is nearly certain counts, and your "
    "own eyes."
)
GLANCE = 12  # findings that are listed on the first page; all are drawn after it
PLATES = 200  # findings that are drawn; more nobody goes through
QUALITY = 90  # JPEG without colour subsampling
LOOK = 900  # pixels that a picture keeps at least, where it has them, to be compared and drawn
RASTER = 128  # places along the longer side, on which shares of area are counted
PLATE = 868  # pixels that a plate is wide on the page


@dataclass(frozen=True)
class Finding:
    """A part of a design that may be a part of an original.

    Args:
        original: its path in the project.
        probability: 0 to 1, calibrated on planted borrowings.
        kind: ``part`` or ``whole``, and of ``repeated``, ``mirrored``, ``turned``, ``resized``,
            ``recoloured``, ``negative``, ``redrawn`` what holds.
        region: outline on the design, in its pixels.
        within: outline on the original, in its pixels.
        places: outlines of all places where the part lies on the design.
        transform: ``mirrored``, ``turned`` (degrees clockwise, after mirroring), ``size`` (times as
            large in pixels), ``times``, ``matrix`` (original to design, in pixels).
        points: how many places agree.
        words: one sentence.
        credit: whom to name for the original.
        rights: of the original.
        plate: the drawing, from the project folder.
        drawn: what the drawing is made from; not told.
    """

    original: str
    probability: float
    kind: list[str]
    region: list[list[float]]
    within: list[list[float]]
    places: list[list[list[float]]]
    transform: dict[str, Any]
    points: int
    words: str
    credit: str
    rights: str
    plate: str = ""
    drawn: tuple[Evidence, Design, tuple[int, int]] | None = None

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        told = {k: v for k, v in vars(self).items() if k not in ("drawn", "within")}
        return {**told, "in": self.within}


@dataclass(frozen=True)
class Shown:
    """A picture as it is looked at.

    Args:
        pixels: (h, w, 3) uint8, made smaller where it is large.
        width: of the whole picture.
        height: of the whole picture.
    """

    pixels: Pixels
    width: int
    height: int


def shown(project: Project, file: Design) -> Shown | None:
    """A picture at some ``LOOK`` pixels; None where its file is gone or broken."""
    try:
        pixels, size = pictures.read_reduced(
            file.file, LOOK, project.config.ground_rgb, truncated=file.truncated
        )
    except LatelierError:
        return None  # gone a moment ago; `verify` tells of it
    return Shown(pixels, *size)


def finding(
    design: Design,
    original: Image,
    seen: Evidence,
    sure: float,
    shown: tuple[Shown, Shown],
    whose: tuple[str, str],
) -> Finding:
    """Put evidence into words and pixels.

    Args:
        design: that is traced.
        original: that it may have taken from.
        seen: the evidence.
        sure: its probability.
        shown: the design and the original.
        whose: credit and rights of the original.
    """
    sides = [max(s.width, s.height) for s in shown]
    dressed = dress(shown[0].pixels, shown[1].pixels, seen.maps[0], seen.laid[0].region)
    worn = dressed.kinds(seen.facts["light"])
    m = seen.maps[0].copy()
    m[:, :2] *= sides[1] / sides[0]
    m[:, 2] *= sides[1]
    angle, size = turned(m, seen.mirrored)
    times = len(seen.maps)
    size_of = (shown[0].width, shown[0].height)
    places = [_pixels(o.region, sides[0]) for o in seen.laid]
    share = _raster(places, size_of).mean()
    theirs = (shown[1].width, shown[1].height)
    within = _pixels(seen.laid[0].origin, sides[1])
    of_original = _raster([within], theirs).mean()
    changes = way(angle, size, seen.mirrored, worn, times)
    points = sum(len(p) for p in seen.points)
    kind = ["whole" if of_original > 0.9 else "part"]
    kind += ["repeated"] * (times > 1) + ["mirrored"] * seen.mirrored
    kind += ["turned"] * any("turned" in c or "upside" in c for c in changes)
    kind += ["resized"] * any("large" in c or "its size" in c for c in changes) + worn
    back = np.linalg.inv(np.r_[m, [[0, 0, 1]]])[:2]
    return Finding(
        original=original.path,
        probability=round(sure, 4),
        kind=kind,
        region=places[0],
        within=within,
        places=places,
        transform={
            "mirrored": seen.mirrored,
            "turned": round(angle, 1),
            "size": round(size, 3),
            "times": times,
            "matrix": back.round(4).tolist(),
        },
        points=points,
        words=sentence(original.name, changes, float(share), float(of_original), points, sure),
        credit=whose[0],
        rights=whose[1],
        drawn=(seen, design, size_of),
    )


def _pixels(outline: Polygon, side: int) -> list[list[float]]:
    return (outline * side).round(1).tolist()


def _raster(
    outlines: Sequence[Sequence[Sequence[float]]], size: tuple[int, int]
) -> NDArray[np.bool_]:
    """Which places of a picture lie in any of the outlines."""
    by = RASTER / max(size)
    mask = np.zeros((max(1, round(size[1] * by)), max(1, round(size[0] * by))), np.uint8)
    for outline in outlines:
        cv2.fillPoly(mask, [np.round(np.array(outline) * by).astype(np.int32)], 1)
    return mask > 0


def union(findings: Sequence[Finding]) -> float:
    """Share of the design that all findings are about together."""
    size = findings[0].drawn[2] if findings[0].drawn else (1, 1)
    return float(_raster([p for f in findings for p in f.places], size).mean())


def overlap(first: Finding, second: Finding) -> float:
    """Share of the smaller of two findings' places that both are about."""
    size = first.drawn[2] if first.drawn else (1, 1)
    a, b = (_raster(f.places, size) for f in (first, second))
    return float((a & b).sum()) / max(1, min(int(a.sum()), int(b.sum())))


def plates(project: Project, run: Run, traced: Sequence["TracedImage"]) -> list["TracedImage"]:
    """Draw the findings into the run's folder; gives the designs with the drawings' names."""
    made, left = [], PLATES
    for each in traced:
        findings = []
        for found in each.findings:
            drawn = _drawn(project, each.image, found) if left > 0 else None
            if drawn is None:
                findings.append(found)
                continue
            left -= 1
            name = f"evidence/{PLATES - left:03d}.jpg"
            file = io.BytesIO()
            Pillow.fromarray(drawn).save(file, "JPEG", quality=QUALITY, subsampling=0)
            write_bytes(run.folder / name, file.getvalue())
            findings.append(replace(found, plate=f"runs/{run.name}/{name}"))
        made.append(replace(each, findings=findings))
    return made


def _drawn(project: Project, name: str, found: Finding) -> Pixels | None:
    if found.drawn is None:
        return None
    seen, asked, _ = found.drawn
    image = project.images.find(found.original)
    design, original = (shown(project, f) for f in (asked, Design.of(project, image)))
    if design is None or original is None:
        return None
    lines = [Path(name).name, Path(found.original).name, found.words, _owed(found.to_json())]
    regions = [(o.region, o.origin) for o in seen.laid]
    return plate(design.pixels, original.pixels, seen.maps, regions, seen.points[0], lines)


def _owed(found: dict[str, Any]) -> str:
    """Whose the original is, in one sentence."""
    name = Path(found["original"]).name
    said = "; ".join(v for v in (found["credit"], found["rights"]) if v)
    return f"{name}: {said}." if said else f"{name} has no credit or rights stated."


def page(project: Project, run: Run, done: "Traced") -> str:
    """One page with the evidence, in the run's folder; its path from the project folder."""
    sections = [_first(done)]
    if done.borrowing:
        sections.append(section(project, done.to_json(), lead=False))
    nothing = [t for t in done.traced if not t.findings]
    if nothing:
        rows = [(Path(t.image).name, " ".join(t.said)) for t in nothing]
        table = Table(plural(len(rows), "design"), ("Design", "Said"), rows, folded=len(rows) > 24)
        sections.append(Section("nothing", "Nothing found", "", [table]))
    sections.append(_made(run, done))
    made = Page(
        title="What is alike, and where",
        line=f"{plural(len(done.traced), 'design')} compared with {plural(done.originals, 'original')}.",
        made=f"Run {run.name} of {project.config.title or project.root.name}.",
        sections=sections,
    )
    write_text(run.folder / "evidence.html", html(made))
    return f"runs/{run.name}/evidence.html"


def _first(done: "Traced") -> Section:
    """What was found, at a glance, and how it is to be read: one printed page by itself."""
    found = [(t, f) for t in done.borrowing for f in t.findings]
    facts = Facts(
        [
            ("designs looked at", f"{len(done.traced):,}"),
            ("originals they were compared with", f"{done.originals:,}"),
            ("designs with a part that is alike", f"{len(done.borrowing):,}"),
        ]
    )
    rows = [
        (
            Path(t.image).name,
            Path(f.original).name,
            f.words.partition(f" of {Path(f.original).name}, ")[2].rpartition("; ")[0],
            f"{f.points:,}",
            surely(f.probability),
            "; ".join(v for v in (f.credit, f.rights) if v) or "not stated",
        )
        for t, f in found[:GLANCE]
    ]
    heads = (
        "Design",
        "Original",
        "How it comes",
        "Places that agree",
        "Probability",
        "Whose it is",
    )
    more = f"The first {GLANCE} of {len(found):,} findings" if len(found) > GLANCE else ""
    blocks: list[Block] = [facts]
    blocks += [Table(more, heads, rows)] if rows else []
    read = (
        "Each finding has a sheet: the design beside the original with the part outlined on both, and "
        "below the two parts laid the same way. If the two lower pictures do not show the same thing, "
        "the finding is wrong, whatever its probability. "
    )
    blocks += [Words(read, "calm")] if rows else []
    blocks += [Words(MEANS, "care"), Words(done.silent, "care")]
    return Section("found", "At a glance", "", blocks)


def _made(run: Run, done: "Traced") -> Section:
    """How the page came to be, so that others can doubt it: settings, files by their hashes."""
    settings, hashes = run.recipe["settings"], run.recipe["inputs"]
    lead = (
        f"Made on {run.recipe['started'][:10]} by Latelier {__version__}: each design was compared "
        f"with {plural(done.originals, 'original')} of the set '{settings['set_name']}', and what has "
        f"a probability of {settings['at_least']:g} or more is told. "
    )
    named = [i for t in done.borrowing for i in (t.image, *(f.original for f in t.findings))]
    rows = [(Path(name).name, hashes.get(name, "")) for name in dict.fromkeys(named)]
    table = Table(f"{plural(len(rows), 'file')} told of", ("File", "SHA-256"), rows, len(rows) > 24)
    again = (
        f"Who has the same files can do it again: latelier replay runs/{run.name}. The originals that "
        "nothing was found of, and the versions of all that was used, stand in recipe.json and "
        "environment.json beside this page."
    )
    return Section("made", "How this was made", lead, [Words(again), table])


def section(
    project: Project, result: dict[str, Any], most: int = PLATES, *, lead: bool = True
) -> Section:
    """The findings of a trace, each with its drawing, as a part of a page.

    Args:
        project: whose runs.
        result: of the run.
        most: findings that are shown.
        lead: whether to say first what was found and what this cannot say.
    """
    blocks: list[Block] = []
    drawn = 0
    for each in result["traced"]:
        for found in each["findings"]:
            if drawn == most or not found["plate"]:
                continue
            try:
                pixels = pictures.read(project.root / found["plate"])
            except LatelierError:
                continue  # the run's drawings were taken away
            drawn += 1
            title = Path(each["image"]).name
            blocks.append(Wall([picture(pixels, PLATE, title, alt=found["words"])], "whole"))
        if each["findings"]:
            owed = dict.fromkeys(_owed(f) for f in each["findings"])
            blocks.append(Words(" ".join([*each["said"], *owed]), "care"))
    count = sum(1 for t in result["traced"] if t["findings"])
    said = (
        f"In {count} of {plural(len(result['traced']), 'design')} there is what may be a part of an "
        f"original. {result['silent']}"
    )
    return Section("borrowings", "Parts that are alike", said if lead else "", blocks)
