"""Clean, smooth and trace images, step by step, into new ones."""

from typing import TYPE_CHECKING

import click

from latelier.cli._shell import Shell, command

if TYPE_CHECKING:
    from latelier.steps.refine import Refined


@command()
@click.argument("set_name", metavar="[SET]", default="generated")
@click.argument("chain", metavar="STEP...", nargs=-1)
@click.option("--steps", is_flag=True, help="Say which steps there are and what each may be told.")
def refine(shell: Shell, set_name: str, chain: tuple[str, ...], steps: bool) -> None:
    """Send the images of SET through steps, such as: threshold despeckle:area=12 smooth:2 trace

    Each image gets a refined one beside it; nothing that was there is altered. Without steps:
    threshold despeckle smooth. After a colon stand a step's settings; latelier refine --steps
    lists them.
    """
    if steps:
        shell.done(*_listed())
        return
    from latelier.steps.refine import USUAL
    from latelier.steps.refine import refine as step

    project = shell.project()
    with shell.progress("Refining") as report:
        done = step(project, set_name, chain or USUAL, on_progress=report)
    then = f"latelier sheet {done.run}" if done.images else ""
    shell.done(done.to_json(), _said(done), then=then)


def _said(done: "Refined") -> list[str]:
    said = []
    if done.images:
        count = len(done.images)
        said.append(f"{count} refined image{'s' if count > 1 else ''}, in the set {done.run}.")
    for words in done.chain:
        name = words.partition(":")[0]
        if name in done.changed:
            said.append(f"  {words}: changed {done.changed[name]}")
        else:
            files = [f for f in done.files if f["file"].endswith(".svg")]
            nodes = sorted(f["nodes"] for f in files)
            said.append(
                f"  {words}: {len(files)} SVG files with {nodes[0]} to {nodes[-1]} nodes in "
                f"runs/{done.run}/svg"
                if nodes
                else f"  {words}: nothing was traced"
            )
    if done.refused:
        said.append(f"{len(done.refused)} could not be refined:")
        said += [f"  {image}: {reason}" for image, reason in done.refused[:8]]
    said.append(f"Before and after: {done.sheet}")
    return said


def _listed() -> tuple[dict[str, object], list[str]]:
    from latelier import registry

    lines = []
    told: dict[str, object] = {}
    for name, says in registry.describe("refine").items():
        known = registry.load("refine", name).SETTINGS
        lines.append(f"{name}: {says}")
        for s in known:
            usual = s.default if isinstance(s.default, str) else f"{s.default:g}"
            choices = f" One of {', '.join(s.choices)}." if s.choices else ""
            lines.append(f"    {s.name} ({usual}) {s.says}{choices}")
        told[name] = {s.name: s.default for s in known}
    return told, lines
