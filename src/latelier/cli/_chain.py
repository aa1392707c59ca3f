"""The last words of `run` and `demo`: what to open."""

from pathlib import Path
from typing import TYPE_CHECKING

from latelier.cli._shell import Shell

if TYPE_CHECKING:
    from latelier.steps.run import Ran


def told(shell: Shell, ran: "Ran", folder: str, then: str = "") -> None:
    """Say what there is to look at."""
    places = {"the report": ran.report, **ran.look}
    width = max(len(words) for words in places)
    lines = ["", "To look at:"]
    lines += [f"  {words:{width}}  {Path(folder) / place}" for words, place in places.items()]
    if not any(s.state == "done" for s in ran.stages):
        lines.insert(0, "Everything was there already; nothing was done twice.")
    shell.done(ran.to_json(), lines, then=then or f"latelier -C {folder} mark favourite IMAGE")
