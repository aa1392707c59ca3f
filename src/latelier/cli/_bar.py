"""Progress on standard error: a bar with time left, or plain lines where there is no terminal."""

import contextlib
import time
from collections.abc import Iterator

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from latelier import progress

QUIET_S = 15.0  # between two plain lines


@contextlib.contextmanager
def bar(what: str) -> Iterator[progress.Progress]:
    """Show how far long work has come.

    Args:
        what: one or two words on the work: "Reading pictures".
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines(what, console)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=console, transient=True) as shown:
        task = shown.add_task(what, total=None, note="")

        def report(done: float, total: float | None, note: str = "") -> None:
            shown.update(task, completed=done, total=total, note=note)

        yield report


def _lines(what: str, console: Console) -> progress.Progress:
    last = time.monotonic()

    def report(done: float, total: float | None, note: str = "") -> None:
        nonlocal last
        if time.monotonic() - last >= QUIET_S:
            last = time.monotonic()
            share = f" {done / total:.0%}" if total else ""
            console.print(f"{what}{share} {note}".rstrip(), highlight=False, markup=False)

    return report
