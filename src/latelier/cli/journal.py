"""Show what was decided, newest first."""

import dataclasses

import click

from latelier.cli._shell import Shell, command


@command()
@click.option("--limit", type=click.IntRange(1), default=30, help="How many entries at the most.")
def journal(shell: Shell, limit: int) -> None:
    """Show what was decided, newest first."""
    from latelier.steps.journal import journal

    entries = journal(shell.project(), limit)
    lines = [
        f"{e.id:5}  {e.at[:16].replace('T', ' ')}  {e.who}  {e.said}{'  (undone)' if e.undone else ''}"
        for e in entries
    ]
    shell.done(
        {"entries": [dataclasses.asdict(e) for e in entries]},
        lines or ["Nothing was decided yet."],
        then="latelier undo" if entries else "latelier add PHOTOS",
    )
