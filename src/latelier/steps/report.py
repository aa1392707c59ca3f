"""One self-contained page that shows the whole project, for people who do not have this program."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from latelier.errors import UsageError
from latelier.files import write_text
from latelier.printing._report import Page, Section, html
from latelier.progress import Progress, silent
from latelier.project import Project
from latelier.project.store import now
from latelier.steps import _report_collection as first
from latelier.steps import _report_learning as second
from latelier.steps import _report_making as last
from latelier.steps import _report_reading as third
from latelier.steps import _report_tracing as borrowed
from latelier.steps._out import called, place
from latelier.steps._report_view import MEDIUM, View, evenly
from latelier.wording import plural

COVER = 14  # pictures across the top

SECTIONS = (
    first.collection,
    first.state,
    third.copies,
    borrowed.borrowings,
    second.datasets,
    second.training,
    second.new_images,
    third.groups,
    third.maps,
    last.canvases,
    last.credits,
    last.commands,
    last.journal,
)


@dataclass(frozen=True)
class Reported:
    """The page that was written.

    Args:
        file: where, from the project folder.
        bytes: its size.
        sections: the titles of its parts.
        missing: names of files that it should have shown and that are gone.
    """

    file: str
    bytes: int
    sections: tuple[str, ...]
    missing: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "file": self.file,
            "bytes": self.bytes,
            "sections": list(self.sections),
            "missing": list(self.missing),
        }


def report(
    project: Project, to: str | Path = "out/report.html", *, on_progress: Progress = silent
) -> Reported:
    """Write the page; an earlier one makes way.

    Args:
        project: that is shown.
        to: an HTML file, from the project folder.
        on_progress: told while pictures are read.

    Raises:
        UsageError: the place is no HTML file, or the project keeps its own files there.
        DiskError: the disk is full, read-only, or refuses.
    """
    file = place(project, to)
    if file.suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"{to} is no HTML file; give a name such as out/report.html")
    view = View(project, on_progress)
    sections = [s for make in SECTIONS if (s := make(view))]
    page = Page(
        title=project.config.title or project.root.name,
        line=_line(view),
        made=_made(view),
        sections=sections or [_nothing_yet()],
        cover=_cover(view),
    )
    text = html(page)
    write_text(file, text)
    return Reported(
        called(project, file),
        len(text.encode()),
        tuple(s.title for s in sections),
        tuple(dict.fromkeys(view.missing)),
    )


def _line(view: View) -> str:
    """One sentence on what is here."""
    if not view.originals and not view.generated:
        return "A new project; no pictures have been added yet."
    parts = [plural(len(view.originals), "picture")]
    if view.generated:
        parts.append(plural(len(view.generated), "new image"))
    if run := view.last("groups"):
        parts.append(plural(int(run.result["k"]), "group"))
    sheets = sum(len(r.result.get("files", [])) for r in view.runs["sheet"])
    if sheets:
        parts.append(f"{sheets} {'canvas' if sheets == 1 else 'canvases'}")
    listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return listed + "."


def _made(view: View) -> str:
    artist = view.project.config.artist
    by = f"{artist}. " if artist else ""
    return f"{by}Written on {now()[:10]} from the project folder {view.project.root.name}."


def _cover(view: View) -> list[Any]:
    """A row across the top: new images where there are some, else the collection."""
    shown = evenly(view.generated or view.originals, COVER)
    return [p for i in shown if (p := view.image(i, MEDIUM)) is not None]


def _nothing_yet() -> Section:
    lead = "Begin with pictures: latelier add FOLDER. Then write this page again: latelier report."
    return Section("nothing", "Nothing to show yet", lead)
