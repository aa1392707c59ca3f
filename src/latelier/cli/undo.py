"""Take back the newest decision."""

from latelier.cli._shell import Shell, command


@command()
def undo(shell: Shell) -> None:
    """Take back the newest decision that still stands; works across restarts."""
    from latelier.steps.undo import undo

    undone = undo(shell.project())
    shell.done(undone.to_json(), undone.said, then="latelier journal")
