"""Look whether everything is still what it was."""

import sys

from latelier.cli._shell import Shell, command


@command()
def verify(shell: Shell) -> None:
    """Look whether every picture and every run is still what it was; exit 1 if not."""
    from latelier.steps.verify import verify

    with shell.progress("Reading every file") as report:
        found = verify(shell.project(), report)
    lines = [f"{p.file} {p.advice}" for p in [*found.problems, *found.notes]]
    if found.swept:
        lines.append(f"Swept away {found.swept} half-written files of programs that were killed.")
    state = "as they were" if not found.problems else f"{len(found.problems)} not as they were"
    lines.append(f"{found.images} images and {found.outputs} files of runs read: {state}.")
    shell.done(found.to_json(), lines, then="latelier report")
    if found.problems:
        sys.exit(1)
