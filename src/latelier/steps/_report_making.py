"""The report's last part: canvases, folders, credits, and every command that made it all."""

import shlex
from pathlib import Path
from typing import Any

from latelier.printing._report import Block, Commands, Picture, Section, Table, Wall, Words
from latelier.steps._report_view import View, counted
from latelier.wording import plural

CANVAS_SIDE = 900
CANVASES = 24


def canvases(view: View) -> Section | None:
    """Each canvas as a small picture, with its size and file."""
    pictures: list[Picture] = []
    rows: list[tuple[str, str, str]] = []
    notes: list[str] = []
    for run in view.runs["sheet"]:
        result = run.result
        for file in result.get("files", []):
            held = plural(len(file.get("cells", [])), "picture")
            size = f"{file['width_px']:,} x {file['height_px']:,} px at {file['dpi']:g} dpi"
            preview = _preview(view, file, held)
            if preview and len(pictures) < CANVASES:
                pictures.append(preview)
            rows.append((str(file["file"]), size, held))
        notes += [str(f["words"]) for f in result.get("preflight", []) if f.get("words")]
    if not rows:
        return None
    blocks: list[Block] = []
    if pictures:
        blocks.append(Wall(pictures, "large"))
    blocks += [Words(note, "care") for note in dict.fromkeys(notes)]
    blocks.append(Table("Files", ("File", "Size", "Holds"), rows, folded=len(rows) > 16))
    lead = "Ready for the printer: at their true size, without loss, with a colour profile."
    return Section("canvases", "Canvases", lead, blocks)


def _preview(view: View, file: dict[str, Any], held: str) -> Picture | None:
    """The canvas made small: the picture that its run keeps, or the file itself."""
    path = view.project.root / str(file["file"])
    for each in (view.project.root / str(file.get("preview") or "-"), path):
        if each.suffix.lower() != ".pdf" and each.is_file():
            return view.file(each, CANVAS_SIDE, path.name, held)
    return None


def credits(view: View) -> Section | None:
    """Who is to be named, and under which terms."""
    images = view.originals
    if not images:
        return None
    pairs = counted(
        (
            f"{view.credit.get(i.id) or 'no credit stated'} — {view.rights.get(i.id) or 'no rights stated'}"
            for i in images
        ),
        60,
    )
    rows = [(pair, f"{n:,}") for pair, n in pairs]
    blocks: list[Block] = [Table("", ("Credit and rights", "Pictures"), rows)]
    without = sum(1 for i in images if not view.rights.get(i.id))
    if without:
        blocks.append(
            Words(
                f"{plural(without, 'picture')} came without stated rights. Ask before anything made "
                "from them is shown or sold.",
                "care",
            )
        )
    if view.generated:
        blocks.append(
            Words(
                "The new images are made from these pictures. Name their makers wherever they are shown."
            )
        )
    return Section("credits", "Credits and rights", "", blocks)


def commands(view: View) -> Section | None:
    """Every run with what was typed, and how to do it again."""
    runs = [r for step in view.runs.values() for r in step]
    if not runs:
        return None
    runs.sort(key=lambda r: r.name)
    typed: list[str] = []
    rows = []
    for run in runs:
        line = command_line(run.environment["command"])
        if line not in typed:
            typed.append(line)
        recipe, result = run.recipe, run.result
        rows.append(
            (
                run.name,
                moment(recipe["started"]),
                plural(len(result.get("images_made", [])), "image")
                if result.get("images_made")
                else "",
                f"latelier replay {run.name}",
            )
        )
    blocks: list[Block] = [
        Words("What was typed:"),
        Commands(typed),
        Table("Every run", ("Run", "Begun", "Made", "To do it again"), rows, folded=len(rows) > 20),
        Table("With what", ("", ""), _machine(runs[-1].environment), folded=True),
    ]
    lead = (
        "Each step left a numbered folder in runs/ with its recipe: all settings, the seed, the pictures it "
        "read with their hashes. Replay does a run again and names everything that comes out otherwise."
    )
    return Section("commands", "How it was made", lead, blocks)


def journal(view: View) -> Section | None:
    """What was decided, newest first."""
    entries = view.project.journal.entries(200)
    if not entries:
        return None
    rows = [(moment(e.at), e.said + (" (undone)" if e.undone else "")) for e in entries]
    lead = "Every decision is kept, and can be taken back with latelier undo."
    return Section(
        "journal",
        "Journal",
        lead,
        [Table("All entries", ("When (UTC)", "What"), rows, folded=len(rows) > 8)],
    )


def command_line(words: list[str]) -> str:
    """What was typed, as one line that can be typed again.

    >>> command_line(["latelier", "-C", "my cloths", "groups"])
    "latelier -C 'my cloths' groups"
    """
    first = Path(words[0]).stem if words else "latelier"
    return shlex.join(["latelier" if first == "__main__" else first, *words[1:]])


def moment(stamp: str) -> str:
    """A time of the store as people read it.

    >>> moment("2026-03-01T10:20:30.123Z")
    '2026-03-01 10:20'
    """
    return stamp[:16].replace("T", " ")


def _machine(environment: dict[str, Any]) -> list[tuple[str, str]]:
    rows = [
        ("System", str(environment.get("system", ""))),
        ("Processors", str(environment.get("processors", ""))),
        ("Python", str(environment.get("python", ""))),
    ]
    return rows + [(k, str(v)) for k, v in environment.get("packages", {}).items()]
