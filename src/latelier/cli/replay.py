"""Do a run again and name every hash that differs."""

import sys

import click

from latelier.cli._shell import Shell, command


@command()
@click.argument("run", metavar="RUN")
def replay(shell: Shell, run: str) -> None:
    """Do a RUN (its number or folder) again from its recipe and compare; exit 1 if files differ."""
    from latelier.steps.replay import replay

    compared = replay(shell.project(), run)
    lines = [
        f"{d['file']}: was {d['was'] or 'not there'}, now {d['now'] or 'not there'}"
        for d in compared.differs
    ]
    lines += [f"{p} was {was}, is {now}" for p, (was, now) in compared.versions.items()]
    verdict = (
        "equal to the bit" if not compared.differs else f"{len(compared.differs)} files differ"
    )
    lines.append(
        f"{compared.run} done again as {compared.again}: {verdict} ({compared.same} files equal)."
    )
    shell.done(compared.to_json(), lines)
    if compared.differs:
        sys.exit(1)
