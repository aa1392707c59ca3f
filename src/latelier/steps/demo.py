"""Draw a collection and run the whole chain on it: the first wonder, offline."""

import tempfile
from pathlib import Path
from typing import Any

from latelier.collection import drawn
from latelier.errors import UsageError
from latelier.files import write_bytes
from latelier.progress import Progress, silent
from latelier.project import Project
from latelier.steps._chain import Say, unheard
from latelier.steps.run import Ran, run

COUNT = 232  # sound pictures; with the copies and broken files some 240 files
MINUTES = 2.5
IMAGES = 60
FOLDER = "the loom of Latelier"


def demo(
    project: Project,
    *,
    count: int = COUNT,
    size: int = drawn.SIZE,
    images: int = IMAGES,
    groups: int | None = None,
    minutes: float = MINUTES,
    say: Say = unheard,
    on_progress: Progress = silent,
) -> Ran:
    """Draw the collection, then do everything with it; a second time only what is not there yet.

    Args:
        project: new, or the one of an earlier demo.
        count: of pictures drawn, copies not counted.
        size: of those, in pixels a side.
        images: to make.
        groups: to put them into; the clearest number if left out.
        minutes: for learning and making.
        say: told one sentence a stage.
        on_progress: told where each stage stands.

    Raises:
        UsageError: the project holds other pictures.
        DiskError: the disk is full, read-only, or refuses.
        Stopped: Ctrl-C; all is saved.
    """
    there = project.sets.images("originals")
    if any(FOLDER not in i.origin for i in there):
        raise UsageError(
            f"{project.root} holds pictures of your own; give the demo a folder of its own: "
            "latelier demo NEWFOLDER"
        )
    settings: dict[str, Any] = {
        "minutes": minutes,
        "images": images,
        "groups": groups,
        "rights": drawn.RIGHTS,
        "credit": drawn.CREDIT,
        "say": say,
        "on_progress": on_progress,
    }
    if len(there) >= count:
        return run(project, **settings)
    with tempfile.TemporaryDirectory(prefix="latelier-") as place:
        folder = Path(place) / FOLDER
        files = drawn.files(count, seed=project.config.seed, size=size)
        for done, (name, data) in enumerate(files):
            write_bytes(folder / name, data)
            on_progress(done, count, "drawing cloths, thread by thread")
        say(f"Drew a collection of {count} woven cloths, with some copies and broken files.")
        return run(project, folder, **settings)
