"""Look the collection over: go, care or stop, and why."""

from typing import TYPE_CHECKING

import click

from latelier.cli._shell import Shell, command

if TYPE_CHECKING:
    from latelier.steps.check import Finding

SHOWN = 5


@command()
@click.option("--set", "of_set", metavar="SET", default="originals", help="Whose pictures.")
@click.option("--all", "everything", is_flag=True, help="Name every picture, not the first few.")
def check(shell: Shell, of_set: str, everything: bool) -> None:
    """Look the collection over: go, care or stop, and why. Nothing is changed."""
    from latelier.steps.check import check

    checked = check(shell.project(), of_set)
    pictures = "1 picture" if checked.images == 1 else f"{checked.images} pictures"
    heads = {
        "go": f"Go: {pictures}, and nothing stands in the way.",
        "care": f"Care: {pictures}; look at this first.",
        "stop": f"Stop: {pictures}, and something to mend before anything is learnt.",
    }
    said = [heads[checked.verdict]]
    for finding in checked.findings:
        said += ["", *_lines(finding, len(finding.images) if everything else SHOWN)]
    look_for_copies = not checked.compared and checked.images > 1
    if look_for_copies:
        said += ["", "Near copies were not looked for yet."]
    if checked.verdict == "stop":
        then = "latelier add PHOTOS"
    elif look_for_copies or any(f.sets for f in checked.findings):
        then = "latelier copies"
    else:
        then = "latelier prepare NAME"
    shell.done(checked.to_json(), said, then=then)


def _lines(finding: "Finding", shown: int) -> list[str]:
    lines = [f"{'Stop. ' if finding.stops else ''}{finding.said}."]
    if finding.kind not in ("too-few", "no-rights") or shown > SHOWN:
        for i, image in enumerate(finding.images[:shown]):
            why = f": {finding.reasons[i]}" if finding.reasons else ""
            lines.append(f"    {image}{why}")
        if len(finding.images) > shown:
            lines.append(f"    and {len(finding.images) - shown} more: latelier check --all")
    return [*lines, f"  {finding.todo}."]
