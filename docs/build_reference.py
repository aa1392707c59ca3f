"""Write docs/reference/ from the code; a test fails when the pages and the code disagree."""

import ast
import inspect
import re
import sys
from collections.abc import Callable
from pathlib import Path

import click

from latelier import errors, registry
from latelier.cli.main import cli
from latelier.project import config
from latelier.project.migrations import MIGRATIONS
from latelier.project.sets import ALWAYS

FOLDER = Path(__file__).parent / "reference"
MADE = "<!-- Made from the code by docs/build_reference.py; do not edit. -->\n\n"
NOT_METHODS = {"open_project"}


def commands() -> str:
    """Every command, its arguments and options."""
    context = click.Context(cli, info_name="latelier")
    pages = [
        "# Commands\n",
        "Every command takes `--json` and `--help`; `latelier -C DIR ...` works "
        "on a project from elsewhere. Exit 0 done, 1 could not, 2 wrong usage.\n",
    ]
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        if command is None:
            continue
        with click.Context(command, info_name=name, parent=context) as own:
            pieces = " ".join(command.collect_usage_pieces(own))
            pages.append(f"## latelier {name}\n\n```\nlatelier {name} {pieces}\n```\n")
            pages.append(inspect.cleandoc(command.help or "").replace("\b\n", "") + "\n")
            rows = [_option(p, own) for p in command.params if isinstance(p, click.Option)]
            if rows:
                pages.append("| option | meaning |\n|---|---|\n" + "\n".join(rows) + "\n")
    return "\n".join(pages)


def _option(option: click.Option, context: click.Context) -> str:
    record = option.get_help_record(context)
    words, meaning = record if record else (", ".join(option.opts), option.help or "")
    return f"| `{words.replace('|', chr(92) + '|')}` | {meaning.replace('|', chr(92) + '|')} |"


def python() -> str:
    """Every step: what it takes, what is true afterwards, what it raises."""
    pages = [
        "# Python\n",
        "```python\nimport latelier\np = latelier.open_project('my-collection')\n"
        "```\n\nEvery step below is a method of the opened project: `p.add(...)`.\n",
    ]
    for name in registry.names("steps"):
        if name in NOT_METHODS:
            continue
        step: Callable[..., object] = getattr(registry.load("steps", name), name)
        signature = inspect.signature(step)
        takes = [_parameter(p) for p in list(signature.parameters.values())[1:]]
        pages.append(f"## {name}\n\n```python\np.{name}({', '.join(takes)})\n```\n")
        pages.append(f"```text\n{inspect.getdoc(step) or ''}\n```\n")
    return "\n".join(pages)


def _parameter(parameter: inspect.Parameter) -> str:
    text = str(parameter).replace("latelier.", "")
    return re.sub(r"<function (\w+) at 0x[0-9a-f]+>", r"\1", text)


def plugins() -> str:
    """Every plugin of every plugin room, with its first line."""
    pages = [
        "# Plugins\n",
        "A plugin is a file in its room; see CONTRIBUTING.md for how to add one.\n",
    ]
    for room in registry.PLUGIN_ROOMS:
        lines = registry.describe(room)
        rows = [f"| `{name}` | {line} |" for name, line in lines.items()]
        pages.append(f"## {room}\n\n| name | what it is |\n|---|---|\n" + "\n".join(rows) + "\n")
    return "\n".join(pages)


def project() -> str:
    """The folder on disk: settings, sets, the store's tables."""
    schema = "\n".join(inspect.cleandoc(script) for _, script in MIGRATIONS)
    fields = [
        f"| `{name}` | {meaning} |"
        for name, meaning in re.findall(
            r"^    (\w+): (.+)$", inspect.getdoc(config.Config) or "", re.M
        )
    ]
    always = [f"- `{name}`" for name in ALWAYS]
    return "\n".join(
        [
            "# The project folder\n",
            "## latelier.toml\n\n| setting | meaning |\n|---|---|\n" + "\n".join(fields) + "\n",
            "## Sets that are always there\n\n"
            + "\n".join(always)
            + "\n\nBesides: the name or number of a "
            "run, `tag:WORD` (the subfolder an image came from), `group:LABEL`, "
            "`label:CRITERION=LABEL`, `fact:eyes=2`, the file name of one image, and sets made by name.\n",
            "## latelier.db\n\nAn SQLite file; any SQLite tool opens it.\n\n```sql\n"
            + schema
            + "\n```\n",
        ]
    )


def failures() -> str:
    """The tree of errors."""
    return f"# Errors\n\n```text\n{inspect.getdoc(errors)}\n```\n"


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands,
    "errors.md": failures,
    "plugins.md": plugins,
    "project.md": project,
    "python.md": python,
}


def build() -> dict[str, str]:
    """The reference pages: file name to text."""
    return {name: MADE + page().rstrip() + "\n" for name, page in PAGES.items()}


def links(text: str) -> list[str]:
    """The relative links of a Markdown text."""
    return [t for t in re.findall(r"\]\(([^)#]+)[^)]*\)", text) if "://" not in t]


def first_line(path: Path) -> str:
    """The first docstring line of a Python file."""
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")[0]


def main() -> None:
    """Write the pages."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in build().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    sys.stdout.write(f"wrote {len(PAGES)} pages into {FOLDER}\n")


if __name__ == "__main__":
    main()
