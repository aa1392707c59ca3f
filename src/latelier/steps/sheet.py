"""Print-ready canvases: pictures on a lattice, written without loss, read back and receipted."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from latelier import registry
from latelier.errors import Damaged, UsageError
from latelier.files import replacing, sha256, write_bytes, write_text
from latelier.images import png_bytes
from latelier.printing import Finding, Receipt, format_of, preflight, put
from latelier.progress import Progress, silent
from latelier.project import Project, Run
from latelier.steps._out import called, place
from latelier.steps._sheet_look import Look, locks, paper_size, plain_number
from latelier.steps._sheet_paper import Painted, paper, title_of
from latelier.steps._sheet_ready import Asked, Ready, made_ready

USUAL = ".pdf"  # of files in a folder that was asked for


@dataclass(frozen=True)
class PutOut:
    """One sheet in a file.

    Args:
        file: as a person finds it.
        name: of the sheet: ``4a``.
        page: its number in the file, from 1.
        width_px: of the whole file, bleed included.
        height_px: of the whole file, bleed included.
        dpi: dots per inch.
        cells: each image with x, y, w and h as drawn, in pixels of the whole file.
        sha256: of the file.
        preview: a small picture of the sheet, from the project folder.
    """

    file: str
    name: str
    page: int
    width_px: int
    height_px: int
    dpi: float
    cells: list[dict[str, Any]]
    sha256: str
    preview: str


@dataclass(frozen=True)
class Sheets:
    """What was put out.

    Args:
        run: the run's folder name.
        files: the sheets, in order.
        findings: what should be known before printing.
        receipts: one a file.
        capacity: how many pictures a sheet holds.
        lattice: columns and rows.
        kept: the files as the run keeps them, and the name of each as a part of a file's name.
    """

    run: str
    files: list[PutOut]
    findings: list[Finding]
    receipts: list[Receipt]
    capacity: int
    lattice: tuple[int, int]
    kept: list[tuple[Path, str]]

    def save(self, to: str | Path) -> list[Path]:
        """Put copies of the files elsewhere as well; several get their sheets' names behind ``to``.

        Args:
            to: a file with the same ending, or a folder; from where the program runs.

        Raises:
            UsageError: the ending is another.
            DiskError: the disk is full, read-only, or refuses.
        """
        target, made = Path(to), []
        for file, name in self.kept:
            if target.suffix and target.suffix.lower() != file.suffix.lower():
                raise UsageError(f"These sheets are {file.suffix}; {target.name} needs a new sheet")
            made.append(_file_of(target, name, file.suffix))
            _copy(file, made[-1])
        return made

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it and ``result.json`` keeps it."""
        return {
            "run": self.run,
            "files": [vars(f) for f in self.files],
            "preflight": [f.to_json() for f in self.findings],
            "receipt": f"runs/{self.run}/receipt.txt",
            "capacity": self.capacity,
            "lattice": {"columns": self.lattice[0], "rows": self.lattice[1]},
        }


def sheet(
    project: Project,
    set_name: Any = "all",
    *,
    to: str | Path = "out/sheet.pdf",
    by: Any = None,
    size: str = "11x11in",
    dpi: float = 200,
    layout: str = "block",
    cells: int | str | None = None,
    cell: str | None = None,
    gutter: str | None = None,
    margin: str | None = None,
    ground: str = "white",
    bleed: str = "0",
    captions: str = "none",
    title: str = "",
    fill: bool = False,
    nearest: bool = False,
    split: str | None = None,
    font: str | None = None,
    lock: Mapping[str, Sequence[int]] | None = None,
    shuffle_seed: int | None = None,
    features: str = "palette",
    one_file: bool = False,
    leave_out: str | None = None,
    on_progress: Progress = silent,
) -> Sheets:
    """Put the images of a set on sheets, ready to be printed.

    Afterwards the files lie where ``to`` says, each read back and found equal to what was painted,
    and a run holds them with previews and a receipt. More images than a sheet holds flow to further
    sheets, a file each: ``sheet-1.pdf``, or with groups ``sheet-4a.pdf``, ``sheet-4b.pdf``.

    Args:
        project: whose images.
        set_name: a set, image paths, or what `make` gave.
        to: a .pdf, .tiff or .png, or a folder for one PDF a sheet; from the project folder.
        by: group, mark or tag: sheets of their own for each; or image path to label, or what
            `groups` gave.
        size: ``11x11in``, ``29.7x21cm``, ``A4``, ``20cm`` (square), ``2200x2200px``.
        dpi: dots per inch.
        layout: a layout by name.
        cells: 6 (on the shorter side), ``4x6`` (columns x rows), or ``fit``: all on one sheet.
        cell: size of a cell: ``256px``, ``3x4cm``.
        gutter: between cells.
        margin: around the lattice.
        ground: the paper's colour.
        bleed: on each side, cut off afterwards; the page goes on in it as its mirror image.
        captions: none, name, credit or seed.
        title: over the pictures; ``{sheet}`` is the sheet's name.
        fill: crop pictures to their cells; otherwise each is shown whole.
        nearest: enlarge without smoothing, pixel by pixel.
        split: a group over capacity comes on sheets of ``even`` counts, or each is ``full`` first;
            if left out, figures such as ``x`` are filled and all else is shared out evenly.
        font: a font file for titles and captions.
        lock: image to its (row, column), from 0 at the top left.
        shuffle_seed: an order by lot; the same number, the same order.
        features: what likeness is judged by, for the layout ``likeness``.
        one_file: all sheets as pages of one PDF.
        leave_out: ``copies``, made images that are nearly an original, or ``close``, those too
            that are nearer to one than originals are to each other.
        on_progress: told what is painted.

    Raises:
        UnknownName: no set, layout, feature or image has that name.
        UsageError: a size, colour, count or place is none.
        TooFew: the set is empty.
        DoesNotFit: the cells do not fit on the page.
        Damaged: an image has changed, or a file reads back differently.
        DiskError: the disk is full, read-only, or refuses.
    """
    look = Look(
        size, dpi, layout, cells, cell, gutter, margin, ground, bleed, captions, title,
        fill, nearest, split, font,
    )  # fmt: skip
    asked = Asked(
        _set(set_name),
        str(to),
        _labels(by),
        look,
        locks(lock or {}),
        shuffle_seed,
        features,
        one_file,
        leave_out,
    )
    format_ = format_of(place(project, to))
    if one_file and not (format_ and format_.MANY):
        raise UsageError(f"Only a PDF holds several sheets in one file; {to} is none")
    return _printed(project, asked, made_ready(project, asked, on_progress), on_progress)


