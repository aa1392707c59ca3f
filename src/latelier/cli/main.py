"""``latelier``: lists its commands without importing what they do."""

import os
import sys

import click

from latelier import __version__, registry
from latelier.errors import UnknownName

SECTIONS = {  # in the order in which a newcomer meets them
    "All at once": ("demo", "run"),
    "The collection": ("new", "add", "check", "copies", "cut", "recut"),
    "New images": ("prepare", "train", "make", "refine", "walk"),
    "Choosing": ("near", "mark", "undo", "journal"),
    "Reading": ("groups", "map", "features", "label", "labels", "classify", "explain", "trace"),
    "Putting out": ("sort", "sheet", "report"),
    "Looking after it": ("verify", "replay", "doctor"),
}


class Commands(click.Group):
    """The files beside this one, each a command; its module is imported only when it runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order in which a newcomer meets them."""
        known = [n for n in registry.names("cli") if n != "main"]
        placed = [n for names in SECTIONS.values() for n in names if n in known]
        return placed + [n for n in known if n not in placed]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        found: click.Command = getattr(registry.load("cli", cmd_name), cmd_name)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Say the nearest command where there is none of that name."""
        if args and args[0] not in self.list_commands(ctx) and not args[0].startswith("-"):
            ctx.fail(str(UnknownName("command", args[0], self.list_commands(ctx))))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One line a command, read from the files without importing them."""
        lines, known = registry.describe("cli"), self.list_commands(ctx)
        widest = max(len(name) for name in known)
        placed = {name for names in SECTIONS.values() for name in names}
        others = {"Others": tuple(n for n in known if n not in placed)}
        for title, names in {**SECTIONS, **others}.items():
            rows = [(n.ljust(widest), lines[n]) for n in names if n in known]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


@click.command(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option("-C", "folder", metavar="DIR", help="Work on the project in DIR.")
@click.version_option(__version__, prog_name="latelier")
@click.pass_context
def cli(context: click.Context, folder: str | None) -> None:
    """From one folder of pictures to new images in the collection's own manner.

    Begin with `latelier demo`, or with `latelier run PHOTOS --into my-project`.
    """
    context.obj = {"folder": folder}


def main() -> None:
    """Run the command line; UTF-8 on every system, two threads at most unless told otherwise."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    os.environ.setdefault("PYTHONUTF8", "1")  # for the processes started from here
    cli(prog_name="latelier")
