"""Put images on print-ready sheets: PDF, TIFF or PNG."""

import click

from latelier.cli._shell import Shell, command
from latelier.errors import UsageError


@command()
@click.argument("set_name", metavar="SET")
@click.option("-o", "--to", default="out/sheet.pdf", show_default=True, metavar="FILE|DIR",
              help="A .pdf, .tiff or .png, or a folder; from the project folder.")  # fmt: skip
@click.option(
    "--by", metavar="group|mark|tag", help="Sheets of their own for each; a, b, ... if over."
)
@click.option("--size", default="11x11in", show_default=True, help="11x11in, 29.7x21cm, A4, 20cm.")
@click.option("--dpi", type=float, default=200, show_default=True, help="Dots per inch.")
@click.option("--layout", default="block", show_default=True,
              help="block, grid, mosaic, x, diamond, ring, checker or likeness.")  # fmt: skip
@click.option("--cells", help="6 on the shorter side (the usual), 4x6, or fit: all on one sheet.")
@click.option("--cell", help="Size of a cell: 256px, 3x4cm.")
@click.option("--gutter", help="Between cells; 3mm if nothing else decides.")
@click.option(
    "--margin", help="Around the cells; 12 % of the page or more if nothing else decides."
)
@click.option("--ground", default="white", show_default=True, help="Of the paper: black, #f4efe6.")
@click.option("--bleed", default="0", show_default=True, help="On each side, to be cut off: 3mm.")
@click.option("--captions", default="none", show_default=True, metavar="none|name|credit|seed",
              help="Under each picture.")  # fmt: skip
@click.option("--title", default="", help="Over the pictures; {sheet} is the sheet's name.")
@click.option(
    "--fill", is_flag=True, help="Crop pictures to their cells instead of fitting them whole."
)
@click.option("--nearest", is_flag=True, help="Enlarge pixel by pixel, without smoothing.")
@click.option("--split", metavar="even|full",
              help="A group over capacity: evenly on its sheets, or each full first.")  # fmt: skip
@click.option("--font", help="A font file for titles and captions.")
@click.option("--lock", multiple=True, metavar="IMAGE=ROW,COL", help="Keep an image at its place.")
@click.option("--shuffle-seed", type=int, help="Any number: an order by lot, the same each time.")
@click.option("--features", default="palette", show_default=True, help="What likeness looks at.")
@click.option("--one-file", is_flag=True, help="All sheets as pages of one PDF.")
@click.option("--leave-out", metavar="copies|close", help="Images too near to an original.")
def sheet(shell: Shell, set_name: str, lock: tuple[str, ...], **words: object) -> None:
    """Put the images of SET on sheets, ready to be printed.

    More than a sheet holds flow to further ones, a file each. Every file is read back and compared
    before it is called done.
    """
    from latelier.steps.sheet import sheet as step

    project = shell.project()
    locked = dict(_place(text) for text in lock)
    with shell.progress("Painting") as on_progress:
        done = step(project, set_name, lock=locked, on_progress=on_progress, **words)  # type: ignore[arg-type]
    lines = [f"Before printing: {f.words}." for f in done.findings]
    lines += [r.line for r in done.receipts]
    if len(done.files) > 1 and not words["by"] and words["cells"] != "fit":
        lines.append(
            f"A sheet holds {done.capacity}; --cells fit puts all on one, "
            "--one-file makes pages of one PDF."
        )
    lines.append(f"The receipt with credits and hashes: runs/{done.run}/receipt.txt")
    shell.done(done.to_json(), lines, then="latelier report")


def _place(text: str) -> tuple[str, list[int]]:
    image, equals, where = text.rpartition("=")
    parts = where.split(",")
    if not (equals and len(parts) == 2 and all(p.strip().isdecimal() for p in parts)):
        raise UsageError(f"{text!r} locks nothing; write IMAGE=ROW,COLUMN, for example 007.png=0,5")
    return image, [int(p) for p in parts]
