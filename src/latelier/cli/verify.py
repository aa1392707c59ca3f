"""Look whether everything is still what it was."""

import sys

from latelier.cli._shell import Shell, command
from latelier.wording import plural


@command()
def verify(shell: Shell) -> None:
    """Look whether every picture and every run is still what it was; exit 1 if not."""
    from latelier.steps.verify import verify

    with shell.progress("Reading every file") as report:
        found = verify(shell.project(), report)
    lines = [f"{p.file} {p.advice}" for p in [*found.problems, *found.notes]]
    if found.swept:
        swept = plural(found.swept, "half-written file")
        lines.append(f"Swept away {swept} of programs that were killed.")
    state = "as they were" if not found.problems else f"{len(found.problems)} not as they were"
    images, outputs = plural(found.images, "image"), plural(found.outputs, "file")
    lines.append(f"Read {images} and {outputs} of runs: {state}.")
    shell.done(found.to_json(), lines, then="latelier report")
    if found.problems:
        sys.exit(1)
