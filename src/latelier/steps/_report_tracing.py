"""The report on who borrowed what from whom: the last trace, with its evidence."""

from latelier.printing._report import Section
from latelier.steps._report_view import View
from latelier.steps._tracing_evidence import section

SHOWN = 24  # findings; the run's own page has all


def borrowings(view: View) -> Section | None:
    """The findings of the last trace."""
    run = view.last("trace")
    return section(view.project, run.result, SHOWN) if run else None