def _set(given: Any) -> str | list[str]:
    if isinstance(given, str):
        return given
    return str(given.run) if hasattr(given, "run") else [str(path) for path in given]


def _labels(given: Any) -> str | dict[str, str] | None:
    if given is None or isinstance(given, str):
        return given
    return {str(path): str(label) for path, label in getattr(given, "labels", given).items()}


def _printed(project: Project, asked: Asked, ready: Ready, on_progress: Progress) -> Sheets:
    """Write what is ready as a run, and put its files where they were asked for."""
    target = place(project, asked.to)
    run = project.runs.start(
        "sheet", asked.settings(), suffix=asked.look.layout, inputs=ready.images
    )
    batches = [[s] for s in ready.sheets]
    if asked.one_file:
        batches = [ready.sheets]
    rows = sum(s.sheet.height + 2 * s.sheet.bleed for s in ready.sheets)
    done = 0

    def on_band(count: int) -> None:
        nonlocal done
        done += count
        on_progress(done, rows, f"sheet {min(done * len(ready.sheets) // rows + 1, len(batches))}")

    files, receipts, kept = [], [], []
    for batch in batches:
        out = _file_of(target, "" if asked.one_file else batch[0].name)
        put_out = _put(project, run, batch, ready, out, on_band)
        files += put_out
        kept.append((run.folder / out.name, "" if asked.one_file else batch[0].name))
        receipts.append(_receipt(put_out, batch, ready))
    lattice = (ready.how.lattice.cols, ready.how.lattice.rows)
    result = Sheets(run.name, files, ready.findings, receipts, ready.how.capacity, lattice, kept)
    write_text(run.folder / "receipt.txt", "\n".join(r.text for r in receipts))
    run.finish({**result.to_json(), "replay": ready.again()})
    return result


def _file_of(target: Path, name: str, usual: str = USUAL) -> Path:
    """Where a sheet goes: the file asked for, one of its kin, or a file in the folder asked for."""
    if not target.suffix:
        return target / f"{name or 'sheet'}{usual}"
    return target.with_name(f"{target.stem}-{name}{target.suffix}") if name else target


def _put(
    project: Project,
    run: Run,
    batch: Sequence[Painted],
    ready: Ready,
    out: Path,
    on_band: Callable[[int], None],
) -> list[PutOut]:
    """Write sheets into one file of the run, checked, with previews; and a copy of it to ``out``."""
    how = ready.how
    papers, previews = [], []
    for done in batch:
        made = paper(done, how, title_of(how, done.name), project.config.artist, on_band)
        papers.append(made[0])
        previews.append(made[1])
    file = run.folder / out.name
    put(file, papers, format_of(file) or registry.load("printing", "pdf"))
    small = []
    for done, preview in zip(batch, previews, strict=True):
        small.append(run.folder / (f"preview-{done.name}.png" if done.name else "preview.png"))
        write_bytes(small[-1], png_bytes(preview.pixels))
    digest = _copy(file, out)
    return [
        PutOut(
            file=called(project, out),
            name=done.name,
            page=number + 1,
            width_px=sheet_paper.width,
            height_px=sheet_paper.height,
            dpi=plain_number(how.page.dpi),
            cells=done.cells,
            sha256=digest,
            preview=project.relative(small[number]),
        )
        for number, (done, sheet_paper) in enumerate(zip(batch, papers, strict=True))
    ]


def _copy(file: Path, to: Path) -> str:
    """Copy a file, read the copy again, and give its SHA-256."""
    digest = sha256(file)
    with replacing(to) as part:
        shutil.copyfile(file, part)
        if sha256(part) != digest:
            raise Damaged(f"{to.name} was copied, but reads back differently; the disk may fail")
    return digest


def _receipt(files: Sequence[PutOut], batch: Sequence[Painted], ready: Ready) -> Receipt:
    prints = [p for painted in batch for p in painted.prints]
    return Receipt(
        file=files[0].file,
        size=paper_size(ready.how),
        width=files[0].width_px,
        height=files[0].height_px,
        dpi=files[0].dpi,
        sha256=files[0].sha256,
        sheets=len(batch),
        pictures=len(prints),
        credits=list(dict.fromkeys(p.credit for p in prints if p.credit)),
        notes=[f.words for f in preflight(prints)],
    )
