"""Find copies, suggest which to keep, and hide the others."""

import click

from latelier.cli._shell import Shell, command

SHOWN = 12  # sets that are listed on the terminal; --json and the run have all


@command()
@click.argument("set_name", metavar="[SET]", default="all")
@click.option(
    "--likeness",
    type=float,
    default=None,
    metavar="0.1-1",
    help="From which score on a picture counts as a copy; 0.5 if left out. Reads no file again.",
)
@click.option(
    "--hide", is_flag=True, help="Hide every copy but the keepers; latelier undo shows them."
)
@click.option(
    "--not-copies",
    "apart",
    nargs=2,
    metavar="IMAGE IMAGE",
    help="Remember that these two are no copies of each other.",
)
def copies(
    shell: Shell,
    set_name: str,
    likeness: float | None,
    hide: bool,
    apart: tuple[str, str] | None,
) -> None:
    """Find images of SET (all if left out) that are one picture twice, and suggest which to keep.

    Cropped, mirrored, turned, recoloured, blurred, framed or written over: a copy is a copy. Parts of
    one picture inside another are listed apart. Nothing is moved or deleted.
    """
    from latelier.steps.copies import copies as step
    from latelier.steps.not_copies import not_copies
    from latelier.wording import plural

    project = shell.project()
    if apart:
        noted = not_copies(project, *apart)
        names = " and ".join(i.name for i in noted.images)
        shell.done(noted.to_json(), f"Remembered: {names} are no copies.", then="latelier copies")
        return
    settings = {} if likeness is None else {"likeness": likeness}
    with shell.progress("Looking for copies") as on_progress:
        done = step(project, set_name, hide=hide, on_progress=on_progress, **settings)
    lines = []
    for found in done.sets[:SHOWN]:
        lines.append(f"{found.keeper.path}  keep: {found.reason}")
        lines += [f"    {m.image.path}  {m.kind} {m.score:.2f}: {m.reason}" for m in found.members]
    if len(done.sets) > SHOWN:
        lines.append(f"... and {len(done.sets) - SHOWN} sets more.")
    lines += [
        f"{p.image.path}  has a part in {p.within.path}: {p.reason}" for p in done.partial[:SHOWN]
    ]
    lines += [f"{a.image.path} and {a.other.path}: {a.reason}." for a in done.alike[:SHOWN]]
    lines += [f"{u['image']} could not be read: {u['reason']}" for u in done.unread[:SHOWN]]
    if done.sheets:
        lines.append(f"All of them, with what was changed outlined: {done.sheets[0]}")
    count = len(done.members)
    lines.append(
        f"{count} of {done.images} images are copies, in {plural(len(done.sets), 'set')}; "
        f"{len(done.partial)} have a part in another. "
        + (
            "The copies are hidden now; latelier undo shows them."
            if done.hidden
            else "Nothing was moved, hidden or deleted."
        )
    )
    then = "latelier check" if done.hidden or not count else "latelier copies --hide"
    shell.done(done.to_json(), lines, then=then)
