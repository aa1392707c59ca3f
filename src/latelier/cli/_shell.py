"""What every command shares: the project, ``--json``, progress, sentences and exit codes."""

import contextlib
import functools
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from latelier.errors import LatelierError, UsageError, disk_error
from latelier.progress import Progress

if TYPE_CHECKING:
    from latelier.steps.open_project import Atelier


class Shell:
    """The way a command speaks to the person, or with ``--json`` to a program.

    Args:
        folder: given with ``-C``, or None for the nearest project.
        as_json: one JSON object on standard output and nothing else there.
    """

    def __init__(self, folder: str | None, as_json: bool) -> None:
        self.folder = folder
        self.as_json = as_json

    def project(self) -> "Atelier":
        """The project that the command works on.

        Raises:
            NotAProject: there is none.
        """
        from latelier.steps.open_project import open_project

        return open_project(self.folder or ".")

    def say(self, *sentences: str) -> None:
        """Tell the person; goes to standard error where standard output is JSON."""
        for sentence in sentences:
            click.echo(sentence, err=self.as_json)

    def done(self, result: Mapping[str, Any], said: str | Sequence[str], then: str = "") -> None:
        """Say what was done and the next sensible command, or print the result as JSON."""
        if self.as_json:
            click.echo(json.dumps(result, ensure_ascii=False))
            return
        self.say(*([said] if isinstance(said, str) else said))
        if then:
            click.secho(f"Next: {then}", dim=True)

    @contextlib.contextmanager
    def progress(self, what: str) -> Iterator[Progress]:
        """A bar with time left on a terminal; a line now and then elsewhere."""
        from latelier.cli._bar import bar

        with bar(what) as report:
            yield report


def command(**settings: Any) -> Callable[[Callable[..., None]], click.Command]:
    """Make a function of ``(shell, ...)`` into a command with ``--json`` and plain errors."""

    def wrap(function: Callable[..., None]) -> click.Command:
        @click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
        @click.pass_context
        @functools.wraps(function)
        def run(context: click.Context, as_json: bool, **words: Any) -> None:
            folder = (context.obj or {}).get("folder")
            shell = Shell(folder, as_json or bool((context.obj or {}).get("json")))
            try:
                function(shell, **words)
            except LatelierError as error:
                fail(shell, str(error), 2 if isinstance(error, UsageError) else 1)
            except KeyboardInterrupt:
                fail(shell, "Stopped. Nothing is lost; the same command goes on from here.", 1)
            except BrokenPipeError:
                sys.exit(0)
            except OSError as error:
                place = f" with {Path(str(error.filename)).name}" if error.filename else ""
                fail(shell, str(disk_error(error, f"on this disk{place}")), 1)
            except MemoryError:
                fail(shell, "This machine's memory is used up; take fewer or smaller pictures.", 1)

        return click.command(**settings)(run)

    return wrap


def fail(shell: Shell, message: str, code: int) -> None:
    """Say what went wrong and leave with ``code``."""
    if shell.as_json:
        click.echo(json.dumps({"error": message}, ensure_ascii=False))
    click.echo(message, err=True)
    sys.exit(code)
