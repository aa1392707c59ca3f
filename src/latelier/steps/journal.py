"""The journal of decisions, newest first."""

from latelier.project import Entry, Project


def journal(project: Project, limit: int | None = None) -> list[Entry]:
    """What was decided, newest first.

    Args:
        project: whose journal.
        limit: how many entries at the most; all if left out.
    """
    return project.journal.entries(limit)
