"""List the labels: how many of each, how sure, how consistent; put them out as a table."""

import click

from latelier.cli._shell import Shell, command


@command()
@click.argument("criterion", required=False)
@click.option("--to", metavar="TABLE.csv", help="Put the labels of CRITERION out as a table.")
def labels(shell: Shell, criterion: str | None, to: str | None) -> None:
    """List the labels under CRITERION, or under all: counts, doubts, and answers given twice."""
    from latelier.steps.labels import labels as step

    done = step(shell.project(), criterion, to=to)
    lines = []
    for name, found in done.criteria.items():
        counts = ", ".join(f"{value} {n}" for value, n in found.counts.items()) or "none"
        lines.append(f"{name}: {counts}; {found.unlabelled} originals without.")
        if found.unsure:
            lines.append(f"  {found.unsure} of them unsure.")
        if found.gone:
            lines.append(f"  {found.gone} more of images that are hidden or gone.")
        if found.asked_twice:
            low, high = found.interval
            lines.append(
                f"  Asked twice, {found.same} of {found.asked_twice} answers were the same "
                f"(in truth {low:.0%} to {high:.0%})."
            )
            lines += [f"    {i}: {one}, then {two}" for i, (one, two) in found.differs.items()]
    if to:
        lines.append(f"Written: {to}")
    first = next(iter(done.criteria), None)
    shell.done(
        done.to_json(),
        lines or ["Nothing is labelled yet."],
        then=f"latelier classify {first}" if first else "latelier label family IMAGE... --as NAME",
    )
