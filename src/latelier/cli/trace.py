"""Say who borrowed what from whom, with evidence."""

import click

from latelier.cli._shell import Shell, command

SHOWN = 12  # designs that are listed on the terminal; --json and the page have all


@command()
@click.argument("place", metavar="FOLDER|IMAGE")
@click.option(
    "--set",
    "set_name",
    default="originals",
    show_default=True,
    help="The originals to compare with.",
)
@click.option(
    "--at-least",
    type=float,
    default=None,
    metavar="0.05-0.99",
    help="The probability from which a finding is told; 0.5 if left out.",
)
def trace(shell: Shell, place: str, set_name: str, at_least: float | None) -> None:
    """Does a design contain, repeat, recolour, mirror or redraw a part of an original?

    FOLDER or IMAGE lies anywhere, or is an image or set of the project (`generated`). Each finding
    says where, under which transform, how surely, and whose the original is; the evidence is drawn.
    """
    from latelier.steps.trace import trace as step
    from latelier.wording import plural

    project = shell.project()
    settings = {} if at_least is None else {"at_least": at_least}
    with shell.progress("Tracing") as on_progress:
        done = step(project, place, set_name=set_name, on_progress=on_progress, **settings)
    found = done.borrowing
    lines = []
    shown = found[:SHOWN] or done.traced[:1]
    for each in shown:
        lines.append(each.image)
        lines += [f"    {sentence}" for sentence in each.said]
    lines += [sentence for t in done.traced if t not in shown for sentence in t.unseen[:1]][:SHOWN]
    if len(found) > SHOWN:
        lines.append(f"... and {len(found) - SHOWN} more designs.")
    lines += [f"{u['image']} could not be read: {u['reason']}" for u in done.unread[:SHOWN]]
    lines.append(
        f"{len(found)} of {plural(len(done.traced), 'design')} may have taken a part of one of "
        f"{plural(done.originals, 'original')}. The evidence: {done.page}"
    )
    if found:
        lines.append(done.silent)
    shell.done(done.to_json(), lines, then="latelier report")
