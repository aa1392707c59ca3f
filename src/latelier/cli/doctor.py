"""Look at this machine: what is here, what is missing."""

import sys
from pathlib import Path

from latelier.cli._shell import Shell, command


@command()
def doctor(shell: Shell) -> None:
    """Look at this machine: what is here, what is missing; exit 1 if something will not do."""
    from latelier.steps.doctor import doctor

    health = doctor(Path(shell.folder or "."))
    lines = [
        f"{'ok ' if f.good else 'NO '} {f.what}: {f.found}{'' if f.good else ' -> ' + f.advice}"
        for f in health.findings
    ]
    shell.done(health.to_json(), lines, then="latelier demo" if health.good else "")
    if not health.good:
        sys.exit(1)
